"""Looks at all pairs of two sets at once, and finds those on which something is wrong.

Targets that no rule tells apart are asked about once, and sources with the same answer share
what is found, so that the work grows with the number of different answers.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field

from netsim.graph import Graph
from netsim.model.flow import OwnNode
from netsim.model.ports import NO_PORTS, PortSet
from netsim.model.workload import Endpoint
from netsim.query.class_rows import PortSets
from netsim.query.parties import Outside, Subject, party_of
from netsim.query.table import Answer, Table, Target
from netsim.query.verdict import reasons_within
from netsim.query.worlds import Worlds


@dataclass(frozen=True, slots=True)
class Pairing:
    """A source and a target with the ports that something is wrong with."""

    source: Subject
    target: Subject
    ports: PortSet


@dataclass(slots=True)
class Tally:
    """What was found: the first pair, and how many there are."""

    first: Pairing | None = None
    count: int = 0
    asked: int = 0
    """Pairs that were looked at."""
    unknown: Pairing | None = None
    reasons: tuple[str, ...] = ()
    """Why it cannot be known of `unknown`."""

    def joined(self, other: "Tally") -> "Tally":
        """Both as one; what came first stays first."""
        known = self if self.unknown is not None else other
        return Tally(
            self.first or other.first,
            self.count + other.count,
            self.asked + other.asked,
            known.unknown,
            known.reasons,
        )


def _alike(_: Subject) -> Hashable:
    return None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is wrong with a pair."""

    wrong: Callable[[Subject, Subject, PortSet, PortSet], PortSet]
    """From a source, a target, the ports asked and those open, the ports that are wrong."""
    by_ports: bool = False
    """Whether `wrong` looks at the ports alone."""
    closed_matters: bool = False
    """Whether something may be wrong with a pair that has no open port."""
    kinship: Callable[[Subject], Hashable] = _alike
    """What `wrong` looks at of a source: sources alike in this have the same faults."""


@dataclass(slots=True)
class _Group:
    """Targets that no rule tells apart."""

    target: Subject
    asked: PortSet
    members: list[Subject] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Faults:
    """What is wrong between sources that are alike and all targets."""

    ports: dict[int, PortSet]
    """By the place of the group."""
    weight: int
    """How many targets those groups have."""


class _Side:
    """Some sources against one list of groups of targets."""

    def __init__(
        self, worlds: Worlds, sources: Sequence[Subject], groups: list[_Group]
    ) -> None:
        self.worlds = worlds
        self.groups = groups
        targets: list[Target] = [(group.target, group.asked) for group in groups]
        self.table = Table(worlds.graph, sources, targets, PortSets())
        self.place_of = {
            id(member): place for place, group in enumerate(groups) for member in group.members
        }
        self.known: dict[Hashable, _Faults] = {}
        self.bad: dict[tuple[int, int], PortSet] = {}
        """What was found of two sets of ports, by their identity: equal ones are one object."""

    def faults(self, source: Subject, judgement: Judgement) -> _Faults:
        """The groups with which something is wrong, and the ports."""
        answer, settled = self.table.answer(source), self.table.settled(source)
        settled_key = tuple((place, id(ports)) for place, ports in settled.items())
        key = (id(answer), settled_key, judgement.kinship(source))
        found = self.known.get(key)
        if found is None:
            ports = dict(self._faults(source, judgement, {**answer, **settled}))
            weight = sum(len(self.groups[place].members) for place in ports)
            found = self.known[key] = _Faults(ports, weight)
        return found

    def pairings(self, source: Subject, faults: _Faults) -> Iterator[Pairing]:
        """Every pair that something is wrong with."""
        for place, ports in faults.ports.items():
            for target in self.groups[place].members:
                if target is not source or not _is_single(source):
                    yield Pairing(source, target, ports)

    def _faults(
        self, source: Subject, judgement: Judgement, opened: Answer
    ) -> Iterator[tuple[int, PortSet]]:
        for place in range(len(self.groups)) if judgement.closed_matters else sorted(opened):
            group = self.groups[place]
            if isinstance(source, Outside) and isinstance(group.target, Outside):
                continue
            bad = self._bad(source, group, opened.get(place, NO_PORTS), judgement)
            if bad:
                yield place, bad

    def _bad(
        self, source: Subject, group: _Group, opened: PortSet, judgement: Judgement
    ) -> PortSet:
        if not judgement.by_ports:
            return judgement.wrong(source, group.target, group.asked, opened)
        key = (id(group.asked), id(opened))
        found = self.bad.get(key)
        if found is None:
            found = judgement.wrong(source, group.target, group.asked, opened)
            self.bad[key] = found
        return found


