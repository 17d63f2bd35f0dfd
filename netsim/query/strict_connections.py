"""What gets through, with every row that another setting of an open behaviour would change."""

from collections.abc import Iterable

from netsim.model.ports import ALL_PORTS, PortSet
from netsim.model.workload import Endpoint
from netsim.query.connections import Connection, everyone_of
from netsim.query.parties import Outside, Subject
from netsim.query.questions import Pair
from netsim.query.verdict import judge_pair
from netsim.query.worlds import Worlds


def strict_connections(
    worlds: Worlds,
    *,
    sources: Iterable[Subject] | None = None,
    targets: Iterable[tuple[Subject, PortSet]] | None = None,
) -> tuple[Connection, ...]:
    """As `connections`, but rows that rest on an assumption are undecided.

    A pair that has no open port, and would have one under another setting, is such a row. Every
    pair is judged by itself, so this takes longer than `connections`.
    """
    everyone = everyone_of(worlds.graph)
    chosen = ((target, ALL_PORTS) for target in everyone) if targets is None else targets
    ends = tuple(chosen)
    groups: dict[tuple[object, ...], list[Connection]] = {}
    for source in everyone if sources is None else sources:
        for target, asked in ends:
            row = _row(Pair(source, target, asked), worlds)
            if row is not None:
                groups.setdefault(_shared(row), []).append(row)
    return tuple(map(_joined, groups.values()))


def _row(pair: Pair, worlds: Worlds) -> Connection | None:
    source, target = pair.source, pair.target
    if isinstance(source, Outside) and isinstance(target, Outside):
        return None
    if isinstance(source, Endpoint) and source == target and source.single:
        return None
    found = judge_pair(pair, worlds, strict=True)
    if not found.allowed and not found.assumptions:
        return None
    return Connection(source, target, found.allowed, found.reasons)


def _shared(row: Connection) -> tuple[object, ...]:
    """What rows have in common that differ in their outside addresses alone."""
    ends = (Outside if isinstance(end, Outside) else end for end in (row.source, row.target))
    return (*ends, row.ports, row.undecided)


def _joined(rows: list[Connection]) -> Connection:
    first = rows[0]
    source = _together([row.source for row in rows])
    target = _together([row.target for row in rows])
    return Connection(source, target, first.ports, first.undecided)


def _together(subjects: list[Subject]) -> Subject:
    outside = [item for item in subjects if isinstance(item, Outside)]
    return Outside.joined(outside) if len(outside) > 1 else subjects[0]
