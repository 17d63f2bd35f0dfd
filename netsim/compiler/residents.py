"""Endpoints by what new policies could look at, to find quickly whom they tell apart."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

from netsim.compiler.classes import is_node
from netsim.compiler.sets import ClassId
from netsim.model.labels import Labels
from netsim.model.networks import IPBlock
from netsim.model.ports import ContainerPort
from netsim.model.profile import IPBlockMatchesPods, Profile
from netsim.model.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Residents:
    """Places in `snapshot.endpoints`; nodes have no labels and no ports to rules."""

    by_labels: dict[Labels, list[int]]
    by_ports: list[tuple[tuple[ContainerPort, ...], list[int]]]
    """Equal lists of ports may stand there more than once."""
    addresses: dict[int, list[tuple[int, int]]]
    """By family: every address, ascending, with its place."""
    unaddressed: list[int]
    """Those without a known address."""
    shielded: frozenset[int]
    """Pods that an ipBlock does not match, under the profile."""
    population: Mapping[ClassId, int]
    """How many faces each class of pods has."""
    several: list[int]
    """Those that stand for several live pods, or for the pods of a StatefulSet to come."""

    def inside(self, block: IPBlock) -> list[int]:
        """Places of the endpoints whose address a block holds."""
        listed = self.addresses.get(block.cidr.version, [])
        first = bisect_left(listed, (int(block.cidr.network_address), -1))
        last = bisect_right(listed, (int(block.cidr.broadcast_address), len(listed)))
        return [
            place
            for number, place in listed[first:last]
            if self.matches(block, place)
            and not any(
                int(network.network_address) <= number <= int(network.broadcast_address)
                for network in block.excepts
            )
        ]

    def matches(self, block: IPBlock, place: int) -> bool:
        """Whether a block counts for an endpoint at all."""
        return block.with_pods or place not in self.shielded


def residents_of(
    snapshot: Snapshot, profile: Profile, population: Mapping[ClassId, int]
) -> Residents:
    """Indexes every endpoint of a snapshot."""
    by_labels: dict[Labels, list[int]] = {}
    by_ports: dict[int, tuple[tuple[ContainerPort, ...], list[int]]] = {}
    several: list[int] = []
    shielded: list[int] = []
    pods_match = profile.ipblock_matches_pods is IPBlockMatchesPods.YES
    for place, endpoint in enumerate(snapshot.endpoints):
        if len(endpoint.pods) > 1 or (endpoint.kind == "StatefulSet" and not endpoint.pods):
            several.append(place)
        if not is_node(endpoint, profile):
            by_labels.setdefault(endpoint.labels, []).append(place)
            if not pods_match:
                shielded.append(place)
            if endpoint.ports:
                listed = by_ports.setdefault(id(endpoint.ports), (endpoint.ports, []))
                listed[1].append(place)
    addresses, unaddressed = _addresses(snapshot)
    return Residents(
        by_labels,
        list(by_ports.values()),
        addresses,
        unaddressed,
        frozenset(shielded),
        population,
        several,
    )


def _addresses(
    snapshot: Snapshot,
) -> tuple[dict[int, list[tuple[int, int]]], list[int]]:
    found: dict[int, list[tuple[int, int]]] = {}
    missing: list[int] = []
    for place, endpoint in enumerate(snapshot.endpoints):
        for address in endpoint.addresses:
            found.setdefault(address.version, []).append((int(address), place))
        if not endpoint.addresses:
            missing.append(place)
    for listed in found.values():
        listed.sort()
    return found, missing
