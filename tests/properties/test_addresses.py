"""The address space as the compiler cuts it, against membership as `ipaddress` sees it."""

from ipaddress import IPv4Address, IPv6Address, ip_network
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from netsim.addresses import address_space
from netsim.model.networks import Address, IPBlock, Network

_LIMITS = {4: (1 << 32) - 1, 6: (1 << 128) - 1}


def _network(family: int, number: int, bits: int) -> Network:
    """A network of `bits` host bits near one end of the family's space."""
    shifted = (number >> bits) << bits
    width = 32 if family == 4 else 128
    kind = IPv4Address if family == 4 else IPv6Address
    return ip_network((kind(shifted), width - bits))


def _numbers(family: int) -> st.SearchStrategy[int]:
    low = st.integers(0, 20)
    return low | low.map(lambda number: _LIMITS[family] - number)


def _networks(family: int) -> st.SearchStrategy[Network]:
    width = 32 if family == 4 else 128
    bits = st.sampled_from((0, 1, 2, 3, 4, width))
    return st.builds(_network, st.just(family), _numbers(family), bits)


@st.composite
def _blocks(draw: st.DrawFn) -> IPBlock:
    family = draw(st.sampled_from((4, 6)))
    outer = draw(_networks(family))
    others = draw(st.lists(_networks(family), max_size=3))
    inner = [item for item in others if item[0] in outer and item[-1] in outer]
    return IPBlock(outer, tuple(inner))


def _holds(block: IPBlock, address: Address) -> bool:
    return address in block.cidr and not any(address in cut for cut in block.excepts)


@given(st.lists(_blocks(), max_size=4))
def test_ranges_cover_each_family_once_and_in_order(blocks: list[IPBlock]) -> None:
    space = address_space(blocks)
    for family, limit in _LIMITS.items():
        following = 0
        for span, _ in space.ranges(family):
            assert span.first.version == span.last.version == family
            assert int(span.first) == following <= int(span.last)
            following = int(span.last) + 1
        assert following == limit + 1


@given(st.lists(_blocks(), max_size=4), st.data())
def test_a_signature_is_the_blocks_that_hold_the_address(
    blocks: list[IPBlock], data: st.DataObject
) -> None:
    space = address_space(blocks)
    for kind, family in ((IPv4Address, 4), (IPv6Address, 6)):
        address = kind(data.draw(_numbers(family)))
        expected = {block for block in blocks if _holds(block, address)}
        assert space.signature(address) == expected


@given(st.lists(_blocks(), max_size=4))
def test_both_ends_of_a_range_have_its_signature(blocks: list[IPBlock]) -> None:
    space = address_space(blocks)
    for family in _LIMITS:
        for span, signature in space.ranges(family):
            for address in (span.first, span.last):
                assert signature == {block for block in blocks if _holds(block, address)}
                assert space.signature(address) == signature


@given(st.lists(_blocks(), max_size=4))
def test_neighbouring_ranges_differ_in_some_block(blocks: list[IPBlock]) -> None:
    space = address_space(blocks)
    for family in _LIMITS:
        for (_, left), (_, right) in pairwise(space.ranges(family)):
            assert left != right


@given(st.lists(_blocks(), max_size=4))
def test_order_and_repetition_of_blocks_change_nothing(blocks: list[IPBlock]) -> None:
    assert address_space(blocks) == address_space([*reversed(blocks), *blocks])
