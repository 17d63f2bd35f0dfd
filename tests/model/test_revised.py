"""Policies with changes read as the list that was changed does."""

from hypothesis import given
from hypothesis import strategies as st

from netsim import strategies as kube
from netsim.model.labels import LabelSelector
from netsim.model.policy import NetworkPolicy
from netsim.model.revised import MOST_CHANGES, Name, RevisedPolicies, named, revised
from netsim.model.snapshot import Snapshot
from netsim.source import Source


@given(kube.snapshots(), st.data())
def test_changes_one_over_the_other_are_as_changes_of_a_list(
    snapshot: Snapshot, data: st.DataObject
) -> None:
    every = {(it.namespace, it.name): it for it in snapshot.policies}
    names = st.sampled_from([*every, ("", "nobody"), ("zzz", "nobody")])
    taken = st.sets(names, max_size=2)
    expected = dict(every)
    found = revised(snapshot.policies, {})
    for _ in range(data.draw(st.integers(1, 4))):
        changes: dict[Name, NetworkPolicy | None] = dict.fromkeys(data.draw(taken))
        if every:
            changes |= {it: every[it] for it in data.draw(st.sets(st.sampled_from([*every])))}
        before, listed = found, tuple(expected[it] for it in sorted(expected))
        found = revised(found, changes)
        expected = {
            name: policy for name, policy in (expected | changes).items() if policy is not None
        }
        assert [named(found, it) for it in every] == [expected.get(it) for it in every]
        if data.draw(st.booleans()):
            assert before == listed
            assert listed == before
    sorted_out = tuple(expected[it] for it in sorted(expected))
    assert tuple(found) == sorted_out
    assert found == revised(sorted_out, {})
    assert (len(found), found[:1], [*reversed(found)]) == (
        len(sorted_out),
        sorted_out[:1],
        [*sorted_out[::-1]],
    )


def test_chains_of_changes_are_never_more_than_one_deep() -> None:
    policies = tuple(
        policy
        for number in range(20)
        for policy in _policies(f"n{number:02}", count=MOST_CHANGES // 10)
    )
    found = revised(policies, {})
    for policy in policies:
        found = revised(found, {(policy.namespace, policy.name): None})
        assert not isinstance(found.base, RevisedPolicies)
        assert len(found.changes) <= MOST_CHANGES
    assert found == ()
    assert found != ""


def _policies(namespace: str, count: int) -> list[NetworkPolicy]:
    return [
        NetworkPolicy(namespace, f"p{number:03}", LabelSelector(()), {}, Source("x.yaml", 1))
        for number in range(count)
    ]
