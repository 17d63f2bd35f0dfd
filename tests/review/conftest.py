"""A repository with the platform in it, and changes on a branch."""

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from netsim.cli import main

ROOT = Path(__file__).parents[2]
PLATFORM = ROOT / "fixtures" / "clusters" / "ai-security-platform"
CHANGES = ROOT / "fixtures" / "changes" / "ai-security-platform"
IDENTITY = {
    "GIT_AUTHOR_NAME": "t",
    "GIT_AUTHOR_EMAIL": "t@example.invalid",
    "GIT_COMMITTER_NAME": "t",
    "GIT_COMMITTER_EMAIL": "t@example.invalid",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}


@dataclass(frozen=True)
class Finished:
    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Repository:
    """A checkout that netsim and git run in."""

    folder: Path
    netsim: Callable[..., Finished]

    def git(self, *words: str) -> str:
        finished = subprocess.run(
            ["git", *words],  # noqa: S607 - the one on the path
            cwd=self.folder,
            env={**os.environ, **IDENTITY},
            capture_output=True,
            text=True,
            check=True,
        )
        return finished.stdout

    def commit(self, message: str = "a commit") -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)

    def apply(self, *names: str) -> None:
        """Changes of the fixture, each but the last committed."""
        for number, name in enumerate(names):
            if number:
                self.commit(names[number - 1])
            self.git("apply", str(CHANGES / f"{name}.patch"))

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def review(self, *words: str, base: str = "main") -> Finished:
        return self.netsim("review", "--base", base, "-f", "manifests", *words)


@pytest.fixture
def repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Repository:
    """An empty one, on branch main."""
    monkeypatch.chdir(tmp_path)

    def netsim(*words: str) -> Finished:
        monkeypatch.setattr(sys, "argv", ["netsim", *words])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Finished(ended.value.code, captured.out, captured.err)

    made = Repository(tmp_path, netsim)
    made.git("init", "-q", "-b", "main")
    return made


@pytest.fixture
def platform(repository: Repository) -> Repository:
    """The platform and its promises, committed to main."""
    shutil.copytree(PLATFORM / "manifests", repository.folder / "manifests")
    promises = (CHANGES / "platform.netsim.yaml").read_text()
    beside = promises.replace("../../clusters/ai-security-platform/", "")
    repository.write("platform.netsim.yaml", beside)
    repository.commit("The platform")
    return repository


@pytest.fixture
def shop(repository: Repository) -> Repository:
    """The shop without promises, committed to main."""
    folder = ROOT / "fixtures" / "clusters" / "shop" / "manifests"
    shutil.copytree(folder, repository.folder / "manifests")
    repository.commit("The shop")
    return repository
