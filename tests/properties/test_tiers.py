"""Clusters where cluster-wide policies stand above and below NetworkPolicies."""

from dataclasses import replace
from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim import strategies as kube
from netsim.bulk import Bulk
from netsim.compiler import compile_snapshot
from netsim.compiler.changes import with_policies
from netsim.compiler.sets import ClassId
from netsim.edges import edges
from netsim.graph import Graph
from netsim.model.flow import Flow, OwnNode
from netsim.model.policy import PolicyRef
from netsim.model.ports import NO_PORTS, line_position
from netsim.model.profile import DomainNames, Profile, SamePriority
from netsim.model.snapshot import Snapshot
from netsim.model.tiers import Action, Tier
from netsim.model.workload import Endpoint
from netsim.query.class_rows import ClassRows, PortSets
from netsim.query.connections import connections, everyone_of
from netsim.query.parties import Subject, party_of
from netsim.query.questions import Pair
from netsim.query.verdict import UNRESOLVED, judge_pair
from netsim.query.worlds import worlds_of
from netsim.reference import Reference
from tests.conftest import Witness
from tests.properties.comparison import disagreements, pairs

MIXED = kube.snapshots(max_endpoints=3, max_policies=2, max_cluster_policies=3)


@settings(max_examples=settings().max_examples * 2)
@given(MIXED, kube.profiles())
def test_every_answer_on_a_mixed_cluster_is_the_judges(
    witness: Witness, snapshot: Snapshot, profile: Profile
) -> None:
    witness.saw(snapshot, profile)
    assert next(disagreements(snapshot, profile), None) is None


@given(MIXED, kube.profiles())
def test_whole_graphs_of_a_mixed_cluster_tell_what_points_tell(
    snapshot: Snapshot, profile: Profile
) -> None:
    graph = Graph(compile_snapshot(snapshot, profile))
    bulk = Bulk(graph)
    handles = [graph.handle(party) for party in kube.parties(snapshot)]
    ends = np.array([*product(handles, repeat=2)], np.int64)
    for port in kube.boundary_ports(snapshot)[::3]:
        position = line_position(*port)
        found = bulk.allowed(ends[:, 0], ends[:, 1], position).tolist()
        expected = [graph.reaches(left, right, position) for left, right in ends.tolist()]
        assert found == expected
        for source in range(len(snapshot.endpoints)):
            everyone = range(len(snapshot.endpoints))
            expected = [graph.reaches(source, it, position) for it in everyone]
            assert bulk.reached(source, position).tolist() == expected
    classes = [ClassId(number) for number in range(len(graph.compiled.classes))]
    rows = ClassRows(graph, classes, classes, PortSets())
    drawn = {(edge.source, it): edge.ports for edge in edges(graph) for it in edge.targets}
    for source, target in product(classes, repeat=2):
        ports = graph.class_ports(source, target)
        assert drawn.get((source, target), NO_PORTS) == ports
        assert rows.row(source).get(target, NO_PORTS) == ports
        assert graph.ports_from(source)[target] == ports


@given(MIXED, kube.profiles())
def test_rows_of_a_mixed_cluster_are_the_point_answers(
    snapshot: Snapshot, profile: Profile
) -> None:
    settled = replace(profile, domain_names=DomainNames.ACCEPT)
    worlds = worlds_of(snapshot, settled)
    rows = {(row.source, row.target): row.ports for row in connections(worlds)}
    inside = [it for it in everyone_of(worlds.graph) if isinstance(it, Endpoint)]
    for source, target in product(inside, repeat=2):
        if source != target or not source.single:
            expected = worlds.graph.ports(source, target)
            assert rows.get((source, target), NO_PORTS) == expected


@given(MIXED, kube.profiles(), st.data())
def test_a_changed_mixed_cluster_answers_as_a_fresh_one(
    snapshot: Snapshot, profile: Profile, data: st.DataObject
) -> None:
    everything = list(snapshot.all_policies)
    kept = data.draw(st.lists(st.sampled_from(everything), max_size=3))
    current = {policy.ref: policy for policy in kept}
    compiled = compile_snapshot(_with(snapshot, set(current)), profile)
    for policy in data.draw(st.lists(st.sampled_from(everything), min_size=1, max_size=4)):
        if current.pop(policy.ref, None):
            compiled = with_policies(compiled, removed=[policy.ref])
        else:
            current[policy.ref] = policy
            compiled = with_policies(compiled, added=[policy])
    after = _with(snapshot, set(current))
    assert compiled.snapshot == after
    assert next(disagreements(after, profile, Graph(compiled)), None) is None
    fresh = Graph(compile_snapshot(after, profile))
    for source, target in pairs(after):
        for port in kube.boundary_ports(after)[::4]:
            flow = Flow(source, target, *port)
            ends = [
                (decided.egress, decided.ingress)
                for decided in (fresh.decide(flow), Graph(compiled).decide(flow))
            ]
            told = [
                [(side.rule and side.rule.ref, [it.ref for it in side.passed]) for side in end]
                for end in ends
            ]
            assert told[0] == told[1]


def _with(snapshot: Snapshot, refs: set[PolicyRef]) -> Snapshot:
    return replace(
        snapshot,
        policies=tuple(it for it in snapshot.policies if it.ref in refs),
        cluster_policies=tuple(it for it in snapshot.cluster_policies if it.ref in refs),
    )


