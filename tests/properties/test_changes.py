"""A change of policies on what is compiled answers as a fresh compilation does."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from netsim import strategies as kube
from netsim.compiler import Compiled, compile_snapshot
from netsim.compiler.changes import with_policies
from netsim.graph import Decision, Graph
from netsim.model.flow import Flow, Party
from netsim.model.policy import NetworkPolicy
from netsim.model.profile import Profile
from netsim.model.snapshot import Snapshot
from tests.properties.comparison import pairs


@st.composite
def steps(draw: st.DrawFn, snapshot: Snapshot) -> list[tuple[NetworkPolicy, bool]]:
    """Policies of a snapshot to take out and to put back, in some order."""
    chosen = st.tuples(st.sampled_from(snapshot.policies), st.booleans())
    return draw(st.lists(chosen, min_size=1, max_size=6))


@given(kube.snapshots(), kube.profiles(), st.data())
def test_changed_is_the_same_as_compiled_afresh(
    snapshot: Snapshot, profile: Profile, data: st.DataObject
) -> None:
    if not snapshot.policies:
        return
    kept = data.draw(st.lists(st.sampled_from(snapshot.policies), max_size=3))
    current = {policy.ref: policy for policy in kept}
    compiled = compile_snapshot(_with(snapshot, current.values()), profile)
    for policy, put in data.draw(steps(snapshot)):
        if put:
            current[policy.ref] = policy
            compiled = with_policies(compiled, added=[policy])
        elif current.pop(policy.ref, None):
            compiled = with_policies(compiled, removed=[policy.ref])
    fresh = compile_snapshot(_with(snapshot, current.values()), profile)
    assert compiled.snapshot == fresh.snapshot
    assert next(_differences(compiled, fresh), None) is None


@given(kube.snapshots(), kube.profiles(), st.data())
def test_a_policy_may_be_exchanged_for_any_other(
    snapshot: Snapshot, profile: Profile, data: st.DataObject
) -> None:
    if len(snapshot.policies) < 2:
        return
    one, other = data.draw(st.permutations(snapshot.policies))[:2]
    exchanged = replace(one, subject=other.subject, rules=other.rules)
    rest = [policy for policy in snapshot.policies if policy != other]
    before = compile_snapshot(_with(snapshot, rest), profile)
    first = _answers(before)
    after = with_policies(before, added=[exchanged])
    others = [policy for policy in rest if policy != one]
    fresh = compile_snapshot(_with(snapshot, [*others, exchanged]), profile)
    assert next(_differences(after, fresh), None) is None
    assert _answers(before) == first


def _with(snapshot: Snapshot, policies: Iterable[NetworkPolicy]) -> Snapshot:
    found = sorted(policies, key=lambda item: (item.namespace, item.name))
    return replace(snapshot, policies=tuple(found))


def _answers(compiled: Compiled) -> list[str]:
    graph = Graph(compiled)
    return [str(graph.ports(*ends)) for ends in pairs(compiled.snapshot)]


def _differences(changed: Compiled, fresh: Compiled) -> Iterator[str]:
    left, right = Graph(changed), Graph(fresh)
    ports = kube.boundary_ports(fresh.snapshot)
    for source, target in pairs(fresh.snapshot):
        if left.ports(source, target) != right.ports(source, target):
            yield f"ports: {source} -> {target}"
        if _rows(left, source, target) != _rows(right, source, target):
            yield f"rows: {source} -> {target}"
        for port in ports:
            flow = Flow(source, target, *port)
            if left.allows(flow) is not right.allows(flow):
                yield f"allows: {flow}"
            if _told(left.decide(flow)) != _told(right.decide(flow)):
                yield f"decide: {flow}"


def _rows(graph: Graph, source: Party, target: Party) -> set[str]:
    faces = graph.compiled.faces_of(source), graph.compiled.faces_of(target)
    return {
        f"{left.family} {right.family} {graph.ports_from(left.class_id)[right.class_id]}"
        for left, right in product(*faces)
    }


def _told(decision: Decision) -> tuple[object, ...]:
    rules = (decision.egress.rule, decision.ingress.rule)
    return decision.allowed, decision.exemption, *(rule and rule.ref for rule in rules)
