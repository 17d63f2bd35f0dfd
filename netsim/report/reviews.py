"""A review as findings, as JUnit and as plain values, and its summary in one line."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import cast
from xml.etree.ElementTree import Element, fromstring, indent, tostring

from netsim.load.git import file_of
from netsim.query.diff import Cause, Grade
from netsim.query.review import Relocation, Review
from netsim.report import checked
from netsim.report.as_junit import as_junit
from netsim.report.bundles import Bundle, bundles
from netsim.report.diffs import row_value
from netsim.report.explanations import explanation_value
from netsim.report.findings import counted, findings_value
from netsim.report.values import Value, envelope, place_value
from netsim.results import Finding, Findings, LintRule, Severity
from netsim.source import Place, Source

OPENED = LintRule(
    "connection-opened",
    Severity.ERROR,
    "A change lets somebody reach what it could not, and nobody expected that",
    "Take the change back or, where it is meant, write what opens under "
    "`expect_diff: added` of an expectation file.",
)
CLOSED = LintRule(
    "connection-closed",
    Severity.WARNING,
    "A change keeps somebody from what it could reach, and nobody expected that",
    "Allow it again or, where the change is meant, write what closes under "
    "`expect_diff: removed` of an expectation file.",
)
_GRAVE = {Grade.HIGH, Grade.CRITICAL}
_FEW = 5


def summary(review: Review) -> str:
    """What it comes to, in one line: the worst first.

    >>> from netsim.cluster import load
    >>> from netsim.reviewing import review
    >>> cluster = load("fixtures/clusters/shop/manifests")
    >>> summary(review(cluster, cluster))
    'nothing moves'
    """
    broken = sum(item.newly_broken for item in review.broken)
    before = len(review.broken) - broken
    rows, parts = review.unexpected, []
    told = (
        (broken, "promise broken", "promises broken"),
        (before, "promise broken before", "promises broken before"),
        (len(review.findings), "new finding", "new findings"),
        (len(rows.opened), "connection opened", "connections opened"),
        (len(rows.closed), "connection closed", "connections closed"),
        (review.expected, "change as expected", "changes as expected"),
        (len(review.relocations), "workload moved", "workloads moved"),
    )
    parts = [f"{count} {one if count == 1 else many}" for count, one, many in told if count]
    if rows.opened and rows.grade is not Grade.NONE:
        parts.append(f"highest risk {rows.grade.value}")
    if not parts:
        unknown = review.unexpected.undecided
        return "nothing moves for certain" if unknown else "nothing moves"
    return ", ".join(parts)


def known_line(review: Review) -> str:
    """How many findings of lint there were before, and are no more."""
    text = f"{counted(review.known, 'finding')} of lint known before"
    return f"{text}, {review.mended} mended" if review.mended else text


def findings_of(review: Review, version: str) -> Findings:
    """Everything wrong with a change: promises, what moved by rule and policy, then lint."""
    run = [item.checked for item in review.promises]
    told = checked.findings_of(run, version)
    rows = bundles(review.unexpected.opened, review.unexpected.closed)
    found = (*told.found, *_moved(rows), *review.findings)
    rules = (*told.rules, OPENED, CLOSED, *review.rules)
    return Findings("netsim review", version, rules, found)


def review_junit(review: Review, version: str) -> str:
    """The suites of the expectation files, then one of what moved and what lint says."""
    run = [item.checked for item in review.promises]
    everything = findings_of(review, version)
    tested = {item.id for item in checked.RULES}
    rest = replace(
        everything,
        rules=tuple(rule for rule in everything.rules if rule.id not in tested),
        found=tuple(item for item in everything.found if item.rule not in tested),
    )
    suites: list[Element] = []
    for text in (checked.as_junit(run), as_junit(rest)):
        suites += fromstring(text.encode())  # noqa: S314 - text that was written just now
    figures: Counter[str] = Counter()
    for suite in suites:
        for name in ("tests", "failures", "errors", "skipped"):
            figures[name] += int(suite.get(name, "0"))
    counts = {name: str(count) for name, count in figures.items()}
    root = Element("testsuites", {"name": "netsim review", **counts})
    root.extend(suites)
    indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, "unicode")}\n'


def review_value(review: Review, version: str) -> dict[str, Value]:
    """A review as plain values."""
    run = checked.run_value([item.checked for item in review.promises])
    tests = cast("list[dict[str, Value]]", run["tests"])
    lint = Findings("netsim lint", version, review.rules, review.findings)
    return envelope(
        "Review",
        base=review.base,
        outlook=review.outlook.value,
        summary=summary(review),
        tests=[
            {**value, "before": item.before.value}
            for value, item in zip(tests, review.promises, strict=True)
        ],
        opened=[row_value(row) for row in review.unexpected.opened],
        closed=[row_value(row) for row in review.unexpected.closed],
        expected=review.expected,
        withdrawn=checked.run_value(review.withdrawn)["tests"],
        leftOver=[{"lines": count, **place_value(it)} for it, count in review.left_over],
        unmoved=[{"text": str(item), **place_value(item.place)} for item in review.unmoved],
        moved=[_relocation_value(item) for item in review.relocations],
        findings=findings_value(lint)["findings"],
        findingsKnown=review.known,
        findingsMended=review.mended,
        undecided=list(review.unexpected.undecided),
    )


def _relocation_value(item: Relocation) -> dict[str, Value]:
    return {
        "kind": item.kind,
        "name": item.name,
        "before": item.left,
        "after": item.entered,
        "lost": [row_value(row) for row in item.lost],
        "gained": [row_value(row) for row in item.gained],
        "why": None if item.why is None else explanation_value(item.why),
    }


def _moved(rows: list[Bundle]) -> list[Finding]:
    """One finding for each rule and what was changed."""
    groups: dict[tuple[bool, str], list[Bundle]] = {}
    for item in rows:
        groups.setdefault((item.opened, item.subject), []).append(item)
    return [_finding(items) for items in groups.values()]


def _finding(items: list[Bundle]) -> Finding:
    first = items[0]
    rule = OPENED if first.opened else CLOSED
    grades = {item.grade for item in items}
    severe = first.opened and grades & _GRAVE
    place = _place(first.causes)
    listed = [text for item in items for text in item.sentences()]
    more = len(listed) - _FEW
    verb = "opens" if first.opened else "closes"
    causes = "; ".join(dict.fromkeys(item.headline for item in items))
    lines = [f"{verb} what nobody expected ({causes}):", *listed[:_FEW]]
    if more > 0:
        lines.append(f"and {more} more")
    return Finding(
        rule.id,
        Severity.ERROR if severe else Severity.WARNING,
        "\n".join(lines),
        Source(place.file if place else ""),
        place,
        subject=first.subject,
        witness=str(first.rows[0]),
    )


def _place(causes: tuple[Cause, ...]) -> Place | None:
    """Where it is now, or the file where it was, whose lines say nothing any more."""
    for site in (it.after for it in causes if it.after is not None):
        return site.place
    for site in (it.before for it in causes if it.before is not None):
        return Place(Path(file_of(site.place.file)).as_posix(), 0)
    return None
