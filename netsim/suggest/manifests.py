"""NetworkPolicies and their parts as plain values, written as a person would."""

from collections.abc import Iterable, Mapping
from typing import Any, assert_never

from netsim.model.labels import LabelSelector, Operator, Requirement
from netsim.model.networks import IPBlock
from netsim.model.policy import AnyPeer, Direction, Peer, PodPeer, Rule
from netsim.model.ports import (
    FIRST_PORT,
    LAST_PORT,
    AnyPort,
    NamedPort,
    PortRange,
    RulePort,
)
from netsim.suggest.edits import Fields


def policy_fields(
    namespace: str,
    name: str,
    subject: LabelSelector,
    rules: Mapping[Direction, Iterable[Rule]],
) -> Fields:
    """A whole NetworkPolicy; `policyTypes` are the directions of its rules."""
    spec: Fields = {
        "podSelector": selector_fields(subject),
        "policyTypes": [direction.policy_type for direction in Direction if direction in rules],
    }
    for direction in Direction:
        written = [rule_fields(rule, direction) for rule in rules.get(direction, ())]
        if written:
            spec[direction.value] = written
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": namespace},
        "spec": spec,
    }


def rule_fields(rule: Rule, direction: Direction) -> Fields:
    """One item of `ingress` or `egress`; what means everything is left out."""
    fields: Fields = {}
    if not any(isinstance(peer, AnyPeer) for peer in rule.peers):
        fields[direction.peers_field] = [peer_fields(peer) for peer in rule.peers]
    if not any(isinstance(port, AnyPort) for port in rule.ports):
        fields["ports"] = [port_fields(port) for port in rule.ports]
    return fields


def peer_fields(peer: Peer) -> Fields:
    """One item of `from` or `to`; ValueError for any peer, which is no item."""
    match peer:
        case IPBlock(cidr, excepts):
            block: Fields = {"cidr": str(cidr)}
            if excepts:
                block["except"] = [str(network) for network in excepts]
            return {"ipBlock": block}
        case PodPeer(pods, None):
            return {"podSelector": selector_fields(pods)}
        case PodPeer(pods, namespaces) if namespaces is not None:
            fields: Fields = {"namespaceSelector": selector_fields(namespaces)}
            if pods.requirements:
                fields["podSelector"] = selector_fields(pods)
            return fields
        case AnyPeer() | PodPeer():
            raise ValueError("any peer is written by leaving the list out")
        case _:
            assert_never(peer)


def port_fields(port: RulePort) -> Fields:
    """One item of `ports`; ValueError for any port, which is no item."""
    match port:
        case NamedPort(protocol, name):
            return {"protocol": protocol.value, "port": name}
        case PortRange(protocol, first, last):
            fields: Fields = {"protocol": protocol.value}
            if (first, last) == (FIRST_PORT, LAST_PORT):
                return fields
            fields["port"] = first
            if last != first:
                fields["endPort"] = last
            return fields
        case AnyPort():
            raise ValueError("any port is written by leaving the list out")
        case _:
            assert_never(port)


def selector_fields(selector: LabelSelector) -> Fields:
    """`matchLabels` where that can say it, one value for each key; else `matchExpressions`."""
    labels: dict[str, str] = {}
    expressions: list[dict[str, Any]] = []
    for item in selector.requirements:
        if item.operator is Operator.IN and len(item.values) == 1 and item.key not in labels:
            labels[item.key] = item.values[0]
        else:
            expressions.append(_expression(item))
    fields: Fields = {"matchLabels": labels} if labels else {}
    if expressions:
        fields["matchExpressions"] = expressions
    return fields


def _expression(requirement: Requirement) -> Fields:
    fields: Fields = {"key": requirement.key, "operator": requirement.operator.value}
    if requirement.values:
        fields["values"] = list(requirement.values)
    return fields
