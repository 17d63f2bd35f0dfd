"""What each class may open to others, read off the programs of both ends at once.

A program accepts a union of terms: some peers, on some ports. Sources that lie in the same
peers of the targets' terms, and obey the same program themselves, have the same row.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from netsim.compiler.entries import OPEN, entries_of
from netsim.compiler.programs import Program
from netsim.compiler.sets import ClassId, ClassSet
from netsim.graph import Graph
from netsim.model.policy import Direction
from netsim.model.ports import ALL_PORTS, NO_PORTS, PortSet

Row = dict[ClassId, PortSet]
"""The ports open to each class that is reached at all; equal sets are one object."""
_Peers = tuple[int, bytes]


_Cells = list[tuple[int, PortSet]]
"""Disjoint sets of classes, bit `n` for class `n`, each with its ports."""


@dataclass(slots=True)
class PortSets:
    """Equal sets as one object, and what combines of them, each worked out once."""

    _distinct: dict[PortSet, PortSet] = field(default_factory=dict)
    _common: dict[int, dict[int, PortSet]] = field(default_factory=dict)
    _either: dict[tuple[int, int], PortSet] = field(default_factory=dict)

    def same(self, ports: PortSet) -> PortSet:
        """The one object for equal sets."""
        return self._distinct.setdefault(ports, ports)

    def common(self, one: PortSet, other: PortSet) -> PortSet:
        """Ports in both of two sets that came from `same`."""
        known = self.commons(one)
        found = known.get(id(other))
        if found is None:
            found = known[id(other)] = self.same(one & other)
        return found

    def commons(self, one: PortSet) -> dict[int, PortSet]:
        """What `common` found for one set so far, by the identity of the other."""
        return self._common.setdefault(id(one), {})

    def either(self, one: PortSet, other: PortSet) -> PortSet:
        """Ports in any of two sets that came from `same`."""
        key = (id(one), id(other))
        found = self._either.get(key)
        if found is None:
            found = self._either[key] = self.same(one | other)
        return found


@dataclass(slots=True)
class _Reach:
    """What a program lets out."""

    cells: _Cells
    unguarded: Row
    """The part of every row that no target's program cuts down."""


@dataclass(slots=True)
class _Gate:
    """What a program lets in."""

    ports: dict[int, PortSet]
    """By the number of a set of peers."""
    relevant: int
    """Bit `n` stands for the set of peers number `n`."""
    accepted: dict[int, PortSet] = field(default_factory=dict)
    """By the relevant sets that a source lies in."""


