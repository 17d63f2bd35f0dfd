"""What compiling makes of generated clusters stays within bounds; counts, never seconds."""

import tracemalloc

import pytest

from benchmarks.generate import Mode, Shape, snapshot
from netsim.compiler import Compiled, compile_snapshot
from netsim.model.snapshot import Snapshot

MOST_BYTES_OF_A_RULE = 3_000
"""With its part of the sets, the programs and the endpoints' faces."""


@pytest.fixture(scope="module")
def large() -> Snapshot:
    return snapshot(Shape(pods=10_000, policies=1_000))


@pytest.fixture(scope="module")
def compiled(large: Snapshot) -> Compiled:
    return compile_snapshot(large)


def written_rules(found: Snapshot) -> int:
    return sum(len(rules) for policy in found.policies for rules in policy.rules.values())


def test_replicas_share_classes(compiled: Compiled) -> None:
    assert len(compiled.classes) <= 10_000 / 8


def test_pods_that_are_all_different_have_a_class_each_and_hardly_more() -> None:
    found = snapshot(Shape(pods=2_000, policies=400, mode=Mode.DISTINCT, dual_stack=0.0))
    classes = len(compile_snapshot(found).classes)
    assert 1_800 <= classes <= 2_100


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("policies", [50, 100, 200, 400])
def test_compiled_rules_are_linear_in_written_ones(mode: Mode, policies: int) -> None:
    found = snapshot(Shape(pods=1_000, policies=policies, mode=mode))
    isolations = sum(len(policy.rules) for policy in found.policies)
    rules = len(compile_snapshot(found).rules)
    assert rules <= isolations + 2 * written_rules(found)


def test_classes_do_not_grow_with_replicas() -> None:
    few = snapshot(Shape(pods=500, policies=100, replicas=(1, 1), live=False))
    many = snapshot(Shape(pods=500, policies=100, replicas=(40, 40), live=False))
    assert len(compile_snapshot(few).classes) == len(compile_snapshot(many).classes)


def test_the_compiled_form_is_small(large: Snapshot) -> None:
    tracemalloc.start()
    try:
        found = compile_snapshot(large)
        added, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert added <= len(found.rules) * MOST_BYTES_OF_A_RULE
    assert most <= 2 * added
