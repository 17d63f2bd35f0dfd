"""Who and what to ask about a snapshot: the places where some answer could change."""

from collections.abc import Iterable, Iterator
from ipaddress import ip_network

from hypothesis import strategies as st

from netsim.model.flow import Flow, OwnNode, Party
from netsim.model.networks import Address, IPBlock, Network
from netsim.model.policy import Rule
from netsim.model.ports import FIRST_PORT, LAST_PORT, PortRange, Protocol
from netsim.model.snapshot import Snapshot
from netsim.model.tiers import NetworksPeer, NodePeer, TierRule, blocks_of_nodes
from netsim.model.workload import Endpoint


def flows(snapshot: Snapshot) -> st.SearchStrategy[Flow]:
    """Flows between any two parties on a port where the answer could change."""
    party = st.sampled_from(parties(snapshot))
    return st.builds(
        lambda source, target, port: Flow(source, target, *port),
        party,
        party,
        st.sampled_from(boundary_ports(snapshot)),
    )


def parties(snapshot: Snapshot) -> tuple[Party, ...]:
    """Every endpoint, the own node, and the boundary addresses."""
    return (*snapshot.endpoints, OwnNode(), *boundary_addresses(snapshot))


def boundary_ports(snapshot: Snapshot) -> tuple[tuple[Protocol, int], ...]:
    """Every protocol and number at which some answer could change, in order.

    Each range's first and last with one below and one beyond; and on every protocol the first
    of each range, the ports that containers declare, and the first and last port there are.
    """
    declared = {port.number for endpoint in snapshot.endpoints for port in endpoint.ports}
    everywhere = {FIRST_PORT, LAST_PORT, *declared}
    own: dict[Protocol, set[int]] = {protocol: set() for protocol in Protocol}
    for port in (port for rule in _all_rules(snapshot) for port in rule.ports):
        if isinstance(port, PortRange):
            everywhere.add(port.first)
            own[port.protocol] |= {port.first - 1, port.last, port.last + 1}
    return tuple(
        (protocol, number)
        for protocol, numbers in own.items()
        for number in sorted(numbers | everywhere)
        if FIRST_PORT <= number <= LAST_PORT
    )


def boundary_addresses(snapshot: Snapshot) -> tuple[Address, ...]:
    """Addresses that no pod has: the first and last of each set of blocks they can lie in.

    Tried are both ends of every CIDR and `except`, and one beyond.
    """
    networks = sorted(set(_all_networks(snapshot)), key=str)
    taken = {address for item in snapshot.endpoints for address in _held(item)}
    first: dict[tuple[int, tuple[bool, ...]], Address] = {}
    last: dict[tuple[int, tuple[bool, ...]], Address] = {}
    for address in sorted(set(_edges(networks)) - taken, key=_rank):
        inside = tuple(address in network for network in networks)
        first.setdefault((address.version, inside), address)
        if any(inside):
            last[address.version, inside] = address
    return tuple(sorted({*first.values(), *last.values()}, key=_rank))


def _rank(address: Address) -> tuple[int, int]:
    return address.version, int(address)


def _all_rules(snapshot: Snapshot) -> Iterator[Rule | TierRule]:
    for policy in snapshot.all_policies:
        for rules in policy.rules.values():
            yield from rules


def _all_networks(snapshot: Snapshot) -> Iterator[Network]:
    for rule in _all_rules(snapshot):
        for peer in rule.peers:
            if isinstance(peer, IPBlock):
                yield peer.cidr
                yield from peer.excepts
            elif isinstance(peer, NetworksPeer):
                yield from (block.cidr for block in peer.blocks)
            elif isinstance(peer, NodePeer):
                yield from (block.cidr for block in blocks_of_nodes(snapshot.nodes))


def _edges(networks: Iterable[Network]) -> Iterator[Address]:
    for network in (ip_network("0.0.0.0/0"), ip_network("::/0"), *networks):
        first, last = int(network[0]), int(network[-1])
        kind = type(network[0])
        highest = (1 << network.max_prefixlen) - 1
        for number in (first - 1, first, last, last + 1):
            if 0 <= number <= highest:
                yield kind(number)


def _held(endpoint: Endpoint) -> Iterator[Address]:
    yield from endpoint.addresses
    for address, _ in endpoint.pod_addresses:
        yield address
