"""Who there is in a graph: running endpoints, whose an address is, addresses of nobody.

Everything is found when it is first asked for, and only once.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property
from ipaddress import ip_network

from netsim.addresses import AddressRange
from netsim.graph import Graph
from netsim.model.networks import Address, IPBlock, Network
from netsim.model.profile import TerminalPods
from netsim.model.snapshot import Snapshot
from netsim.model.workload import Endpoint
from netsim.query.parties import Outside, Subject, merged, networks_of

_IPV4 = 4
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
_METADATA = (ip_network("169.254.169.254"), ip_network("fd00:ec2::254"))
_EVERYWHERE: tuple[Network, ...] = (ip_network("0.0.0.0/0"), ip_network("::/0"))
PUBLIC_BLOCKS = tuple(
    IPBlock(whole, tuple(it for it in _NOT_INTERNET if it.version == whole.version))
    for whole in _EVERYWHERE
)
"""The internet of both families, as a policy names it."""
_ORDINAL = re.compile(r"(.+)-(0|[1-9][0-9]*)")


class Directory:
    """Looks parties up in one graph."""

    def __init__(self, graph: Graph, *, taken: Iterable[Address] = ()) -> None:
        self.graph = graph
        self._also_taken = taken
        """Addresses that count as some pod's although no pod of this graph has them."""
        self._names: dict[str, _Names] = {}

    @property
    def snapshot(self) -> Snapshot:
        """What the graph was compiled from."""
        return self.graph.compiled.snapshot

    @cached_property
    def running(self) -> tuple[Endpoint, ...]:
        """Pods and workloads that have a network: finished ones only as the profile says."""
        included = self.graph.compiled.profile.terminal_pods is TerminalPods.INCLUDED
        if included and not self.nodes:
            return self.snapshot.endpoints
        return tuple(
            item
            for item in self.snapshot.endpoints
            if (included or not item.finished) and not item.is_node_object
        )

    @cached_property
    def nodes(self) -> tuple[Endpoint, ...]:
        """The nodes whose objects are in the input."""
        first = self.snapshot.endpoints[: len(self.snapshot.nodes)]  # those in no namespace
        return tuple(item for item in first if item.is_node_object)

    @cached_property
    def running_in(self) -> dict[str, tuple[Endpoint, ...]]:
        """The same by namespace."""
        found: dict[str, list[Endpoint]] = {}
        for item in self.running:
            found.setdefault(item.namespace, []).append(item)
        return {name: tuple(items) for name, items in found.items()}

    @cached_property
    def everyone(self) -> tuple[Subject, ...]:
        """Nodes, running endpoints, then addresses outside in groups that no rule splits."""
        return (*self.nodes, *self.running, *self.outside(_EVERYWHERE))

    @cached_property
    def by_address(self) -> dict[Address, Endpoint]:
        """Whose address it is: a node's, or a running pod's that has one of its own."""
        found: dict[Address, Endpoint] = {}
        for endpoint in (*self.nodes, *self.running):
            if endpoint.is_node_object or not endpoint.host_network:
                for address in endpoint.addresses:
                    found.setdefault(address, endpoint)
                for address, _ in endpoint.pod_addresses:
                    found.setdefault(address, endpoint)
        return found

    @cached_property
    def internet(self) -> tuple[Outside, ...]:
        """The public addresses, in the families that the cluster uses.

        The families of the pods' known addresses; where none is known IPv4, and IPv6 too when
        some ipBlock names it.
        """
        families = self.families
        whole = (network for network in _EVERYWHERE if network.version in families)
        return self.outside(part for network in whole for part in _public(network))

    @property
    def internet_blocks(self) -> tuple[IPBlock, ...]:
        """The same addresses as the blocks that a policy names them by."""
        return tuple(it for it in PUBLIC_BLOCKS if it.cidr.version in self.families)

    @cached_property
    def private(self) -> tuple[Outside, ...]:
        """Every address of nobody that is not of the internet."""
        unused = [item for item in _EVERYWHERE if item.version not in self.families]
        used = [item for item in _NOT_INTERNET if item.version in self.families]
        return self.outside([*used, *unused])

    @cached_property
    def metadata(self) -> tuple[Outside, ...]:
        """The cloud metadata addresses."""
        return self.outside(_METADATA)

    def outside(self, networks: Iterable[Network]) -> tuple[Outside, ...]:
        """Addresses of some networks that no pod has, grouped by what rules can see of them."""
        groups: dict[int, tuple[list[AddressRange], list[AddressRange]]] = {}
        wanted = sorted({(item.version, int(item[0]), int(item[-1])) for item in networks})
        for span, class_id in self.graph.outside():
            kind = type(span.first)
            for family, first, last in wanted:
                if family != span.first.version:
                    continue
                low, high = max(first, int(span.first)), min(last, int(span.last))
                free = list(_without(low, high, self._taken.get(family, [])))
                if free:
                    ranges, around = groups.setdefault(class_id, ([], []))
                    ranges += [AddressRange(kind(start), kind(end)) for start, end in free]
                    around.append(AddressRange(kind(low), kind(high)))
        return tuple(
            Outside(merged(ranges), merged(around)) for ranges, around in groups.values()
        )

    def named(self, namespace: str, name: str, kind: str) -> tuple[Endpoint, ...]:
        """The endpoints of a name: workloads and pods, else pods of workloads, else owners.

        Last come ordinals, as `db-0` of a StatefulSet. `kind` is empty when any will do.
        """
        if not self._names:
            for item in self.snapshot.endpoints:
                self._names.setdefault(item.namespace, _Names()).everyone.append(item)
        names = self._names.get(namespace)
        return names.found(name, kind) if names is not None else ()

    @cached_property
    def _taken(self) -> dict[int, list[int]]:
        taken: dict[int, list[int]] = {}
        held = {it for it, end in self.by_address.items() if not end.is_node_object}
        for address in sorted({*held, *self._also_taken}, key=int):
            taken.setdefault(address.version, []).append(int(address))
        return taken

    @cached_property
    def families(self) -> set[int]:
        """4, 6 or both: the families that the cluster uses."""
        known: set[int] = {
            address.version for item in self.snapshot.endpoints for address in item.addresses
        }
        blocks = self.graph.compiled.vocabulary.addresses.blocks
        return known or {_IPV4, *(block.cidr.version for block in blocks)}


