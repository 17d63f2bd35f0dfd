"""Finds what an endpoint notation stands for in a snapshot, or says what it might have been."""

from dataclasses import dataclass
from ipaddress import ip_network
from typing import assert_never

from netsim.errors import AmbiguousEndpointError, UndecidedError, UnknownEndpointError
from netsim.model.flow import OwnNode
from netsim.model.labels import Labels, LabelSelector, Operator
from netsim.model.networks import Network
from netsim.model.snapshot import Snapshot
from netsim.model.workload import Endpoint, Service
from netsim.names import (
    KINDS,
    AddressRangeText,
    EndpointText,
    NamedEndpoint,
    NamedNode,
    NamedService,
    SelectedEndpoints,
    Special,
)
from netsim.query.directory import Directory
from netsim.query.parties import Subject

DNS_LABELS = (
    ("k8s-app", "kube-dns"),
    ("k8s-app", "coredns"),
    ("app.kubernetes.io/name", "coredns"),
)


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a notation stands for; empty only for a Service that leads nowhere known."""

    subjects: tuple[Subject, ...]
    service: Service | None = None
    """The Service that was named: ports are the Service's."""
    undecided: str = ""
    """Why the endpoints cannot be known; then `subjects` is empty."""


def resolve(text: EndpointText, directory: Directory) -> Resolved:
    """The endpoints that a notation stands for.

    Raises UnknownEndpointError or AmbiguousEndpointError with names that would work.
    """
    snapshot = directory.snapshot
    match text:
        case NamedEndpoint() | NamedNode():
            return Resolved(_named(text, directory))
        case NamedService():
            return _behind(_service(text, snapshot), directory)
        case SelectedEndpoints():
            return Resolved(_selected(text, directory))
        case AddressRangeText(network):
            return Resolved(_at(network, directory))
        case Special.APISERVER:
            return _api_server(directory)
        case Special():
            return Resolved(_special(text, directory))
        case _:
            assert_never(text)


def selects(selector: LabelSelector, labels: Labels) -> bool:
    """Whether labels meet every requirement; a missing key meets NotIn and DoesNotExist."""
    for requirement in selector.requirements:
        value = labels.get(requirement.key)
        match requirement.operator:
            case Operator.IN:
                met = value is not None and value in requirement.values
            case Operator.NOT_IN:
                met = value is None or value not in requirement.values
            case Operator.EXISTS:
                met = value is not None
            case Operator.DOES_NOT_EXIST:
                met = value is None
        if not met:
            return False
    return True


def leads_to(service: Service, endpoint: Endpoint) -> bool:
    """Whether a Service selects an endpoint; without a selector it selects none."""
    if not service.selector or service.namespace != endpoint.namespace:
        return False
    return service.selector.items() <= endpoint.labels.items()


def _special(word: Special, directory: Directory) -> tuple[Subject, ...]:
    match word:
        case Special.INTERNET:
            return directory.internet
        case Special.DNS:
            return _dns_pods(directory)
        case Special.METADATA:
            return directory.metadata
        case _:
            return (OwnNode(),)


def _api_server(directory: Directory) -> Resolved:
    """The API server's own pods; it is a process on a node where the input has none."""
    found = tuple(
        item
        for item in directory.running
        if item.namespace == "kube-system" and item.labels.get("component") == "kube-apiserver"
    )
    if found:
        return Resolved(found)
    addresses = directory.snapshot.api_server
    if addresses:
        return Resolved(directory.outside([ip_network(item) for item in addresses]))
    reason = (
        "the API server is not in the input: it has no pod labelled component=kube-apiserver "
        "in kube-system and no Endpoints or EndpointSlice of default/kubernetes"
    )
    return Resolved((), undecided=reason)


def _at(network: Network, directory: Directory) -> tuple[Subject, ...]:
    inside = {
        endpoint.key: endpoint
        for address, endpoint in directory.by_address.items()
        if address in network
    }
    if inside and network.num_addresses == 1:
        return tuple(inside.values())
    return (*inside.values(), *directory.outside([network]))


def _dns_pods(directory: Directory) -> tuple[Subject, ...]:
    for service in directory.snapshot.services:
        if service.name == "kube-dns" and service.namespace == "kube-system":
            found = _behind(service, directory).subjects
            if found:
                return found
    for key, value in DNS_LABELS:
        labelled = tuple(item for item in directory.running if item.labels.get(key) == value)
        if labelled:
            return labelled
    hint = "DNS pods are those behind kube-system/kube-dns or labelled k8s-app=kube-dns"
    raise UnknownEndpointError("dns", "DNS pod", (), hint)


