import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHOP = ROOT / "fixtures" / "clusters" / "shop" / "manifests"


@dataclass(frozen=True)
class Finished:
    code: int
    out: str
    err: str


Run = Callable[..., Finished]


@pytest.fixture
def run() -> Run:
    """Runs the real command line in its own process."""

    def netsim(*words: str | Path, stdin: str | None = None) -> Finished:
        finished = subprocess.run(
            [sys.executable, "-m", "netsim", *map(str, words)],
            cwd=ROOT,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        return Finished(finished.returncode, finished.stdout, finished.stderr)

    return netsim
