"""Addresses outside, cut where rules or needs tell them apart."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_network

from netsim.addresses import AddressRange
from netsim.model.networks import Address, IPBlock, Network
from netsim.query.parties import Outside, Subject, merged, networks_of

_IPV4 = 4


@dataclass(frozen=True, slots=True)
class Pieces:
    """Addresses outside, in groups that nothing splits."""

    every: tuple[Outside, ...]
    _parts: dict[Outside, tuple[Outside, ...]]

    def parts(self, subjects: Iterable[Subject]) -> Iterator[Subject]:
        """The same subjects, addresses in pieces."""
        for subject in subjects:
            if isinstance(subject, Outside):
                yield from self._parts[subject]
            else:
                yield subject


def cut(groups: Iterable[Outside], named: Iterable[Outside]) -> Pieces:
    """All addresses of some disjoint groups, cut where what is named begins or ends."""
    wanted = list(dict.fromkeys(named))
    spans: dict[tuple[int, frozenset[int]], list[AddressRange]] = {}
    for span, group, inside in _swept(list(groups), wanted):
        spans.setdefault((group, inside), []).append(span)
    pieces = {key: _outside(found) for key, found in sorted(spans.items(), key=_order)}
    parts: dict[Outside, list[Outside]] = {item: [] for item in wanted}
    for (_, inside), piece in pieces.items():
        for place in sorted(inside):
            parts[wanted[place]].append(piece)
    return Pieces(tuple(pieces.values()), {it: tuple(some) for it, some in parts.items()})


def _order(item: tuple[tuple[int, frozenset[int]], list[AddressRange]]) -> tuple[int, int, int]:
    (group, _), spans = item
    return group, spans[0].first.version, int(spans[0].first)


def _outside(spans: list[AddressRange]) -> Outside:
    ranges = merged(spans)
    return Outside(ranges, ranges)


def _swept(
    groups: list[Outside], named: list[Outside]
) -> Iterator[tuple[AddressRange, int, frozenset[int]]]:
    """Every run of addresses with its group and everything named that holds it."""
    edges: dict[tuple[int, int], list[int]] = {}
    for number, item in enumerate((*groups, *named)):
        for span in item.ranges:
            family = span.first.version
            edges.setdefault((family, int(span.first)), []).append(number)
            edges.setdefault((family, int(span.last) + 1), []).append(number)
    held: set[int] = set()
    previous = (0, 0)
    for edge in sorted(edges):
        mine = [number for number in held if number < len(groups)]
        if mine:
            inside = frozenset(it - len(groups) for it in held if it >= len(groups))
            yield _span(previous[0], previous[1], edge[1] - 1), mine[0], inside
        for number in edges[edge]:
            held ^= {number}
        previous = edge


def _span(family: int, first: int, last: int) -> AddressRange:
    kind: type[Address] = IPv4Address if family == _IPV4 else IPv6Address
    return AddressRange(kind(first), kind(last))


def blocks_of(
    spans: Sequence[AddressRange],
) -> Iterator[tuple[IPBlock, tuple[AddressRange, ...]]]:
    """Ascending ranges of one family as ipBlocks, each with the ranges that it holds.

    One block with what it excepts where that is shorter than many blocks.
    """
    networks = [network for span in spans for network in networks_of(span)]
    around = _around(spans[0].first, spans[-1].last)
    gaps = [*_gaps(around, spans)]
    if 1 + len(gaps) < len(networks):
        yield IPBlock(around, tuple(gaps)), tuple(spans)
        return
    for network in networks:
        yield IPBlock(network), (AddressRange(network[0], network[-1]),)


def _around(first: Address, last: Address) -> Network:
    """The smallest network with both addresses."""
    network = ip_network(first)
    while last not in network:
        network = network.supernet()
    return network


def _gaps(around: Network, spans: Sequence[AddressRange]) -> Iterator[Network]:
    family, start = around.version, int(around[0])
    for span in spans:
        if start < int(span.first):
            yield from networks_of(_span(family, start, int(span.first) - 1))
        start = int(span.last) + 1
    if start <= int(around[-1]):
        yield from networks_of(_span(family, start, int(around[-1])))
