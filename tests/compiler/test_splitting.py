"""Classes split in a cluster whose sets are many octets long."""

from dataclasses import replace
from ipaddress import IPv4Network

import pytest

from benchmarks.generate import Shape, snapshot
from netsim.bulk import Bulk
from netsim.compiler import compile_snapshot
from netsim.compiler.changes import with_policies
from netsim.compiler.sets import ClassId, ClassSet, SetId
from netsim.graph import Graph
from netsim.model.networks import IPBlock
from netsim.model.policy import Direction, NetworkPolicy, Rule
from netsim.model.ports import AnyPort, Protocol, line_position

SNAPSHOT = snapshot(Shape(1500, 150))
COMPILED = compile_snapshot(SNAPSHOT)
PORTS = [line_position(Protocol.TCP, port) for port in (53, 80, 443, 5432, 8080)]


def _with_block(policy: NetworkPolicy, place: int) -> NetworkPolicy:
    """Lets in whoever shares the /29 of an endpoint: others of its class do not."""
    address = SNAPSHOT.endpoints[place].addresses[0]
    block = IPBlock(IPv4Network(f"{address}/29", strict=False))
    rules = (*policy.rules.get(Direction.INGRESS, ()), Rule((block,), (AnyPort(),)))
    return replace(policy, rules={**policy.rules, Direction.INGRESS: rules})


@pytest.mark.parametrize("step", range(6))
def test_every_row_is_the_one_of_a_fresh_compilation(step: int) -> None:
    places = [
        place
        for place, endpoint in enumerate(SNAPSHOT.endpoints)
        if endpoint.addresses and endpoint.addresses[0].version == 4
    ]
    compiled = COMPILED
    for number in (step, step + 7):
        policy = SNAPSHOT.policies[number * 5 % len(SNAPSHOT.policies)]
        changed = _with_block(policy, places[number * 37 % len(places)])
        compiled = with_policies(compiled, added=[changed])
    assert len(compiled.classes) > len(COMPILED.classes)
    fresh = compile_snapshot(compiled.snapshot)
    changed_bulk, fresh_bulk = Bulk(Graph(compiled)), Bulk(Graph(fresh))
    for position in PORTS:
        for source in range(0, len(SNAPSHOT.endpoints), 11):
            found = changed_bulk.reached(source, position)
            assert found.tolist() == fresh_bulk.reached(source, position).tolist()


def test_sets_that_hold_a_class_are_found_whenever_they_were_numbered() -> None:
    universe = compile_snapshot(SNAPSHOT).universe
    members = [ClassId(1), ClassId(9), ClassId(70)]
    for younger in (ClassSet.of([3]), ClassSet.of([9, 70, 71]), ClassSet.of([2, 9])):
        found = {
            number: held for held, numbers in universe.holding(members) for number in numbers
        }
        assert found == {
            SetId(number): held
            for number, item in enumerate(universe.sets.sets)
            if (held := tuple(member for member in members if member in item))
        }
        universe.sets.number(younger)
