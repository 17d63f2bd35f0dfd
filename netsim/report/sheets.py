"""What each result looks like, as one shape that every notebook format is written against."""

from collections.abc import Iterable, Sequence
from functools import singledispatch
from itertools import islice
from typing import TypeVar

from netsim.query.chains import BlastRadius, ChokePoints, Paths, Transit
from netsim.query.connection_set import Connections
from netsim.query.diff import Diff
from netsim.query.explanation import Explanation, nearest_text, places_of
from netsim.query.exposed import Exposure
from netsim.query.found import FindingRows
from netsim.query.port_counts import Matrix
from netsim.query.review import Outlook, Review
from netsim.query.verdict import Outcome, Verdict
from netsim.query.worlds import Worlds
from netsim.report.checked import checked_lines
from netsim.report.diffs import diff_summary, diff_table
from netsim.report.exposure_shapes import exposure_table
from netsim.report.findings import findings_table, summary_line
from netsim.report.path_shapes import (
    blast_table,
    choke_table,
    path_line,
    paths_table,
    transit_table,
)
from netsim.report.review_text import remarks, review_text
from netsim.report.reviews import summary
from netsim.report.shapes import connections_table, verdict_table
from netsim.results import Finding, Findings, Section, Severity, Sheet, Table

MOST_ROWS = 200
"""Rows of a table in a notebook; `to_frame` has all of them."""
MOST_COLUMNS = 24
"""Columns of a matrix in a notebook; `plot` shows all of them."""
_TONES = {Outcome.ALLOWED: "good", Outcome.DENIED: "bad", Outcome.UNDECIDED: "unsure"}
Item = TypeVar("Item")


@singledispatch
def sheet_of(result: object) -> Sheet:
    """The sheet of a result; TypeError for what is none."""
    raise TypeError(f"{type(result).__name__} is nothing that can be looked at")


@sheet_of.register
def _(result: Connections) -> Sheet:
    reasons = _distinct(reason for row in result for reason in row.undecided)
    return Sheet(
        _counted(len(result), "connection"),
        "unsure" if reasons else "",
        _undecided(reasons),
        (_cut("", connections_table(result[:MOST_ROWS]), len(result)),),
    )


@sheet_of.register
def _(result: Verdict) -> Sheet:
    lines = [f"assumes {item}" for item in result.assumptions]
    return Sheet(
        result.outcome.value,
        _TONES[result.outcome],
        (*_undecided(result.reasons), *lines),
        (_cut("", verdict_table(result), len(result.pairs)),),
    )


