import io
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from netsim.cli import main

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Finished:
    code: int
    out: str
    err: str


Run = Callable[..., Finished]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command line in this process, from the root of the repository."""

    def netsim(*words: str | Path, stdin: str | None = None) -> Finished:
        monkeypatch.chdir(ROOT)
        monkeypatch.setattr(sys, "argv", ["netsim", *map(str, words)])
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Finished(ended.value.code, captured.out, captured.err)

    return netsim


@pytest.fixture
def process() -> Run:
    """Runs `python -m netsim` as users do, in a process of its own."""

    def netsim(*words: str | Path, **environment: str) -> Finished:
        finished = subprocess.run(
            [sys.executable, "-m", "netsim", *map(str, words)],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        return Finished(finished.returncode, finished.stdout, finished.stderr)

    return netsim


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """A folder with one file for each text, `a.yaml` first."""

    def folder(*texts: str) -> Path:
        for name, text in zip("abcdefgh", texts, strict=False):
            (tmp_path / f"{name}.yaml").write_text(text)
        return tmp_path

    return folder
