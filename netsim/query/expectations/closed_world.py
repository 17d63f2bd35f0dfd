"""Only: what is listed passes, and nothing else does, whoever comes from wherever."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from ipaddress import ip_network
from operator import and_

from netsim.graph import Graph
from netsim.model.ports import ALL_PORTS, NO_PORTS, PortSet
from netsim.query.expectations.coverage import Coverage
from netsim.query.expectations.facts import ClosedWorld, Expectation, FlowSet, Listed, Passing
from netsim.query.expectations.finding import (
    Complaints,
    pieces,
    sources_of,
    targets_of,
    targets_without,
    without,
)
from netsim.query.expectations.newcomers import Newcomer, newcomers, with_newcomers
from netsim.query.expectations.outcomes import Status
from netsim.query.expectations.passing import flows_ruling
from netsim.query.expectations.rulings import (
    HOLDS,
    Court,
    Ruling,
    excepted_of,
    objection,
    ruling_of,
)
from netsim.query.expectations.survey import Judgement, Tally, survey
from netsim.query.parties import Outside, Subject, party_of
from netsim.query.table import Target
from netsim.query.worlds import worlds_of

_EVERYWHERE = {4: ip_network("0.0.0.0/0"), 6: ip_network("::/0")}


def closed_world_ruling(expectation: Expectation, claim: ClosedWorld, court: Court) -> Ruling:
    """Whether every listed flow passes, and no other, of today's pods and of newcomers."""
    said = Complaints.none()
    excepted = excepted_of(expectation, court, said)
    subject = sources_of(claim.subject, court.directory, said)
    lists = [_List.of(item, claim, excepted, (court, said)) for item in claim.listed]
    found = objection(said, expectation, len(subject))
    if found is not None:
        return found
    for item in lists:
        passing = Passing(
            FlowSet(claim.subject, claim.subject, item.listed.ports), allowed=True
        )
        ruling = flows_ruling(expectation, item.flows, passing, (court, said))
        if ruling.status is not Status.PASSED:
            return ruling
    if not subject:
        return HOLDS
    world = _World(claim, subject, lists, court)
    ruling = ruling_of(world.tally(excepted), court, allowed=True)
    if ruling.status is not Status.PASSED:
        return ruling
    return world.newcomers_ruling(Coverage.of(expectation, excepted))


@dataclass(frozen=True, slots=True)
class _List:
    """One item of `only`, found."""

    listed: Listed
    flows: tuple[list[Subject], list[Target]]
    inward: bool

    @classmethod
    def of(
        cls,
        listed: Listed,
        claim: ClosedWorld,
        excepted: Sequence[Subject],
        asking: tuple[Court, Complaints],
    ) -> "_List":
        court, said = asking
        ends = (listed.peer, claim.subject) if claim.inward else (claim.subject, listed.peer)
        sources = sources_of(ends[0], court.directory, said)
        found = targets_of(ends[1], listed.ports, court.directory, said)
        targets = list(found.items())
        if claim.inward:
            sources = list(without(sources, excepted))
        else:
            targets = targets_without(found, excepted)
        return cls(listed, (sources, targets), claim.inward)

    @property
    def peers(self) -> list[Subject]:
        """The end that is listed."""
        sources, targets = self.flows
        return sources if self.inward else [target for target, _ in targets]

    @property
    def asked(self) -> dict[Subject, PortSet]:
        """The ports on each target."""
        return dict(self.flows[1])


@dataclass(frozen=True, slots=True)
class _World:
    claim: ClosedWorld
    subject: list[Subject]
    lists: list[_List]
    court: Court

    def tally(self, excepted: Sequence[Subject]) -> Tally:
        """What passes between the subject and anyone who is there, and is not listed."""
        directory = self.court.directory
        listing: dict[Subject, set[int]] = {}
        for number, item in enumerate(self.lists):
            for peer in item.peers:
                listing.setdefault(peer, set()).add(number)
        networks = [_EVERYWHERE[family] for family in sorted(directory.families)]
        outside = without(directory.outside(networks), excepted)
        cut = pieces(
            [item for item in outside if isinstance(item, Outside)],
            [item.peers for item in self.lists],
        )
        pods = without(directory.running, excepted)
        others: list[tuple[Subject, frozenset[int]]] = [
            (pod, frozenset(listing.get(pod, ()))) for pod in pods
        ]
        others += cut
        return self._tally(others, self.court)

    def newcomers_ruling(self, coverage: Coverage) -> Ruling:
        """The same for pods that could be created."""
        snapshot = self.court.worlds.snapshot
        others = newcomers(snapshot, self.subject, inward=self.claim.inward)
        grown = with_newcomers(snapshot, self.subject, others)
        court = Court(worlds_of(grown, self.court.worlds.profile), self.court.locate)
        listing = [
            (it, frozenset(self._covering(it, coverage)))
            for it in others
            if not coverage.excepts(it, snapshot)
        ]
        tally = self._tally([(it.endpoint, numbers) for it, numbers in listing], court)
        return ruling_of(tally, court, allowed=True)

    def _covering(self, newcomer: Newcomer, coverage: Coverage) -> Iterator[int]:
        for number, item in enumerate(self.lists):
            peer, snapshot = item.listed.peer, self.court.worlds.snapshot
            if coverage.covers(peer, item.peers, newcomer, snapshot):
                yield number

    def _tally(self, others: Iterable[tuple[Subject, frozenset[int]]], court: Court) -> Tally:
        by_lists: dict[frozenset[int], list[Subject]] = {}
        for subject, numbers in others:
            by_lists.setdefault(numbers, []).append(subject)
        judgement = _unlisted(court.worlds.graph)
        whole = Tally()
        for numbers, some in by_lists.items():
            ends = self._ends(numbers, some)
            whole = whole.joined(survey(court.worlds, *ends, judgement))
        return whole

    def _ends(
        self, numbers: frozenset[int], some: list[Subject]
    ) -> tuple[list[Subject], list[Target]]:
        """Sources, and targets with the ports that no list names."""
        lists = [self.lists[number].asked for number in numbers]
        if self.claim.inward:
            return some, [(target, _rest(target, lists)) for target in self.subject]
        return self.subject, [(target, _rest(target, lists)) for target in some]


def _rest(target: Subject, lists: Sequence[dict[Subject, PortSet]]) -> PortSet:
    rest = ALL_PORTS
    for asked in lists:
        known = asked.get(target)
        # a newcomer, or a piece of a list's addresses, has what all of the list have
        rest -= reduce(and_, asked.values(), ALL_PORTS) if known is None else known
    return rest


def _unlisted(graph: Graph) -> Judgement:
    """What passes, unless no policy could stop it: a pod and its own node."""

    def wrong(source: Subject, target: Subject, _: PortSet, opened: PortSet) -> PortSet:
        exempt = graph.exemption(party_of(source), party_of(target)) is not None
        return NO_PORTS if exempt else opened

    return Judgement(wrong)
