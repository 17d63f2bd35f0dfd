"""Chains of hops against networkx, which walks a graph of every single endpoint."""

from dataclasses import replace
from itertools import pairwise

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from netsim import strategies as kube
from netsim.model.ports import ALL_PORTS, PortRange, PortSet, Protocol
from netsim.model.profile import Profile
from netsim.model.snapshot import Snapshot
from netsim.query.chains import Path
from netsim.query.cuts import minimum_cut
from netsim.query.hops import closure
from netsim.query.parties import Subject, party_of
from netsim.query.paths import Ends, blast_radius, paths
from netsim.query.transit import choke_points, transit
from netsim.query.worlds import Worlds, worlds_of
from tests.conftest import Witness

PORTS = st.sampled_from((ALL_PORTS, PortSet.of(PortRange(Protocol.TCP, 2, 3))))
MANY = 1_000


def walked(worlds: Worlds, ports: PortSet) -> "nx.DiGraph[Subject]":
    """Everybody, with an edge where some of the ports are open."""
    graph: nx.DiGraph[Subject] = nx.DiGraph()
    running: tuple[Subject, ...] = worlds.directory.running
    graph.add_nodes_from(running)
    for source in running:
        targets: list[Subject] = [*running, *worlds.directory.internet]
        for target in (*targets, *worlds.directory.private):
            through = worlds.graph.ports(party_of(source), party_of(target)) & ports
            if source != target and through:
                graph.add_edge(source, target)
    return graph


def nodes(path: Path) -> list[Subject]:
    return [path.hops[0].source, *(hop.target for hop in path.hops)]


@given(st.lists(st.lists(st.integers(0, 7)), max_size=7))
def test_closure_is_what_networkx_finds(targets: list[list[int]]) -> None:
    rows = [sum(1 << target for target in set(found)) for found in targets]
    graph = nx.DiGraph((source, it) for source, found in enumerate(targets) for it in found)
    graph.add_nodes_from(range(len(rows)))
    expected = [
        {it for target in graph[source] for it in {target, *nx.descendants(graph, target)}}
        for source in range(len(rows))
    ]
    assert closure(rows) == [sum(1 << it for it in found) for found in expected]


@given(kube.snapshots(max_endpoints=6), kube.profiles(), PORTS)
def test_blast_radius_counts_what_networkx_finds(
    witness: Witness, snapshot: Snapshot, profile: Profile, ports: PortSet
) -> None:
    witness.saw(snapshot, profile)
    worlds = worlds_of(snapshot, profile)
    graph, running = walked(worlds, ports), set(worlds.directory.running)
    answer = blast_radius(worlds, ports)
    assert {row.subject for row in answer.rows} == running
    for row in answer.rows:
        found = nx.descendants(graph, row.subject)
        assert row.direct == len(running.intersection(graph[row.subject]))
        assert row.reached == len(running.intersection(found))
        assert row.outside == bool(found - running)


@given(st.data(), kube.snapshots(max_endpoints=6), kube.profiles(), PORTS)
def test_paths_are_the_shortest_that_networkx_finds(
    witness: Witness, data: st.DataObject, snapshot: Snapshot, profile: Profile, ports: PortSet
) -> None:
    witness.saw(snapshot, profile)
    worlds = worlds_of(snapshot, profile)
    running = worlds.directory.running
    if not running:
        return
    source, target = data.draw(st.tuples(*[st.sampled_from(running)] * 2))
    graph = walked(worlds, ports)
    found = paths(worlds, Ends((source,), (target,), None, ports), MANY).paths
    if source == target or target not in nx.descendants(graph, source):
        assert not found
        return
    expected = list(nx.shortest_simple_paths(graph, source, target))
    lengths = [len(path.hops) for path in found]
    assert lengths == sorted(lengths)
    assert lengths[0] == len(expected[0]) - 1
    chains = [tuple(nodes(path)) for path in found]
    assert len(set(chains)) == len(chains)
    assert set(chains) <= set(map(tuple, expected))
    # the other endpoints of a step are left out, and nothing else is
    spots = [endpoint for chain in expected for endpoint in chain[1:-1]]
    if all(hop.alike == 0 for path in found for hop in path.hops):
        assert set(chains) == set(map(tuple, expected)), spots
    for path in found:
        for hop, (one, other) in zip(path.hops, pairwise(nodes(path)), strict=True):
            assert hop.ports == worlds.graph.ports(party_of(one), party_of(other)) & ports


