"""PortSet is a set: every law is checked against Python's own sets of (protocol, number).

Numbers are drawn from both ends of the line only, so that the twin sets stay small.
"""

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from netsim.model.ports import (
    ALL_PORTS,
    FIRST_PORT,
    LAST_PORT,
    NO_PORTS,
    PortRange,
    PortSet,
    Protocol,
    port_set_text,
)

_NUMBERS = (*range(FIRST_PORT, 8), *range(LAST_PORT - 4, LAST_PORT + 1))
_ALL = frozenset((protocol, number) for protocol in Protocol for number in _NUMBERS)
_SPAN = re.compile(r"(\d+)(?:-(\d+))?")


def _range(protocol: Protocol, one: int, other: int) -> PortRange:
    return PortRange(protocol, min(one, other), max(one, other))


_ranges = st.builds(
    _range, st.sampled_from(Protocol), st.sampled_from(_NUMBERS), st.sampled_from(_NUMBERS)
)
_port_sets = st.lists(_ranges, max_size=5).map(lambda ranges: PortSet.of(*ranges))


def _twin(ports: PortSet) -> frozenset[tuple[Protocol, int]]:
    """The same set as Python sees it, on the numbers in use."""
    return frozenset(
        (item.protocol, number)
        for item in ports
        for number in _NUMBERS
        if item.first <= number <= item.last
    )


def _parsed(text: str) -> PortSet:
    """Reads what `port_set_text` prints: `all`, `none`, or `80,8000-8080/TCP, 53/UDP`."""
    if text in {"all", "none"}:
        return ALL_PORTS if text == "all" else NO_PORTS
    ranges = []
    for group in text.split(", "):
        numbers, _, name = group.partition("/")
        protocol = Protocol(name)
        if numbers == "all":
            ranges.append(PortRange(protocol))
            continue
        for span in numbers.split(","):
            found = _SPAN.fullmatch(span)
            assert found is not None
            first, last = found.groups()
            ranges.append(PortRange(protocol, int(first), int(last or first)))
    return PortSet.of(*ranges)


@given(_port_sets, _port_sets)
def test_operations_are_those_of_sets(left: PortSet, right: PortSet) -> None:
    assert _twin(left & right) == _twin(left) & _twin(right)
    assert _twin(left | right) == _twin(left) | _twin(right)
    assert _twin(left - right) == _twin(left) - _twin(right)
    assert _twin(left.complement()) == _ALL - _twin(left)
    assert (left <= right) is ((left - right) == NO_PORTS)


@given(_port_sets)
def test_membership_is_that_of_sets(ports: PortSet) -> None:
    assert {port for port in _ALL if port in ports} == _twin(ports)


@given(st.lists(_ranges, max_size=5))
def test_a_union_of_ranges_holds_exactly_their_ports(ranges: list[PortRange]) -> None:
    expected = {
        (item.protocol, number)
        for item in ranges
        for number in _NUMBERS
        if item.first <= number <= item.last
    }
    assert _twin(PortSet.of(*ranges)) == expected


@given(_port_sets)
def test_identity_and_annihilation(ports: PortSet) -> None:
    assert ports & ALL_PORTS == ALL_PORTS & ports == ports
    assert ports | NO_PORTS == NO_PORTS | ports == ports
    assert ports & NO_PORTS == NO_PORTS & ports == NO_PORTS
    assert ports | ALL_PORTS == ALL_PORTS | ports == ALL_PORTS


@given(_port_sets)
def test_idempotence_and_complement(ports: PortSet) -> None:
    twin = PortSet(ports.boundaries)
    assert ports & twin == ports | twin == ports
    assert ports.complement().complement() == ports
    assert ports & ports.complement() == ports - twin == NO_PORTS
    assert ports | ports.complement() == ALL_PORTS


@given(_port_sets, _port_sets)
def test_commutativity_and_absorption(left: PortSet, right: PortSet) -> None:
    assert left & right == right & left
    assert left | right == right | left
    assert left & (left | right) == left | (left & right) == left


@given(_port_sets, _port_sets, _port_sets)
def test_associativity_and_distribution(one: PortSet, two: PortSet, three: PortSet) -> None:
    assert (one & two) & three == one & (two & three)
    assert (one | two) | three == one | (two | three)
    assert one & (two | three) == (one & two) | (one & three)
    assert one | (two & three) == (one | two) & (one | three)


@given(_port_sets, _port_sets)
def test_de_morgan(left: PortSet, right: PortSet) -> None:
    assert (left & right).complement() == left.complement() | right.complement()
    assert (left | right).complement() == left.complement() & right.complement()


@given(_port_sets, _port_sets)
def test_inclusion_orders_sets(left: PortSet, right: PortSet) -> None:
    assert left & right <= left <= left | right
    assert (left <= right <= left) is (left == right)


@given(_port_sets)
def test_equal_sets_are_equal_values(ports: PortSet) -> None:
    bounds = ports.boundaries
    assert list(bounds) == sorted(set(bounds))
    assert PortSet.of(*ports) == PortSet.of(*reversed(list(ports))) == ports
    assert hash(PortSet.of(*ports)) == hash(ports)


@given(_port_sets)
def test_ranges_are_maximal_and_ascending(ports: PortSet) -> None:
    ranges = list(ports)
    order = list(Protocol)
    for left, right in pairwise(ranges):
        before, after = order.index(left.protocol), order.index(right.protocol)
        assert (before, left.last + 1) < (after, right.first)
    assert sum(item.last - item.first + 1 for item in ranges) == len(ports)
    assert bool(ports) is (len(ports) > 0)


@given(_port_sets)
def test_what_is_printed_reads_back(ports: PortSet) -> None:
    assert _parsed(port_set_text(ports)) == ports
    assert str(ports) == port_set_text(ports)


def test_no_set_holds_port_zero_or_spills_into_the_next_protocol() -> None:
    for protocol in Protocol:
        whole = PortSet.of(PortRange(protocol))
        assert [item.protocol for item in whole] == [protocol]
        assert (protocol, 0) not in ALL_PORTS
        assert (protocol, LAST_PORT + 1) not in whole
    assert len(ALL_PORTS) == len(Protocol) * LAST_PORT
    assert len(ALL_PORTS.complement()) == 0
