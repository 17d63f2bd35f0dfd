"""The engine answers every question as the judge does, which shares nothing with it."""

from itertools import combinations, product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import netsim
from netsim import strategies as kube
from netsim.compiler import compile_snapshot
from netsim.graph import Graph
from netsim.model.flow import Flow, OwnNode, Party
from netsim.model.ports import NO_PORTS
from netsim.model.profile import Profile
from netsim.model.snapshot import Snapshot
from netsim.model.workload import Endpoint
from netsim.query.connections import Connection, connections, everyone_of
from netsim.query.parties import Outside, Subject, party_of
from netsim.query.worlds import worlds_of
from netsim.reference import Reference
from tests.conftest import FOLDERS, Witness
from tests.properties.comparison import disagreements


@settings(max_examples=settings().max_examples * 8)
@given(kube.snapshots(), kube.profiles())
def test_every_answer_is_the_judges(
    witness: Witness, snapshot: Snapshot, profile: Profile
) -> None:
    witness.saw(snapshot, profile)
    assert next(disagreements(snapshot, profile), None) is None


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda it: f"{it.parent.name}-{it.name}")
def test_every_answer_is_the_judges_on(folder: Path) -> None:
    snapshot = netsim.load(folder).snapshot
    assert snapshot.policies
    assert next(disagreements(snapshot, Profile()), None) is None


@given(kube.snapshots(), kube.profiles(), st.data())
def test_a_flow_drawn_at_random_is_answered_alike(
    witness: Witness, snapshot: Snapshot, profile: Profile, data: st.DataObject
) -> None:
    witness.saw(snapshot, profile)
    flow = data.draw(kube.flows(snapshot))
    graph = Graph(compile_snapshot(snapshot, profile))
    assert graph.allows(flow) is Reference(snapshot, profile).allows(flow)


@given(kube.snapshots(), kube.profiles())
def test_addresses_of_one_range_have_the_same_answers(
    witness: Witness, snapshot: Snapshot, profile: Profile
) -> None:
    witness.saw(snapshot, profile)
    compiled = compile_snapshot(snapshot, profile)
    judge = Reference(snapshot, profile)
    for span, _ in compiled.outside:
        for endpoint in snapshot.endpoints:
            first = _answers(judge, endpoint, span.first)
            assert first == _answers(judge, endpoint, span.last)


@given(kube.snapshots(), kube.profiles())
def test_endpoints_of_one_class_have_the_same_answers(
    witness: Witness, snapshot: Snapshot, profile: Profile
) -> None:
    witness.saw(snapshot, profile)
    graph = Graph(compile_snapshot(snapshot, profile))
    judge = Reference(snapshot, profile)
    for one, other in combinations(snapshot.endpoints, 2):
        if graph.compiled.faces_of(one) == graph.compiled.faces_of(other):
            for party in kube.parties(snapshot):
                if not _exempt(graph, party, one, other):
                    assert _answers(judge, one, party) == _answers(judge, other, party)


@given(kube.snapshots(), kube.profiles())
def test_rows_of_connections_are_the_point_answers(
    witness: Witness, snapshot: Snapshot, profile: Profile
) -> None:
    witness.saw(snapshot, profile)
    worlds = worlds_of(snapshot, profile)
    rows = connections(worlds)
    for source, target in product(everyone_of(worlds.graph), repeat=2):
        if isinstance(source, Endpoint) and source == target and source.single:
            continue
        parties = party_of(source), party_of(target)
        inside = isinstance(source, Endpoint) or isinstance(target, Endpoint)
        expected = worlds.graph.ports(*parties) if inside else NO_PORTS
        found = [row.ports for row in rows if _covers(row, *parties)]
        assert found == ([expected] if expected else [])


def _exempt(graph: Graph, party: Party, *endpoints: Endpoint) -> bool:
    """Whether identity, not rules, settles some traffic between them."""
    pairs = [*product(endpoints, [party]), *product([party], endpoints)]
    return any(graph.exemption(*pair) is not None for pair in pairs)


def _answers(judge: Reference, one: Party, other: Party) -> list[bool]:
    return [
        judge.allows(Flow(*ends, *port))
        for ends in ((one, other), (other, one))
        for port in kube.boundary_ports(judge.snapshot)[::3]
    ]


def _covers(row: Connection, source: Party, target: Party) -> bool:
    return _is(row.source, source) and _is(row.target, target)


def _is(subject: Subject, party: Party) -> bool:
    """Whether a side of a row stands for a party; a range stands for all its addresses."""
    if not isinstance(subject, Outside):
        return subject == party
    if isinstance(party, Endpoint | OwnNode):
        return False
    return any(
        span.first.version == party.version and int(span.first) <= int(party) <= int(span.last)
        for span in subject.ranges
    )
