"""Whole rows of ports: what one class may open to every class, read off the programs' cells."""

from collections.abc import Callable

from netsim.compiler import Compiled
from netsim.compiler.programs import Cell, Program
from netsim.compiler.sets import ClassId, ClassSet
from netsim.model.policy import Direction
from netsim.model.ports import NO_PORTS, PortSet

_WINDOW = 256
"""Sources for which the ingress side is spelled out at a time: bounds the memory."""


class RowReader:
    """Reads rows; the ingress side is kept for a window of sources and shared among them."""

    def __init__(
        self, compiled: Compiled, cells: Callable[[Program], tuple[Cell, ...]]
    ) -> None:
        self._cells = cells
        self._egress = compiled.programs[Direction.EGRESS]
        ingress = compiled.programs[Direction.INGRESS]
        numbers: dict[int, int] = {}
        self._programs: list[Program] = []
        self._program_of: list[int] = []
        for class_id in range(len(compiled.classes)):
            program = ingress[ClassId(class_id)]
            number = numbers.setdefault(id(program), len(numbers))
            if number == len(self._programs):
                self._programs.append(program)
            self._program_of.append(number)
        self._start = 0
        self._window: list[list[PortSet]] = []
        self._common: dict[tuple[int, int], PortSet] = {}
        self._distinct: dict[PortSet, PortSet] = {}

    def row(self, source: ClassId) -> list[PortSet]:
        """The ports open to each class, by class id; equal sets are one object."""
        place = source - self._turned_to(source)
        accepted = [ports[place] for ports in self._window]
        result = [NO_PORTS] * len(self._program_of)
        for cell in self._cells(self._egress[source]):
            if cell.ports:
                self._fill(result, cell, accepted)
        return result

    def _fill(self, result: list[PortSet], cell: Cell, accepted: list[PortSet]) -> None:
        meeting = [self._meeting(cell.ports, ports) for ports in accepted]
        for target in cell.peers:
            result[target] = meeting[self._program_of[target]]

    def _turned_to(self, source: ClassId) -> int:
        """The first source of the window, which is moved if this one is not in it."""
        if not self._window or not self._start <= source < self._start + _WINDOW:
            self._start = source // _WINDOW * _WINDOW
            self._window = [self._spelled_out(program) for program in self._programs]
        return self._start

    def _spelled_out(self, program: Program) -> list[PortSet]:
        """What a program accepts from each source of the window."""
        parts = [
            (cell.peers.window(self._start, self._start + _WINDOW), cell.ports)
            for cell in self._cells(program)
        ]
        parts.sort(key=lambda part: part[0].bit_count(), reverse=True)
        result = [parts[0][1]] * _WINDOW
        for bits, ports in parts[1:]:
            for place in ClassSet.shifted(bits & (1 << _WINDOW) - 1, 0):
                result[place] = ports
        return result

    def _meeting(self, egress: PortSet, ingress: PortSet) -> PortSet:
        key = (id(egress), id(ingress))
        found = self._common.get(key)
        if found is None:
            both = egress & ingress
            found = self._common[key] = self._distinct.setdefault(both, both)
        return found
