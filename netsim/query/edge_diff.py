"""Compares two lists of edges, where nothing else is known of at least one side."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from netsim.addresses import AddressRange
from netsim.model.policy import Direction
from netsim.model.ports import NO_PORTS, PortSet
from netsim.model.workload import Endpoint
from netsim.query.causes import Piece
from netsim.query.diff import Diff, FlowChange, Grade, ObjectChange
from netsim.query.edge_set import EdgeSet, SavedEdge, joined_ranges
from netsim.query.parties import Subject
from netsim.query.risk import Graded, graded

_NO_CAUSES = (
    "a side is a saved snapshot: causes, labels, namespaces and workloads without an edge "
    "are not known"
)
_Who = tuple[str, str, str]
_Spans = list[tuple[AddressRange, PortSet]]


def edge_diff(before: EdgeSet, after: EdgeSet) -> Diff:
    """What opened and closed; a workload is there where it has an edge."""
    left, right = _Sorted.of(before), _Sorted.of(after)
    reasons = tuple(dict.fromkeys((*before.reasons, *after.reasons)))
    unsure = left.unsure | right.unsure
    opened: list[FlowChange] = []
    closed: list[FlowChange] = []
    for ends, new, old in _differences(left, right):
        undecided = reasons if _key(*ends) in unsure else ()
        if new:
            grade: Graded = graded(*ends, Piece(new, (), frozenset[Direction]()))
            opened.append(FlowChange(*ends, new, (), *grade, undecided))
        if old:
            closed.append(FlowChange(*ends, old, (), Grade.NONE, (), undecided))
    return Diff(
        opened=tuple(opened),
        closed=tuple(closed),
        appeared=tuple(_objects("appeared", right, left)),
        vanished=tuple(_objects("vanished", left, right)),
        notes=(_NO_CAUSES,),
    )


@dataclass(slots=True)
class _Sorted:
    """Edges by their ends; those with addresses outside by endpoint and direction."""

    endpoints: dict[_Who, Endpoint] = field(default_factory=dict)
    inside: dict[tuple[_Who, _Who], PortSet] = field(default_factory=dict)
    beyond: dict[tuple[_Who, bool], _Spans] = field(default_factory=dict)
    unsure: set[object] = field(default_factory=set)

    @classmethod
    def of(cls, edges: EdgeSet) -> "_Sorted":
        found = cls()
        for edge in edges.edges:
            found.add(edge)
        return found

    def add(self, edge: SavedEdge) -> None:
        source, target = edge.source, edge.target
        for end in (source, target):
            if isinstance(end, Endpoint):
                self.endpoints[_who(end)] = end
        if isinstance(source, Endpoint) and isinstance(target, Endpoint):
            key = (_who(source), _who(target))
            self.inside[key] = self.inside.get(key, NO_PORTS) | edge.ports
        elif isinstance(source, Endpoint) and isinstance(target, AddressRange):
            self.beyond.setdefault((_who(source), True), []).append((target, edge.ports))
        elif isinstance(target, Endpoint) and isinstance(source, AddressRange):
            self.beyond.setdefault((_who(target), False), []).append((source, edge.ports))
        if edge.undecided:
            self.unsure.add(_key(source, target))


def _key(source: object, target: object) -> object:
    return tuple(_who(end) if isinstance(end, Endpoint) else "" for end in (source, target))


def _who(endpoint: Endpoint) -> _Who:
    return endpoint.namespace, endpoint.name, endpoint.kind


_Found = tuple[tuple[Subject, Subject], PortSet, PortSet]
"""Two ends, what opened between them, and what closed."""


def _differences(left: _Sorted, right: _Sorted) -> Iterator[_Found]:
    known = left.endpoints | right.endpoints
    for pair in sorted({*left.inside, *right.inside}):
        old, new = left.inside.get(pair, NO_PORTS), right.inside.get(pair, NO_PORTS)
        if old != new:
            yield (known[pair[0]], known[pair[1]]), new - old, old - new
    for who, outward in sorted({*left.beyond, *right.beyond}, key=lambda it: (not it[1], it)):
        key = (who, outward)
        for subject, new, old in _spans(left.beyond.get(key, []), right.beyond.get(key, [])):
            ends = (known[who], subject) if outward else (subject, known[who])
            yield ends, new, old


def _spans(before: _Spans, after: _Spans) -> Iterator[tuple[Subject, PortSet, PortSet]]:
    """Addresses by what opened and closed on them: ranges are cut where either side ends."""
    groups: dict[tuple[PortSet, PortSet], list[AddressRange]] = {}
    for family in sorted({item.first.version for item, _ in (*before, *after)}):
        left, right = (
            [it for it in some if it[0].first.version == family] for some in (before, after)
        )
        for span in _cuts([item for item, _ in (*left, *right)]):
            old, new = _open(left, span), _open(right, span)
            if old != new:
                groups.setdefault((new - old, old - new), []).append(span)
    for (opened, closed), ranges in groups.items():
        for subject in joined_ranges(ranges):
            yield subject, opened, closed


def _cuts(ranges: Iterable[AddressRange]) -> Iterator[AddressRange]:
    listed = list(ranges)
    kind = type(listed[0].first)
    edges = {int(item.first) for item in listed} | {int(item.last) + 1 for item in listed}
    bounds = sorted(edges)
    for start, end in pairwise(bounds):
        yield AddressRange(kind(start), kind(end - 1))


def _open(spans: _Spans, part: AddressRange) -> PortSet:
    found = NO_PORTS
    for item, ports in spans:
        if int(item.first) <= int(part.first) and int(part.last) <= int(item.last):
            found |= ports
    return found


def _objects(word: str, here: _Sorted, there: _Sorted) -> Iterator[ObjectChange]:
    for who in sorted(here.endpoints.keys() - there.endpoints.keys()):
        yield ObjectChange(word, who[2], who[0], who[1])
