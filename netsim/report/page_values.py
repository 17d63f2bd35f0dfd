"""What the offline report shows, as one plain value: parties, rows, rules, and places.

Rows are shared by the parties that have the same one, and sets of parties are bit strings, so
that the value grows with what differs and not with the number of pairs.
"""

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from netsim.graph import Graph
from netsim.model.policy import Direction
from netsim.model.ports import ALL_PORTS, PortSet
from netsim.model.workload import Endpoint
from netsim.query.connections import End, Fan, fans
from netsim.query.diff import Diff
from netsim.query.parties import Outside, Subject, party_of, subject_name
from netsim.query.worlds import Worlds
from netsim.report.diffs import diff_summary, diff_table
from netsim.report.shapes import short_name
from netsim.report.values import Value
from netsim.source import Place, Source

Locate = Callable[[Source], Place]


@dataclass(frozen=True, slots=True)
class PageFacts:
    """A cluster as the page needs it."""

    worlds: Worlds
    marks: Callable[[Endpoint], tuple[str, ...]]
    """What makes answers about an endpoint unsound, in short words."""
    locate: Locate


def page_value(title: str, version: str, facts: PageFacts) -> dict[str, Value]:
    """Everything that the page of one cluster shows."""
    worlds, locate = facts.worlds, facts.locate
    parties = _Parties()
    for endpoint in worlds.snapshot.endpoints:
        parties.number(endpoint)
    rows = _Rows(parties)
    for fan in fans(worlds):
        rows.add(fan)
    graph = worlds.graph
    return {
        "title": title,
        "version": version,
        "namespaces": list(_namespaces(worlds)),
        "rows": rows.value(),
        "parties": [_party(it, facts, rows) for it in parties.members],
        "internet": _internet(worlds, parties),
        "ports": list(rows.texts.members),
        "classes": len(graph.compiled.classes),
        "rules": list(_rules(graph, locate)),
        "gaps": [
            _gap(item.kind, item.namespace, item.name) for item in worlds.snapshot.unmodelled
        ],
    }


_Answer = tuple[int, int, int]
"""Numbers of the ports, of why they are undecided, and of the target."""


def changes_value(diff: Diff) -> dict[str, Value]:
    """What the page shows of a diff, beside the cluster after it."""
    table = diff_table(diff)
    return {
        "summary": diff_summary(diff),
        "columns": [column.capitalize() for column in table.columns],
        "rows": [list(row) for row in table.rows],
    }


@dataclass(slots=True)
class _Texts:
    """Texts by number, each once."""

    members: dict[str, int] = field(default_factory=dict)

    def number(self, text: str) -> int:
        return self.members.setdefault(text, len(self.members))


@dataclass(slots=True)
class _Parties:
    """Endpoints in the order of the snapshot, then all groups of addresses that rows name."""

    members: list[Subject] = field(default_factory=list)
    _numbers: dict[object, int] = field(default_factory=dict)

    def number(self, subject: Subject) -> int:
        key: object = subject.ranges if isinstance(subject, Outside) else id(subject)
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = len(self.members)
            self.members.append(subject)
        return found


@dataclass(slots=True)
class _Rows:
    """Whom parties reach; parties with one answer share a row."""

    parties: _Parties
    texts: _Texts = field(default_factory=_Texts)
    of: dict[int, int] = field(default_factory=dict)
    """Party to its row; those that reach nobody have none."""
    alone: set[int] = field(default_factory=set)
    """Single pods, whose row is not about themselves."""
    _known: dict[tuple[_Answer, ...], int] = field(default_factory=dict)
    _ends: dict[int, tuple[object, list[_Answer]]] = field(default_factory=dict)
    _outside: dict[int, list[_Answer]] = field(default_factory=dict)

    def add(self, fan: Fan) -> None:
        source = self.parties.number(fan.source)
        if isinstance(fan.source, Outside):
            self._outside.setdefault(source, []).extend(self._told(fan.ends))
            return
        if fan.without >= 0:
            self.alone.add(source)
        if id(fan.ends) not in self._ends:
            # the ends are kept, so that no other ones get their identity
            self._ends[id(fan.ends)] = (fan.ends, self._told(fan.ends))
        self._put(source, self._ends[id(fan.ends)][1])

    def value(self) -> list[Value]:
        """Each row as [ports, why undecided, members as bits] for each answer in it."""
        for source, told in self._outside.items():
            self._put(source, told)
        return [self._packed(row) for row in self._known]

    def _told(self, ends: Iterable[End]) -> list[_Answer]:
        return [
            (
                self.texts.number(str(ports)),
                self.texts.number("; ".join(reasons)),
                self.parties.number(target),
            )
            for target, ports, reasons in ends
        ]

    def _put(self, source: int, told: list[_Answer]) -> None:
        self.of[source] = self._known.setdefault(tuple(told), len(self._known))

    def _packed(self, row: tuple[_Answer, ...]) -> list[Value]:
        members: dict[tuple[int, int], int] = {}
        for ports, why, target in row:
            members[ports, why] = members.get((ports, why), 0) | 1 << target
        return [[ports, why, packed(bits)] for (ports, why), bits in members.items()]


