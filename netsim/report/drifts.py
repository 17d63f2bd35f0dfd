"""Drifts as lines, as a table and as plain values."""

from collections.abc import Iterator
from dataclasses import replace

from netsim.query.diff import Diff
from netsim.query.drift import Drift, PolicyDrift
from netsim.report.diffs import Line, diff_lines, diff_table, diff_value
from netsim.report.values import Value, envelope, place_value, policy_value
from netsim.results import Cell, Table


def drift_lines(drift: Drift) -> Iterator[Line]:
    """A drift for people: policies, workloads of one side only, then flows."""
    if not drift:
        yield "no drift: what runs is what is written", "bold"
        return
    for item in drift.policies:
        where = f" ({item.written})" if item.written is not None else ""
        yield f"policy {item.ref}: {_said(item)}{where}", "yellow"
    yield from _object_lines(drift.diff)
    yield from _flow_lines(drift)


def _object_lines(diff: Diff) -> Iterator[Line]:
    for title, listed in (
        ("in the cluster only", diff.appeared),
        ("not running", diff.vanished),
    ):
        for item in listed:
            yield f"{item}: {title}", ""
    for item in diff.changed:
        yield f"{item}: differs: {'; '.join(map(str, item.fields))}", ""


def _flow_lines(drift: Drift) -> Iterator[Line]:
    flows = replace(drift.flows, changed=())
    if flows.opened or flows.closed:
        yield "flows between what both sides know:", "bold"
    _, *lines = diff_lines(flows)  # the summary would count less than there is
    yield from lines
    counts = {
        "opened": len(drift.diff.opened) - len(flows.opened),
        "closed": len(drift.diff.closed) - len(flows.closed),
    }
    left = [f"{count} {word}" for word, count in counts.items() if count]
    if left:
        yield f"{' and '.join(left)} with what only one side has are not shown", "dim"


def _said(item: PolicyDrift) -> str:
    return f"{item.change} in {', '.join(item.fields)}" if item.fields else item.change


def drift_table(drift: Drift, *, exact: bool = False) -> Table:
    """Policies first, then the rows of the diff."""
    flows = diff_table(drift.diff, exact=exact)
    blank = ("",) * (len(flows.columns) - 2)
    policies: list[tuple[Cell, ...]] = [
        (f"policy {_said(item)}", str(item.ref), *blank) for item in drift.policies
    ]
    return Table(flows.columns, (*policies, *flows.rows))


def drift_value(drift: Drift) -> dict[str, Value]:
    """A drift as plain values; `diff` is as `netsim diff` gives it."""
    return envelope(
        "Drift",
        policies=[
            {
                "policy": policy_value(item.ref),
                "change": item.change,
                "fields": list(item.fields),
                "written": place_value(item.written),
            }
            for item in drift.policies
        ],
        diff=diff_value(drift.diff),
    )
