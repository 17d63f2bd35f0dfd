"""Address blocks cut the address space into the fewest ranges that no block splits.

What a range can be told apart by is its signature: the blocks that hold it. Two addresses
with the same signature, pod or outside, are the same to every rule.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from netsim.model.networks import Address, IPBlock, Network

Signature = frozenset[IPBlock]
NO_BLOCK: Signature = frozenset()

_LIMITS = {4: 1 << 32, 6: 1 << 128}


@dataclass(frozen=True, slots=True)
class AddressRange:
    """`first` to `last` of one family, both included."""

    first: Address
    last: Address


@dataclass(frozen=True, slots=True)
class AddressSpace:
    """Both families' ranges in ascending order, each with its signature."""

    starts: dict[int, tuple[int, ...]]
    """Family to the first address of each range, as integers."""
    signatures: dict[int, tuple[Signature, ...]]
    blocks: Signature
    """Every block in use."""

    def position(self, address: Address) -> int:
        """Which range of its family an address lies in."""
        return bisect_right(self.starts[address.version], int(address)) - 1

    def signature(self, address: Address) -> Signature:
        """The blocks that hold an address."""
        return self.seen(address)[1]

    def seen(self, address: Address) -> tuple[int, Signature]:
        """The family of an address, and the blocks that hold it."""
        family = address.version
        place = bisect_right(self.starts[family], int(address)) - 1
        return family, self.signatures[family][place]

    def around(self, address: Address) -> tuple[int, int]:
        """Where the range that an address lies in begins, and where it has ended."""
        family = address.version
        starts = self.starts[family]
        place = bisect_right(starts, int(address))
        return starts[place - 1], starts[place] if place < len(starts) else _LIMITS[family]

    def with_blocks(self, blocks: Signature) -> "AddressSpace":
        """The same ranges, cut where more blocks begin or end."""
        starts: dict[int, tuple[int, ...]] = {}
        signatures: dict[int, tuple[Signature, ...]] = {}
        for family in _LIMITS:
            members = [block for block in blocks if block.cidr.version == family]
            starts[family], signatures[family] = self._cut(family, members)
        return AddressSpace(starts, signatures, self.blocks | blocks)

    def _cut(
        self, family: int, blocks: list[IPBlock]
    ) -> tuple[tuple[int, ...], tuple[Signature, ...]]:
        if not blocks:
            return self.starts[family], self.signatures[family]
        starts, signatures = list(self.starts[family]), list(self.signatures[family])
        for block in blocks:
            for first, last in _spans(block):
                for edge in (first, last + 1):
                    place = bisect_right(starts, edge) - 1
                    if starts[place] != edge and edge < _LIMITS[family]:
                        starts.insert(place + 1, edge)
                        signatures.insert(place + 1, signatures[place])
                inside = range(bisect_left(starts, first), bisect_right(starts, last))
                for place in inside:
                    signatures[place] |= {block}
        return tuple(starts), tuple(signatures)

    def ranges(self, family: int) -> Iterator[tuple[AddressRange, Signature]]:
        """The ranges of a family, covering it whole."""
        starts = self.starts[family]
        ends = (*starts[1:], _LIMITS[family])
        for start, end, signature in zip(starts, ends, self.signatures[family], strict=True):
            yield _range(family, start, end - 1), signature


def address_space(blocks: Iterable[IPBlock]) -> AddressSpace:
    """The ranges that a set of blocks induces; without blocks, one range for each family."""
    in_use = frozenset(blocks)
    starts: dict[int, tuple[int, ...]] = {}
    signatures: dict[int, tuple[Signature, ...]] = {}
    for family in _LIMITS:
        members = [block for block in in_use if block.cidr.version == family]
        starts[family], signatures[family] = _swept(members)
    return AddressSpace(starts, signatures, in_use)


def _swept(blocks: list[IPBlock]) -> tuple[tuple[int, ...], tuple[Signature, ...]]:
    changes: dict[int, set[IPBlock]] = {0: set()}
    for block in blocks:
        limit = _LIMITS[block.cidr.version]
        for first, last in _spans(block):
            changes.setdefault(first, set()).symmetric_difference_update({block})
            if last + 1 < limit:
                changes.setdefault(last + 1, set()).symmetric_difference_update({block})
    starts: list[int] = []
    signatures: list[Signature] = []
    distinct: dict[Signature, Signature] = {}
    inside: set[IPBlock] = set()
    for start in sorted(changes):
        inside ^= changes[start]
        starts.append(start)
        signature = frozenset(inside)
        signatures.append(distinct.setdefault(signature, signature))
    return tuple(starts), tuple(signatures)


def _spans(block: IPBlock) -> Iterator[tuple[int, int]]:
    """The block without its excepts, as disjoint ascending spans of integers."""
    start, end = _bounds(block.cidr)
    for first, last in sorted(_bounds(network) for network in block.excepts):
        if first > start:
            yield start, first - 1
        start = max(start, last + 1)
    if start <= end:
        yield start, end


def _bounds(network: Network) -> tuple[int, int]:
    return int(network.network_address), int(network.broadcast_address)


def _range(family: int, first: int, last: int) -> AddressRange:
    if family == IPv4Address(0).version:
        return AddressRange(IPv4Address(first), IPv4Address(last))
    return AddressRange(IPv6Address(first), IPv6Address(last))
