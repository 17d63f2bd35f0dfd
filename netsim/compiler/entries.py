"""Programs flattened for point questions: walked once a question, so kept as bare as can be."""

from bisect import bisect_right
from collections.abc import Callable
from functools import lru_cache
from itertools import takewhile

from netsim.compiler.programs import Cell, Program
from netsim.compiler.rules import Action
from netsim.compiler.sets import ClassId, ClassSet
from netsim.compiler.universe import Universe
from netsim.model.ports import ALL_PORTS, PortSet

Entry = tuple[int, int, bytes, tuple[int, ...]]
"""Peers as a trimmed bit string with its first and end byte, and the bounds of the ports."""
Entries = tuple[Entry, ...]
"""A connection is accepted when one entry holds both its peer and its port."""
Known = tuple[Entries, Entries, int, int]
"""What a class obeys in egress and in ingress, and where its bit is in a set of classes."""
OPEN: Entries = ((-1, -1, b"", ()),)
"""Stands for everything is accepted; compared by identity."""


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


def place_of(class_id: ClassId) -> tuple[int, int]:
    """The byte of a set, and the bit in it, that a class has."""
    return _one(class_id >> 3), 1 << (class_id & 7)


def both_accept(source: Known, target: Known, position: int) -> bool:
    """Whether both ends accept, the innermost question: no call is made that is not needed."""
    egress, _, source_octet, source_bit = source
    _, ingress, target_octet, target_bit = target
    if egress is not OPEN:
        for first, end, octets, boundaries in egress:
            if (
                first <= target_octet < end
                and octets[target_octet - first] & target_bit
                and bisect_right(boundaries, position) & 1
            ):
                break
        else:
            return False
    if ingress is OPEN:
        return True
    for first, end, octets, boundaries in ingress:
        if (
            first <= source_octet < end
            and octets[source_octet - first] & source_bit
            and bisect_right(boundaries, position) & 1
        ):
            return True
    return False


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
