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
from netsim.model.ports import ALL_PORTS, PortSet

_ACCEPTS, _DENIES = 0, 1


def lowered(policy: NetworkPolicy, universe: Universe) -> list[CompiledRule]:
    """The compiled rules of one policy; rules that can match nothing are left out."""
    subjects = universe.pods_of(policy.namespace, policy.subject)
    if not subjects:
        return []
    policy_ref, found = policy.ref, []
    for direction, rules in policy.rules.items():
        for index, rule in enumerate(rules):
            peers = _peers(rule, policy.namespace, universe)
            ref = RuleRef(policy_ref, direction, index)
            found += _accepts(rule, ref, (subjects, peers), universe)
        found.append(
            CompiledRule(
                tier=Tier.NETWORK_POLICY,
                order=_DENIES,
                direction=direction,
                subjects=subjects,
                peers=universe.everyone,
                ports=ALL_PORTS,
                action=Action.DENY,
                ref=RuleRef(policy_ref, direction),
            )
        )
    return found


def _accepts(
    rule: Rule, ref: RuleRef, ends: tuple[SetId, SetId], universe: Universe
) -> list[CompiledRule]:
    subjects, peers = ends
    targets = subjects if ref.direction is Direction.INGRESS else peers
    found = []
    for reached, ports in _ports(rule, targets, universe):
        narrowed = (
            (reached, peers) if ref.direction is Direction.INGRESS else (subjects, reached)
        )
        if all(narrowed):
            found.append(
                CompiledRule(
                    tier=Tier.NETWORK_POLICY,
                    order=_ACCEPTS,
                    direction=ref.direction,
                    subjects=narrowed[0],
                    peers=narrowed[1],
                    ports=ports,
                    action=Action.ACCEPT,
                    ref=ref,
                )
            )
    return found


def _ports(rule: Rule, targets: SetId, universe: Universe) -> list[tuple[SetId, PortSet]]:
    """Targets with the ports the rule means on them: a name may mean other numbers on each."""
    fixed, names = sorted_out(rule.ports)
    found = [(targets, fixed)] if fixed else []
    return found + named_ports(names, targets, universe) if names else found


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
