"""The yardsticks agree: the plain matrix, the judge and the engine give the same answers."""

from itertools import product
from random import Random

import numpy as np
import pytest

from benchmarks.generate import Mode, Shape, snapshot
from benchmarks.plain_matrix import plain_matrix
from netsim.compiler import compile_snapshot
from netsim.graph import Graph
from netsim.model.flow import Flow
from netsim.model.ports import Protocol
from netsim.reference import Reference

SHAPES = [
    Shape(pods=60, policies=40, seed=seed, mode=mode, dual_stack=0.3, live=live)
    for seed, mode, live in product((1, 2), Mode, (True, False))
]
PORTS = [(Protocol.TCP, 8080), (Protocol.TCP, 9102), (Protocol.UDP, 53), (Protocol.TCP, 31_000)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_plain_matrix_is_the_judge(shape: Shape) -> None:
    found = snapshot(shape)
    judge = Reference(found)
    for protocol, port in PORTS[:2]:
        matrix = plain_matrix(found, protocol, port)
        judged = [
            [judge.allows(Flow(source, target, protocol, port)) for target in found.endpoints]
            for source in found.endpoints
        ]
        assert np.array_equal(matrix, judged)
        assert 0 < matrix.sum() < matrix.size


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_plain_matrix_is_the_engine(shape: Shape) -> None:
    found = snapshot(shape)
    graph = Graph(compile_snapshot(found))
    for protocol, port in PORTS:
        matrix = plain_matrix(found, protocol, port)
        answers = [
            [graph.allows(Flow(source, target, protocol, port)) for target in found.endpoints]
            for source in found.endpoints
        ]
        assert np.array_equal(matrix, answers)


@pytest.mark.parametrize("mode", Mode)
def test_the_engine_is_the_judge_on_sampled_flows(mode: Mode) -> None:
    found = snapshot(Shape(pods=400, policies=150, mode=mode, dual_stack=0.3))
    judge, graph = Reference(found), Graph(compile_snapshot(found))
    random = Random(3)  # noqa: S311 - a sample
    answers = []
    for _ in range(1_500):
        source, target = random.choice(found.endpoints), random.choice(found.endpoints)
        flow = Flow(source, target, *random.choice(PORTS))
        answers.append(graph.allows(flow))
        assert answers[-1] == judge.allows(flow)
    assert {True, False} == set(answers)