def packed(bits: int) -> str:
    """A set of numbers as Base64 of its bits, the lowest first."""
    return b64encode(bits.to_bytes(-(-bits.bit_length() // 8), "little")).decode()


def _party(subject: Subject, facts: PageFacts, rows: _Rows) -> dict[str, Value]:
    graph = facts.worlds.graph
    number = rows.parties.number(subject)
    common: dict[str, Value] = {
        "row": rows.of.get(number),
        "alone": number in rows.alone,
        "classes": [face.class_id for face in graph.compiled.faces_of(party_of(subject))],
    }
    if not isinstance(subject, Endpoint):
        return {"name": short_name(subject), "exact": subject_name(subject), **common}
    place = facts.locate(subject.source)
    return {
        "namespace": subject.namespace,
        "name": subject.name,
        "kind": subject.kind,
        "labels": str(subject.labels),
        "replicas": subject.replicas,
        "marks": list(dict.fromkeys((*facts.marks(subject), *_finished(subject)))),
        "place": _place(place),
        **common,
    }


def _finished(endpoint: Endpoint) -> tuple[str, ...]:
    return ("finished",) if endpoint.finished else ()


def _namespaces(worlds: Worlds) -> Iterator[Value]:
    namespaces = worlds.snapshot.namespaces
    for name, endpoints, ingress, egress in isolation(worlds):
        yield {
            "name": name,
            "labels": str(namespaces[name].labels),
            "endpoints": endpoints,
            "ingress": ingress,
            "egress": egress,
        }


def isolation(worlds: Worlds) -> Iterator[tuple[str, int, int, int]]:
    """By namespace how many run in it, and how many of them are isolated in each direction."""
    graph = worlds.graph
    inside: dict[str, list[Endpoint]] = {name: [] for name in worlds.snapshot.namespaces}
    for item in worlds.directory.running:
        inside.setdefault(item.namespace, []).append(item)
    for name, running in inside.items():
        ingress, egress = (
            sum(bool(graph.isolating(item, way)) for item in running)
            for way in (Direction.INGRESS, Direction.EGRESS)
        )
        yield name, len(running), ingress, egress


def _internet(worlds: Worlds, parties: _Parties) -> dict[str, Value]:
    """Which endpoints public addresses reach, and which reach some."""
    public = worlds.directory.internet
    inward: dict[int, PortSet] = {}
    for fan in fans(worlds, sources=public):
        for target, ports, _ in fan.rows:
            if isinstance(target, Endpoint):
                number = parties.number(target)
                inward[number] = inward.get(number, PortSet()) | ports
    outward: dict[int, PortSet] = {}
    targets = [(subject, ALL_PORTS) for subject in public]
    inside = [it for it in worlds.directory.everyone if isinstance(it, Endpoint)]
    for fan in fans(worlds, sources=inside, targets=targets):
        number = parties.number(fan.source)
        for _, ports, _ in fan.rows:
            outward[number] = outward.get(number, PortSet()) | ports
    return {
        "reaches": [[number, str(ports)] for number, ports in sorted(inward.items())],
        "reached": [[number, str(ports)] for number, ports in sorted(outward.items())],
    }


def _rules(graph: Graph, locate: Locate) -> Iterator[Value]:
    """Every compiled rule in the order they are asked, so that the page can say why."""
    compiled = graph.compiled
    sources = {policy.ref: policy for policy in compiled.snapshot.all_policies}
    for rule in sorted(compiled.rules, key=lambda rule: rule.rank):
        yield {
            "policy": str(rule.ref.policy),
            "kind": rule.ref.policy.kind,
            "rule": str(rule.ref).removeprefix(f"{rule.ref.policy} "),
            "tier": rule.tier.name.lower(),
            "action": rule.action.value,
            "egress": rule.direction is Direction.EGRESS,
            "isolates": rule.ref.index is None,
            "subjects": packed(compiled.sets[rule.subjects].bits),
            "peers": packed(compiled.sets[rule.peers].bits),
            "ports": str(rule.ports),
            "spans": [[it.protocol.value, it.first, it.last] for it in rule.ports],
            "place": _place(locate(sources[rule.ref.policy].place_of(rule.ref))),
        }


def _gap(kind: str, namespace: str, name: str) -> str:
    return f"{kind} {namespace}/{name}" if namespace else f"{kind} {name}"


def _place(place: Place) -> str:
    return str(place) if place.line else place.file
