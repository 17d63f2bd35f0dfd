"""Who a question is about: endpoints, the own node, and addresses outside the cluster."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address, ip_network, summarize_address_range

from netsim.compiler.addresses import AddressRange
from netsim.graph import Graph
from netsim.model.flow import OwnNode, Party
from netsim.model.networks import Address, Network
from netsim.model.profile import TerminalPods
from netsim.model.workload import Endpoint

IPV4 = 4

_NOT_INTERNET: tuple[Network, ...] = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "224.0.0.0/3",
        "::/3",
        "4000::/2",
        "8000::/1",
    )
)
"""Private, shared, loopback, link-local, multicast and unassigned addresses (IANA)."""


@dataclass(frozen=True, slots=True)
class Outside:
    """Addresses outside the cluster that no rule can tell apart."""

    ranges: tuple[AddressRange, ...]
    around: tuple[AddressRange, ...] = field(default=(), compare=False)
    """The ranges without the holes that pods' addresses make: shorter to read."""

    @property
    def sample(self) -> Address:
        """One of the addresses; the others have the same answers."""
        return self.ranges[0].first

    def __str__(self) -> str:
        return ", ".join(range_text(item) for item in self.ranges)

    @classmethod
    def joined(cls, groups: Iterable["Outside"]) -> "Outside":
        """Several groups as one."""
        joined = tuple(groups)
        ranges = merged(item for group in joined for item in group.ranges)
        return cls(ranges, merged(item for group in joined for item in group.around))


Subject = Endpoint | OwnNode | Outside
"""One side of an answer, printed by `subject_name`."""


def party_of(subject: Subject) -> Party:
    """What an evaluator is asked about."""
    return subject.sample if isinstance(subject, Outside) else subject


def subject_name(subject: Subject) -> str:
    """`namespace/name`, `node`, or the addresses."""
    return subject.key if isinstance(subject, Endpoint) else str(subject)


def range_text(item: AddressRange) -> str:
    """An address, a CIDR where the range is one, else `first-last`.

    >>> from ipaddress import ip_address
    >>> range_text(AddressRange(ip_address("10.0.0.0"), ip_address("10.0.0.255")))
    '10.0.0.0/24'
    """
    networks = networks_of(item)
    if len(networks) > 1:
        return f"{item.first}-{item.last}"
    only = networks[0]
    return str(item.first) if only.num_addresses == 1 else str(only)


def networks_of(item: AddressRange) -> list[Network]:
    """The fewest CIDRs that cover a range exactly."""
    if isinstance(item.first, IPv4Address) and isinstance(item.last, IPv4Address):
        return list(summarize_address_range(item.first, item.last))
    return list(summarize_address_range(item.first, item.last))


def outside_within(graph: Graph, networks: Iterable[Network]) -> tuple[Outside, ...]:
    """Addresses of some networks that no pod has, grouped by what rules can see of them."""
    taken: dict[int, list[int]] = {}
    for address in sorted(pods_by_address(graph), key=int):
        taken.setdefault(address.version, []).append(int(address))
    groups: dict[int, tuple[list[AddressRange], list[AddressRange]]] = {}
    wanted = sorted({(item.version, int(item[0]), int(item[-1])) for item in networks})
    for span, class_id in graph.outside():
        kind = type(span.first)
        for family, first, last in wanted:
            if family != span.first.version:
                continue
            low, high = max(first, int(span.first)), min(last, int(span.last))
            free = list(_without(low, high, taken.get(family, [])))
            if free:
                ranges, around = groups.setdefault(class_id, ([], []))
                ranges += [AddressRange(kind(start), kind(end)) for start, end in free]
                around.append(AddressRange(kind(low), kind(high)))
    return tuple(Outside(merged(ranges), merged(around)) for ranges, around in groups.values())


def whole_space() -> tuple[Network, ...]:
    """All addresses of both families."""
    return (ip_network("0.0.0.0/0"), ip_network("::/0"))


def internet_networks(graph: Graph) -> tuple[Network, ...]:
    """The public address space, in the families that the cluster uses.

    The families of the pods' known addresses; where none is known IPv4, and IPv6 too when
    some ipBlock names it.
    """
    return tuple(
        network
        for whole in whole_space()
        if whole.version in _families(graph)
        for network in _subtracted(whole)
    )


def running(graph: Graph) -> tuple[Endpoint, ...]:
    """Endpoints that have a network: finished pods only where the profile includes them."""
    everyone = graph.compiled.snapshot.endpoints
    if graph.compiled.profile.terminal_pods is TerminalPods.INCLUDED:
        return everyone
    return tuple(item for item in everyone if not item.finished)


def pods_by_address(graph: Graph) -> dict[Address, Endpoint]:
    """Whose address it is, for pods that have one of their own and still run."""
    found: dict[Address, Endpoint] = {}
    for endpoint in running(graph):
        if not endpoint.host_network:
            for address in endpoint.addresses:
                found.setdefault(address, endpoint)
            for address, _ in endpoint.pod_addresses:
                found.setdefault(address, endpoint)
    return found


def merged(ranges: Iterable[AddressRange]) -> tuple[AddressRange, ...]:
    """Ranges in ascending order, IPv4 first, those that touch joined into one."""
    result: list[AddressRange] = []
    for item in sorted(ranges, key=lambda item: (item.first.version, int(item.first))):
        previous = result[-1] if result else None
        if (
            previous is not None
            and previous.last.version == item.first.version
            and int(previous.last) + 1 >= int(item.first)
        ):
            last = max(previous.last, item.last, key=int)
            result[-1] = AddressRange(previous.first, last)
        else:
            result.append(item)
    return tuple(result)


def _families(graph: Graph) -> set[int]:
    snapshot = graph.compiled.snapshot
    known: set[int] = {
        address.version for item in snapshot.endpoints for address in item.addresses
    }
    blocks = graph.compiled.vocabulary.addresses.blocks
    named: set[int] = {IPV4, *(block.cidr.version for block in blocks)}
    return known or named


def _subtracted(whole: Network) -> Iterator[Network]:
    start = int(whole[0])
    kind = type(whole[0])
    removed = sorted(
        (int(item[0]), int(item[-1])) for item in _NOT_INTERNET if item.version == whole.version
    )
    for first, last in [*removed, (int(whole[-1]) + 1, 0)]:
        if first > start:
            yield from networks_of(AddressRange(kind(start), kind(first - 1)))
        start = max(start, last + 1)


def _without(low: int, high: int, used: list[int]) -> Iterator[tuple[int, int]]:
    start = low
    for number in used[bisect_left(used, low) : bisect_right(used, high)]:
        if number > start:
            yield start, number - 1
        start = number + 1
    if start <= high:
        yield start, high
