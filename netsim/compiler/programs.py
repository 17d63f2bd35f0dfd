"""What each class obeys: its rules of one direction in the order they are asked.

Classes with the same rules share one program. A program's cells are its answer for all peers
at once: disjoint sets of peers, each with exactly the ports that get through.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from netsim.compiler.rules import Action, ClassId, CompiledRule, EndpointSet
from netsim.model.ports import ALL_PORTS, NO_PORTS, PortSet

Program = tuple[CompiledRule, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """Peers that a program treats alike, and the ports it accepts from or to them."""

    peers: EndpointSet
    ports: PortSet


@dataclass(frozen=True, slots=True)
class _Open:
    """A cell in the making: what is accepted, still undecided, and passed to the next tier."""

    peers: int
    accepted: PortSet = NO_PORTS
    undecided: PortSet = ALL_PORTS
    passed: PortSet = NO_PORTS


def programs_of(rules: Sequence[CompiledRule], class_count: int) -> tuple[Program, ...]:
    """Each class's program; the empty program belongs to a class that nothing isolates."""
    indices: list[list[int]] = [[] for _ in range(class_count)]
    ordered = sorted(rules, key=lambda rule: rule.rank)
    for position, rule in enumerate(ordered):
        for class_id in members(rule.subjects):
            indices[class_id].append(position)
    shared: dict[tuple[int, ...], Program] = {}
    result = []
    for chosen in map(tuple, indices):
        if chosen not in shared:
            shared[chosen] = tuple(ordered[position] for position in chosen)
        result.append(shared[chosen])
    return tuple(result)


def cells_of(program: Program, everyone: EndpointSet) -> tuple[Cell, ...]:
    """Disjoint cells that cover everyone, largest port sets not merged with each other."""
    cells = [_Open(everyone)]
    tier = program[0].tier if program else None
    for rule in program:
        if rule.tier is not tier:
            tier = rule.tier
            cells = [_next_tier(cell) for cell in cells]
        cells = [part for cell in cells for part in _split(cell, rule)]
    by_ports: dict[PortSet, int] = {}
    for cell in cells:
        ports = cell.accepted | cell.undecided | cell.passed
        by_ports[ports] = by_ports.get(ports, 0) | cell.peers
    return tuple(Cell(EndpointSet(peers), ports) for ports, peers in by_ports.items())


def members(endpoints: EndpointSet) -> Iterator[ClassId]:
    """The classes of a set, ascending."""
    text = bin(endpoints)[:1:-1]
    position = text.find("1")
    while position >= 0:
        yield ClassId(position)
        position = text.find("1", position + 1)


def _next_tier(cell: _Open) -> _Open:
    return _Open(cell.peers, cell.accepted, cell.undecided | cell.passed)


def _split(cell: _Open, rule: CompiledRule) -> Iterable[_Open]:
    inside = cell.peers & rule.peers
    decided = cell.undecided & rule.ports
    if not inside or not decided:
        return (cell,)
    touched = _Open(
        inside,
        cell.accepted | decided if rule.action is Action.ACCEPT else cell.accepted,
        cell.undecided - decided,
        cell.passed | decided if rule.action is Action.PASS else cell.passed,
    )
    outside = cell.peers & ~rule.peers
    if not outside:
        return (touched,)
    return (touched, _Open(outside, cell.accepted, cell.undecided, cell.passed))
