"""Where the policies of a snapshot look for pods: by label and namespace, one way at a time.

The vocabulary says which labels matter at all; scopes say which of them matter together, so
that whoever makes up pods need not try every combination of labels.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netsim.model.labels import EVERYTHING, LabelSelector, Operator, Requirement
from netsim.model.policy import Direction, PodPeer, PolicyRef
from netsim.model.tiers import ClusterPolicy, Policy
from netsim.model.workload import NAMESPACE_NAME_LABEL


@dataclass(frozen=True, slots=True)
class Scope:
    """Pods with some labels in namespaces with some labels."""

    namespaces: LabelSelector
    """One namespace by name is `kubernetes.io/metadata.name In [name]`."""
    pods: LabelSelector


@dataclass(frozen=True, slots=True)
class Scopes:
    """What can tell two pods apart that have no address and declare no port."""

    subjects: dict[Direction, tuple[Scope, ...]]
    """Whom the policies of a direction select, without repeats."""
    peers: dict[tuple[PolicyRef, Direction], tuple[Scope, ...]]
    """Whom the rules of a policy name in a direction, without repeats."""


def scopes_of(policies: Iterable[Policy]) -> Scopes:
    """The scopes of every policy; a direction that a policy says nothing about has none."""
    subjects: dict[Direction, dict[Scope, None]] = {way: {} for way in Direction}
    peers: dict[tuple[PolicyRef, Direction], tuple[Scope, ...]] = {}
    for policy in policies:
        own = _named(policy.namespace)
        for direction, rules in policy.rules.items():
            subjects[direction][_subject(policy, own)] = None
            found = {
                Scope(own if peer.namespaces is None else peer.namespaces, peer.pods): None
                for rule in rules
                for peer in rule.peers
                if isinstance(peer, PodPeer)
            }
            peers[policy.ref, direction] = tuple(found)
    return Scopes({way: tuple(found) for way, found in subjects.items()}, peers)


def _subject(policy: Policy, own: LabelSelector) -> Scope:
    if isinstance(policy, ClusterPolicy):
        return Scope(policy.subject.namespaces or EVERYTHING, policy.subject.pods)
    return Scope(own, policy.subject)


def _named(namespace: str) -> LabelSelector:
    if not namespace:
        return EVERYTHING
    return LabelSelector((Requirement(NAMESPACE_NAME_LABEL, Operator.IN, (namespace,)),))
