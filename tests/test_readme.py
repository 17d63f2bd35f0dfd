"""The README's examples are run: shell blocks word for word, Python blocks as doctests.

So are those of docs/python.md.
"""

import doctest
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
SESSIONS = re.findall(r"```console\n\$ (netsim [^\n]+)\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize(("command", "output"), SESSIONS, ids=[item[0] for item in SESSIONS])
def test_shell_example_prints_what_the_readme_shows(command: str, output: str) -> None:
    words = shlex.split(command)
    finished = subprocess.run(
        [sys.executable, "-m", *words],
        cwd=ROOT,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.stdout == output
    assert finished.returncode in {0, 1}


def test_there_are_shell_examples() -> None:
    assert len(SESSIONS) >= 4


@pytest.mark.parametrize(
    ("page", "least"),
    [
        ("README.md", 6),
        ("docs/python.md", 20),
        ("docs/looking.md", 12),
        ("docs/expectations.md", 5),
    ],
)
def test_python_examples_run(page: str, least: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    failed, attempted = doctest.testfile(str(ROOT / page), module_relative=False)
    assert attempted >= least
    assert failed == 0


def test_every_linked_file_exists() -> None:
    linked = re.findall(r"\]\(([^)#]+)\)", README)
    assert linked
    assert [name for name in linked if not (ROOT / name).exists()] == []
