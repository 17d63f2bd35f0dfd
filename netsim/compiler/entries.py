"""Programs flattened for point questions: walked once a question, so kept as bare as can be."""

import re
from bisect import bisect_right
from collections.abc import Callable
from functools import lru_cache
from itertools import takewhile

from netsim.compiler.programs import Cell, Program
from netsim.compiler.rules import Action
from netsim.compiler.sets import ClassSet
from netsim.compiler.universe import Universe
from netsim.model.ports import ALL_PORTS, PortSet

Entry = tuple[int, int, bytes, tuple[int, ...]]
"""Peers as a trimmed bit string with its first and end byte, and the bounds of the ports."""
Entries = tuple[Entry, ...]
"""A connection is accepted when one entry holds both its peer and its port."""
OPEN: Entries = ((-1, -1, b"", ()),)
"""Stands for everything is accepted; compared by identity."""
Gate = tuple[int, int, int, int, bytes, Entries]
"""Entries behind all of their peers together, trimmed: most questions get no further.

First and end byte, then those of the longest run of bytes in between that hold no peer.
"""
OPEN_GATE: Gate = (0, 1 << 32, 0, 0, b"", OPEN)
"""Compared by identity as well; no byte is outside."""
Known = tuple[Gate, Gate]
"""What a class obeys in egress and in ingress."""
_GAP = re.compile(rb"\0+")
_WIDEST = 1 << 11
"""Bytes of peers up to which a gate has its own: beyond, they would be most of the memory."""


def entries_of(
    program: Program, universe: Universe, cells: Callable[[Program], tuple[Cell, ...]]
) -> Entries:
    """What a program accepts.

    Where ACCEPTs come before a DENY of everything their union is it; other programs are asked
    for their cells.
    """
    if not program:
        return OPEN
    accepts = list(takewhile(lambda rule: rule.action is Action.ACCEPT, program))
    if _is_denial(program[len(accepts) :], universe):
        return tuple(_entry(universe.sets[rule.peers], rule.ports) for rule in accepts)
    return tuple(_entry(cell.peers, cell.ports) for cell in cells(program) if cell.ports)


def gate_of(entries: Entries) -> Gate:
    """Entries made ready for `accepts`."""
    if entries is OPEN:
        return OPEN_GATE
    if not entries:
        return (0, 0, 0, 0, b"", entries)
    first, end = min(entry[0] for entry in entries), max(entry[1] for entry in entries)
    octets = entries[0][2]
    if end - first > _WIDEST:
        octets = _everyone((end - first).bit_length())
    elif len(entries) > 1:
        together = 0
        for start, _, some, _ in entries:
            together |= int.from_bytes(some, "little") << 8 * (start - first)
        octets = together.to_bytes(end - first, "little")
    gap = max(_GAP.finditer(octets), key=_length, default=None)
    low, high = gap.span() if gap else (0, 0)
    return (_one(first), _one(end), _one(first + low), _one(first + high), octets, entries)


def _length(found: re.Match[bytes]) -> int:
    return found.end() - found.start()


def accepts(gate: Gate, peer: int, position: int) -> bool:
    """Whether a peer is accepted, the innermost question.

    No call is made without need, and nothing is fetched that the answer does not hang on.
    """
    if gate is OPEN_GATE:
        return True
    octet, first = peer >> 3, gate[0]
    if not first <= octet < gate[1] or gate[2] <= octet < gate[3]:
        return False
    if not gate[4][octet - first] >> (peer & 7) & 1:
        return False
    for first, end, octets, boundaries in gate[5]:
        if (
            first <= octet < end
            and octets[octet - first] >> (peer & 7) & 1
            and bisect_right(boundaries, position) & 1
        ):
            return True
    return False


@lru_cache
def _everyone(scale: int) -> bytes:
    """Every bit of as many bytes as numbers of this many bits can count."""
    return b"\xff" * (1 << scale)


def _is_denial(rest: Program, universe: Universe) -> bool:
    """Whether the next rule denies everyone everything."""
    return bool(rest) and (rest[0].action, rest[0].peers, rest[0].ports) == (
        Action.DENY,
        universe.everyone,
        ALL_PORTS,
    )


def _entry(peers: ClassSet, ports: PortSet) -> Entry:
    first, end = peers.first, peers.first + len(peers.octets)
    return _one(first), _one(end), peers.octets, ports.boundaries


_one = lru_cache(maxsize=1 << 14)(int)
"""A number as one object, however often it is used: what is compared stays in the cache."""
