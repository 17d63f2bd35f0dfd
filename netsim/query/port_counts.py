"""Who reaches whom as a matrix of ports: workloads or namespaces, and addresses outside."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from netsim.edges import PortTable
from netsim.matrix import Bools, Numbers
from netsim.model.ports import NO_PORTS, PortSet
from netsim.model.workload import Endpoint
from netsim.query.connections import End, Fan, fans
from netsim.query.networks import node_names
from netsim.query.parties import Outside, Subject
from netsim.query.tidy import PORTS, port_records
from netsim.query.worlds import Worlds
from netsim.views import Plotted, Record, Shown, Tidy

if TYPE_CHECKING:
    import networkx as nx

By = Literal["workload", "namespace"]
INTERNET, ELSEWHERE = "internet", "other addresses"
"""The last two rows and columns: public addresses, and all others that no pod has."""


@dataclass(frozen=True, slots=True, eq=False)
class Matrix(Shown, Plotted, Tidy):
    """Which ports sources (rows) may open to targets (columns), all arrays of shape (n, n).

    Of several pairs, as between namespaces or with addresses, a port counts that is open
    between at least one pair.
    """

    COLUMNS: ClassVar = {
        "source": str,
        "source_namespace": str,
        "target": str,
        "target_namespace": str,
        **PORTS,
        "pairs": int,
        "of": int,
        "undecided": bool,
    }

    by: By
    asked: PortSet
    """The ports that count."""
    names: tuple[str, ...]
    """Rows and columns, by namespace; `internet` and `other addresses` last."""
    namespaces: tuple[str, ...]
    """The namespace of each; empty for addresses."""
    ports: Numbers
    """How many single ports are open, int64."""
    pairs: Numbers
    """How many pairs have some port open, int64; all addresses of a kind count as one."""
    of: Numbers
    """How many pairs there are, int64; 0 for a pod and itself and between addresses."""
    undecided: Bools
    """Where some of it may be wrong."""
    _codes: Numbers = field(repr=False)
    _sets: tuple[PortSet, ...] = field(repr=False)

    def port_set(self, source: int, target: int) -> PortSet:
        """The open ports of one cell, by row and column."""
        return self._sets[int(self._codes[source, target])]

    def to_dicts(self) -> list[dict[str, object]]:
        """One flat dictionary for each cell that has an open port or is undecided."""
        return [
            {
                "source": self.names[row],
                "target": self.names[column],
                "ports": str(self.port_set(row, column)),
                "count": int(self.ports[row, column]),
                "pairs": int(self.pairs[row, column]),
                "of": int(self.of[row, column]),
                "undecided": bool(self.undecided[row, column]),
            }
            for row, column in self._cells()
        ]

    def to_networkx(self) -> "nx.MultiDiGraph[str]":
        """One node for each row, one edge for each range of ports of a cell.

        Nodes have `namespace`; edges have `protocol`, `first`, `last` (both included),
        `pairs`, `of` (int) and `undecided` (bool).
        """
        import networkx as nx

        result: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        for name, namespace in zip(self.names, self.namespaces, strict=True):
            result.add_node(name, namespace=namespace)
        for row, column in self._cells():
            for span in self.port_set(row, column):
                result.add_edge(
                    self.names[row],
                    self.names[column],
                    key=str(span),
                    protocol=span.protocol.value,
                    first=span.first,
                    last=span.last,
                    pairs=int(self.pairs[row, column]),
                    of=int(self.of[row, column]),
                    undecided=bool(self.undecided[row, column]),
                )
        return result

    def _cells(self) -> Iterator[tuple[int, int]]:
        yield from map(tuple, np.argwhere((self.ports > 0) | self.undecided).tolist())

    def _records(self) -> Iterator[Record]:
        for row, column in self._cells():
            ends = (
                *(self.names[row], self.namespaces[row]),
                *(self.names[column], self.namespaces[column]),
            )
            counts = int(self.pairs[row, column]), int(self.of[row, column])
            for ports in port_records(self.port_set(row, column)):
                yield *ends, *ports, *counts, bool(self.undecided[row, column])


def matrix(worlds: Worlds, by: By, asked: PortSet, *, strict: bool = False) -> Matrix:
    """The matrix of all running endpoints on some ports."""
    cells = _Cells.of(worlds)
    running, public, private = (
        worlds.directory.running,
        worlds.directory.internet,
        worlds.directory.private,
    )
    passes: tuple[tuple[tuple[Subject, ...], tuple[Subject, ...], str], ...] = (
        ((*running, *public), (*running, *public), INTERNET),
        (running, private, ELSEWHERE),
        (private, running, ELSEWHERE),
    )
    for sources, targets, outside in passes:
        ends = [(target, asked) for target in targets]
        rows = fans(worlds, sources=sources, targets=ends, strict=strict)
        cells.take(rows, outside)
    whole = cells.matrix(asked)
    return whole if by == "workload" else _by_namespace(whole, cells.table)


@dataclass(slots=True)
class _Cells:
    """Cells by the numbers of port sets, filled row by row."""

    endpoints: list[Endpoint]
    place_of: dict[int, int]
    codes: Numbers
    undecided: Bools
    table: PortTable = field(default_factory=PortTable)
    _rows: dict[int, tuple[tuple[End, ...], Numbers, Bools]] = field(default_factory=dict)

    @classmethod
    def of(cls, worlds: Worlds) -> "_Cells":
        """Endpoints by namespace, name and kind; nothing is open yet."""
        inside = sorted(
            worlds.directory.running, key=lambda it: (it.namespace, it.name, it.kind)
        )
        shape = (len(inside) + 2, len(inside) + 2)
        places = {id(item): place for place, item in enumerate(inside)}
        return cls(inside, places, np.zeros(shape, np.int64), np.zeros(shape, np.bool_))

    def take(self, rows: Iterable[Fan], outside: str) -> None:
        """Adds what some fans say, where every address outside is of one kind."""
        self._rows.clear()
        for fan in rows:
            if isinstance(fan.source, Outside):
                for target, ports, reasons in fan.rows:
                    self._add(
                        self._place(fan.source, outside), (target, ports, reasons), outside
                    )
                continue
            source = self._place(fan.source, outside)
            if id(fan.ends) not in self._rows:
                self._rows[id(fan.ends)] = (fan.ends, *self._row(fan.ends, outside))
            _, codes, undecided = self._rows[id(fan.ends)]
            own = self.codes[source, source], self.undecided[source, source]
            filled = codes > 0
            self.codes[source, filled] = codes[filled]
            self.undecided[source] |= undecided
            if fan.without >= 0:
                self.codes[source, source], self.undecided[source, source] = own

    def matrix(self, asked: PortSet) -> Matrix:
        """The finished matrix."""
        sizes = np.array([len(ports) for ports in self.table.ports], np.int64)
        ports = sizes[self.codes]
        of = np.ones_like(ports)
        of[-2:, -2:] = 0
        alone = [place for place, item in enumerate(self.endpoints) if item.single]
        of[alone, alone] = 0
        names = tuple(map(node_names(self.endpoints), self.endpoints))
        return Matrix(
            by="workload",
            asked=asked,
            names=(*names, INTERNET, ELSEWHERE),
            namespaces=(*(item.namespace for item in self.endpoints), "", ""),
            ports=ports,
            pairs=(ports > 0).astype(np.int64),
            of=of,
            undecided=self.undecided,
            _codes=self.codes,
            _sets=tuple(self.table.ports),
        )

    def _row(self, ends: tuple[End, ...], outside: str) -> tuple[Numbers, Bools]:
        codes = np.zeros(len(self.codes), np.int64)
        undecided = np.zeros(len(self.codes), np.bool_)
        for target, ports, reasons in ends:
            place = self._place(target, outside)
            codes[place] = self._joined(codes[place], ports)
            undecided[place] |= bool(reasons)
        return codes, undecided

    def _add(self, source: int, end: End, outside: str) -> None:
        target, ports, reasons = end
        place = self._place(target, outside)
        self.codes[source, place] = self._joined(self.codes[source, place], ports)
        self.undecided[source, place] |= bool(reasons)

    def _joined(self, code: int, ports: PortSet) -> int:
        return self.table.number(self.table.ports[code] | ports)

    def _place(self, subject: Subject, outside: str) -> int:
        if isinstance(subject, Outside):
            return len(self.codes) - (2 if outside == INTERNET else 1)
        return self.place_of[id(subject)]


def _by_namespace(whole: Matrix, table: PortTable) -> Matrix:
    """Cells of one pair of namespaces as one."""
    keys = [*whole.namespaces[:-2], *whole.names[-2:]]
    names = list(dict.fromkeys(keys))
    starts = np.array([keys.index(name) for name in names])

    def summed(values: Numbers) -> Numbers:
        rows = np.add.reduceat(values, starts, axis=0)
        found: Numbers = np.add.reduceat(rows, starts, axis=1)
        return found

    bounds = [*starts.tolist(), len(keys)]
    codes = np.zeros((len(names), len(names)), np.int64)
    for row in range(len(names)):
        for column in range(len(names)):
            block = whole._codes[  # noqa: SLF001 - of its own kind
                bounds[row] : bounds[row + 1], bounds[column] : bounds[column + 1]
            ]
            ports = NO_PORTS
            for code in np.unique(block).tolist():
                ports |= table.ports[code]
            codes[row, column] = table.number(ports)
    sizes = np.array([len(ports) for ports in table.ports], np.int64)
    return Matrix(
        by="namespace",
        asked=whole.asked,
        names=tuple(names),
        namespaces=(*names[:-2], "", ""),
        ports=sizes[codes],
        pairs=summed(whole.pairs),
        of=summed(whole.of),
        undecided=summed(whole.undecided.astype(np.int64)) > 0,
        _codes=codes,
        _sets=tuple(table.ports),
    )
