"""Allow and deny: every pair of two sets on every port, or none, or not even through others."""

from netsim.model.ports import NO_PORTS
from netsim.query.expectations.facts import Expectation, Passing
from netsim.query.expectations.finding import (
    Complaints,
    sources_of,
    targets_of,
    targets_without,
    without,
)
from netsim.query.expectations.outcomes import Status
from netsim.query.expectations.rulings import (
    HOLDS,
    Court,
    Ruling,
    excepted_of,
    objection,
    ruling_of,
    shown_by,
)
from netsim.query.expectations.survey import Judgement, Pairing, survey
from netsim.query.expectations.ways import way_through
from netsim.query.parties import Subject, party_of
from netsim.query.table import Target

_ALLOW = Judgement(
    lambda _, __, asked, opened: asked - opened, by_ports=True, closed_matters=True
)
_DENY = Judgement(lambda _, __, ___, opened: opened, by_ports=True)


def passing_ruling(expectation: Expectation, claim: Passing, court: Court) -> Ruling:
    """Whether the flows of a claim pass, or do not."""
    said = Complaints.none()
    flows = claim.flows
    excepted = excepted_of(expectation, court, said)
    sources = list(without(sources_of(flows.sources, court.directory, said), excepted))
    found = targets_of(flows.targets, flows.ports, court.directory, said)
    targets = targets_without(found, excepted)
    ruling = flows_ruling(expectation, (sources, targets), claim, (court, said))
    if ruling.status is Status.PASSED and claim.transitive:
        return way_through(sources, targets, excepted, court)
    return ruling


def flows_ruling(
    expectation: Expectation,
    ends: tuple[list[Subject], list[Target]],
    claim: Passing,
    asking: tuple[Court, Complaints],
) -> Ruling:
    """The same for two sets that have been found."""
    (sources, targets), (court, said) = ends, asking
    with_itself = _with_itself(sources, targets)
    if with_itself is not None:
        return objection(said, expectation, 1) or _itself(with_itself, claim, court)
    judgement = _ALLOW if claim.allowed else _DENY
    tally = survey(court.worlds, sources, targets, judgement)
    ruling = objection(said, expectation, tally.asked)
    return ruling or ruling_of(tally, court, allowed=not claim.allowed)


def _with_itself(sources: list[Subject], targets: list[Target]) -> Pairing | None:
    """One pod and itself, where nothing else is asked about."""
    if len(sources) == len(targets) == 1 and sources[0] == targets[0][0]:
        return Pairing(sources[0], *targets[0])
    return None


def _itself(pairing: Pairing, claim: Passing, court: Court) -> Ruling:
    opened = court.worlds.graph.ports(party_of(pairing.source), party_of(pairing.target))
    wrong = pairing.ports - opened if claim.allowed else pairing.ports & opened
    if wrong == NO_PORTS:
        return HOLDS
    verb = "is denied" if claim.allowed else "is allowed"
    found = Pairing(pairing.source, pairing.target, wrong)
    return Ruling(Status.FAILED, shown_by(found, verb, court))
