"""Programs flattened for point questions: walked once a question, so kept as bare as can be."""

from collections.abc import Callable
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
    return class_id >> 3, 1 << (class_id & 7)


def _is_denial(rest: Program, universe: Universe) -> bool:
    """Whether the next rule denies everyone everything."""
    return bool(rest) and (rest[0].action, rest[0].peers, rest[0].ports) == (
        Action.DENY,
        universe.everyone,
        ALL_PORTS,
    )


def _entry(peers: ClassSet, ports: PortSet) -> Entry:
    return peers.first, peers.first + len(peers.octets), peers.octets, ports.boundaries
