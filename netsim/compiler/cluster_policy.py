"""Lowers cluster-wide policies to compiled rules: one for each written rule, in its order.

Nothing is isolated. Pods on the host network are left out of subjects and of label peers,
also where the profile lets NetworkPolicies select them (A11).
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never

from netsim.compiler.node_addresses import node_blocks
from netsim.compiler.priorities import by_turns
from netsim.compiler.rules import Action, CompiledRule
from netsim.compiler.sets import SetId
from netsim.compiler.targets import named_ports, sorted_out
from netsim.compiler.universe import Universe
from netsim.model.labels import EVERYTHING
from netsim.model.networks import IPBlock
from netsim.model.policy import AnyPeer, Direction, PodPeer, RuleRef
from netsim.model.profile import DomainNames, Profile
from netsim.model.tiers import (
    ClusterPolicy,
    DomainPeer,
    NetworksPeer,
    NodePeer,
    TierPeer,
    TierRule,
)
from netsim.model.workload import Node

_RESOLVED = {
    DomainNames.UNKNOWN: (),
    DomainNames.ACCEPT: (Action.ACCEPT,),
    DomainNames.ACCEPT_AND_PASS: (Action.ACCEPT, Action.PASS),
    DomainNames.DENY: (Action.DENY,),
    DomainNames.DENY_AND_PASS: (Action.DENY, Action.PASS),
}


def lowered(
    policy: ClusterPolicy, universe: Universe, profile: Profile, nodes: Sequence[Node]
) -> tuple[CompiledRule, ...]:
    """The compiled rules of one policy; rules that can match nothing are left out."""
    subjects = subjects_of(policy, universe)
    if not subjects:
        return ()
    found: list[CompiledRule] = []
    for direction, rules in policy.rules.items():
        written = [
            compiled
            for index, rule in enumerate(rules)
            for compiled in _lowered(
                policy,
                RuleRef(policy.ref, direction, index),
                (subjects, _peers(rule, universe, profile, nodes)),
                universe,
            )
        ]
        found += by_turns(written, universe, profile.same_priority)
    return tuple(found)


def subjects_of(policy: ClusterPolicy, universe: Universe) -> SetId:
    """The pods that a policy is about."""
    return _pods(policy.subject, universe)


def _lowered(
    policy: ClusterPolicy, ref: RuleRef, ends: tuple[SetId, SetId], universe: Universe
) -> Iterator[CompiledRule]:
    rule = policy.rules[ref.direction][ref.index or 0]
    subjects, peers = ends
    inward = ref.direction is Direction.INGRESS
    targets = subjects if inward else peers
    fixed, names = sorted_out(rule.ports)
    reached = [(targets, fixed)] if fixed else []
    for target, ports in named_ports(names, targets, universe):
        reached.append((universe.without_hosts(target), ports))
    for target, ports in reached:
        narrowed = (target, peers) if inward else (subjects, target)
        if all(narrowed):
            yield CompiledRule(
                tier=policy.tier,
                order=policy.order,
                direction=ref.direction,
                subjects=narrowed[0],
                peers=narrowed[1],
                ports=ports,
                action=rule.action,
                ref=ref,
            )


def _peers(
    rule: TierRule, universe: Universe, profile: Profile, nodes: Sequence[Node]
) -> SetId:
    sets = [peers_of(peer, universe, nodes) for peer in rule.peers]
    if rule.action in _RESOLVED[profile.domain_names] and any(
        isinstance(peer, DomainPeer) for peer in rule.peers
    ):
        sets.append(universe.outside)
    return universe.united(sets)


def peers_of(peer: TierPeer, universe: Universe, nodes: Sequence[Node]) -> SetId:
    """Everyone that one item of `from` or `to` means for certain."""
    match peer:
        case AnyPeer():
            return universe.everyone
        case PodPeer():
            return _pods(peer, universe)
        case NetworksPeer(blocks):
            return _inside(blocks, universe)
        case NodePeer(selector):
            return _inside(node_blocks(selector, nodes), universe)
        case DomainPeer():
            return SetId(0)
        case _:
            assert_never(peer)


def _inside(blocks: Iterable[IPBlock], universe: Universe) -> SetId:
    return universe.united([universe.inside(block) for block in blocks])


def _pods(peer: PodPeer, universe: Universe) -> SetId:
    namespaces = EVERYTHING if peer.namespaces is None else peer.namespaces
    return universe.without_hosts(universe.pods_in(namespaces, peer.pods))