def _selected(text: SelectedEndpoints, directory: Directory) -> tuple[Subject, ...]:
    if text.namespace is not None:
        check_namespace(text.namespace, directory.snapshot)
    found = tuple(
        item
        for item in directory.running
        if text.namespace in {None, item.namespace} and selects(text.selector, item.labels)
    )
    if not found:
        where = "*" if text.namespace is None else text.namespace
        picked = str(text.selector) if text.selector.requirements else ""
        raise UnknownEndpointError(f"{where}/{picked}", "running pod or workload")
    return found


def _service(text: NamedService, snapshot: Snapshot) -> Service:
    check_namespace(text.namespace, snapshot)
    for service in snapshot.services:
        if (service.namespace, service.name) == (text.namespace, text.name):
            return service
    names = [f"{item.namespace}/svc/{item.name}" for item in snapshot.services]
    wanted = f"{text.namespace}/svc/{text.name}"
    _check_read(wanted, {"Service"}, snapshot)
    raise UnknownEndpointError(wanted, "Service", _nearest(wanted, names))


def _behind(service: Service, directory: Directory) -> Resolved:
    if service.external_name:
        reason = f"Service {service.key} leads to the outside name {service.external_name}"
        return Resolved((), service, reason)
    if not service.selector:  # an empty selector is no selector to the Endpoints controller
        reason = f"Service {service.key} has no selector: its endpoints are not in the input"
        return Resolved((), service, reason)
    here = directory.running_in.get(service.namespace, ())
    found = tuple(item for item in here if leads_to(service, item))
    if found:
        return Resolved(found, service)
    reason = f"Service {service.key} selects no pod in the input ({service.selector})"
    return Resolved((), service, reason)


def _named(text: NamedEndpoint | NamedNode, directory: Directory) -> tuple[Subject, ...]:
    if isinstance(text, NamedNode):
        return _node(text.name, directory)
    found = directory.named(text.namespace, text.name, text.kind)
    if found:
        return _one_kind(text, found)
    snapshot = directory.snapshot
    check_namespace(text.namespace, snapshot)
    wanted = f"{text.namespace}/{text.name}"
    _check_read(wanted, set(KINDS.values()), snapshot)
    raise UnknownEndpointError(wanted, "pod or workload", _nearest_endpoints(text, snapshot))


def _node(name: str, directory: Directory) -> tuple[Subject, ...]:
    """A node; where there is no such node, what has the name in a namespace called node."""
    namespace = Special.NODE.value
    found = directory.named("", name, "") or directory.named(namespace, name, "")
    if found:
        return found
    nodes = [node.name for node in directory.snapshot.nodes]
    nearest = tuple(f"{namespace}/{it}" for it in _nearest(name, nodes))
    hint = "" if nodes else "there is no Node object with an address"
    raise UnknownEndpointError(f"{namespace}/{name}", "node", nearest, hint)


def _one_kind(text: NamedEndpoint, found: tuple[Endpoint, ...]) -> tuple[Endpoint, ...]:
    kinds = {item.workload[0] if item.name != text.name else item.kind for item in found}
    if len(kinds) == 1 or text.kind:
        return found
    words = {kind: word for word, kind in reversed(KINDS.items())}
    names = sorted(f"{text.namespace}/{words.get(kind, kind)}/{text.name}" for kind in kinds)
    raise AmbiguousEndpointError(f"{text.namespace}/{text.name}", tuple(names))


def check_namespace(namespace: str, snapshot: Snapshot) -> None:
    """Raises UnknownEndpointError with the nearest names where there is no such namespace."""
    if namespace not in snapshot.namespaces:
        nearest = _nearest(namespace, list(snapshot.namespaces))
        raise UnknownEndpointError(namespace, "namespace", nearest)


def _check_read(wanted: str, kinds: set[str], snapshot: Snapshot) -> None:
    """What is not in a capture may be in the cluster, if the capture lacks its kind."""
    reasons = tuple(item.why for item in snapshot.unread if item.kind in kinds)
    if reasons:
        raise UndecidedError(f"whether there is a {wanted}", reasons)


def _nearest_endpoints(text: NamedEndpoint, snapshot: Snapshot) -> tuple[str, ...]:
    elsewhere = [item.key for item in snapshot.endpoints if item.name == text.name]
    if elsewhere:
        return tuple(dict.fromkeys(elsewhere))[:3]
    keys = dict.fromkeys(item.key for item in snapshot.endpoints if item.namespace)
    return _nearest(f"{text.namespace}/{text.name}", list(keys))


def _nearest(wanted: str, names: list[str]) -> tuple[str, ...]:
    from difflib import get_close_matches

    return tuple(get_close_matches(wanted, names, n=3, cutoff=0.6))
