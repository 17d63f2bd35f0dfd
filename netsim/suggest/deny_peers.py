"""Peers without some parties: what a rule is narrowed to, so that it means all others still."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Network, IPv6Network, ip_network

from netsim.compiler.classes import is_node
from netsim.model.labels import EVERYTHING, LabelSelector, Operator, Requirement
from netsim.model.networks import Address, IPBlock, Network
from netsim.model.policy import AnyPeer, Peer, PodPeer
from netsim.model.workload import Endpoint
from netsim.names import AddressRangeText, EndpointText, SelectedEndpoints, Special
from netsim.query.directory import PUBLIC_BLOCKS, Directory
from netsim.query.parties import Outside, Subject, networks_of
from netsim.suggest.distinguishing import in_namespace, telling_pods

_IN_BOTH = (Operator.IN, Operator.IN)
_ALL_PODS = PodPeer(EVERYTHING, EVERYTHING)
_ALL_ADDRESSES = (IPBlock(ip_network("0.0.0.0/0")), IPBlock(ip_network("::/0")))


@dataclass(frozen=True, slots=True)
class Shut:
    """Who is to be left out, as selectors and networks."""

    pods: tuple[tuple[str, LabelSelector], ...]
    """Namespace and labels."""
    endpoints: tuple[Endpoint, ...]
    networks: tuple[Network, ...]
    is_internet: bool

    @property
    def has_unknown_addresses(self) -> bool:
        """Whether blocks may mean pods that are to be left out, as the cluster numbers them."""
        return any(not item.addresses for item in self.endpoints)


def shut_of(text: EndpointText, subjects: Sequence[Subject], directory: Directory) -> Shut:
    """Some parties as what peers are narrowed by."""
    profile = directory.graph.compiled.profile
    ends = [item for item in subjects if isinstance(item, Endpoint)]
    pods = [item for item in ends if not is_node(item, profile)]
    selectors = []
    for namespace in dict.fromkeys(item.namespace for item in pods):
        here = [item for item in pods if item.namespace == namespace]
        asked = isinstance(text, SelectedEndpoints) and text.selector
        selectors.append((namespace, asked or telling_pods(here, directory)))
    held = [ip_network(address) for item in ends for address in _held(item)]
    outside = [item for item in subjects if isinstance(item, Outside)]
    networks = list(_networks(text, outside))
    internet = text is Special.INTERNET
    return Shut(
        tuple(selectors),
        tuple(ends),
        tuple(dict.fromkeys([*held, *networks])),
        internet,
    )


def without(
    peer: Peer, shut: Shut, home: str, *, public_only: bool = False
) -> tuple[Peer, ...]:
    """What a peer of a policy in namespace `home` means besides those that are left out.

    Pods are told by labels and addresses by `except`. Of any peer, addresses that may be pods'
    are left out too with `public_only`.
    """
    if isinstance(peer, AnyPeer):
        blocks = PUBLIC_BLOCKS if public_only and not shut.is_internet else _ALL_ADDRESSES
        whole: Iterable[Peer] = (_ALL_PODS, *blocks)
        return tuple(item for part in whole for item in without(part, shut, home))
    if isinstance(peer, IPBlock):
        return tuple(_without_networks(peer, shut))
    parts: list[PodPeer] = [peer]
    for namespace, selector in shut.pods:
        parts = [
            item for part in parts for item in _without_pods(part, namespace, selector, home)
        ]
    return tuple(parts)


def _held(endpoint: Endpoint) -> Iterator[Address]:
    yield from endpoint.addresses
    yield from (address for address, _ in endpoint.pod_addresses)


def _networks(text: EndpointText, outside: Sequence[Outside]) -> Iterator[Network]:
    if text is Special.INTERNET or not outside:
        return
    if isinstance(text, AddressRangeText):
        yield text.network
        return
    for item in outside:
        for span in item.around or item.ranges:
            yield from networks_of(span)


def _without_pods(
    peer: PodPeer, namespace: str, selector: LabelSelector, home: str
) -> Iterator[PodPeer]:
    """Other namespaces whole, and in this one the pods that lack one of the labels."""
    if peer.namespaces is None:
        if namespace != home:
            yield peer
            return
        inside: LabelSelector | None = None
    else:
        named = _elsewhere(peer.namespaces, namespace)
        if named is not None:
            yield replace(peer, namespaces=named)
        inside = None if namespace == home else in_namespace(namespace)
    for requirement in selector.requirements:
        pods = _lacking(peer.pods, requirement)
        if pods is not None:
            yield PodPeer(pods, inside)


def _elsewhere(namespaces: LabelSelector, name: str) -> LabelSelector | None:
    """The same namespaces without one; None where there are no others."""
    return _lacking(namespaces, in_namespace(name).requirements[0])


def _lacking(pods: LabelSelector, requirement: Requirement) -> LabelSelector | None:
    """What a selector picks and a requirement does not; None where that contradicts."""
    if requirement in pods.requirements:
        return None
    kept: list[Requirement] = []
    is_said = False
    for item in pods.requirements:
        if (item.key, item.operator, requirement.operator) != (requirement.key, *_IN_BOTH):
            kept.append(item)
            continue
        left = tuple(value for value in item.values if value not in requirement.values)
        if not left:
            return None
        kept.append(replace(item, values=left))
        is_said = True
    if not is_said:
        kept.append(_opposite(requirement))
    return LabelSelector(tuple(sorted(set(kept))))


def _opposite(requirement: Requirement) -> Requirement:
    other = {
        Operator.IN: Operator.NOT_IN,
        Operator.NOT_IN: Operator.IN,
        Operator.EXISTS: Operator.DOES_NOT_EXIST,
        Operator.DOES_NOT_EXIST: Operator.EXISTS,
    }
    return replace(requirement, operator=other[requirement.operator])


def _without_networks(block: IPBlock, shut: Shut) -> Iterator[IPBlock]:
    if shut.is_internet:
        yield from _private_of(block)
        return
    excepts = list(block.excepts)
    for network in shut.networks:
        if _is_inside(block.cidr, network):
            return
        if _is_inside(network, block.cidr) and not any(
            _is_inside(network, it) for it in excepts
        ):
            excepts = [it for it in excepts if not _is_inside(it, network)] + [network]
    yield replace(block, excepts=tuple(excepts))


def _is_excepted(network: Network, block: IPBlock) -> bool:
    return any(_is_inside(network, it) for it in block.excepts)


def _private_of(block: IPBlock) -> Iterator[IPBlock]:
    """The part of a block that is not of the internet."""
    for network in (it for item in PUBLIC_BLOCKS for it in item.excepts):
        if _is_inside(block.cidr, network):
            yield block
        elif _is_inside(network, block.cidr) and not _is_excepted(network, block):
            yield IPBlock(network, tuple(it for it in block.excepts if _is_inside(it, network)))


def _is_inside(network: Network, other: Network) -> bool:
    match network, other:
        case IPv4Network(), IPv4Network():
            return network.subnet_of(other)
        case IPv6Network(), IPv6Network():
            return network.subnet_of(other)
        case _:
            return False
