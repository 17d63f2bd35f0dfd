"""docs/rules.md is what the rules' docstrings and examples say.

`python tests/lint/test_rules_page.py` writes it anew.
"""

from pathlib import Path

from netsim.audit import RULES as AUDITING
from netsim.inspection import RULES as ANSWERING
from netsim.lint import RULES
from netsim.report.rules import rules_document

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"
_INTRODUCTION = """\
# Rules of netsim lint and audit

Each page is what `netsim rules ID` prints. How findings are answered for, and lint is kept in
CI, stands in [lint.md](lint.md).
"""


def document() -> str:
    return rules_document((*RULES, *AUDITING, *ANSWERING), _INTRODUCTION)


def test_the_page_is_what_the_rules_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == document()


if __name__ == "__main__":
    PAGE.write_text(document(), encoding="utf-8")