@given(st.data(), kube.snapshots(max_endpoints=6), st.integers(1, 3))
def test_no_path_is_longer_than_asked(
    witness: Witness, data: st.DataObject, snapshot: Snapshot, most: int
) -> None:
    witness.saw(snapshot)
    worlds = worlds_of(snapshot, Profile())
    running = worlds.directory.running
    if running:
        ends = tuple((it,) for it in data.draw(st.tuples(*[st.sampled_from(running)] * 2)))
        every = paths(worlds, Ends(ends[0], ends[1]), MANY).paths
        found = paths(worlds, Ends(ends[0], ends[1], most), MANY).paths
        assert found == tuple(path for path in every if len(path.hops) <= most)


@given(st.data(), kube.snapshots(max_endpoints=6), kube.profiles(), PORTS)
def test_transit_counts_the_hops_that_networkx_counts(
    witness: Witness, data: st.DataObject, snapshot: Snapshot, profile: Profile, ports: PortSet
) -> None:
    witness.saw(snapshot, profile)
    worlds = worlds_of(snapshot, profile)
    if not worlds.directory.running:
        return
    source = data.draw(st.sampled_from(worlds.directory.running))
    graph = walked(worlds, ports)
    expected = nx.single_source_shortest_path_length(graph, source)
    stops = transit(worlds, (source,), None, ports).stops
    assert {stop.subject: stop.hops for stop in stops} | {source: 0} == dict(expected)
    assert len(stops) == len(expected) - 1
    for stop in stops:
        assert expected[stop.via] == stop.hops - 1
        through = worlds.graph.ports(party_of(stop.via), party_of(stop.subject))
        assert stop.ports == through & ports
    near = transit(worlds, (source,), 1, ports).stops
    assert near == tuple(stop for stop in stops if stop.hops == 1)


@given(st.data(), kube.snapshots(max_endpoints=6), kube.profiles())
def test_choke_points_are_dominators_and_rules_without_which_nothing_passes(
    witness: Witness, data: st.DataObject, snapshot: Snapshot, profile: Profile
) -> None:
    witness.saw(snapshot, profile)
    worlds = worlds_of(snapshot, profile)
    if not worlds.directory.running:
        return
    source, target = data.draw(st.tuples(*[st.sampled_from(worlds.directory.running)] * 2))
    graph, answer = walked(worlds, ALL_PORTS), choke_points(worlds, Ends((source,), (target,)))
    if source == target or not nx.has_path(graph, source, target):
        assert answer.to_dicts() == []
        return
    above, step = nx.immediate_dominators(graph, source), target
    dominators = set()
    while step != source:
        step = above[step]
        dominators.add((step,))
    alone = {some for some in answer.endpoints if len(some) == 1}
    assert alone == dominators - {(source,)}
    policies = {policy.ref: policy for policy in snapshot.policies}
    for ref in answer.rules:
        policy, index = policies[ref.policy], ref.index
        assert index is not None
        rules = policy.rules[ref.direction]
        left = {**policy.rules, ref.direction: rules[:index] + rules[index + 1 :]}
        others = [replace(it, rules=left) if it is policy else it for it in snapshot.policies]
        cut = worlds_of(replace(snapshot, policies=tuple(others)), profile)
        assert not nx.has_path(walked(cut, ALL_PORTS), source, target)


@given(st.data(), kube.snapshots(max_endpoints=7), kube.profiles(), PORTS)
def test_the_cut_is_as_small_as_networkx_finds_and_cuts(
    witness: Witness, data: st.DataObject, snapshot: Snapshot, profile: Profile, ports: PortSet
) -> None:
    witness.saw(snapshot, profile)
    worlds = worlds_of(snapshot, profile)
    running = worlds.directory.running
    if len(running) < 3:
        return
    source, target = data.draw(st.permutations(running))[:2]
    graph = walked(worlds, ports)
    found = minimum_cut(worlds, Ends((source,), (target,), None, ports))
    outside = [it for it in graph if it not in running]
    graph.remove_nodes_from(outside)
    if graph.has_edge(source, target) or not nx.has_path(graph, source, target):
        assert found == ()
        return
    # networkx finds none where the target leads back, which no chain to it uses
    graph.remove_edges_from([*graph.out_edges(target), *graph.in_edges(source)])
    flat = [item for some in found for item in some]
    assert len(flat) == len(nx.minimum_node_cut(graph, source, target))
    graph.remove_nodes_from(flat)
    assert not nx.has_path(graph, source, target)
