"""What was understood of the input, as plain values, with nothing shortened."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from netsim.graph import Graph
from netsim.model.labels import LabelSelector
from netsim.model.policy import Direction
from netsim.model.ports import ContainerPort
from netsim.model.snapshot import Snapshot, UnmodelledPolicy
from netsim.model.tiers import ClusterPolicy, Policy
from netsim.model.workload import Endpoint, Namespace, Service, ServicePort
from netsim.report.inventory import (
    Locate,
    behind,
    isolating,
    priority_of,
    selected_counts,
    tier_of,
)
from netsim.report.values import (
    Value,
    endpoint_value,
    envelope,
    place_value,
    policy_value,
)


def pods_value(endpoints: Iterable[Endpoint], graph: Graph) -> dict[str, Value]:
    """Endpoints as plain values; of their places only the file, lines would cost too much."""
    return envelope("Pods", items=[_pod_value(item, graph) for item in endpoints])


def policies_value(
    policies: Iterable[Policy],
    unmodelled: Iterable[UnmodelledPolicy],
    graph: Graph,
    locate: Locate,
) -> dict[str, Value]:
    """Policies as plain values; a kind that netsim does not evaluate has only its place."""
    selected = selected_counts(graph)
    items = [_policy_item(item, selected[item.ref], locate) for item in policies]
    items += [_unmodelled_item(item, locate) for item in unmodelled]
    return envelope("Policies", items=items)


def namespaces_value(namespaces: Iterable[Namespace], snapshot: Snapshot) -> dict[str, Value]:
    """Namespaces as plain values."""
    endpoints = Counter(item.namespace for item in snapshot.endpoints)
    policies = Counter(item.namespace for item in snapshot.policies)
    items: list[Value] = [
        {
            "name": item.name,
            "labels": dict(item.labels),
            "synthesised": item.synthesised,
            "endpoints": endpoints[item.name],
            "policies": policies[item.name],
            "file": item.source.file if item.source else None,
        }
        for item in namespaces
    ]
    return envelope("Namespaces", items=items)


def services_value(
    services: Iterable[Service], running: Sequence[Endpoint]
) -> dict[str, Value]:
    """Services as plain values."""
    items: list[Value] = [
        {
            "namespace": item.namespace,
            "name": item.name,
            "type": item.type.value,
            "ports": [_service_port_value(port) for port in item.ports],
            "selector": None if item.selector is None else dict(item.selector),
            "leadsTo": [endpoint_value(end) for end in behind(item, running)],
            "externalName": item.external_name or None,
            "file": item.source.file or None,
        }
        for item in services
    ]
    return envelope("Services", items=items)


def kinds_value(counts: Mapping[str, int]) -> dict[str, Value]:
    """Kinds as plain values."""
    return envelope(
        "Kinds", items=[{"kind": kind, "objects": count} for kind, count in counts.items()]
    )


def _pod_value(item: Endpoint, graph: Graph) -> dict[str, Value]:
    kind, name = item.workload
    return {
        **endpoint_value(item),
        "owner": {"kind": kind, "name": name} if name else None,
        "replicas": item.replicas,
        "labels": dict(item.labels),
        "ports": [_container_port_value(port) for port in item.ports],
        "addresses": [str(address) for address in item.addresses],
        "node": item.node or None,
        "hostNetwork": item.host_network,
        "finished": item.finished,
        "pods": list(item.pods),
        "isolatedBy": {
            way.value: [policy_value(ref) for ref in isolating(item, graph, way)]
            for way in Direction
        },
        "file": item.source.file or None,
    }


def _policy_item(policy: Policy, selected: int, locate: Locate) -> dict[str, Value]:
    return {
        **policy_value(policy.ref),
        "apiVersion": _api_version(policy),
        "tier": tier_of(policy).label,
        "priority": priority_of(policy),
        "evaluated": True,
        **_subject_fields(policy),
        "selected": selected,
        "directions": [way.value for way in Direction if way in policy.rules],
        "rules": {way.value: len(policy.rules.get(way, ())) for way in Direction},
        **place_value(locate(policy.source)),
    }


def _api_version(policy: Policy) -> str:
    return policy.api_version if isinstance(policy, ClusterPolicy) else "networking.k8s.io/v1"


def _subject_fields(policy: Policy) -> dict[str, Value]:
    """Selectors as text, empty where they select all; null namespaces mean its own."""
    if isinstance(policy, ClusterPolicy):
        pods, namespaces = policy.subject.pods, policy.subject.namespaces
    else:
        pods, namespaces = policy.subject, None
    return {
        "podSelector": str(pods) if pods.requirements else "",
        "namespaceSelector": _selector_text(namespaces),
    }


def _selector_text(selector: LabelSelector | None) -> str | None:
    if selector is None:
        return None
    return str(selector) if selector.requirements else ""


def _unmodelled_item(policy: UnmodelledPolicy, locate: Locate) -> dict[str, Value]:
    return {
        "kind": policy.kind,
        "namespace": policy.namespace or None,
        "name": policy.name,
        "apiVersion": policy.api_version,
        "tier": None,
        "priority": None,
        "evaluated": False,
        "podSelector": None,
        "namespaceSelector": None,
        "selected": None,
        "directions": None,
        "rules": None,
        **place_value(locate(policy.source)),
    }


def _container_port_value(port: ContainerPort) -> dict[str, Value]:
    return {
        "name": port.name or None,
        "number": port.number,
        "protocol": port.protocol.value,
        "container": port.container or None,
        "role": port.role.value,
    }


def _service_port_value(port: ServicePort) -> dict[str, Value]:
    return {
        "name": port.name or None,
        "number": port.number,
        "protocol": port.protocol.value,
        "target": port.target,
    }
