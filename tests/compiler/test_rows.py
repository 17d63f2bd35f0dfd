"""Rows against point answers on more classes than the window of rows holds."""

import pytest

from netsim.compiler import compile_snapshot
from netsim.compiler.sets import ClassId
from netsim.graph import Graph
from netsim.model.policy import Direction
from tests.compiler.building import block, labelled, pod, pods, policy, rule, snapshot, tcp

PODS = [pod(f"ns{number % 9}/p{number:03}", app=f"a{number}") for number in range(600)]
POLICIES = [
    *(
        policy(
            f"ns{number % 9}/p{number}",
            ingress=[rule(pods(labelled(), app=f"a{number + 7}"), ports=[tcp(number + 1)])],
            egress=[rule(pods(labelled())), rule(block("10.0.0.0/8"))] if number % 2 else None,
            subject=labelled(app=f"a{number}"),
        )
        for number in range(590)
    ),
    policy("ns3/closed", egress=[]),
]
GRAPH = Graph(compile_snapshot(snapshot(*PODS, *POLICIES)))
COUNT = len(GRAPH.compiled.classes)


@pytest.mark.parametrize("source", [0, 1, 255, 256, 511, 512, COUNT - 1, 3])
def test_a_row_is_what_point_questions_answer(source: int) -> None:
    row = GRAPH.ports_from(ClassId(source))
    assert COUNT > 512
    assert row == [GRAPH.class_ports(ClassId(source), ClassId(t)) for t in range(COUNT)]
    assert len(set(map(id, row))) == len(set(row))


def test_rows_of_the_last_window_are_not_those_of_the_first() -> None:
    rows = [GRAPH.ports_from(ClassId(source)) for source in range(COUNT)]
    assert len({tuple(map(str, row)) for row in rows}) > 512


def test_classes_with_one_program_share_its_cells() -> None:
    programs = GRAPH.compiled.programs[Direction.INGRESS]
    open_ones = {id(GRAPH.cells(program)) for program in programs.values() if not program}
    assert len(open_ones) == 1