def survey(
    worlds: Worlds,
    sources: Sequence[Subject],
    targets: Sequence[Target],
    judgement: Judgement,
) -> Tally:
    """Holds every pair against a judgement; a single pod and itself are none.

    Nor are two addresses outside.

    Where a policy that is not evaluated may touch a pair, the pair is unknown and not wrong.
    """
    tally = Tally()
    plain = [source for source in sources if not _is_delicate(source)]
    delicate = [source for source in sources if _is_delicate(source)]
    every = [_Group(target, asked, [target]) for target, asked in targets]
    for some, groups in ((plain, _grouped(every, worlds.graph)), (delicate, every)):
        if some:
            side = _Side(worlds, some, groups)
            for source in some:
                _count(side, source, judgement, tally)
    return tally


def _count(side: _Side, source: Subject, judgement: Judgement, tally: Tally) -> None:
    own = side.place_of.get(id(source)) if _is_single(source) else None
    tally.asked += _pairs_of(source, side, own)
    faults = side.faults(source, judgement)
    if side.worlds.snapshot.gaps:
        _count_known(side, source, faults, tally)
        if tally.unknown is None:
            _look_for_unknown(side, source, own, tally)
        return
    tally.count += faults.weight - (own in faults.ports)
    if tally.first is None:
        tally.first = next(side.pairings(source, faults), None)


def _count_known(side: _Side, source: Subject, faults: _Faults, tally: Tally) -> None:
    """Counts pair by pair: a policy that is not evaluated may touch some of them."""
    for pairing in side.pairings(source, faults):
        if not unknown_reasons(pairing, side.worlds):
            tally.first = tally.first or pairing
            tally.count += 1


def _pairs_of(source: Subject, side: _Side, own: int | None) -> int:
    if isinstance(source, Outside):
        return sum(not isinstance(group.target, Outside) for group in side.groups)
    return len(side.place_of) - (own is not None)


def _look_for_unknown(side: _Side, source: Subject, own: int | None, tally: Tally) -> None:
    for place, group in enumerate(side.groups):
        if place == own and len(group.members) == 1:
            continue
        pairing = Pairing(source, group.target, group.asked)
        reasons = unknown_reasons(pairing, side.worlds)
        if reasons and not (isinstance(source, Outside) and isinstance(group.target, Outside)):
            tally.unknown, tally.reasons = pairing, reasons
            return


def unknown_reasons(pairing: Pairing, worlds: Worlds) -> tuple[str, ...]:
    """Why it cannot be known what passes between two parties; mostly nothing."""
    source, target = pairing.source, pairing.target
    if worlds.graph.exemption(party_of(source), party_of(target)) is not None:
        return ()
    ends = (item.namespace for item in (source, target) if isinstance(item, Endpoint))
    return reasons_within(ends, worlds)


def _grouped(every: list[_Group], graph: Graph) -> list[_Group]:
    groups: dict[Hashable, _Group] = {}
    for one in every:
        target = one.target
        alone = _is_delicate(target)
        key: Hashable = (
            id(target) if alone else (graph.compiled.faces_of(party_of(target)), one.asked)
        )
        group = groups.setdefault(key, _Group(target, one.asked))
        group.members.append(target)
    return list(groups.values())


def _is_delicate(subject: Subject) -> bool:
    """Whose traffic with some other may be settled by what they are, not by rules."""
    if isinstance(subject, Endpoint):
        return subject.host_network or subject.finished
    return isinstance(subject, OwnNode)


def _is_single(subject: Subject) -> bool:
    return isinstance(subject, Endpoint) and subject.single