@sheet_of.register
def _(result: Explanation) -> Sheet:
    verdict = result.verdict
    rows = tuple(
        (
            f"{part.source} -> {part.target}",
            str(part.ports),
            end.direction.value,
            end.status.value,
            end.because,
            "; ".join(places_of(end)),
            nearest_text(end),
        )
        for part in islice(result.parts, MOST_ROWS // 2)
        for end in (part.egress, part.ingress)
    )
    columns = ("CONNECTION", "PORTS", "DIRECTION", "ANSWER", "BECAUSE", "PLACE", "NEAREST RULE")
    lines = [f"assumes {item}" for item in verdict.assumptions]
    return Sheet(
        f"{result.question}: {verdict.outcome.value}",
        _TONES[verdict.outcome],
        (*_undecided(verdict.reasons), *lines),
        (_cut("", Table(columns, rows), 2 * len(result.parts)),),
        text=str(result),
    )


@sheet_of.register
def _(result: Matrix) -> Sheet:
    count = len(result.names)
    open_cells, cells = int((result.ports > 0).sum()), int((result.of > 0).sum())
    title = f"{count} x {count} by {result.by}: {open_cells} of {cells} cells have an open port"
    shown = range(min(count, MOST_COLUMNS))
    rows = tuple(
        (result.names[row], *(_cell(result, row, column) for column in shown)) for row in shown
    )
    columns = ("FROM \\ TO", *(result.names[column] for column in shown))
    lines = () if count == len(shown) else (f"the first {len(shown)}; .plot() shows all",)
    return Sheet(title, "", lines, (_cut("", Table(columns, rows), count),))


@sheet_of.register
def _(result: Diff) -> Sheet:
    table = diff_table(result)
    lines = (*_undecided(result.undecided), *(f"note: {note}" for note in result.notes))
    tone = "" if result else ("unsure" if result.undecided else "good")
    return Sheet(diff_summary(result), tone, lines, (_cut("", table, len(table.rows)),))


@sheet_of.register
def _(result: Exposure) -> Sheet:
    reasons = _distinct(reason for row in result.rows for reason in row.undecided)
    title = f"{result.direction.value} exposure of {_workloads(result)}"
    section = _cut("", exposure_table(result), len(result.rows))
    return Sheet(title, "unsure" if reasons else "", _undecided(reasons), (section,))


@sheet_of.register
def _(result: Paths) -> Sheet:
    table = paths_table(result)
    lines = (*map(path_line, result.paths[:MOST_ROWS]), *_undecided(result.undecided))
    title = _counted(len(result.paths), "path") if result.paths else "no path"
    return Sheet(title, "", lines, (_cut("", table, len(table.rows)),))


@sheet_of.register
def _(result: BlastRadius) -> Sheet:
    section = _cut("", blast_table(result), len(result.rows))
    title = f"blast radius of {_counted(len(result.rows), 'workload')}"
    return Sheet(title, "", _undecided(result.undecided), (section,))


@sheet_of.register
def _(result: Transit) -> Sheet:
    section = _cut("", transit_table(result.stops[:MOST_ROWS]), len(result.stops))
    title = f"{_counted(len(result.stops), 'other')} reached hop by hop"
    return Sheet(title, "", _undecided(result.undecided), (section,))


@sheet_of.register
def _(result: ChokePoints) -> Sheet:
    table = choke_table(result)
    title = f"{_counted(len(table.rows), 'point')} on every chain"
    section = _cut("", table, len(table.rows))
    return Sheet(title, "", _undecided(result.undecided), (section,))


@sheet_of.register
def _(result: FindingRows) -> Sheet:
    found = Findings("netsim lint", "", (), result)
    section = _cut("", findings_table(found), len(result))
    return Sheet(summary_line(found), "" if result else "good", (), (section,))


@sheet_of.register
def _(result: Review) -> Sheet:
    moved, found = (
        diff_table(result.unexpected),
        Findings("netsim lint", "", (), result.findings),
    )
    tones = {Outlook.CLEAN: "good", Outlook.OBJECTIONS: "bad", Outlook.UNDECIDED: "unsure"}
    promises = [checked_lines(item.checked)[0] for item in result.broken]
    lines = (*(f"broken promise: {text}" for text in promises[:MOST_ROWS]), *remarks(result))
    sections = (
        _cut("Moved, and nobody expected it", moved, len(moved.rows)),
        _cut("New findings", findings_table(found), len(result.findings)),
    )
    shown = tuple(section for section in sections if section.table.rows)
    text = review_text(result)
    return Sheet(summary(result), tones[result.outlook], lines, shown, text)


def cluster_sheet(worlds: Worlds, findings: Sequence[Finding], errors: Sequence[str]) -> Sheet:
    """What a cluster holds, and what was said while it was read."""
    from netsim.report.page_values import isolation

    snapshot = worlds.snapshot
    table = Table(
        ("NAMESPACE", "WORKLOADS", "ISOLATED FOR INGRESS", "ISOLATED FOR EGRESS"),
        tuple(islice(isolation(worlds), MOST_ROWS)),
    )
    counts = (
        _counted(len(snapshot.namespaces), "namespace"),
        _counted(len(snapshot.endpoints), "workload"),
        f"{len(snapshot.policies)} network policies",
    )
    warnings = [it for it in findings if it.severity is not Severity.NOTE]
    lines = (
        *(f"left out: {error}" for error in errors[:_FEW]),
        *(str(item) for item in warnings[:_FEW]),
        *_more(len(errors) - _FEW, "fault"),
        *_more(len(warnings) - _FEW, "warning"),
        *_undecided(_distinct(gap.why for gap in snapshot.gaps)),
    )
    section = _cut("", table, len(snapshot.namespaces))
    return Sheet(", ".join(counts), "unsure" if errors else "", lines, (section,))


_FEW = 10


def _more(count: int, what: str) -> tuple[str, ...]:
    return (f"and {_counted(count, what)} more",) if count > 0 else ()


def _cell(result: Matrix, row: int, column: int) -> str:
    if not result.of[row, column]:
        return "-"
    text = str(result.port_set(row, column)) if result.ports[row, column] else ""
    return f"{text} ?".strip() if result.undecided[row, column] else text


def _workloads(result: Exposure) -> str:
    return _counted(len({id(row.subject) for row in result.rows}), "workload")


def _cut(heading: str, table: Table, whole: int) -> Section:
    kept = Table(table.columns, table.rows[:MOST_ROWS])
    return Section(heading, kept, whole - len(kept.rows))


def _undecided(reasons: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"undecided: {reason}" for reason in reasons)


def _distinct(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(dict.fromkeys(items))


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number:,} {what}s"
