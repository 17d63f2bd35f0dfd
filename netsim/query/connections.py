"""Everything that gets through, one row for each source and target."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from netsim.compiler.rules import ClassId
from netsim.graph import Exemption, Graph
from netsim.model.ports import ALL_PORTS, NO_PORTS, PortSet
from netsim.model.workload import Endpoint
from netsim.query.parties import Outside, Subject, outside_within, party_of, whole_space
from netsim.query.verdict import undecided_reasons
from netsim.query.worlds import Worlds


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
    table = _ClassPorts(worlds.graph)
    rows: list[Connection] = []
    if targets is None:
        targets = ((target, ALL_PORTS) for target in everyone)
    chosen = tuple(targets)
    for source in sources if sources is not None else everyone:
        for target, ports in chosen:
            through = table.between(source, target) & ports
            if through:
                reasons = undecided_reasons(source, target, worlds)
                rows.append(Connection(source, target, through, reasons))
    return tuple(_joined(rows))


def everyone_of(graph: Graph) -> tuple[Subject, ...]:
    """All running endpoints, then all addresses outside in groups that no rule splits."""
    running = (item for item in graph.compiled.snapshot.endpoints if not item.finished)
    return (*running, *outside_within(graph, whole_space()))


@dataclass(slots=True)
class _ClassPorts:
    """Ports between subjects, worked out once for each pair of classes."""

    graph: Graph
    _known: dict[tuple[ClassId, ClassId], PortSet]

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._known = {}

    def between(self, source: Subject, target: Subject) -> PortSet:
        if not (isinstance(source, Endpoint) or isinstance(target, Endpoint)):
            return NO_PORTS
        left, right = party_of(source), party_of(target)
        exemption = self.graph.exemption(left, right)
        if exemption is not None:
            return ALL_PORTS if exemption is Exemption.OWN_NODE else NO_PORTS
        result = NO_PORTS
        for pair in self.graph.class_pairs(left, right):
            found = self._known.get(pair)
            if found is None:
                found = self._known[pair] = self.graph.class_ports(*pair)
            result |= found
        return result


def _joined(rows: list[Connection]) -> Iterator[Connection]:
    """Rows whose outside addresses have the same answer, joined where the first one stood."""
    groups: dict[tuple[object, ...], list[Connection]] = {}
    for row in rows:
        source = Outside if isinstance(row.source, Outside) else row.source
        target = Outside if isinstance(row.target, Outside) else row.target
        groups.setdefault((source, target, row.ports, row.undecided), []).append(row)
    for group in groups.values():
        yield group[0] if len(group) == 1 else _one(group)


def _one(group: list[Connection]) -> Connection:
    first = group[0]
    return Connection(
        _together([row.source for row in group]),
        _together([row.target for row in group]),
        first.ports,
        first.undecided,
    )


def _together(subjects: list[Subject]) -> Subject:
    outside = [item for item in subjects if isinstance(item, Outside)]
    if not outside:
        return subjects[0]
    return Outside.joined(outside)
