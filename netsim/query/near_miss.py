"""Why a written rule does not match, in words that name the one thing that is off."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from netsim.model.flow import OwnNode, Party
from netsim.model.labels import Labels, LabelSelector, Operator, Requirement
from netsim.model.networks import IPBlock
from netsim.model.policy import AnyPeer, Peer, PodPeer
from netsim.model.ports import NamedPort, PortSet, RulePort
from netsim.model.snapshot import Snapshot
from netsim.model.workload import Endpoint, Service, ServicePort
from netsim.query.endpoints import leads_to, selects


@dataclass(frozen=True, slots=True)
class Missed:
    """A connection that a rule did not match, with the names that hints speak of."""

    snapshot: Snapshot
    namespace: str
    """The policy's namespace."""
    peer: Party
    target: Party
    ports: PortSet


def peer_hint(peer: Peer, missed: Missed) -> str:
    """What keeps one item of `from` or `to` from matching."""
    match peer:
        case AnyPeer():
            return ""
        case IPBlock():
            return _block_hint(peer, missed.peer)
        case PodPeer():
            return _pod_peer_hint(peer, missed)
        case _:
            assert_never(peer)


def ports_hint(listed: tuple[RulePort, ...], missed: Missed) -> str:
    """What keeps a `ports` list from matching, the Service's port being the usual mistake."""
    names = [port for port in listed if isinstance(port, NamedPort)]
    numbers = ", ".join(str(port) for port in listed)
    hint = f"the rule's ports are {numbers}"
    if len(list(missed.ports)) == 1:
        hint += f", not {missed.ports}"
    for port in names:
        hint += _name_hint(port, missed.target)
    return hint + _service_hint(listed, missed)


def _block_hint(block: IPBlock, peer: Party) -> str:
    if isinstance(peer, OwnNode):
        return f"the node's address is not known to be in {block}"
    if not isinstance(peer, Endpoint):
        excepted = any(peer in network for network in block.excepts)
        return f"{peer} is {'excepted from' if excepted else 'outside'} {block}"
    if not peer.addresses:
        return f"{peer.key} has no known address, so {block} does not match it"
    return f"{peer.key} ({', '.join(map(str, peer.addresses))}) is not in {block}"


def _pod_peer_hint(peer: PodPeer, missed: Missed) -> str:
    if not isinstance(missed.peer, Endpoint):
        return "a pod or namespace selector never matches an address outside the cluster"
    if missed.peer.is_node_object:
        return f"{missed.peer.key} is a node: label selectors mean pods"
    if missed.peer.host_network:
        return f"{missed.peer.key} is on the host network: label selectors do not match it"
    namespace = missed.peer.namespace
    if peer.namespaces is None:
        if namespace != missed.namespace:
            return (
                f"podSelector without namespaceSelector means pods of namespace "
                f"{missed.namespace}; {missed.peer.key} is in {namespace}"
            )
    elif not selects(peer.namespaces, missed.snapshot.namespaces[namespace].labels):
        return _namespace_hint(peer.namespaces, namespace, missed.snapshot)
    return _unmet("pod label", peer.pods, missed.peer.labels, missed.peer.key)


def _namespace_hint(selector: LabelSelector, namespace: str, snapshot: Snapshot) -> str:
    found = snapshot.namespaces
    if not any(selects(selector, item.labels) for item in found.values()):
        return _on_no_namespace(selector, snapshot)
    return _unmet(
        "namespace label", selector, found[namespace].labels, f"namespace {namespace}"
    )


def _on_no_namespace(selector: LabelSelector, snapshot: Snapshot) -> str:
    for requirement in selector.requirements:
        single = LabelSelector((requirement,))
        if any(selects(single, item.labels) for item in snapshot.namespaces.values()):
            continue
        hint = f"namespace label `{requirement}` is on no namespace"
        for value in requirement.values:
            if value in snapshot.namespaces:
                hint += f"; namespace {value} has kubernetes.io/metadata.name={value}"
        return hint
    return f"no namespace has all of `{selector}`"


def _unmet(what: str, selector: LabelSelector, labels: Labels, name: str) -> str:
    unmet = [
        item for item in selector.requirements if not selects(LabelSelector((item,)), labels)
    ]
    return "; ".join(_one_unmet(what, item, labels, name) for item in unmet)


def _one_unmet(what: str, requirement: Requirement, labels: Labels, name: str) -> str:
    if requirement.key in labels:
        return f"{what} `{requirement}` is wanted; {name} has {_pair(requirement.key, labels)}"
    near = [key for key in labels if labels[key] in requirement.values]
    if near and requirement.operator is Operator.IN:
        return f"{what} `{requirement}` is wanted; {name} has {_pair(near[0], labels)}"
    return f"{what} `{requirement}` is wanted; {name} has no label {requirement.key}"


def _pair(key: str, labels: Labels) -> str:
    return f"{key}={labels[key]}"


def _name_hint(port: NamedPort, target: Party) -> str:
    if not isinstance(target, Endpoint):
        return f"; {target} declares no port names"
    named = [(NamedPort(item.protocol, item.name), item.number) for item in target.ports]
    declared = sorted({str(name) for name, _ in named if name.name})
    if str(port) in declared:
        numbers = sorted({number for name, number in named if name == port})
        return f"; {port} is {', '.join(map(str, numbers))} on {target.key}"
    return f"; {target.key} declares {', '.join(declared) or 'no port names'}"


def _service_hint(listed: tuple[RulePort, ...], missed: Missed) -> str:
    for service, number, pod_port in _translations(missed):
        if any(not isinstance(port, NamedPort) and _lists(port, number) for port in listed):
            return (
                f"; port {number} is the port of Service {service.key}; the pod listens on "
                f"{pod_port}"
            )
    for service, number, pod_port in _translations(missed):
        if any(item.first == number for item in missed.ports):
            return (
                f"; port {number} is the port of Service {service.key}, which policies do not "
                f"see; the pod's port is {pod_port}"
            )
    return ""


def _lists(port: RulePort, number: int) -> bool:
    first, last = getattr(port, "first", 0), getattr(port, "last", 0)
    return bool(first == last == number)


def _translations(missed: Missed) -> Iterator[tuple[Service, int, int]]:
    """Services before the target whose port is not the pod's port."""
    target = missed.target
    if not isinstance(target, Endpoint):
        return
    for service in missed.snapshot.services:
        if leads_to(service, target):
            for port in service.ports:
                for number in _pod_ports(port, target):
                    if number != port.number:
                        yield service, port.number, number


def _pod_ports(port: ServicePort, target: Endpoint) -> list[int]:
    if isinstance(port.target, int):
        return [port.target]
    return [item.number for item in target.ports if item.name == port.target]
