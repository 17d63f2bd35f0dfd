import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "loading.md").read_text()
SOURCE = "\n".join(path.read_text() for path in (ROOT / "netsim" / "load").glob("*.py"))


def test_the_page_names_every_rule_and_no_other() -> None:
    told = set(re.findall(r'(?:note|warn)\(\s*"([a-z-]+)"', SOURCE))
    named = set(re.findall(r"(?:note|warning) `([a-z-]+)`", PAGE))
    assert named == told
    assert len(told) > 20
