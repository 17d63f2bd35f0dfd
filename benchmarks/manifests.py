"""A generated cluster as Kubernetes objects, one after the other."""

from collections.abc import Iterator
from typing import Any, assert_never

from benchmarks.fat_pod import fattened
from benchmarks.plan import Plan, PlannedPod, Workload
from benchmarks.policies import policies
from netsim.model.labels import LabelSelector, Operator
from netsim.model.networks import IPBlock
from netsim.model.policy import AnyPeer, NetworkPolicy, PodPeer, Rule
from netsim.model.ports import AnyPort, NamedPort, PortRange
from netsim.model.workload import NAMESPACE_NAME_LABEL, Namespace

Manifest = dict[str, Any]


def manifests(plan: Plan) -> Iterator[Manifest]:
    """Namespaces, then pods or workloads, then policies."""
    for namespace in plan.namespaces.values():
        yield _namespace(namespace)
    if plan.shape.live:
        for workload, pods in plan.pods():
            for pod in pods:
                yield _pod(plan, workload, pod)
    else:
        for workload in plan.workloads:
            yield _workload(workload)
    for policy in policies(plan):
        yield _policy(policy)


def _namespace(namespace: Namespace) -> Manifest:
    labels = dict(namespace.labels)
    del labels[NAMESPACE_NAME_LABEL]
    metadata = {"name": namespace.name, "labels": labels}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}


def _pod(plan: Plan, workload: Workload, pod: PlannedPod) -> Manifest:
    metadata: Manifest = {
        "name": pod.name,
        "namespace": workload.namespace,
        "labels": dict(pod.labels),
    }
    if workload.kind != "Pod":
        metadata["ownerReferences"] = [_owner(workload)]
    status = {
        "phase": "Succeeded" if pod.finished else "Running",
        "podIP": str(pod.addresses[0]),
        "podIPs": [{"ip": str(address)} for address in pod.addresses],
    }
    slim = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata,
        "spec": {**_pod_spec(workload), "nodeName": pod.node},
        "status": status,
    }
    return fattened(slim) if plan.shape.fat else slim


def _owner(workload: Workload) -> Manifest:
    """A Deployment's pods belong to its ReplicaSet, a CronJob's to one of its Jobs."""
    versions = {"CronJob": "batch/v1"}
    kinds = {"Deployment": "ReplicaSet", "CronJob": "Job"}
    named = f"{workload.name}-{workload.revision}"
    return {
        "apiVersion": versions.get(workload.kind, "apps/v1"),
        "kind": kinds.get(workload.kind, workload.kind),
        "name": named if workload.kind in kinds else workload.name,
        "uid": f"{workload.namespace}-{named}",
        "controller": True,
    }


def _pod_spec(workload: Workload) -> Manifest:
    container: Manifest = {"name": "main", "image": f"registry.example/{workload.tier}:1.0"}
    if workload.ports:
        container["ports"] = [
            {"name": port.name, "containerPort": port.number, "protocol": port.protocol.value}
            for port in workload.ports
        ]
    spec: Manifest = {"containers": [container]}
    if workload.host_network:
        spec["hostNetwork"] = True
    return spec


def _workload(workload: Workload) -> Manifest:
    labels = dict(workload.labels)
    template = {"metadata": {"labels": labels}, "spec": _pod_spec(workload)}
    if workload.kind == "CronJob":
        job = {"spec": {"template": template}}
        spec: Manifest = {"schedule": "0 3 * * *", "jobTemplate": job}
        version = "batch/v1"
    else:
        spec = {"selector": {"matchLabels": labels}, "template": template}
        if workload.kind != "DaemonSet":
            spec = {"replicas": workload.replicas, **spec}
        version = "apps/v1"
    metadata = {"name": workload.name, "namespace": workload.namespace}
    return {"apiVersion": version, "kind": workload.kind, "metadata": metadata, "spec": spec}


def _policy(policy: NetworkPolicy) -> Manifest:
    spec: Manifest = {
        "podSelector": _selector(policy.subject),
        "policyTypes": [direction.policy_type for direction in policy.rules],
    }
    for direction, rules in policy.rules.items():
        if rules:
            spec[direction.value] = [_rule(rule, direction.peers_field) for rule in rules]
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": policy.name, "namespace": policy.namespace},
        "spec": spec,
    }


def _rule(rule: Rule, peers_field: str) -> Manifest:
    written: Manifest = {}
    peers = [_peer(peer) for peer in rule.peers if not isinstance(peer, AnyPeer)]
    ports = [_port(port) for port in rule.ports if not isinstance(port, AnyPort)]
    if peers:
        written[peers_field] = peers
    if ports:
        written["ports"] = ports
    return written


def _peer(peer: PodPeer | IPBlock) -> Manifest:
    match peer:
        case IPBlock(cidr, ()):
            return {"ipBlock": {"cidr": str(cidr)}}
        case IPBlock(cidr, excepts):
            outside = [str(network) for network in excepts]
            return {"ipBlock": {"cidr": str(cidr), "except": outside}}
        case PodPeer(pods, None):
            return {"podSelector": _selector(pods)}
        case PodPeer(pods, namespaces):
            written = {"namespaceSelector": _selector(namespaces)} if namespaces else {}
            return {**written, "podSelector": _selector(pods)} if pods.requirements else written
        case _:
            assert_never(peer)


def _port(port: NamedPort | PortRange) -> Manifest:
    match port:
        case NamedPort(protocol, name):
            return {"protocol": protocol.value, "port": name}
        case PortRange(protocol, first, last) if first == last:
            return {"protocol": protocol.value, "port": first}
        case PortRange(protocol, first, last):
            return {"protocol": protocol.value, "port": first, "endPort": last}
        case _:
            assert_never(port)


def _selector(selector: LabelSelector) -> Manifest:
    """One value as `matchLabels`, everything else as `matchExpressions`."""
    labels: Manifest = {}
    expressions = []
    for wanted in selector.requirements:
        if wanted.operator is Operator.IN and len(wanted.values) == 1:
            labels[wanted.key] = wanted.values[0]
            continue
        expression: Manifest = {"key": wanted.key, "operator": wanted.operator.value}
        if wanted.values:
            expression["values"] = list(wanted.values)
        expressions.append(expression)
    parts = {"matchLabels": labels, "matchExpressions": expressions}
    return {key: part for key, part in parts.items() if part}
