"""Short ways to write the facts that compiler and graph tests are about."""

from collections.abc import Iterable
from ipaddress import ip_address, ip_network

from netsim.model.labels import EVERYTHING, Labels, LabelSelector, Operator, Requirement
from netsim.model.networks import IPBlock
from netsim.model.policy import AnyPeer, Direction, NetworkPolicy, Peer, PodPeer, Rule
from netsim.model.ports import AnyPort, ContainerPort, PortRange, Protocol, RulePort
from netsim.model.snapshot import Snapshot
from netsim.model.workload import NAMESPACE_NAME_LABEL, Endpoint, Namespace
from netsim.source import Source

Rules = Iterable[Rule] | None


def pod(
    key: str, *addresses: str, ports: Iterable[ContainerPort] = (), **labels: str
) -> Endpoint:
    """A pod `namespace/name`."""
    namespace, _, name = key.partition("/")
    return Endpoint(
        namespace=namespace,
        name=name,
        kind="Pod",
        labels=Labels(labels),
        ports=tuple(ports),
        addresses=tuple(map(ip_address, addresses)),
    )


def declared(name: str, number: int, protocol: Protocol = Protocol.TCP) -> ContainerPort:
    """A container port."""
    return ContainerPort(name, number, protocol)


def policy(
    key: str,
    *,
    ingress: Rules = None,
    egress: Rules = None,
    subject: LabelSelector = EVERYTHING,
) -> NetworkPolicy:
    """A policy `namespace/name`; a direction that is left out isolates nothing."""
    namespace, _, name = key.partition("/")
    written = {Direction.INGRESS: ingress, Direction.EGRESS: egress}
    rules = {way: tuple(found) for way, found in written.items() if found is not None}
    return NetworkPolicy(namespace, name, subject, rules, Source(f"{name}.yaml"))


def rule(*peers: Peer, ports: Iterable[RulePort] = ()) -> Rule:
    """A rule; without peers it is for everyone, without ports for all of them."""
    return Rule(peers or (AnyPeer(),), tuple(ports) or (AnyPort(),))


def tcp(first: int, last: int | None = None) -> PortRange:
    """A TCP port or range."""
    return PortRange(Protocol.TCP, first, last or first)


def labelled(**labels: str) -> LabelSelector:
    """`matchLabels`."""
    wanted = (Requirement(key, Operator.IN, (value,)) for key, value in labels.items())
    return LabelSelector(tuple(sorted(wanted)))


def pods(namespaces: LabelSelector | None = None, **labels: str) -> PodPeer:
    """Pods by label, of the policy's own namespace unless namespaces are named."""
    return PodPeer(labelled(**labels), namespaces)


def block(cidr: str, *excepts: str) -> IPBlock:
    """An ipBlock."""
    return IPBlock(ip_network(cidr), tuple(map(ip_network, excepts)))


def snapshot(
    *items: Endpoint | NetworkPolicy, namespaces: dict[str, dict[str, str]] | None = None
) -> Snapshot:
    """A valid snapshot of endpoints and policies; `namespaces` gives labels to some."""
    endpoints = [item for item in items if isinstance(item, Endpoint)]
    policies = [item for item in items if isinstance(item, NetworkPolicy)]
    labels = namespaces or {}
    names = sorted({*labels, *(item.namespace for item in items)})
    return Snapshot(
        namespaces={name: _namespace(name, labels.get(name, {})) for name in names},
        endpoints=tuple(sorted(endpoints, key=lambda it: (it.namespace, it.name, it.kind))),
        policies=tuple(sorted(policies, key=lambda it: (it.namespace, it.name))),
    )


def _namespace(name: str, labels: dict[str, str]) -> Namespace:
    every = Labels({**labels, NAMESPACE_NAME_LABEL: name})
    return Namespace(name, every, synthesised=False, source=None)