@given(MIXED, kube.profiles())
def test_what_decides_is_a_rule_of_the_tier_and_priority_it_names(
    snapshot: Snapshot, profile: Profile
) -> None:
    graph = Graph(compile_snapshot(snapshot, profile))
    wide = {policy.ref: policy for policy in snapshot.cluster_policies}
    for source, target in pairs(snapshot):
        for port in kube.boundary_ports(snapshot)[::4]:
            decided = graph.decide(Flow(source, target, *port))
            for side in (decided.egress, decided.ingress):
                assert all(rule.action is Action.PASS for rule in side.passed)
                tiers = [rule.tier for rule in (*side.passed, side.rule) if rule]
                assert tiers == sorted(set(tiers))
                for rule in filter(None, (*side.passed, side.rule)):
                    if rule.tier is not Tier.NETWORK_POLICY:
                        policy = wide[rule.ref.policy]
                        assert (policy.tier, policy.order) == (rule.tier, rule.order)
                        written = policy.rules[side.direction][rule.ref.index or 0]
                        assert written.action is rule.action


@given(MIXED, kube.profiles())
def test_rules_that_accept_are_told_wherever_ports_are_accepted(
    snapshot: Snapshot, profile: Profile
) -> None:
    graph = Graph(compile_snapshot(snapshot, profile))
    for source, target in pairs(snapshot):
        if graph.exemption(source, target) is None:
            through = graph.ports(source, target)
            rules = graph.accepting(source, target, through)
            assert all(rule.action is Action.ACCEPT for rule in rules)
            for port in kube.boundary_ports(snapshot)[::4]:
                decided = graph.decide(Flow(source, target, *port))
                for side in (decided.egress, decided.ingress):
                    if decided.allowed and side.rule is not None:
                        assert side.rule in rules


@given(MIXED)
def test_an_order_of_equal_priorities_that_matters_is_an_assumption(snapshot: Snapshot) -> None:
    worlds = worlds_of(snapshot, Profile(domain_names=DomainNames.DENY))
    others = {
        setting.value: Graph(
            compile_snapshot(
                snapshot, Profile(domain_names=DomainNames.DENY, same_priority=setting)
            )
        )
        for setting in SamePriority
    }
    everyone: tuple[Subject, ...] = (*snapshot.endpoints, OwnNode())
    for source, target in product(everyone, repeat=2):
        verdict = judge_pair(Pair(source, target, None), worlds)
        named = {it.otherwise for it in verdict.assumptions if it.switch == "same_priority"}
        ends = party_of(source), party_of(target)
        assert named == {
            setting
            for setting, graph in others.items()
            if graph.ports(*ends) != verdict.allowed
        }


@given(MIXED, st.data())
def test_no_order_of_equal_priorities_leaves_the_two_extremes(
    snapshot: Snapshot, data: st.DataObject
) -> None:
    """Renaming shuffles the order: answers stay between deny-first and accept-first."""
    named = data.draw(st.permutations(range(len(snapshot.cluster_policies))))
    renamed = [
        replace(policy, name=f"p{number}")
        for policy, number in zip(snapshot.cluster_policies, named, strict=True)
        if policy.priority is not None
    ]
    shuffled = replace(
        snapshot, cluster_policies=tuple(sorted(renamed, key=lambda item: item.rank))
    )
    graphs = {
        setting: Graph(compile_snapshot(shuffled, Profile(same_priority=setting)))
        for setting in SamePriority
    }
    for source, target in pairs(shuffled):
        least, some, most = (
            graphs[setting].ports(source, target)
            for setting in (
                SamePriority.DENY_FIRST,
                SamePriority.BY_NAME,
                SamePriority.ACCEPT_FIRST,
            )
        )
        assert least <= some <= most


@given(MIXED)
def test_names_leave_undecided_exactly_what_they_could_change(snapshot: Snapshot) -> None:
    worlds = worlds_of(snapshot, Profile())
    judges = [Reference(snapshot, Profile(domain_names=setting)) for setting in DomainNames]
    everyone = everyone_of(worlds.graph)
    ports = kube.boundary_ports(snapshot)
    for source, target in product(everyone, repeat=2):
        ends = party_of(source), party_of(target)
        if not any(isinstance(end, Endpoint) for end in ends):
            continue
        verdict = judge_pair(Pair(source, target, None), worlds)
        answers = [[it.allows(Flow(*ends, *port)) for port in ports] for it in judges]
        differ = any(answer != answers[0] for answer in answers)
        assert (UNRESOLVED in verdict.reasons) is differ


@given(MIXED)
def test_a_cluster_without_tiers_is_the_same_as_one_whose_tiers_say_nothing(
    snapshot: Snapshot,
) -> None:
    silent = tuple(replace(policy, rules={}) for policy in snapshot.cluster_policies)
    before = Graph(compile_snapshot(replace(snapshot, cluster_policies=())))
    after = Graph(compile_snapshot(replace(snapshot, cluster_policies=silent)))
    for source, target in pairs(replace(snapshot, cluster_policies=())):
        assert before.ports(source, target) == after.ports(source, target)