class _Names:
    """The endpoints of one namespace by everything that they are called."""

    def __init__(self) -> None:
        self.everyone: list[Endpoint] = []

    def found(self, name: str, kind: str) -> tuple[Endpoint, ...]:
        ways: tuple[Iterator[Endpoint], ...] = (
            (item for item in self._own.get(name, ()) if kind in {"", item.kind}),
            (item for item in self._pods.get(name, ()) if kind in {"", "Pod"}),
            (item for item in self._owners.get(name, ()) if kind in {"", item.workload[0]}),
            (item for item in self._with_ordinal(name) if kind in {"", "Pod"}),
        )
        return next(filter(None, map(tuple, ways)), ())

    @cached_property
    def _own(self) -> dict[str, list[Endpoint]]:
        return _grouped((item.name, item) for item in self.everyone)

    @cached_property
    def _pods(self) -> dict[str, list[Endpoint]]:
        return _grouped((pod, item) for item in self.everyone for pod in item.pods)

    @cached_property
    def _owners(self) -> dict[str, list[Endpoint]]:
        return _grouped((item.workload[1], item) for item in self.everyone)

    def _with_ordinal(self, name: str) -> Iterator[Endpoint]:
        found = _ORDINAL.fullmatch(name)
        if found is None:
            return
        for item in self._own.get(found[1], ()):
            if item.kind != "StatefulSet" or item.replicas is None or item.pods:
                continue
            if int(found[2]) < max(item.replicas, 1):
                yield item


def _grouped(items: Iterable[tuple[str, Endpoint]]) -> dict[str, list[Endpoint]]:
    groups: dict[str, list[Endpoint]] = {}
    for name, item in items:
        group = groups.setdefault(name, [])
        if not group or group[-1] is not item:
            group.append(item)
    return groups


def _public(whole: Network) -> Iterator[Network]:
    """A family's address space without what is not the internet."""
    start = int(whole[0])
    kind = type(whole[0])
    removed = sorted(
        (int(item[0]), int(item[-1])) for item in _NOT_INTERNET if item.version == whole.version
    )
    for first, last in [*removed, (int(whole[-1]) + 1, 0)]:
        if first > start:
            yield from networks_of(AddressRange(kind(start), kind(first - 1)))
        start = max(start, last + 1)


@cache
def public_ranges(family: int) -> tuple[tuple[int, int], ...]:
    """The internet's addresses of a family, as ascending spans of integers."""
    (whole,) = (item for item in _EVERYWHERE if item.version == family)
    return tuple((int(item[0]), int(item[-1])) for item in _public(whole))


def _without(low: int, high: int, used: Sequence[int]) -> Iterator[tuple[int, int]]:
    start = low
    for number in used[bisect_left(used, low) : bisect_right(used, high)]:
        if number > start:
            yield start, number - 1
        start = number + 1
    if start <= high:
        yield start, high
