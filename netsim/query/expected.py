"""Takes what was expected out of the rows of a diff."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from netsim.addresses import AddressRange
from netsim.errors import UnknownEndpointError
from netsim.model.networks import Address
from netsim.model.ports import NO_PORTS, PortSet
from netsim.model.workload import Endpoint
from netsim.names import FlowText, parse_flow
from netsim.query.diff import Covering, FlowChange
from netsim.query.endpoints import resolve
from netsim.query.parties import Outside, Subject, merged
from netsim.query.questions import targets_with_ports
from netsim.query.units import Sides
from netsim.query.worlds import Worlds

_Side = tuple[tuple[Subject, ...], dict[Subject, PortSet]]


def covering(sides: Sides, namespace: str, text: str) -> list[_Side]:
    """What a flow's text means on each side that knows its names.

    Raises UnknownEndpointError where no side does.
    """
    flow = parse_flow(text, namespace=namespace)
    found: list[_Side] = []
    fault: UnknownEndpointError | None = None
    for worlds in (sides.after, sides.before):
        try:
            found.append(_meaning(flow, worlds))
        except UnknownEndpointError as error:
            fault = fault or error
    if fault is not None and not found:
        found.append(_across(flow, sides))
    return found


def _meaning(flow: FlowText, worlds: Worlds) -> _Side:
    sources = resolve(flow.source, worlds.directory).subjects
    return sources, dict(targets_with_ports(flow.target, flow.port, worlds.directory))


def _across(flow: FlowText, sides: Sides) -> _Side:
    """Of a flow whose ends are known on different sides: one came as the other went."""
    try:
        sources = resolve(flow.source, sides.before.directory).subjects
        targets = targets_with_ports(flow.target, flow.port, sides.after.directory)
    except UnknownEndpointError:
        sources = resolve(flow.source, sides.after.directory).subjects
        targets = targets_with_ports(flow.target, flow.port, sides.before.directory)
    return sources, dict(targets)


def beyond_flows(
    rows: Iterable[FlowChange], flows: Iterable[str], meant: Covering | None
) -> tuple[FlowChange, ...]:
    """Rows without what some flows cover."""
    if meant is None:
        raise ValueError("flows can be expected only of a diff between two clusters")
    expected = [
        FlowChange(source, target, ports)
        for text in flows
        for sources, targets in meant(text)
        for source in sources
        for target, ports in targets.items()
    ]
    return beyond_rows(rows, expected)


def beyond_rows(
    rows: Iterable[FlowChange], expected: Sequence[FlowChange]
) -> tuple[FlowChange, ...]:
    """Rows without the ports and addresses of other rows."""
    known: dict[tuple[object, object], list[FlowChange]] = {}
    for row in expected:
        known.setdefault((_who(row.source), _who(row.target)), []).append(row)
    result: list[FlowChange] = []
    for row in rows:
        parts = [row]
        for other in known.get((_who(row.source), _who(row.target)), ()):
            parts = [left for part in parts for left in _without(part, other)]
        result += parts
    return tuple(result)


def _who(subject: Subject) -> object:
    """An endpoint's identity; one for all addresses, which are compared as ranges."""
    if isinstance(subject, Endpoint):
        return subject.namespace, subject.name, subject.kind
    return type(subject)


def _without(row: FlowChange, other: FlowChange) -> Iterator[FlowChange]:
    """What is left of a row: other ports between all, and other addresses on any port."""
    common = row.ports & other.ports
    source, target = row.source, row.target
    if isinstance(source, Outside) and isinstance(other.source, Outside):
        mine, theirs = source, other.source
    elif isinstance(target, Outside) and isinstance(other.target, Outside):
        mine, theirs = target, other.target
    else:
        if row.ports - common:
            yield replace(row, ports=row.ports - common)
        return
    inside, beyond = _parted(mine, theirs)
    if not inside or common == NO_PORTS:
        yield row
        return
    for part, ports in ((inside, row.ports - common), (beyond, row.ports)):
        if part and ports:
            ends = (part, target) if mine is source else (source, part)
            yield replace(row, source=ends[0], target=ends[1], ports=ports)


def _parted(mine: Outside, theirs: Outside) -> tuple[Outside | None, Outside | None]:
    """The addresses of one that are in the other, and those that are not."""
    inside, beyond = _cut(mine.ranges, theirs.ranges)
    around, far = _cut(mine.around, theirs.around or theirs.ranges)
    return (
        Outside(inside, around) if inside else None,
        Outside(beyond, far) if beyond else None,
    )


_Ranges = tuple[AddressRange, ...]


def _cut(mine: _Ranges, theirs: _Ranges) -> tuple[_Ranges, _Ranges]:
    inside: list[AddressRange] = []
    beyond: list[AddressRange] = []
    for item in mine:
        start = int(item.first)
        for other in merged(theirs):
            if other.first.version != item.first.version:
                continue
            low, high = max(start, int(other.first)), min(int(item.last), int(other.last))
            if low > high:
                continue
            if low > start:
                beyond.append(_range(item.first, start, low - 1))
            inside.append(_range(item.first, low, high))
            start = high + 1
        if start <= int(item.last):
            beyond.append(_range(item.first, start, int(item.last)))
    return tuple(inside), tuple(beyond)


def _range(like: Address, first: int, last: int) -> AddressRange:
    kind = type(like)
    return AddressRange(kind(first), kind(last))
