"""Snapshots as the manifests that a user would write."""

from collections.abc import Iterator
from typing import Any

from netsim.model.labels import Labels, LabelSelector, Operator, Requirement
from netsim.model.networks import Address, IPBlock
from netsim.model.policy import AnyPeer, NetworkPolicy, Peer, PodPeer, Rule
from netsim.model.ports import (
    FIRST_PORT,
    LAST_PORT,
    AnyPort,
    ContainerPort,
    ContainerRole,
    NamedPort,
    PortRange,
    RulePort,
)
from netsim.model.snapshot import Snapshot
from netsim.model.workload import NAMESPACE_NAME_LABEL, Endpoint, Namespace

Manifest = dict[str, Any]


def manifests(snapshot: Snapshot) -> list[Manifest]:
    """Every object of a snapshot; reading them gives a snapshot with the same answers."""
    spaces = [_namespace(item) for item in snapshot.namespaces.values() if not item.synthesised]
    pods = [found for item in snapshot.endpoints for found in _endpoint(item)]
    return [*spaces, *pods, *(_policy(item) for item in snapshot.policies)]


def _namespace(space: Namespace) -> Manifest:
    labels = {key: value for key, value in space.labels.items() if key != NAMESPACE_NAME_LABEL}
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": space.name, "labels": labels},
    }


def _endpoint(endpoint: Endpoint) -> Iterator[Manifest]:
    if endpoint.kind == "Pod":
        yield _pod(endpoint, endpoint.name, endpoint.addresses)
    elif endpoint.pods:
        owner = {
            "apiVersion": "apps/v1",
            "kind": endpoint.kind,
            "name": endpoint.name,
            "uid": endpoint.name,
            "controller": True,
        }
        for pod in endpoint.pods:
            held = tuple(item for item, holder in endpoint.pod_addresses if holder == pod)
            manifest = _pod(endpoint, pod, held)
            manifest["metadata"]["ownerReferences"] = [owner]
            yield manifest
    else:
        yield _workload(endpoint)


def _pod(endpoint: Endpoint, name: str, addresses: tuple[Address, ...]) -> Manifest:
    status: Manifest = {"phase": "Succeeded" if endpoint.finished else "Running"}
    if addresses:
        status["podIP"] = str(addresses[0])
        status["podIPs"] = [{"ip": str(address)} for address in addresses]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": _metadata(endpoint.namespace, name, endpoint.labels),
        "spec": _pod_spec(endpoint),
        "status": status,
    }


def _workload(endpoint: Endpoint) -> Manifest:
    template = {"metadata": {"labels": dict(endpoint.labels)}, "spec": _pod_spec(endpoint)}
    spec: Manifest = {
        "selector": {"matchLabels": dict(endpoint.labels)},
        "template": template,
    }
    if endpoint.replicas is not None:
        spec["replicas"] = endpoint.replicas
    return {
        "apiVersion": "apps/v1",
        "kind": endpoint.kind,
        "metadata": _metadata(endpoint.namespace, endpoint.name, endpoint.labels),
        "spec": spec,
    }


def _metadata(namespace: str, name: str, labels: Labels) -> Manifest:
    return {"name": name, "namespace": namespace, "labels": dict(labels)}


def _pod_spec(endpoint: Endpoint) -> Manifest:
    main = [_container(port) for port in endpoint.ports if port.role is ContainerRole.MAIN]
    other = [_container(port) for port in endpoint.ports if port.role is not ContainerRole.MAIN]
    spec: Manifest = {"containers": main or [{"name": "main", "image": "any"}]}
    if other:
        spec["initContainers"] = other
    if endpoint.host_network:
        spec["hostNetwork"] = True
    if endpoint.node:
        spec["nodeName"] = endpoint.node
    return spec


def _container(port: ContainerPort) -> Manifest:
    declared: Manifest = {"containerPort": port.number, "protocol": port.protocol.value}
    if port.name:
        declared["name"] = port.name
    container: Manifest = {"name": port.container, "image": "any", "ports": [declared]}
    if port.role is ContainerRole.SIDECAR:
        container["restartPolicy"] = "Always"
    return container


def _policy(policy: NetworkPolicy) -> Manifest:
    spec: Manifest = {
        "podSelector": _selector(policy.subject),
        "policyTypes": [direction.policy_type for direction in policy.rules],
    }
    for direction, rules in policy.rules.items():
        spec[direction.value] = [_rule(rule, direction.peers_field) for rule in rules]
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": policy.name, "namespace": policy.namespace},
        "spec": spec,
    }


def _rule(rule: Rule, peers_field: str) -> Manifest:
    written: Manifest = {}
    if rule.peers != (AnyPeer(),):
        written[peers_field] = [_peer(peer) for peer in rule.peers]
    if rule.ports != (AnyPort(),):
        written["ports"] = [_port(port) for port in rule.ports]
    return written


def _peer(peer: Peer) -> Manifest:
    match peer:
        case IPBlock(cidr, excepts):
            block: Manifest = {"cidr": str(cidr)}
            if excepts:
                block["except"] = [str(network) for network in excepts]
            return {"ipBlock": block}
        case PodPeer(pods, namespaces):
            written = {"podSelector": _selector(pods)} if pods.requirements else {}
            if namespaces is not None:
                written["namespaceSelector"] = _selector(namespaces)
            return written or {"podSelector": {}}
        case AnyPeer():
            raise ValueError("any peer is written by leaving the list out")


def _port(port: RulePort) -> Manifest:
    match port:
        case NamedPort(protocol, name):
            return {"protocol": protocol.value, "port": name}
        case PortRange(protocol, first, last):
            written: Manifest = {"protocol": protocol.value}
            if (first, last) != (FIRST_PORT, LAST_PORT):
                written |= (
                    {"port": first} if first == last else {"port": first, "endPort": last}
                )
            return written
        case AnyPort():
            raise ValueError("any port is written by leaving the list out")


def _selector(selector: LabelSelector) -> Manifest:
    """Single values go to matchLabels, one for each key; the rest to matchExpressions."""
    labels: dict[str, str] = {}
    expressions: list[Manifest] = []
    for item in selector.requirements:
        if item.operator is Operator.IN and len(item.values) == 1 and item.key not in labels:
            labels[item.key] = item.values[0]
        else:
            expressions.append(_expression(item))
    written: Manifest = {}
    if labels:
        written["matchLabels"] = labels
    if expressions:
        written["matchExpressions"] = expressions
    return written


def _expression(requirement: Requirement) -> Manifest:
    written: Manifest = {"key": requirement.key, "operator": requirement.operator.value}
    if requirement.values:
        written["values"] = list(requirement.values)
    return written
