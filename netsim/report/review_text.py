"""A review as lines for a terminal or a log."""

from collections.abc import Iterator, Sequence

from netsim.query.expectations.outcomes import Checked, Status
from netsim.query.explanation import explanation_lines
from netsim.query.review import Promise, Relocation, Review
from netsim.report.bundles import bundles
from netsim.report.checked import checked_lines
from netsim.report.findings import counted, finding_lines
from netsim.report.formats import visible
from netsim.report.reviews import known_line, summary

Line = tuple[str, str]
"""A line, and the style that a terminal may give it."""

_BROKEN = {True: "broken by this change", False: "broken before this change too"}


def review_lines(review: Review) -> Iterator[Line]:
    """The summary, then what is wrong, the worst first."""
    yield f"against {review.base}: {summary(review)}", "bold"
    yield from _promise_lines(review)
    for moved in review.relocations:
        first, *rest = relocation_lines(moved)
        yield first, "bold"
        yield from _indented(rest)
    yield from _row_lines(review)
    if review.findings:
        yield "new findings of lint:", "bold"
        for item in review.findings:
            yield from _indented(finding_lines(item))
    yield from ((line, "dim") for line in remarks(review))


def _promise_lines(review: Review) -> Iterator[Line]:
    for newly, heading in _BROKEN.items():
        chosen = [item.checked for item in review.broken if item.newly_broken is newly]
        yield from _checked_lines(f"promises {heading}", chosen, "red")
    heading = "promises dropped or reworded, which this change breaks as they were"
    yield from _checked_lines(heading, review.withdrawn, "yellow")


def _checked_lines(heading: str, run: Sequence[Checked], style: str) -> Iterator[Line]:
    if run:
        yield f"{heading}:", "bold"
    for item in run:
        yield from _indented(checked_lines(item), style)


def _row_lines(review: Review) -> Iterator[Line]:
    for bundle in bundles(review.unexpected.opened, review.unexpected.closed):
        word, sign, style = (
            ("opens", "+", "red") if bundle.opened else ("closes", "-", "yellow")
        )
        yield f"{word} what nobody expected: {visible(bundle.headline)}", "bold"
        for text in bundle.sentences():
            yield f"  {sign} {visible(text)}", style


def relocation_lines(item: Relocation) -> list[str]:
    """Who moves, from where to where, and why it lost what it lost."""
    places = dict.fromkeys(str(place) for place in item.places if place is not None)
    lost, gained = len(item.lost), len(item.gained)
    told = [f"{lost} connections lost" if lost != 1 else "1 connection lost"] if lost else []
    if gained:
        told.append(f"{gained} gained")
    lines = [f"{item} ({' -> '.join(places)}): {', '.join(told) or 'nothing lost or gained'}"]
    if item.why is not None:
        lines += explanation_lines(item.why)
    return [visible(line) for line in lines]


def remarks(review: Review) -> Iterator[str]:
    """What is worth a line, and changes no exit code."""
    for fault in review.unread:
        yield f"left out, as it cannot be read: {visible(fault)}"
    for item in review.unmoved:
        yield f"{item.place}: {visible(str(item))}"
    for place, count in review.left_over:
        lines = counted(count, "line")
        yield f"{place}: {lines} of expect_diff left over from an earlier change, not counted"
    for reason in review.unexpected.undecided:
        yield f"undecided: {visible(reason)}"
    held = sum(item.checked.status is Status.PASSED for item in review.promises)
    mended = sum(_mended(item) for item in review.promises)
    if review.promises:
        again = f", {mended} of them for the first time" if mended else ""
        yield f"{held} of {len(review.promises)} promises hold{again}"
    yield known_line(review)


def review_text(review: Review) -> str:
    """All lines as one text."""
    return "".join(f"{line}\n" for line, _ in review_lines(review))


def _mended(item: Promise) -> bool:
    return item.checked.status is Status.PASSED and item.before is not Status.PASSED


def _indented(lines: list[str] | tuple[str, ...], style: str = "") -> Iterator[Line]:
    for number, line in enumerate(lines):
        yield f"  {line}", "" if number else style
