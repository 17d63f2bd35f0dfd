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
from netsim.suggest.needs_peers import Look, Population, Ports, grouped, look, numbered
from netsim.suggest.tighten_reading import Reading

Needed = Mapping[Subject, Ports]
"""By subject its peers and the ports on which they are needed."""
_Mine = Mapping[Endpoint, Ports]
_Ends = tuple[Sequence[Endpoint], Sequence[Subject]]
"""Some subjects and some peers."""


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
                ports -= reading.accepted_anyhow(index, subject, peer)  # noqa: PLW2901 - what is left
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
                rest[peer] = ports - self.reading.accepted_anyhow(index, subject, peer)
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
        """Rules for some needs, within one rule; nothing beside what stays of it anyhow."""
        own = self.reading.rules[index]
        whole = {
            peer: None
            for peer, ports in self._named(index, needed, subjects)
            if ports == own.ports and peer in own.peers
        }
        held = {it for peer in whole for it in self.reading.members(peer)}
        left = {peer: ports for peer, ports in needed.items() if peer not in held}
        by_ports: dict[tuple[RulePort, ...], dict[Peer, None]] = {}
        if whole:
            by_ports[own.ports] = whole
        for peer, ports in self._named(index, left, subjects):
            by_ports.setdefault(ports, {})[peer] = None
        for ports, peers in by_ports.items():
            rule = Rule((AnyPeer(),) if AnyPeer() in peers else tuple(peers), ports)
            yield own if _says(rule) == _says(own) else rule

    def _named(
        self, index: int, needed: Ports, subjects: Sequence[Endpoint]
    ) -> Iterator[tuple[Peer, tuple[RulePort, ...]]]:
        for ports, peers in grouped(needed).items():
            yield from self._peers(index, (subjects, peers), ports)

    def _peers(
        self, index: int, ends: _Ends, ports: PortSet
    ) -> Iterator[tuple[Peer, tuple[RulePort, ...]]]:
        """Peers for some parties, each with ports; together they are within the rule.

        The rule's own peers where all of whom they mean is wanted, else by label, then by
        address where labels mean more than the rule, and last the rule's own peers again.
        """
        pending, own = dict.fromkeys(ends[1]), self.reading.rules[index].ports
        numbers = own if self._is_all(index, ends, ports) else numbered(ports)
        for choose in (self._written, self._by_label, self._by_address):
            for peer in choose(index, ends, ports, pending):
                yield peer, numbers
        for peer in self.reading.rules[index].peers:
            members = self.reading.members(peer)
            if any(it in pending for it in members):
                whole = self.reading.holds(index, (ends[0], members), ports)
                yield peer, numbers if whole else own

    def _is_all(self, index: int, ends: _Ends, ports: PortSet) -> bool:
        """Whether the rule accepts these ports and no others between all of some parties."""
        return all(
            self.reading.accepted(index, subject, peer) == ports
            or self.reading.settled(subject, peer)
            for subject in ends[0]
            for peer in ends[1]
        )

    def _written(
        self, index: int, ends: _Ends, ports: PortSet, pending: dict[Subject, None]
    ) -> Iterator[Peer]:
        """Own peers; who has an address that none of them means is still to be named."""
        wanted = set(ends[1])
        for peer in self.reading.rules[index].peers:
            members = self._asked(ends[0], self.reading.members(peer))
            fits = self.reading.holds(index, (ends[0], members), ports)
            if fits and members and wanted.issuperset(members):
                yield peer
                _take(pending, self.reading.members(peer, whole=True))

    def _by_label(
        self, index: int, ends: _Ends, ports: PortSet, pending: dict[Subject, None]
    ) -> Iterator[Peer]:
        for item in self.population.by_label(ends[1], self.reading.namespace):
            members = self._asked(ends[0], item.members)
            fits = self.reading.holds_anyhow(index, (ends[0], members), ports)
            if fits and any(it in pending for it in members):
                yield item.peer
                _take(pending, members)

    def _by_address(
        self, index: int, ends: _Ends, ports: PortSet, pending: dict[Subject, None]
    ) -> Iterator[Peer]:
        """Only for those of whom every address may be named."""
        found = list(self.population.by_address(pending))
        while True:
            named = {it for item in found for it in item.members}
            bad = {
                it
                for item in found
                if not self.reading.holds_anyhow(index, (ends[0], item.members), ports)
                for it in item.members
            }
            if not bad:
                break
            found = list(self.population.by_address(it for it in pending if it in named - bad))
        yield from (item.peer for item in found)
        _take(pending, named)

    def _asked(self, subjects: Sequence[Endpoint], members: Iterable[Subject]) -> list[Subject]:
        """Those between whom and some subject rules have a say."""
        return [
            it
            for it in members
            if not all(self.reading.settled(subject, it) for subject in subjects)
        ]


def _take(pending: dict[Subject, None], members: Iterable[Subject]) -> None:
    for member in members:
        pending.pop(member, None)


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


def _beyond(subjects: Sequence[Endpoint], mine: _Mine, shared: Ports) -> Ports:
    """What any of some subjects needs beside what all do."""
    left: dict[Subject, PortSet] = {}
    for subject in subjects:
        for peer, ports in mine[subject].items():
            more = ports - shared.get(peer, NO_PORTS)
            if more:
                left[peer] = left.get(peer, NO_PORTS) | more
    return left
