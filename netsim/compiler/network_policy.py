"""Lowers `networking.k8s.io/v1` NetworkPolicies to compiled rules.

A policy's rules become ACCEPTs, and each direction it isolates becomes one DENY of everything
for its subjects, ordered after all ACCEPTs of the tier. That is "isolated, plus the union of
what policies allow". Named ports end here: a rule is split by the numbers its names resolve
to, on the subjects for ingress and on the peers for egress.
"""

from typing import assert_never

from netsim.compiler.rules import Action, CompiledRule, Tier
from netsim.compiler.sets import SetId
from netsim.compiler.targets import named_ports, sorted_out
from netsim.compiler.universe import Universe
from netsim.model.networks import IPBlock
from netsim.model.policy import (
    AnyPeer,
    Direction,
    NetworkPolicy,
    Peer,
    PodPeer,
    Rule,
    RuleRef,
)
from netsim.model.ports import ALL_PORTS

_ACCEPTS, _DENIES = 0, 1
_TIER, _ACCEPT, _DENY = Tier.NETWORK_POLICY, Action.ACCEPT, Action.DENY
"""By short ways: naming a member of an enumeration takes half as long as making a rule."""


def lowered(policy: NetworkPolicy, universe: Universe) -> list[CompiledRule]:
    """The compiled rules of one policy; rules that can match nothing are left out."""
    subjects = universe.pods_of(policy.namespace, policy.subject)
    if not subjects:
        return []
    policy_ref, everyone = policy.ref, universe.everyone
    found: list[CompiledRule] = []
    for direction, rules in policy.rules.items():
        for index, rule in enumerate(rules):
            peers = _peers(rule, policy.namespace, universe)
            if peers:
                ref = RuleRef(policy_ref, direction, index)
                found += _accepts(rule, ref, (subjects, peers), universe)
        ref = RuleRef(policy_ref, direction)
        found.append(
            CompiledRule(_TIER, _DENIES, direction, subjects, everyone, ALL_PORTS, _DENY, ref)
        )
    return found


def _accepts(
    rule: Rule, ref: RuleRef, ends: tuple[SetId, SetId], universe: Universe
) -> list[CompiledRule]:
    """One for the ports that mean the same everywhere, one for each meaning of each name."""
    direction, (subjects, peers) = ref.direction, ends
    fixed, names = sorted_out(rule.ports)
    found: list[CompiledRule] = []
    if fixed.boundaries:
        found.append(
            CompiledRule(_TIER, _ACCEPTS, direction, subjects, peers, fixed, _ACCEPT, ref)
        )
    if names:
        inward = direction is Direction.INGRESS
        targets = subjects if inward else peers
        for reached, ports in named_ports(names, targets, universe):
            ends = (reached, peers) if inward else (subjects, reached)
            found.append(CompiledRule(_TIER, _ACCEPTS, direction, *ends, ports, _ACCEPT, ref))
    return found


def _peers(rule: Rule, namespace: str, universe: Universe) -> SetId:
    if len(rule.peers) == 1:
        return peers_of(rule.peers[0], namespace, universe)
    return universe.united([peers_of(peer, namespace, universe) for peer in rule.peers])


def peers_of(peer: Peer, namespace: str, universe: Universe) -> SetId:
    """Everyone that one item of `from` or `to` means, in a policy of some namespace."""
    match peer:
        case PodPeer():
            pods, namespaces = peer.pods, peer.namespaces
            if namespaces is None:
                return universe.pods_of(namespace, pods)
            return universe.pods_in(namespaces, pods)
        case AnyPeer():
            return universe.everyone
        case IPBlock():
            return universe.inside(peer)
        case _:
            assert_never(peer)
