"""Everything that gets through, one row for each source and target."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from netsim.compiler.classes import Face
from netsim.graph import Exemption, Graph, meetings
from netsim.model.flow import OwnNode
from netsim.model.ports import ALL_PORTS, NO_PORTS, PortSet
from netsim.model.workload import Endpoint
from netsim.query.parties import (
    Outside,
    Subject,
    outside_within,
    party_of,
    running,
    whole_space,
)
from netsim.query.verdict import undecided_reasons
from netsim.query.worlds import Worlds

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Connection:
    """A source may open connections to a target on these ports."""

    source: Subject
    target: Subject
    ports: PortSet
    undecided: tuple[str, ...] = ()
    """Why the ports may be wrong; empty when they are certain."""


def connections(
    worlds: Worlds,
    *,
    sources: Iterable[Subject] | None = None,
    targets: Iterable[tuple[Subject, PortSet]] | None = None,
) -> tuple[Connection, ...]:
    """The allowed connections between some sources and targets, cut down to a target's ports.

    By default everyone: all running endpoints and all addresses outside. Rows come in the
    order of sources, then targets, addresses last; addresses with the same answer share a
    row. Connections between two addresses outside, and of a pod with itself, are no rows.
    """
    everyone = everyone_of(worlds.graph)
    if targets is None:
        targets = ((target, ALL_PORTS) for target in everyone)
    table = _Table(worlds)
    inside, outside = _parted(everyone if sources is None else sources, lambda item: item)
    ends, beyond = _parted(targets, lambda item: item[0])
    rows = [row for source in inside for row in table.rows_from(source, ends, beyond)]
    rows += [row for target, asked in ends for row in table.rows_to(target, asked, outside)]
    return tuple(rows)


def everyone_of(graph: Graph) -> tuple[Subject, ...]:
    """All running endpoints, then all addresses outside in groups that no rule splits."""
    return (*running(graph), *outside_within(graph, whole_space()))


Target = tuple[Subject, PortSet]


class _Table:
    """Ports between subjects, worked out once for all whom no rule tells apart."""

    def __init__(self, worlds: Worlds) -> None:
        self._worlds = worlds
        self._looks: dict[tuple[Face, ...], int] = {}
        self._faces: list[tuple[Face, ...]] = []
        self._look_of: dict[int, int] = {}
        self._known: dict[tuple[int, int], PortSet] = {}
        self._joined: dict[tuple[int, ...], Outside] = {}

    def rows_from(
        self, source: Subject, ends: list[Target], beyond: list[Target]
    ) -> Iterator[Connection]:
        for target, asked in ends:
            through = self._between(source, target) & asked
            if through:
                yield self._row(source, target, through)
        joined: dict[PortSet, list[Subject]] = {}
        for target, asked in beyond:
            through = self._between(source, target) & asked
            if through:
                joined.setdefault(through, []).append(target)
        for ports, targets in joined.items():
            yield self._row(source, self._together(targets), ports)

    def rows_to(
        self, target: Subject, asked: PortSet, outside: list[Subject]
    ) -> Iterator[Connection]:
        joined: dict[PortSet, list[Subject]] = {}
        for source in outside:
            through = self._between(source, target) & asked
            if through:
                joined.setdefault(through, []).append(source)
        for ports, sources in joined.items():
            yield self._row(self._together(sources), target, ports)

    def _together(self, subjects: list[Subject]) -> Subject:
        """Addresses with one answer as one subject, the same object for the same addresses."""
        key = tuple(map(id, subjects))
        found = self._joined.get(key)
        if found is None:
            outside = (item for item in subjects if isinstance(item, Outside))
            found = self._joined[key] = Outside.joined(outside)
        return found

    def _row(self, source: Subject, target: Subject, ports: PortSet) -> Connection:
        if not self._worlds.snapshot.unmodelled:
            return Connection(source, target, ports)
        reasons = undecided_reasons(source, target, self._worlds)
        return Connection(source, target, ports, reasons)

    def _between(self, source: Subject, target: Subject) -> PortSet:
        if source is target and isinstance(source, Endpoint) and source.single:
            return NO_PORTS
        if _is_special(source) or _is_special(target):
            exemption = self._worlds.graph.exemption(party_of(source), party_of(target))
            if exemption is not None:
                return ALL_PORTS if exemption is Exemption.OWN_NODE else NO_PORTS
        pair = self._look(source), self._look(target)
        found = self._known.get(pair)
        if found is None:
            found = self._known[pair] = self._computed(*pair)
        return found

    def _computed(self, source: int, target: int) -> PortSet:
        result = NO_PORTS
        for pair in meetings(self._faces[source], self._faces[target]):
            result |= self._worlds.graph.class_ports(*pair)
        return result

    def _look(self, subject: Subject) -> int:
        """A number that subjects share whom no rule tells apart."""
        found = self._look_of.get(id(subject))
        if found is None:
            faces = self._worlds.graph.compiled.faces_of(party_of(subject))
            found = self._looks.setdefault(faces, len(self._looks))
            if found == len(self._faces):
                self._faces.append(faces)
            self._look_of[id(subject)] = found
        return found


def _is_special(subject: Subject) -> bool:
    """Whom the graph may settle by identity."""
    if isinstance(subject, Endpoint):
        return subject.host_network or subject.finished
    return isinstance(subject, OwnNode)


def _parted(
    items: Iterable[Item], subject_of: Callable[[Item], Subject]
) -> tuple[list[Item], list[Item]]:
    """What is inside the cluster, and what is outside."""
    inside: list[Item] = []
    outside: list[Item] = []
    for item in items:
        (outside if isinstance(subject_of(item), Outside) else inside).append(item)
    return inside, outside
