"""Rows of classes against the graph's own rows, for programs of every shape."""

from dataclasses import replace
from random import Random

import pytest

from netsim.compiler import Compiled, compile_snapshot
from netsim.compiler.programs import Program
from netsim.compiler.rules import Action, Tier
from netsim.compiler.sets import ClassId
from netsim.graph import Graph
from netsim.model.policy import Direction
from netsim.model.ports import NO_PORTS
from netsim.query.class_rows import ClassRows, PortSets
from tests.compiler.building import block, labelled, pod, pods, policy, rule, snapshot, tcp

PODS = [pod(f"ns{number % 4}/p{number:02}", app=f"a{number % 10}") for number in range(40)]
POLICIES = [
    policy(
        f"ns{number % 4}/p{number}",
        ingress=[
            rule(pods(labelled(), app=f"a{(number + 3) % 10}"), ports=[tcp(number, 40)]),
            rule(pods(labelled()), ports=[tcp(20, 20 + number)]),
        ],
        egress=[
            rule(pods(app=f"a{(number + 1) % 10}"), block("10.0.0.0/8")),
            rule(pods(labelled()), ports=[tcp(10, 30)]),
        ]
        if number % 3
        else None,
        subject=labelled(app=f"a{number % 10}"),
    )
    for number in range(1, 14)
] + [policy("ns1/closed", ingress=[], egress=[], subject=labelled(app="a5"))]
COMPILED = compile_snapshot(snapshot(*PODS, *POLICIES))
EVERYONE = [ClassId(number) for number in range(len(COMPILED.classes))]


def shuffled(seed: int) -> Compiled:
    """The same rules with other actions and tiers, as other kinds of policy have."""
    random = Random(seed)  # noqa: S311 - no secret
    known: dict[int, Program] = {}

    def other(program: Program) -> Program:
        found = known.get(id(program))
        if found is None:
            rules = [
                item._replace(
                    action=random.choice(list(Action)), tier=random.choice(list(Tier))
                )
                if random.random() < 0.4
                else item
                for item in program
            ]
            found = known[id(program)] = tuple(sorted(rules, key=lambda item: item.rank))
        return found

    programs = {
        direction: {class_id: other(some[class_id]) for class_id in EVERYONE}
        for direction, some in COMPILED.programs.items()
    }
    return replace(COMPILED, programs=programs)


def rows_of(graph: Graph, sources: list[ClassId], targets: list[ClassId]) -> ClassRows:
    return ClassRows(graph, sources, targets, PortSets())


@pytest.mark.parametrize("compiled", [COMPILED, *map(shuffled, range(12))])
def test_rows_are_those_of_the_graph(compiled: Compiled) -> None:
    graph = Graph(compiled)
    rows = rows_of(graph, EVERYONE, EVERYONE)
    distinct = set()
    for source in EVERYONE:
        row = rows.row(source)
        expected = graph.ports_from(source)
        assert [row.get(target, NO_PORTS) for target in EVERYONE] == expected
        assert all(row.values())
        distinct.add(str(sorted(row.items())))
    assert len(distinct) > 3


def test_rows_have_only_the_targets_asked_about() -> None:
    graph = Graph(COMPILED)
    targets = EVERYONE[3:7]
    rows = rows_of(graph, EVERYONE[:5], targets)
    for source in EVERYONE[:5]:
        expected = graph.ports_from(source)
        assert rows.row(source) == {item: expected[item] for item in targets if expected[item]}


def test_classes_with_the_same_answer_share_a_row() -> None:
    rows = rows_of(Graph(COMPILED), EVERYONE, EVERYONE)
    unisolated = [
        class_id
        for class_id in EVERYONE
        if not COMPILED.programs[Direction.EGRESS][class_id]
        and COMPILED.classes[class_id].namespace == "ns0"
    ]
    assert len(unisolated) > 1
    assert len({id(rows.row(item)) for item in EVERYONE}) < len(EVERYONE)
    equal = {str(sorted(rows.row(item).items())) for item in unisolated}
    assert len({id(rows.row(item)) for item in unisolated}) == len(equal)


def test_equal_ports_are_one_object() -> None:
    rows = rows_of(Graph(COMPILED), EVERYONE, EVERYONE)
    found = [ports for source in EVERYONE for ports in rows.row(source).values()]
    assert len(set(map(id, found))) == len(set(found))
