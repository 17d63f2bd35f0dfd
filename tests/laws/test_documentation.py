"""The documentation's Python blocks are run, and what they link to exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs").glob("*.md"))
BLOCKS = [
    pytest.param(block, id=f"{page.name}-{number}")
    for page in PAGES
    for number, block in enumerate(
        re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL)
    )
]


@pytest.mark.parametrize("block", BLOCKS)
def test_python_block_runs_with_its_tests(block: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    names: dict[str, object] = {"__name__": "page"}
    exec(compile(block, "page", "exec"), names)  # noqa: S102 - the page's own examples
    tests = [value for name, value in names.items() if name.startswith("test_")]
    assert tests
    for test in tests:
        assert callable(test)
        test()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.name))
def test_every_linked_file_exists(page: Path) -> None:
    linked = re.findall(r"\]\(([^)#:]+)\)", page.read_text())
    assert [name for name in linked if not (page.parent / name).exists()] == []


def test_there_are_pages_with_examples() -> None:
    assert len(PAGES) >= 5
    assert len(BLOCKS) >= 2
