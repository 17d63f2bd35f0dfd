"""Edges and differences of whole graphs against rows of ports."""

from collections.abc import Iterable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from netsim import strategies as kube
from netsim.compiler import compile_snapshot, compile_together
from netsim.compiler.sets import ClassId
from netsim.edges import Difference, Edge, differences, edges
from netsim.graph import Graph
from netsim.model.policy import NetworkPolicy
from netsim.model.ports import NO_PORTS, PortSet
from netsim.model.profile import Profile
from netsim.model.snapshot import Snapshot
from tests.compiler.test_rows import GRAPH
from tests.properties.comparison import disagreements

Rows = list[list[PortSet]]


def _rows(graph: Graph) -> Rows:
    return [graph.ports_from(ClassId(it)) for it in range(len(graph.compiled.classes))]


def _drawn(graph: Graph, found: Iterable[Edge]) -> Rows:
    """Edges written into rows; two for one pair of classes are a mistake."""
    count = len(graph.compiled.classes)
    rows = [[NO_PORTS] * count for _ in range(count)]
    for edge in found:
        assert edge.ports
        for target in edge.targets:
            assert rows[edge.source][target] is NO_PORTS
            rows[edge.source][target] = edge.ports
    return rows


def test_edges_are_all_that_is_open_on_many_classes() -> None:
    found = list(edges(GRAPH))
    assert _drawn(GRAPH, found) == _rows(GRAPH)
    assert len(found) == len({(edge.source, edge.ports) for edge in found})


@given(kube.snapshots(), kube.profiles())
def test_edges_are_all_that_is_open(snapshot: Snapshot, profile: Profile) -> None:
    graph = Graph(compile_snapshot(snapshot, profile))
    assert _drawn(graph, edges(graph)) == _rows(graph)


@given(kube.snapshots(), kube.profiles(), st.data())
def test_differences_turn_one_graph_into_the_other(
    snapshot: Snapshot, profile: Profile, data: st.DataObject
) -> None:
    other = _with_fewer(snapshot, data)
    before, after = map(Graph, compile_together([snapshot, other], profile))
    found = list(differences(before, after))
    rows = _rows(before)
    for item in found:
        for target in item.targets:
            assert rows[item.source][target] == item.before != item.after
            rows[item.source][target] = item.after
    assert rows == _rows(after)
    assert _turned(differences(after, before)) == sorted(map(str, found))
    assert not list(differences(before, before))


@given(kube.snapshots(), kube.profiles(), st.data())
def test_snapshots_compiled_together_answer_as_each_alone(
    snapshot: Snapshot, profile: Profile, data: st.DataObject
) -> None:
    other = _with_fewer(snapshot, data)
    for one, compiled in zip(
        (snapshot, other), compile_together([snapshot, other], profile), strict=True
    ):
        assert next(disagreements(one, profile, Graph(compiled)), None) is None


def _with_fewer(snapshot: Snapshot, data: st.DataObject) -> Snapshot:
    """Some endpoints and some policies of a snapshot."""
    ends = data.draw(st.lists(st.booleans(), min_size=len(snapshot.endpoints), max_size=99))
    kept = data.draw(st.lists(st.booleans(), min_size=len(snapshot.policies), max_size=99))
    policies: list[NetworkPolicy] = [
        it for it, keep in zip(snapshot.policies, kept, strict=False) if keep
    ]
    endpoints = [it for it, keep in zip(snapshot.endpoints, ends, strict=False) if keep]
    return replace(snapshot, endpoints=tuple(endpoints), policies=tuple(policies))


def _turned(found: Iterable[Difference]) -> list[str]:
    return sorted(str(replace(it, before=it.after, after=it.before)) for it in found)
