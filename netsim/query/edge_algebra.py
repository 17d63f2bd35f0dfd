"""Union, intersection and difference of connections, exact to the port and the address.

An edge is a source, a target and one port. Endpoints are who they are by namespace, name and
kind, so that rows of two clusters can be compared; addresses outside are cut wherever either
side cuts them.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from netsim.addresses import AddressRange
from netsim.model.networks import Address
from netsim.model.ports import NO_PORTS, PortSet
from netsim.model.workload import Endpoint
from netsim.query.connections import Connection
from netsim.query.parties import Outside, Subject, merged

Operation = Callable[[PortSet, PortSet], PortSet]
_Who = tuple[str, ...]
_Reasons = tuple[str, ...]
_Key = tuple[_Who, _Who]
_OUTSIDE: _Who = ("outside",)


@dataclass(slots=True)
class _Pair:
    """Everything that either side says of one source and one target, addresses together."""

    source: Subject
    target: Subject
    rows: tuple[list[Connection], list[Connection]] = field(default_factory=lambda: ([], []))


def combined(
    left: Iterable[Connection], right: Iterable[Connection], operation: Operation
) -> Iterator[Connection]:
    """The operation's result, in the order of the left rows and then the right ones.

    A row says why it may be wrong if either side does so of its ends. Rows without a port,
    which say only that something may pass, are kept where both sides have no port.
    """
    pairs: dict[_Key, _Pair] = {}
    for side, rows in enumerate((left, right)):
        for row in rows:
            key = _who(row.source), _who(row.target)
            pair = pairs.setdefault(key, _Pair(row.source, row.target))
            pair.rows[side].append(row)
    for (source, target), pair in pairs.items():
        if _OUTSIDE in (source, target):
            yield from _beyond(pair, operation)
        else:
            ports, reasons = _applied(pair.rows, operation)
            if ports or _empty(pair.rows, operation):
                yield Connection(pair.source, pair.target, ports, reasons)


def union(left: PortSet, right: PortSet) -> PortSet:
    """What either has."""
    return left | right


def intersection(left: PortSet, right: PortSet) -> PortSet:
    """What both have."""
    return left & right


def difference(left: PortSet, right: PortSet) -> PortSet:
    """What the left has and the right has not."""
    return left - right


def _applied(
    rows: tuple[Iterable[Connection], Iterable[Connection]], operation: Operation
) -> tuple[PortSet, _Reasons]:
    sides: list[PortSet] = []
    reasons: dict[str, None] = {}
    for some in rows:
        ports = NO_PORTS
        for row in some:
            ports |= row.ports
            reasons |= dict.fromkeys(row.undecided)
        sides.append(ports)
    return operation(*sides), tuple(reasons)


def _empty(
    rows: tuple[Iterable[Connection], Iterable[Connection]], operation: Operation
) -> bool:
    """Whether there are rows, all of them without a port, that are to be kept."""
    listed = [row for some in rows for row in some]
    return operation is union and bool(listed) and not any(row.ports for row in listed)


def _beyond(pair: _Pair, operation: Operation) -> Iterator[Connection]:
    outward = isinstance(pair.target, Outside)
    groups: dict[tuple[PortSet, _Reasons], list[AddressRange]] = {}
    for span, rows in _segments(pair, outward=outward):
        found = _applied(rows, operation)
        if found[0] or _empty(rows, operation):
            groups.setdefault(found, []).append(span)
    known = [_outside(row, outward=outward) for some in pair.rows for row in some]
    for (ports, reasons), spans in groups.items():
        subject = _named(merged(spans), known)
        source = pair.source if outward else subject
        yield Connection(source, subject if outward else pair.target, ports, reasons)


_Rows = tuple[tuple[Connection, ...], tuple[Connection, ...]]
_Event = tuple[int, int, bool, int, Connection, Address]


def _segments(pair: _Pair, *, outward: bool) -> Iterator[tuple[AddressRange, _Rows]]:
    """The addresses in ranges that no row of either side cuts, with the rows that hold them."""
    events: list[_Event] = []
    for side, rows in enumerate(pair.rows):
        for row in rows:
            for span in _outside(row, outward=outward).ranges:
                family = span.first.version
                events.append((family, int(span.first), True, side, row, span.first))
                events.append((family, int(span.last) + 1, False, side, row, span.last))
    events.sort(key=lambda event: event[:2])
    active: tuple[dict[int, Connection], dict[int, Connection]] = ({}, {})
    at = (0, 0)
    for kind, place, opens, side, row, address in events:
        if any(active) and (kind, place) != at:
            make = type(address)
            held = tuple(active[0].values()), tuple(active[1].values())
            yield AddressRange(make(at[1]), make(place - 1)), held
        at = (kind, place)
        if opens:
            active[side][id(row)] = row
        else:
            del active[side][id(row)]


def _outside(row: Connection, *, outward: bool) -> Outside:
    end = row.target if outward else row.source
    if not isinstance(end, Outside):
        raise TypeError("an address outside is at the end where addresses are")
    return end


def _named(ranges: tuple[AddressRange, ...], known: Iterable[Outside]) -> Outside:
    """Put together from known groups where that is possible: these are shorter to read."""
    starts = {span.first for span in ranges}
    joined = Outside.joined(it for it in known if it.ranges[0].first in starts)
    return joined if joined.ranges == ranges else Outside(ranges, ranges)


def _who(subject: Subject) -> _Who:
    match subject:
        case Endpoint():
            return subject.namespace, subject.name, subject.kind
        case Outside():
            return _OUTSIDE
        case _:
            return ("node",)
