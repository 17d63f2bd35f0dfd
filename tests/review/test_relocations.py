"""Workloads in another namespace: the same workload, with what it lost and gained."""

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from netsim.model.ports import NO_PORTS, PortSet
from netsim.model.profile import Profile
from netsim.model.snapshot import Snapshot
from netsim.model.workload import Endpoint
from netsim.query.diffing import diff_of
from netsim.query.parties import party_of
from netsim.query.relocations import Settled, settled
from netsim.query.worlds import Worlds, worlds_of
from netsim.source import Place, Source
from netsim.strategies import snapshots


def nowhere(source: Source) -> Place:
    return Place(source.file, 0)


def settled_between(before: Snapshot, after: Snapshot) -> Settled:
    return settled(diff_of(before, after, Profile(), nowhere))


def moved(snapshot: Snapshot, mover: Endpoint, namespace: str) -> Snapshot:
    ends = [
        replace(it, namespace=namespace) if it == mover else it for it in snapshot.endpoints
    ]
    ordered = sorted(ends, key=lambda it: (it.namespace, it.name, it.kind))
    return replace(snapshot, endpoints=tuple(ordered))


def open_between(worlds: Worlds, source: Endpoint, target: Endpoint) -> PortSet:
    return worlds.graph.ports(party_of(source), party_of(target))


@given(snapshots())
def test_nothing_that_stays_is_taken_for_moved(snapshot: Snapshot) -> None:
    assert settled_between(snapshot, snapshot) == Settled((), (), (), {})


@given(snapshots(), st.data())
def test_what_a_moved_workload_lost_is_what_it_could_and_cannot(
    before: Snapshot, data: st.DataObject
) -> None:
    assume(len(before.namespaces) > 1 and before.endpoints)
    mover = data.draw(st.sampled_from(before.endpoints))
    namespace = data.draw(st.sampled_from(list(before.namespaces)))
    names = {(it.name, it.kind) for it in before.endpoints if it != mover}
    assume(namespace != mover.namespace and (mover.name, mover.kind) not in names)
    assume(not mover.finished and not mover.host_network and not mover.workload[1])
    after = moved(before, mover, namespace)
    entered = replace(mover, namespace=namespace)
    worlds = worlds_of(before, Profile()), worlds_of(after, Profile())
    found = settled_between(before, after)
    assert [it.entered for it in found.relocations] == [namespace]
    lost = {(row.source, row.target): row.ports for row in found.closed}
    gained = {(row.source, row.target): row.ports for row in found.opened}
    for other in before.endpoints:
        if other == mover or other.finished:
            continue
        for old, new in (
            ((mover, other), (entered, other)),
            ((other, mover), (other, entered)),
        ):
            was, now = open_between(worlds[0], *old), open_between(worlds[1], *new)
            assert lost.get(new, NO_PORTS) == was - now
            assert gained.get(new, NO_PORTS) == now - was
