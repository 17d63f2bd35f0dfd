"""What each class obeys: its rules of one direction in the order they are asked.

Classes with the same rules share one program. A program's cells are its answer for all peers
at once: disjoint sets of peers, each with exactly the ports that get through.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter

from netsim.compiler.rules import Action, CompiledRule, Tier
from netsim.compiler.sets import ClassId, ClassSet, SetId, SetTable
from netsim.model.ports import ALL_PORTS, NO_PORTS, PortSet

Program = tuple[CompiledRule, ...]
_RANK = attrgetter("tier", "order", "turn")
"""`CompiledRule.rank`, without a call for each rule."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Peers that a program treats alike, and the ports it accepts from or to them."""

    peers: ClassSet
    ports: PortSet


@dataclass(frozen=True, slots=True)
class _Open:
    """A cell in the making: what is accepted, still undecided, and passed to the next tier."""

    peers: int
    accepted: PortSet = NO_PORTS
    undecided: PortSet = ALL_PORTS
    passed: PortSet = NO_PORTS


def programs_of(
    rules: Iterable[CompiledRule], class_count: int, sets: SetTable
) -> tuple[Program, ...]:
    """Each class's program; the empty program belongs to a class that nothing isolates."""
    ordered = in_order(rules)
    places: dict[SetId, list[int]] = {}
    for place, rule in enumerate(ordered):
        here = places.get(rule.subjects)
        if here is None:
            places[rule.subjects] = [place]
        else:
            here.append(place)
    subject_to: list[list[SetId]] = [[] for _ in range(class_count)]
    for subjects in places:
        for class_id in sets[subjects]:
            subject_to[class_id].append(subjects)
    shared: dict[tuple[SetId, ...], Program] = {}
    result = []
    for key in map(tuple, subject_to):
        program = shared.get(key)
        if program is None:
            asked = sorted(chain.from_iterable(map(places.__getitem__, key)))
            program = shared[key] = tuple(map(ordered.__getitem__, asked))
        result.append(program)
    return tuple(result)


def in_order(rules: Iterable[CompiledRule]) -> list[CompiledRule]:
    """Rules as they are asked; those of one rank keep their order."""
    return sorted(rules, key=_RANK)


def cells_of(program: Program, everyone: SetId, sets: SetTable) -> tuple[Cell, ...]:
    """Disjoint cells that cover everyone, one for each set of ports."""
    cells = [_Open(sets[everyone].bits)]
    tier = program[0].tier if program else None
    for rule in program:
        if rule.tier is not tier:
            tier = rule.tier
            cells = [_next_tier(cell) for cell in cells]
        peers = sets[rule.peers].bits
        cells = [part for cell in cells for part in _split(cell, rule, peers)]
    by_ports: dict[PortSet, int] = {}
    for cell in cells:
        ports = cell.accepted | cell.undecided | cell.passed
        by_ports[ports] = by_ports.get(ports, 0) | cell.peers
    return tuple(Cell(ClassSet.shifted(bits, 0), ports) for ports, bits in by_ports.items())


def accepting(
    program: Program, peer: ClassId, ports: PortSet, sets: SetTable
) -> dict[CompiledRule, None]:
    """The rules by which a program accepts some ports from or to a peer, in order.

    Rules of one rank that accept the same port all count: a port that several NetworkPolicies
    allow is allowed by each. Of cluster-wide policies only the first that matches does.
    """
    found: dict[CompiledRule, None] = {}
    cell = _Open(1, undecided=ports)
    tier, whole = None, ports
    for rule in program:
        if rule.tier is not tier:
            tier, cell = rule.tier, _next_tier(cell)
            whole = cell.undecided
        if peer in sets[rule.peers]:
            open_to_all = tier is Tier.NETWORK_POLICY and rule.action is Action.ACCEPT
            decided = rule.ports & (whole if open_to_all else cell.undecided)
            if decided and rule.action is Action.ACCEPT:
                found[rule] = None
            (cell,) = _split(cell, rule, peers=1)
    return found


def deciding(
    program: Program, peer: ClassId, position: int, sets: SetTable
) -> tuple[CompiledRule | None, tuple[CompiledRule, ...]]:
    """The rule that decides, and those that passed before it."""
    passed: tuple[CompiledRule, ...] = ()
    left = None
    for rule in program:
        if rule.tier is left or peer not in sets[rule.peers]:
            continue
        if bisect_right(rule.ports.boundaries, position) & 1:
            if rule.action is not Action.PASS:
                return rule, passed
            passed += (rule,)
            left = rule.tier
    return None, passed


def _next_tier(cell: _Open) -> _Open:
    return _Open(cell.peers, cell.accepted, cell.undecided | cell.passed)


def _split(cell: _Open, rule: CompiledRule, peers: int) -> Iterable[_Open]:
    inside = cell.peers & peers
    if not inside:
        return (cell,)
    decided = cell.undecided & rule.ports
    if not decided:
        return (cell,)
    touched = _Open(
        inside,
        cell.accepted | decided if rule.action is Action.ACCEPT else cell.accepted,
        cell.undecided - decided,
        cell.passed | decided if rule.action is Action.PASS else cell.passed,
    )
    outside = cell.peers & ~peers
    if not outside:
        return (touched,)
    return (touched, _Open(outside, cell.accepted, cell.undecided, cell.passed))
