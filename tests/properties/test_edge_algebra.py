"""Set algebra of connections: every edge of both clusters is asked about, port by port."""

from collections.abc import Iterable

from hypothesis import given, settings

from netsim import strategies as kube
from netsim.addresses import AddressRange
from netsim.model.networks import Address
from netsim.model.ports import NO_PORTS, PortSet
from netsim.model.profile import Profile
from netsim.model.snapshot import Snapshot
from netsim.model.workload import Endpoint
from netsim.query.connection_set import Connections
from netsim.query.connections import Connection, connections
from netsim.query.parties import Outside, Subject
from netsim.query.worlds import worlds_of

End = tuple[str, str, str] | Address


def rows_of(snapshot: Snapshot) -> Connections:
    return Connections(connections(worlds_of(snapshot, Profile())))


def spots(rows: Iterable[Connection]) -> set[Address]:
    """One address at each side of every border between addresses outside."""
    spans = [
        span
        for row in rows
        for end in (row.source, row.target)
        if isinstance(end, Outside)
        for span in end.ranges
    ]
    found = {address for span in spans for address in (span.first, span.last)}
    edges = [(type(span.first), int(span.first), int(span.last)) for span in spans]
    for kind, first, last in edges:
        limit = (1 << (32 if kind(0).version == 4 else 128)) - 1
        found |= {kind(max(first - 1, 0)), kind(min(last + 1, limit))}
    return found


def ends(subject: Subject, addresses: set[Address]) -> list[End]:
    match subject:
        case Endpoint():
            return [(subject.namespace, subject.name, subject.kind)]
        case Outside(ranges):
            return [it for it in addresses if any(holds(span, it) for span in ranges)]
        case _:
            raise AssertionError("the own node has no rows of its own")


def holds(span: AddressRange, address: Address) -> bool:
    same = span.first.version == address.version
    return same and int(span.first) <= int(address) <= int(span.last)


def edges(
    rows: Iterable[Connection], addresses: set[Address]
) -> dict[tuple[End, End], PortSet]:
    found: dict[tuple[End, End], PortSet] = {}
    for row in rows:
        for source in ends(row.source, addresses):
            for target in ends(row.target, addresses):
                key = source, target
                assert not (found.get(key, NO_PORTS) & row.ports), "an edge is in two rows"
                found[key] = found.get(key, NO_PORTS) | row.ports
    return {key: ports for key, ports in found.items() if ports}


@settings(max_examples=60, deadline=None)
@given(kube.snapshots(), kube.snapshots())
def test_operators_are_what_they_are_for_every_edge(one: Snapshot, other: Snapshot) -> None:
    left, right = rows_of(one), rows_of(other)
    addresses = spots((*left, *right))
    before, after = edges(left, addresses), edges(right, addresses)
    for found, operation in (
        (left | right, PortSet.__or__),
        (left & right, PortSet.__and__),
        (left - right, PortSet.__sub__),
    ):
        wanted = {
            key: operation(before.get(key, NO_PORTS), after.get(key, NO_PORTS))
            for key in {*before, *after}
        }
        assert edges(found, addresses) == {key: it for key, it in wanted.items() if it}


@settings(max_examples=40, deadline=None)
@given(kube.snapshots())
def test_rows_with_themselves_are_themselves_or_nothing(snapshot: Snapshot) -> None:
    rows = rows_of(snapshot)
    addresses = spots(rows)
    assert edges(rows | rows, addresses) == edges(rows, addresses)
    assert edges(rows & rows, addresses) == edges(rows, addresses)
    assert rows - rows == ()
