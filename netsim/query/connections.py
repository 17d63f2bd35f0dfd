"""Everything that gets through, one row for each source and target."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from netsim.graph import Graph
from netsim.model.ports import ALL_PORTS, NO_PORTS, PortSet
from netsim.model.workload import Endpoint
from netsim.query.class_rows import PortSets
from netsim.query.directory import Directory
from netsim.query.parties import Outside, Subject
from netsim.query.table import Answer, Table, Target
from netsim.query.verdict import UNRESOLVED, assumption_of, reasons_within, rests_on
from netsim.query.worlds import Worlds


@dataclass(frozen=True, slots=True)
class Connection:
    """A source may open connections to a target on these ports."""

    source: Subject
    target: Subject
    ports: PortSet
    undecided: tuple[str, ...] = ()
    """Why the ports may be wrong; empty when they are certain."""


End = tuple[Subject, PortSet, tuple[str, ...]]
"""The target of a connection, its ports, and why they may be wrong."""


@dataclass(frozen=True, slots=True)
class Fan:
    """The connections of one source, in order.

    Sources that no rule tells apart share `ends`, the same object with the same members.
    """

    source: Subject
    ends: tuple[End, ...]
    without: int = -1
    """The place of the source itself among the ends, if it is there and is no row."""

    @property
    def rows(self) -> tuple[End, ...]:
        """The ends that are rows."""
        if self.without < 0:
            return self.ends
        return self.ends[: self.without] + self.ends[self.without + 1 :]

    def __len__(self) -> int:
        return len(self.ends) - (self.without >= 0)


def connections(
    worlds: Worlds,
    *,
    sources: Iterable[Subject] | None = None,
    targets: Iterable[Target] | None = None,
    strict: bool = False,
) -> tuple[Connection, ...]:
    """The allowed connections between some sources and targets, cut down to a target's ports.

    By default everyone: all running endpoints and all addresses outside. Rows come in the
    order of sources, then targets, addresses last; addresses with the same answer share a
    row. Connections between two addresses outside, and of a pod with itself, are no rows.

    With `strict`, rows that another setting of an open behaviour would change are undecided;
    a pair that has no open port, and would have one under another setting, is such a row.
    """
    found = fans(worlds, sources=sources, targets=targets, strict=strict)
    return tuple(Connection(fan.source, *end) for fan in found for end in fan.rows)


def fans(
    worlds: Worlds,
    *,
    sources: Iterable[Subject] | None = None,
    targets: Iterable[Target] | None = None,
    strict: bool = False,
) -> Iterator[Fan]:
    """The rows of `connections` in the same order, without an object for each of them."""
    everyone = worlds.directory.everyone
    if targets is None:
        targets = ((target, ALL_PORTS) for target in everyone)
    inside, outside = _parted(everyone if sources is None else sources)
    ends = sorted(targets, key=lambda target: isinstance(target[0], Outside))
    yield from _Rows(worlds, (inside, outside), ends, strict=strict).fans()


def everyone_of(graph: Graph) -> tuple[Subject, ...]:
    """All running endpoints, then all addresses outside in groups that no rule splits."""
    return Directory(graph).everyone


class _Rows:
    """The answers of one world or of several, as rows."""

    def __init__(
        self,
        worlds: Worlds,
        sources: tuple[list[Subject], list[Subject]],
        targets: list[Target],
        *,
        strict: bool,
    ) -> None:
        self._worlds = worlds
        self._inside, self._outside = sources
        self._targets = targets
        self._within = sum(not isinstance(target, Outside) for target, _ in targets)
        self._place_of = {id(target): place for place, (target, _) in enumerate(targets)}
        doubts = worlds.doubts()
        others = (*doubts, *(worlds.alternatives() if strict else ()))
        graphs = (worlds.graph, *(other.graph for other in others))
        both, port_sets = (*self._inside, *self._outside), PortSets()
        self._tables = [Table(graph, both, targets, port_sets) for graph in graphs]
        self._changed = [UNRESOLVED] * len(doubts)
        self._changed += (rests_on(assumption_of(it, worlds)) for it in others[len(doubts) :])
        self._shared: dict[tuple[object, ...], tuple[End, ...]] = {}
        self._ends: dict[tuple[int, int, tuple[str, ...]], End] = {}
        self._joined: dict[tuple[int, ...], Outside] = {}
        self._reasons: dict[tuple[str, str], tuple[str, ...]] = {}

    def fans(self) -> Iterator[Fan]:
        """Sources inside in order, then addresses outside target by target."""
        for source in self._inside:
            ends = self._reached(source)
            fan = Fan(source, ends, self._itself(source, ends))
            if len(fan):
                yield fan
        yield from self._from_outside()

    def _reached(self, source: Subject) -> tuple[End, ...]:
        """Targets inside as they come, then those outside with one answer together."""
        answers, settled = self._answers(source)
        key = self._key(source, answers, settled)
        found = self._shared.get(key)
        if found is None:
            found = tuple(self._joined_ends(self._judged(source, answers, settled)))
            self._shared[key] = found
        return found

    def _key(
        self, source: Subject, answers: list[Answer], settled: list[Answer]
    ) -> tuple[object, ...]:
        """Sources with the same key have the same ends."""
        # what is unknown depends on the namespaces of both ends, beside the rules
        place = _namespace(source) if self._worlds.snapshot.gaps else ""
        fixed = (tuple((n, id(ports)) for n, ports in some.items()) for some in settled)
        return (place, *map(id, answers), *fixed)

    def _answers(self, source: Subject) -> tuple[list[Answer], list[Answer]]:
        """World by world what the rules say, and what identity settles."""
        answers = [table.answer(source) for table in self._tables]
        return answers, [table.settled(source) for table in self._tables]

    def _judged(
        self, source: Subject, answers: list[Answer], settled: list[Answer]
    ) -> Iterator[tuple[int, PortSet, tuple[str, ...]]]:
        """Every target that has a row, with ports and reasons, in order."""
        unknown = bool(self._worlds.snapshot.gaps)
        if not (unknown or self._changed or any(settled)):
            yield from ((place, ports, ()) for place, ports in answers[0].items())
            return
        found = [{**said, **fixed} for said, fixed in zip(answers, settled, strict=True)]
        for place in sorted(set().union(*found)):
            ports, *others = (answer.get(place, NO_PORTS) for answer in found)
            resting = dict.fromkeys(
                reason
                for reason, other in zip(self._changed, others, strict=True)
                if other != ports
            )
            if ports or resting:
                apart = place in settled[0] or not unknown
                reasons = () if apart else self._unknown(source, place)
                yield place, ports, (*reasons, *resting)

    def _joined_ends(
        self, judged: Iterable[tuple[int, PortSet, tuple[str, ...]]]
    ) -> Iterator[End]:
        beyond: dict[tuple[PortSet, tuple[str, ...]], list[int]] = {}
        for place, ports, reasons in judged:
            if place < self._within:
                yield self._end(place, ports, reasons)
            else:
                beyond.setdefault((ports, reasons), []).append(place)
        for (ports, reasons), places in beyond.items():
            subjects = [self._targets[place][0] for place in places]
            yield self._together(subjects), ports, reasons

    def _from_outside(self) -> Iterator[Fan]:
        """Addresses outside with one answer together, target by target."""
        alike: dict[tuple[object, ...], list[Subject]] = {}
        for source in self._outside:
            alike.setdefault(self._key(source, *self._answers(source)), []).append(source)
        groups: dict[int, dict[int, tuple[End, list[Subject]]]] = {}
        for sources in alike.values():
            for place, ports, reasons in self._judged(sources[0], *self._answers(sources[0])):
                if place < self._within:
                    end = self._end(place, ports, reasons)
                    group = groups.setdefault(place, {}).setdefault(id(end), (end, []))
                    group[1].extend(sources)
        for place in sorted(groups):
            for end, subjects in groups[place].values():
                yield Fan(self._together(subjects), (end,))

    def _end(self, place: int, ports: PortSet, reasons: tuple[str, ...]) -> End:
        """One object for equal ends of one list of targets."""
        key = (place, id(ports), reasons)
        found = self._ends.get(key)
        if found is None:
            found = self._ends[key] = (self._targets[place][0], ports, reasons)
        return found

    def _together(self, subjects: list[Subject]) -> Subject:
        """Addresses with one answer as one subject, the same object for the same addresses."""
        key = tuple(map(id, subjects))
        found = self._joined.get(key)
        if found is None:
            outside = (item for item in subjects if isinstance(item, Outside))
            found = self._joined[key] = Outside.joined(outside)
        return found

    def _itself(self, source: Subject, ends: tuple[End, ...]) -> int:
        """Where a single pod stands among its ends: it reaches itself without the network."""
        if not isinstance(source, Endpoint) or not source.single:
            return -1
        wanted = self._place_of.get(id(source))
        if wanted is None:
            return -1
        beyond = len(self._targets)
        place = bisect_left(
            ends, wanted, key=lambda end: self._place_of.get(id(end[0]), beyond)
        )
        return place if place < len(ends) and ends[place][0] is source else -1

    def _unknown(self, source: Subject, place: int) -> tuple[str, ...]:
        namespaces = _namespace(source), _namespace(self._targets[place][0])
        found = self._reasons.get(namespaces)
        if found is None:
            found = self._reasons[namespaces] = reasons_within(namespaces, self._worlds)
        return found


def _namespace(subject: Subject) -> str:
    """Empty for what is in none."""
    return subject.namespace if isinstance(subject, Endpoint) else ""


def _parted(subjects: Iterable[Subject]) -> tuple[list[Subject], list[Subject]]:
    """What is inside the cluster, and what is outside."""
    inside: list[Subject] = []
    outside: list[Subject] = []
    for item in subjects:
        (outside if isinstance(item, Outside) else inside).append(item)
    return inside, outside
