from bisect import bisect_right

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsim.compiler.entries import OPEN, OPEN_GATE, Entries, accepts, gate_of
from netsim.compiler.sets import ClassId, ClassSet

_FAR = 40_000
"""A class so far from the first ones that a gate has no set of its own."""
PEERS = st.sets(st.integers(0, 60) | st.sampled_from([1_000, _FAR]), min_size=1, max_size=4)
PORTS = st.sets(st.integers(1, 30), min_size=1, max_size=3).map(
    lambda starts: tuple(
        bound for start in sorted(starts) for bound in (2 * start, 2 * start + 1)
    )
)


def _entries(listed: list[tuple[set[int], tuple[int, ...]]]) -> Entries:
    sets = [(ClassSet.of(peers), ports) for peers, ports in listed]
    return tuple(
        (peers.first, peers.first + len(peers.octets), peers.octets, ports)
        for peers, ports in sets
    )


@given(st.lists(st.tuples(PEERS, PORTS), max_size=3), st.integers(0, 70), st.integers(0, 70))
def test_a_gate_lets_through_what_some_entry_accepts(
    listed: list[tuple[set[int], tuple[int, ...]]], peer: int, position: int
) -> None:
    gate = gate_of(_entries(listed))
    for asked in (peer, 1_000, _FAR, _FAR + 1):
        expected = any(
            asked in peers and bisect_right(ports, position) & 1 for peers, ports in listed
        )
        assert accepts(gate, ClassId(asked), position) is expected


def test_nothing_is_in_the_way_of_what_is_open() -> None:
    assert gate_of(OPEN) is OPEN_GATE
    assert accepts(OPEN_GATE, ClassId(_FAR), 80)


@pytest.mark.parametrize("far", [1_000, _FAR])
def test_a_gate_keeps_the_entries_it_stands_before(far: int) -> None:
    entries = _entries([({3}, (10, 20)), ({far}, (30, 40))])
    first, end, low, high, octets, behind = gate_of(entries)
    assert behind is entries
    assert (first, end) == (0, far // 8 + 1)
    assert len(octets) >= end
    assert not any(octets[low:high])
    assert high - low == (0 if far == _FAR else end - 2)
