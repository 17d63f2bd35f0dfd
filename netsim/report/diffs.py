"""Diffs as lines, as a table and as plain values."""

from collections.abc import Iterator

from netsim.query.diff import (
    Cause,
    Diff,
    FieldChange,
    FlowChange,
    Grade,
    ObjectChange,
    Site,
)
from netsim.query.parties import subject_name
from netsim.report.shapes import short_name
from netsim.report.values import (
    Value,
    envelope,
    party_value,
    place_value,
    policy_value,
    ports_value,
)
from netsim.results import Cell, Table

Line = tuple[str, str]
"""A line, and the style that a terminal may give it."""

_STYLES = {
    Grade.NONE: "",
    Grade.LOW: "",
    Grade.MEDIUM: "yellow",
    Grade.HIGH: "red",
    Grade.CRITICAL: "bold red",
}


def diff_lines(diff: Diff) -> Iterator[Line]:
    """A diff for people: a summary, what opened, what closed, and who came or went."""
    yield diff_summary(diff), "bold"
    for sign, rows in (("+", diff.opened), ("-", diff.closed)):
        for row in rows:
            yield from _row_lines(sign, row)
    for item in (*diff.appeared, *diff.vanished, *diff.changed):
        yield _object_line(item), ""
        for field in item.fields:
            yield f"    {field}", ""
    for reason in diff.undecided:
        yield f"undecided: {reason}", "yellow"
    for note in diff.notes:
        yield f"note: {note}", "dim"


def diff_summary(diff: Diff) -> str:
    """How much differs, in one line."""
    counts = {
        "opened": len(diff.opened),
        "closed": len(diff.closed),
        "appeared": len(diff.appeared),
        "vanished": len(diff.vanished),
        "changed": len(diff.changed),
    }
    parts = [f"{count} {word}" for word, count in counts.items() if count]
    if not parts:
        return "nothing differs" if not diff.undecided else "nothing differs for certain"
    if diff.opened and diff.grade is not Grade.NONE:
        parts.append(f"highest risk {diff.grade.value}")
    return ", ".join(parts)


def _row_lines(sign: str, row: FlowChange) -> Iterator[Line]:
    ends = f"{short_name(row.source)} -> {short_name(row.target)}"
    style = _STYLES[row.grade] if sign == "+" else "green"
    yield f"{sign} {ends} on {row.ports}", style
    if row.reasons:
        yield f"    {row.grade.value}: {'; '.join(row.reasons)}", ""
    for cause in row.causes:
        yield f"    {cause}", ""
    for reason in row.undecided:
        yield f"    undecided: {reason}", "yellow"


def _object_line(item: ObjectChange) -> str:
    places = [str(place) for place in (item.before, item.after) if place is not None]
    where = f" ({' -> '.join(dict.fromkeys(places))})" if places else ""
    return f"{item.change}: {item}{where}"


def diff_table(diff: Diff, *, exact: bool = False) -> Table:
    """One row for each difference; exact spells out ranges of addresses."""
    name = subject_name if exact else short_name
    rows: list[tuple[Cell, ...]] = [
        (
            change,
            name(row.source),
            name(row.target),
            str(row.ports),
            row.grade.value if change == "opened" else "-",
            "; ".join(row.reasons),
            "; ".join(map(str, row.causes)),
            "; ".join(row.undecided),
        )
        for change, listed in (("opened", diff.opened), ("closed", diff.closed))
        for row in listed
    ]
    rows += [
        (it.change, str(it), "-", "-", "-", "", "; ".join(map(str, it.fields)), "")
        for it in (*diff.appeared, *diff.vanished, *diff.changed)
    ]
    rows += [("undecided", "-", "-", "-", "-", "", "", reason) for reason in diff.undecided]
    columns = ("CHANGE", "SOURCE", "TARGET", "PORTS", "RISK", "REASONS", "CAUSE", "UNDECIDED")
    return Table(columns, tuple(rows))


def diff_value(diff: Diff) -> dict[str, Value]:
    """A diff as plain values."""
    return envelope(
        "Diff",
        opened=[row_value(row) for row in diff.opened],
        closed=[row_value(row) for row in diff.closed],
        appeared=[_object_value(item) for item in diff.appeared],
        vanished=[_object_value(item) for item in diff.vanished],
        changed=[_object_value(item) for item in diff.changed],
        undecided=list(diff.undecided),
        notes=list(diff.notes),
    )


def row_value(row: FlowChange) -> dict[str, Value]:
    """An opened or closed row as plain values."""
    return {
        "source": party_value(row.source),
        "target": party_value(row.target),
        "ports": ports_value(row.ports),
        "grade": row.grade.value,
        "reasons": list(row.reasons),
        "causes": [_cause_value(cause) for cause in row.causes],
        "undecided": list(row.undecided),
    }


def _cause_value(cause: Cause) -> dict[str, Value]:
    return {
        "change": cause.change,
        "subject": cause.subject,
        "detail": cause.detail or None,
        "policy": policy_value(cause.policy) if cause.policy is not None else None,
        "before": _site_value(cause.before),
        "after": _site_value(cause.after),
    }


def _site_value(site: Site | None) -> dict[str, Value] | None:
    return None if site is None else {"path": site.path or None, **place_value(site.place)}


def _object_value(item: ObjectChange) -> dict[str, Value]:
    return {
        "kind": item.kind,
        "namespace": item.namespace or None,
        "name": item.name,
        "fields": [_field_value(field) for field in item.fields],
        "before": place_value(item.before) if item.before is not None else None,
        "after": place_value(item.after) if item.after is not None else None,
    }


def _field_value(field: FieldChange) -> dict[str, Value]:
    return {"name": field.name, "before": field.before, "after": field.after}