class ClassRows:
    """Rows from some classes to some others."""

    def __init__(
        self,
        graph: Graph,
        sources: Iterable[ClassId],
        targets: Iterable[ClassId],
        port_sets: PortSets,
    ) -> None:
        self._graph = graph
        self._port_sets = port_sets
        self._sources = _bits(sources)
        self._targets = _bits(targets)
        self._guarded = 0
        self._nothing = port_sets.same(NO_PORTS)
        self._rows: dict[tuple[int, int], Row] = {}
        self._reaches: dict[int, _Reach] = {}
        self._gates: dict[int, _Gate] = {}
        self._gate_of: dict[ClassId, _Gate] = {}
        self._acceptors: list[int] = []
        self._masks: dict[ClassId, int] = {}
        self._boundaries: dict[tuple[int, ...], PortSet] = {}
        self._read_ingress()

    def row(self, source: ClassId) -> Row:
        """What a source class reaches; the same object for classes with the same answer."""
        program = self._graph.compiled.programs[Direction.EGRESS][source]
        mask = self._masks.get(source, 0)
        key = (id(program), mask)
        found = self._rows.get(key)
        if found is None:
            found = self._rows[key] = self._row(self._reach(program), mask)
        return found

    def _row(self, reach: _Reach, mask: int) -> Row:
        row = dict(reach.unguarded)
        accepting = 0
        for number in _members(mask):
            accepting |= self._acceptors[number]
        for bits, let_out in reach.cells:
            known = self._port_sets.commons(let_out)
            for target in _members(accepting & bits):
                gate = self._gate_of[target]
                let_in = gate.accepted.get(mask & gate.relevant)
                if let_in is None:
                    let_in = self._let_in(gate, mask)
                ports = known.get(id(let_in))
                if ports is None:
                    ports = self._port_sets.common(let_out, let_in)
                if ports.boundaries:
                    row[target] = ports
        return row

    def _let_in(self, gate: _Gate, mask: int) -> PortSet:
        """What a program accepts from sources that lie in some sets of peers."""
        joined = self._nothing
        for number in _members(mask & gate.relevant):
            joined = self._port_sets.either(joined, gate.ports[number])
        gate.accepted[mask & gate.relevant] = joined
        return joined

    def _read_ingress(self) -> None:
        """Numbers the sets of peers that targets accept, and finds who lies in them."""
        numbers: dict[_Peers, int] = {}
        programs = self._graph.compiled.programs[Direction.INGRESS]
        members: dict[int, list[ClassId]] = {}
        for target in _members(self._targets):
            program = programs[target]
            if not program:
                continue
            gate = self._gates.get(id(program))
            if gate is None:
                gate = self._gates[id(program)] = self._gate(program, numbers)
                members[id(program)] = []
            self._gate_of[target] = gate
            members[id(program)].append(target)
        self._guarded = _bits(self._gate_of)
        self._acceptors = [0] * len(numbers)
        for place, gate in self._gates.items():
            bits = _bits(members[place])
            for number in gate.ports:
                self._acceptors[number] |= bits
        for (first, octets), number in numbers.items():
            flag = 1 << number
            for source in _members(_shifted(first, octets) & self._sources):
                self._masks[source] = self._masks.get(source, 0) | flag

    def _gate(self, program: Program, numbers: dict[_Peers, int]) -> _Gate:
        accepted: dict[int, PortSet] = {}
        for first, _, octets, boundaries in self._entries(program):
            number = numbers.setdefault((first, octets), len(numbers))
            known = accepted.get(number, self._nothing)
            accepted[number] = self._port_sets.either(known, self._ports(boundaries))
        return _Gate(accepted, _bits(accepted))

    def _reach(self, program: Program) -> _Reach:
        found = self._reaches.get(id(program))
        if found is None:
            cells = self._cells(program)
            unguarded = {
                target: ports
                for bits, ports in cells
                for target in _members(bits & ~self._guarded)
            }
            found = self._reaches[id(program)] = _Reach(cells, unguarded)
        return found

    def _cells(self, program: Program) -> _Cells:
        """The targets that a program accepts, by the ports on which it does."""
        entries = self._entries(program)
        if entries is OPEN:
            return [(self._targets, self._port_sets.same(ALL_PORTS))]
        cells: _Cells = []
        for first, _, octets, boundaries in entries:
            peers = _shifted(first, octets) & self._targets
            cells = list(self._split(cells, peers, self._ports(boundaries)))
        return cells

    def _split(
        self, cells: _Cells, peers: int, ports: PortSet
    ) -> Iterator[tuple[int, PortSet]]:
        """The cells with some ports more for some peers."""
        rest = peers
        for bits, known in cells:
            both = self._port_sets.either(known, ports)
            inside = bits & rest
            if not inside or both is known:
                yield bits, known
            else:
                yield inside, both
                if inside != bits:
                    yield bits & ~inside, known
            rest &= ~bits
        if rest:
            yield rest, ports

    def _entries(self, program: Program) -> tuple[tuple[int, int, bytes, tuple[int, ...]], ...]:
        return entries_of(program, self._graph.compiled.universe, self._graph.cells)

    def _ports(self, boundaries: tuple[int, ...]) -> PortSet:
        found = self._boundaries.get(boundaries)
        if found is None:
            found = self._boundaries[boundaries] = self._port_sets.same(PortSet(boundaries))
        return found


def _bits(members: Iterable[int]) -> int:
    return ClassSet.of(members).bits


def _members(bits: int) -> Iterable[ClassId]:
    return ClassSet.shifted(bits, 0)


def _shifted(first: int, octets: bytes) -> int:
    return ClassSet(first, octets).bits
