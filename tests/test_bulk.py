"""Arrays, rows and matrices against point questions."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import netsim.matrix
from netsim import strategies as kube
from netsim.bulk import Bulk
from netsim.compiler import compile_snapshot
from netsim.compiler.sets import ClassId
from netsim.graph import Graph
from netsim.matrix import PortMatrix
from netsim.model.ports import line_position
from netsim.model.profile import Profile
from netsim.model.snapshot import Snapshot
from tests.compiler.test_rows import GRAPH
from tests.properties.comparison import pairs

POSITION = line_position(*kube.boundary_ports(GRAPH.compiled.snapshot)[0])


@given(kube.snapshots(), kube.profiles(), st.data())
def test_arrays_are_answered_as_point_questions_are(
    snapshot: Snapshot, profile: Profile, data: st.DataObject
) -> None:
    graph = Graph(compile_snapshot(snapshot, profile))
    bulk = Bulk(graph)
    ends = [(graph.handle(source), graph.handle(target)) for source, target in pairs(snapshot)]
    sources, targets = np.array(ends, np.int64).reshape(-1, 2).T
    ports = kube.boundary_ports(snapshot)
    for port in data.draw(st.lists(st.sampled_from(ports), min_size=1, max_size=5)):
        position = line_position(*port)
        found = bulk.allowed(sources, targets, position)
        assert found.tolist() == [graph.reaches(*pair, position) for pair in ends]
        for source in range(len(snapshot.endpoints)):
            graph.handle(snapshot.endpoints[source])
            expected = [
                graph.reaches(source, it, position) for it in range(len(snapshot.endpoints))
            ]
            assert bulk.reached(source, position).tolist() == expected


def _matrix(position: int = POSITION) -> PortMatrix:
    return Bulk(GRAPH).matrix(position)


def _bits(matrix: PortMatrix) -> list[list[int]]:
    rows = [np.unpackbits(block, axis=1, bitorder="little") for _, block in matrix.blocks()]
    found: list[list[int]] = np.concatenate(rows).tolist()
    return found


@pytest.mark.parametrize("room", [None, 1 << 12])
def test_a_matrix_is_the_same_kept_or_made_block_by_block(
    monkeypatch: pytest.MonkeyPatch, room: int | None
) -> None:
    if room is not None:
        monkeypatch.setattr(netsim.matrix, "_CACHE_OCTETS", room)
        monkeypatch.setattr(netsim.matrix, "_BLOCK_OCTETS", room)
    made, kept = _bits(_matrix()), _bits(_matrix().prepare())
    assert made == kept
    classes = range(matrix_size := len(GRAPH.compiled.classes))
    expected = [
        [GRAPH.class_reaches(ClassId(left), ClassId(right), POSITION) for right in classes]
        for left in classes
    ]
    assert [[bool(bit) for bit in row[:matrix_size]] for row in kept] == expected
    assert not any(any(row[matrix_size:]) for row in kept)
    assert 0 < sum(map(sum, kept)) < matrix_size**2


def test_rows_are_those_of_the_matrix() -> None:
    matrix = _matrix()
    for source in (0, 7, 8, 255, 599, matrix.count - 1):
        assert matrix.row(source).tolist() == _matrix().prepare().row(source).tolist()


def test_pairs_are_looked_up_block_by_block_where_the_matrix_is_too_large_to_keep(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(netsim.matrix, "_KEPT_OCTETS", 0)
    monkeypatch.setattr(netsim.matrix, "_BLOCK_OCTETS", 1 << 12)
    graph, count = GRAPH, len(GRAPH.compiled.snapshot.endpoints)
    ends = list(product(range(0, count, 7), range(0, count, 11)))
    for endpoint in graph.compiled.snapshot.endpoints:
        graph.handle(endpoint)
    sources, targets = np.array(ends, np.int64).T
    bulk = Bulk(graph)
    found = bulk.allowed(sources, targets, POSITION)
    assert not bulk.matrix(POSITION).prepared
    assert found.tolist() == [graph.reaches(*pair, POSITION) for pair in ends]


def test_nothing_asked_is_nothing_answered() -> None:
    nobody = np.empty(0, np.int64)
    assert Bulk(GRAPH).allowed(nobody, nobody, POSITION).tolist() == []


def test_only_the_last_few_matrices_are_kept() -> None:
    bulk = Bulk(GRAPH)
    first = bulk.matrix(1)
    for position in (2, 3, 1, 4, 5):
        bulk.matrix(position)
    assert bulk.matrix(1) is first
    second = bulk.matrix(2)
    assert bulk.matrix(2) is second
