"""Every cell of a matrix is what its pairs are, asked one by one."""

from functools import reduce
from itertools import product
from operator import or_

from hypothesis import given, settings

from netsim import strategies as kube
from netsim.model.ports import ALL_PORTS, NO_PORTS, PortRange, PortSet, Protocol
from netsim.model.profile import Profile
from netsim.model.snapshot import Snapshot
from netsim.model.workload import Endpoint
from netsim.query.parties import Outside, Subject, party_of
from netsim.query.port_counts import Matrix, matrix
from netsim.query.worlds import Worlds, worlds_of

SOME = PortSet.of(PortRange(Protocol.TCP, 1, 8080), PortRange(Protocol.UDP, 53, 53))


def sides(worlds: Worlds) -> list[tuple[Subject, ...]]:
    """What each row and column stands for."""
    inside = sorted(worlds.directory.running, key=lambda it: (it.namespace, it.name, it.kind))
    directory = worlds.directory
    return [*((it,) for it in inside), directory.internet, directory.private]


def cell(worlds: Worlds, pair: tuple[tuple[Subject, ...], ...], asked: PortSet) -> PortSet:
    sources, targets = pair
    found = [
        worlds.graph.ports(party_of(source), party_of(target)) & asked
        for source, target in product(sources, targets)
        if not (isinstance(source, Outside) and isinstance(target, Outside))
        and not (source is target and isinstance(source, Endpoint) and source.single)
    ]
    return reduce(or_, found, NO_PORTS)


def whole(found: Matrix) -> list[list[PortSet]]:
    places = range(len(found.names))
    return [[found.port_set(row, column) for column in places] for row in places]


@settings(max_examples=60, deadline=None)
@given(kube.snapshots(), kube.profiles())
def test_cells_of_workloads_are_what_pairs_are(snapshot: Snapshot, profile: Profile) -> None:
    worlds = worlds_of(snapshot, profile)
    for asked in (ALL_PORTS, SOME):
        found = matrix(worlds, "workload", asked)
        both = sides(worlds)
        wanted = [[cell(worlds, (left, right), asked) for right in both] for left in both]
        assert whole(found) == wanted
        assert found.ports.tolist() == [[len(ports) for ports in row] for row in wanted]
        assert found.pairs.tolist() == [[int(bool(ports)) for ports in row] for row in wanted]


@settings(max_examples=40, deadline=None)
@given(kube.snapshots())
def test_cells_of_namespaces_are_those_of_their_workloads(snapshot: Snapshot) -> None:
    worlds = worlds_of(snapshot, Profile())
    fine, coarse = (matrix(worlds, by, ALL_PORTS) for by in ("workload", "namespace"))
    keys = [it or name for it, name in zip(fine.namespaces, fine.names, strict=True)]
    assert coarse.names == tuple(dict.fromkeys(keys))
    for (row, left), (column, right) in product(enumerate(coarse.names), repeat=2):
        cells = [
            (one, other)
            for one, source in enumerate(keys)
            for other, target in enumerate(keys)
            if (source, target) == (left, right)
        ]
        assert coarse.port_set(row, column) == reduce(or_, (fine.port_set(*it) for it in cells))
        assert coarse.pairs[row, column] == sum(fine.pairs[it] for it in cells)
        assert coarse.of[row, column] == sum(fine.of[it] for it in cells)
