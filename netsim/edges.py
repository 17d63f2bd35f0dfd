"""Exactly which ports are open between all classes, row by row, and what two graphs differ in.

Nothing is expanded per pod: an edge has a class at its source and a set of classes at its
targets. Identity (a pod and itself, its node, finished pods) is not seen here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from netsim.compiler.programs import Cell, Program
from netsim.compiler.sets import ClassId, ClassSet
from netsim.graph import Graph
from netsim.matrix import members_within
from netsim.model.policy import Direction
from netsim.model.ports import NO_PORTS, PortSet

PortNumbers = NDArray[np.int32]

_WINDOW = 1024
"""Sources for which the ingress side is spelled out at a time: bounds the memory."""
_UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Edge:
    """From a class to some classes, on these ports."""

    source: ClassId
    targets: ClassSet
    ports: PortSet


@dataclass(frozen=True, slots=True)
class Difference:
    """Targets of a class to which other ports are open afterwards than before."""

    source: ClassId
    targets: ClassSet
    before: PortSet
    after: PortSet


@dataclass(slots=True)
class PortTable:
    """Numbers for sets of ports; 0 is the empty set."""

    ports: list[PortSet] = field(default_factory=lambda: [NO_PORTS])
    _numbers: dict[PortSet, int] = field(default_factory=lambda: {NO_PORTS: 0})

    def number(self, ports: PortSet) -> int:
        """The number of a set, given out on first sight."""
        found = self._numbers.get(ports)
        if found is None:
            found = self._numbers[ports] = len(self.ports)
            self.ports.append(ports)
        return found


def edges(graph: Graph) -> Iterator[Edge]:
    """Everything that is open, as disjoint edges in the order of their sources."""
    rows = PortRows(graph, PortTable())
    for source in range(rows.count):
        row = rows.row(ClassId(source))
        for number in np.flatnonzero(np.bincount(row)).tolist():
            if number:
                targets = _class_set(np.flatnonzero(row == number))
                yield Edge(ClassId(source), targets, rows.table.ports[number])


def differences(before: Graph, after: Graph) -> Iterator[Difference]:
    """Where the open ports differ, for graphs compiled together (`compile_together`)."""
    table = PortTable()
    left, right = PortRows(before, table), PortRows(after, table)
    for source in map(ClassId, range(left.count)):
        old, new = left.row(source), right.row(source)
        changed = np.flatnonzero(old != new)
        pairs = np.stack([old[changed], new[changed]], axis=1)
        for pair in np.unique(pairs, axis=0):
            targets = changed[(pairs == pair).all(axis=1)]
            ports = (table.ports[number] for number in pair.tolist())
            yield Difference(source, _class_set(targets), *ports)


class PortRows:
    """Reads rows of port numbers; cheapest when asked for one class after the other."""

    def __init__(self, graph: Graph, table: PortTable) -> None:
        self.table = table
        self.count = len(graph.compiled.classes)
        """Classes, which are the rows and the columns."""
        self._graph = graph
        programs: dict[int, int] = {}
        self._programs: list[Program] = []
        program_of: list[int] = []
        for class_id in range(self.count):
            program = graph.compiled.programs[Direction.INGRESS][ClassId(class_id)]
            number = programs.setdefault(id(program), len(programs))
            if number == len(self._programs):
                self._programs.append(program)
            program_of.append(number)
        self._program_of = np.array(program_of, np.int32)
        self._start = 0
        self._window = np.empty((0, 0), np.int32)
        self._meetings: dict[int, PortNumbers] = {}
        self._spread: tuple[Program | None, list[tuple[int, NDArray[np.intp]]]] = (None, [])

    def row(self, source: ClassId) -> PortNumbers:
        """By target class the number of the ports that one class may open to it."""
        accepted = self._accepted(source)
        row = np.zeros(self.count, np.int32)
        for number, targets in self._cells_of(source):
            row[targets] = self._met(number, accepted[self._program_of[targets]])
        return row

    def _cells_of(self, source: ClassId) -> list[tuple[int, NDArray[np.intp]]]:
        """The egress side; kept while neighbours have the same program."""
        program = self._graph.compiled.programs[Direction.EGRESS][source]
        if self._spread[0] is not program:
            cells = [
                (self.table.number(cell.ports), members_within(cell.peers, 0, self.count))
                for cell in self._graph.cells(program)
                if cell.ports
            ]
            self._spread = program, cells
        return self._spread[1]

    def _accepted(self, source: ClassId) -> PortNumbers:
        """By ingress program the number of the ports it accepts from a source."""
        place = source - self._start
        if not 0 <= place < len(self._window):
            self._start = source // _WINDOW * _WINDOW
            last = min(self._start + _WINDOW, self.count)
            spelled = np.empty((len(self._programs), last - self._start), np.int32)
            for number, program in enumerate(self._programs):
                self._spell_out(self._graph.cells(program), spelled[number])
            self._window = np.ascontiguousarray(spelled.T)
            place = source - self._start
        found: PortNumbers = self._window[place]
        return found

    def _spell_out(self, cells: tuple[Cell, ...], row: PortNumbers) -> None:
        last = self._start + len(row)
        largest = max(cells, key=lambda cell: len(cell.peers.octets))
        row[:] = self.table.number(largest.ports)
        for cell in cells:
            if cell is not largest:
                sources = members_within(cell.peers, self._start, last)
                row[sources] = self.table.number(cell.ports)

    def _met(self, egress: int, ingress: PortNumbers) -> PortNumbers:
        """The numbers of what both ends accept."""
        known = self._meetings.get(egress)
        if known is None or len(known) < len(self.table.ports):
            grown = np.full(2 * len(self.table.ports), _UNKNOWN, np.int32)
            grown[: 0 if known is None else len(known)] = () if known is None else known
            known = self._meetings[egress] = grown
        found = known[ingress]
        if found.size and found.min() == _UNKNOWN:
            ports = self.table.ports
            for number in np.unique(ingress[found == _UNKNOWN]).tolist():
                known[number] = self.table.number(ports[egress] & ports[number])
            found = known[ingress]
        return found


def _class_set(members: NDArray[np.intp]) -> ClassSet:
    first = int(members[0]) >> 3
    flags = np.zeros(int(members[-1]) + 1 - first * 8, np.uint8)
    flags[members - first * 8] = 1
    return ClassSet(first, np.packbits(flags, bitorder="little").tobytes())
