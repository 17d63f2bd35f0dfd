"""A review as a Markdown page: a comment on a pull request, or the summary of a CI step.

The first line is a marker, by which the next run finds its comment and replaces it. A comment
of GitHub holds 65,536 characters: what does not fit is left out, and counted.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from netsim.query.diff import FlowChange
from netsim.query.expectations.outcomes import Checked
from netsim.query.explanation import explanation_lines
from netsim.query.review import Relocation, Review
from netsim.report.bundles import Bundle, bundles
from netsim.report.checked import sentence, witness_lines
from netsim.report.findings import markdown_item
from netsim.report.formats import markdown_text, visible
from netsim.report.review_text import relocation_lines, remarks
from netsim.report.reviews import summary
from netsim.report.shapes import short_name

MARKER = "<!-- netsim-review -->"
LIMIT = 65_536
"""Characters of a comment, as GitHub counts them."""

_FENCE = 3


@dataclass(frozen=True, slots=True)
class _Section:
    """Items under a heading, which may be cut short."""

    opening: str
    items: tuple[str, ...]
    what: str
    closing: str = ""
    head: str = field(default="")
    """Before the first item, as a table's first lines."""

    def cut_line(self, number: int) -> str:
        """What stands in place of the last items."""
        return f"\n… and {number} more {self.what}, left out here for want of room.\n"

    def text(self, shown: int) -> str:
        left = len(self.items) - shown
        more = self.cut_line(left) if left else ""
        return "".join((self.opening, self.head, *self.items[:shown], more, self.closing))


def review_markdown(review: Review, limit: int = LIMIT) -> str:
    """The page, of at most so many characters."""
    opening = f"{MARKER}\n## netsim review: {markdown_text(summary(review))}\n\n"
    opening += f"Compared with {_code(review.base)}.\n"
    return opening + "".join(_fitted(list(_sections(review)), limit - len(opening)))


def _fitted(sections: list[_Section], room: int) -> Iterator[str]:
    """Each section with as many items as fit after those before it."""
    frames = [len(it.text(0)) for it in sections]
    room -= sum(frames)
    for section in sections:
        shown = 0
        for item in section.items:
            if len(item) > room:
                break
            room -= len(item)
            shown += 1
        yield section.text(shown)


def _sections(review: Review) -> Iterator[_Section]:
    for newly, heading in (
        (True, "Promises that this change breaks"),
        (False, "Promises that were broken before"),
    ):
        chosen = [it for it in review.broken if it.newly_broken is newly]
        if chosen:
            items = tuple(_checked(item.checked) for item in chosen)
            yield _Section(f"\n### {heading}\n\n", items, "promises")
    if review.withdrawn:
        heading = "Promises dropped or reworded, which this change breaks as they were"
        items = tuple(map(_checked, review.withdrawn))
        yield _Section(f"\n### {heading}\n\n", items, "promises")
    if review.relocations:
        items = tuple(_relocation(item) for item in review.relocations)
        yield _Section("\n### Workloads that move\n\n", items, "workloads")
    yield from _bundled(review)
    if review.findings:
        items = tuple(
            "".join(f"{line}\n" for line in markdown_item(it)) for it in review.findings
        )
        yield _Section("\n### New findings of lint\n\n", items, "findings")
    told = tuple(f"- {markdown_text(line)}\n" for line in remarks(review))
    yield _Section("\n### Besides\n\n", told, "remarks")
    yield from _table(review)


def _bundled(review: Review) -> Iterator[_Section]:
    found = bundles(review.unexpected.opened, review.unexpected.closed)
    for is_open, heading in ((True, "Opens"), (False, "Closes")):
        items = tuple(_bundle(it) for it in found if it.opened is is_open)
        if items:
            yield _Section(f"\n### {heading} what nobody expected\n\n", items, "causes")


def _checked(checked: Checked) -> str:
    name = f"**{markdown_text(checked.expectation.name)}** ({_code(str(checked.place))})"
    text = f"- {name}\n"
    if checked.witness is None:
        return text
    text += f"  - {markdown_text(sentence(checked.witness))}\n"
    return text + _folded("Why", witness_lines(checked.witness)[1:])


def _relocation(item: Relocation) -> str:
    first, *_ = relocation_lines(item)
    text = f"- {markdown_text(first)}\n"
    return text if item.why is None else text + _folded("Why", explanation_lines(item.why))


def _bundle(item: Bundle) -> str:
    lines = [f"- {markdown_text(item.headline)}"]
    lines += (f"  - {markdown_text(text)}" for text in item.sentences())
    return "".join(f"{line}\n" for line in lines)


def _table(review: Review) -> Iterator[_Section]:
    """Every row that nobody expected, folded."""
    rows = [("opened", row) for row in review.unexpected.opened]
    rows += [("closed", row) for row in review.unexpected.closed]
    if not rows:
        return
    yield _Section(
        f"\n<details><summary>All {len(rows)} rows, one by one</summary>\n\n",
        tuple(_row(change, row) for change, row in rows),
        "rows",
        "\n</details>\n",
        "| change | source | target | ports | risk |\n| --- | --- | --- | --- | --- |\n",
    )


def _row(change: str, row: FlowChange) -> str:
    risk = row.grade.value if change == "opened" else "-"
    cells = (change, short_name(row.source), short_name(row.target), str(row.ports), risk)
    return f"| {' | '.join(map(markdown_text, cells))} |\n"


def _folded(title: str, lines: Iterable[str]) -> str:
    """Lines in a block that opens on a click, inside an item of a list."""
    shown = [visible(line) for line in lines]
    if not shown:
        return ""
    fence = _fence(shown)
    body = "".join(f"  {line}\n" for line in (fence, *shown, fence))
    return f"  <details><summary>{title}</summary>\n\n{body}\n  </details>\n"


def _fence(lines: Iterable[str]) -> str:
    """Longer than any run of backticks inside."""
    longest, run = 0, 0
    for letter in "\n".join(lines):
        run = run + 1 if letter == "`" else 0
        longest = max(longest, run)
    return "`" * max(_FENCE, longest + 1)


def _code(text: str) -> str:
    """As code where that is possible."""
    shown = visible(text)
    return markdown_text(shown) if "`" in shown else f"`{shown}`"
