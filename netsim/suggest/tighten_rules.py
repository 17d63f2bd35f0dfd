"""Narrows the rules of a policy in one direction to what is needed of them.

A rule of which everything is needed stays as it is written. Of any other one stays what is
needed: its own peers and ports where all of what they mean is, else labels, addresses and
numbers. What not all of the policy's pods need goes to policies of those that do.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from netsim.model.policy import AnyPeer, Peer, Rule
from netsim.model.ports import NO_PORTS, PortSet, RulePort
from netsim.model.workload import Endpoint
from netsim.query.parties import Subject
from netsim.suggest.needs_peers import Look, Named, Population, Ports, grouped, look, numbered
from netsim.suggest.tighten_reading import Reading

Needed = Mapping[Subject, Ports]
"""By subject its peers and the ports on which they are needed."""
_Mine = Mapping[Endpoint, Ports]


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What becomes of the rules of a direction."""

    rules: tuple[tuple[int, Rule], ...]
    """Each with the place of the rule that it comes from."""
    apart: Mapping[Look, tuple[Rule, ...]]
    """Rules for some of the subjects only."""


Rest = dict[Subject, dict[Subject, PortSet]]
"""What is needed and no rule has been found for yet."""


def needed_whole(reading: Reading, needed: Needed, rest: Rest) -> tuple[int, ...]:
    """The rules of which all that they let through is needed; it is taken from the rest."""
    found = tuple(
        index for index in range(len(reading.rules)) if _is_needed(reading, index, needed)
    )
    for subject in reading.subjects:
        left = rest.get(subject, {})
        for peer, ports in left.items():
            for index in found:
                ports -= reading.accepted(index, subject, peer)  # noqa: PLW2901 - what is left
            left[peer] = ports
    return found


def narrowed(
    reading: Reading, kept: Container[int], rest: Rest, population: Population
) -> Narrowed:
    """The rules cut down to what is needed; they accept nothing that they did not.

    Those that are `kept` stay. What the others keep open is taken from the rest.
    """
    return _Narrowing(reading, kept, rest, population).result()


