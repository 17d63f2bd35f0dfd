"""No file grows beyond what can be read in one sitting."""

from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_MOST_LINES = 400
_FILES = sorted(
    path
    for folder in ("netsim", "tests", "benchmarks")
    for path in (_ROOT / folder).rglob("*.py")
)


@pytest.mark.parametrize("path", _FILES, ids=lambda path: str(path.relative_to(_ROOT)))
def test_no_file_is_longer_than_four_hundred_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= _MOST_LINES


def test_the_files_are_found() -> None:
    assert _ROOT / "netsim" / "graph.py" in _FILES
    assert Path(__file__) in _FILES