class _Narrowing:
    def __init__(
        self, reading: Reading, kept: Container[int], rest: Rest, population: Population
    ) -> None:
        self.reading = reading
        self.kept = kept
        self.rest = rest
        self.population = population

    def result(self) -> Narrowed:
        rules: list[tuple[int, Rule]] = []
        apart: dict[Look, list[Rule]] = {}
        units = self._units()
        for index, rule in enumerate(self.reading.rules):
            if index in self.kept:
                rules.append((index, rule))
                continue
            mine = {it: self._taken(index, it) for it in self.reading.subjects}
            shared = self._shared(mine) if len(units) > 1 else _beyond(list(mine), mine, {})
            built = self._built(index, shared, self.reading.subjects)
            rules += ((index, item) for item in built)
            for unit, subjects in units.items() if len(units) > 1 else ():
                left = _beyond(subjects, mine, shared)
                if left:
                    apart.setdefault(unit, []).extend(self._built(index, left, subjects))
        return Narrowed(tuple(rules), {unit: tuple(some) for unit, some in apart.items()})

    def _taken(self, index: int, subject: Endpoint) -> dict[Subject, PortSet]:
        """What a rule lets through of what is needed and no rule before it did."""
        taken: dict[Subject, PortSet] = {}
        rest = self.rest.get(subject, {})
        for peer, ports in rest.items():
            found = ports & self.reading.accepted(index, subject, peer)
            if found:
                taken[peer] = found
                rest[peer] = ports - found
        return taken

    def _shared(self, mine: _Mine) -> dict[Subject, PortSet]:
        """What every subject needs, itself left out."""
        shared: dict[Subject, PortSet] = {}
        for peer in dict.fromkeys(peer for some in mine.values() for peer in some):
            asked = [it for it in mine if not self.reading.settled(it, peer)]
            ports = mine[asked[0]].get(peer, NO_PORTS)
            for subject in asked[1:]:
                ports &= mine[subject].get(peer, NO_PORTS)
            if ports:
                shared[peer] = ports
        return shared

    def _units(self) -> dict[Look, list[Endpoint]]:
        units: dict[Look, list[Endpoint]] = {}
        for subject in self.reading.subjects:
            units.setdefault(look(subject), []).append(subject)
        return units

    def _built(self, index: int, needed: Ports, subjects: Sequence[Endpoint]) -> Iterator[Rule]:
        for ports, peers in grouped(needed).items():
            by_ports: dict[tuple[RulePort, ...], list[Peer]] = {}
            for peer, written in self._peers(index, (subjects, peers), ports):
                by_ports.setdefault(written, []).append(peer)
            for written, found in by_ports.items():
                every = tuple(dict.fromkeys(found))
                rule = Rule((AnyPeer(),) if AnyPeer() in every else every, written)
                own = self.reading.rules[index]
                yield own if _says(rule) == _says(own) else rule

    def _peers(
        self, index: int, ends: tuple[Sequence[Endpoint], Sequence[Subject]], ports: PortSet
    ) -> Iterator[tuple[Peer, tuple[RulePort, ...]]]:
        """Peers for some parties, each with ports; together they are within the rule.

        The rule's own peers where all of whom they mean is wanted, else by label, pods by
        address where labels mean more than the rule, and last the rule's own peers again.
        """
        subjects, wanted = ends
        rule, pending = self.reading.rules[index], dict.fromkeys(wanted)
        numbers = rule.ports if self._is_all(index, ends, ports) else numbered(ports)
        for choose in (self._written, self._by_label, self._by_address):
            for item in choose(index, wanted, pending):
                members = [it for it in item.members if self._counts(subjects, it)]
                fits = self.reading.holds(index, (subjects, members), ports)
                if fits and _taken_from(pending, members):
                    yield item.peer, numbers
        for item in self._own(index):
            if _taken_from(pending, item.members):
                whole = self.reading.holds(index, (subjects, item.members), ports)
                yield item.peer, numbers if whole else rule.ports

    def _is_all(
        self, index: int, ends: tuple[Sequence[Endpoint], Sequence[Subject]], ports: PortSet
    ) -> bool:
        """Whether the rule accepts these ports and no others between all of some parties."""
        return all(
            self.reading.accepted(index, subject, peer) == ports
            or self.reading.settled(subject, peer)
            for subject in ends[0]
            for peer in ends[1]
        )

    def _counts(self, subjects: Sequence[Endpoint], peer: Subject) -> bool:
        """Whether rules have a say between a peer and some subject."""
        return not all(self.reading.settled(subject, peer) for subject in subjects)

    def _own(self, index: int) -> Iterator[Named]:
        for peer in self.reading.rules[index].peers:
            yield Named(peer, self.reading.members(peer))

    def _written(
        self, index: int, wanted: Sequence[Subject], _: Iterable[Subject]
    ) -> Iterator[Named]:
        every = set(wanted)
        for item in self._own(index):
            if all(
                it in every or not self._counts(self.reading.subjects, it)
                for it in item.members
            ):
                yield item

    def _by_label(
        self, _: int, wanted: Sequence[Subject], pending: Iterable[Subject]
    ) -> Iterator[Named]:
        left = set(pending)
        for item in self.population.named(wanted, self.reading.namespace):
            if not left.isdisjoint(item.members):
                yield item

    def _by_address(
        self, _: int, __: Sequence[Subject], pending: Iterable[Subject]
    ) -> Iterator[Named]:
        yield from self.population.by_address(list(pending))


def _is_needed(reading: Reading, index: int, needed: Needed) -> bool:
    """Whether all that a rule lets through is needed, and that is something."""
    found = False
    for subject in reading.subjects:
        mine = needed.get(subject, {})
        for peer, ports in reading.reached(index, subject):
            if not ports <= mine.get(peer, NO_PORTS):
                return False
            found = True
    return found


def _says(rule: Rule) -> tuple[frozenset[Peer], frozenset[RulePort]]:
    """What a rule says, in whatever order."""
    return frozenset(rule.peers), frozenset(rule.ports)


def _taken_from(pending: dict[Subject, None], members: Iterable[Subject]) -> bool:
    """Takes some parties away; whether any was there."""
    before = len(pending)
    for member in members:
        pending.pop(member, None)
    return len(pending) < before


def _beyond(subjects: Sequence[Endpoint], mine: _Mine, shared: Ports) -> Ports:
    """What any of some subjects needs beside what all do."""
    left: dict[Subject, PortSet] = {}
    for subject in subjects:
        for peer, ports in mine[subject].items():
            more = ports - shared.get(peer, NO_PORTS)
            if more:
                left[peer] = left.get(peer, NO_PORTS) | more
    return left
