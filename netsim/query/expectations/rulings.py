"""How a finding about a cluster becomes pass, fail or undecided, with one flow to show it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from netsim.addresses import AddressRange
from netsim.model.ports import PortRange, PortSet
from netsim.query.directory import Directory
from netsim.query.expectations.facts import Expectation
from netsim.query.expectations.finding import Complaints, sources_of
from netsim.query.expectations.outcomes import Status, Witness
from netsim.query.expectations.survey import Pairing, Tally
from netsim.query.explain import Locate, explain
from netsim.query.parties import Outside, Subject, subject_name
from netsim.query.questions import Pair, Question
from netsim.query.verdict import judge
from netsim.query.worlds import Worlds


@dataclass(frozen=True, slots=True)
class Court:
    """Where expectations are held: a cluster, and the way to lines of its manifests."""

    worlds: Worlds
    locate: Locate

    @property
    def directory(self) -> Directory:
        """Who there is."""
        return self.worlds.directory


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is to be said of a claim, before anything is waived or expected to fail."""

    status: Status
    witness: Witness | None = None


HOLDS = Ruling(Status.PASSED)


def broken(sentence: str) -> Ruling:
    """A claim that fails for a reason that is no flow."""
    return Ruling(Status.FAILED, Witness(sentence))


def objection(complaints: Complaints, expectation: Expectation, pairs: int) -> Ruling | None:
    """What is wrong with the expectation itself; None if it can be checked.

    `pairs` is how many pairs of endpoints it is about.
    """
    if complaints.wrong:
        return broken(complaints.wrong[0])
    if complaints.empty and not expectation.allow_empty:
        return broken(complaints.empty[0])
    if complaints.undecided:
        return Ruling(Status.UNDECIDED, Witness(complaints.undecided[0]))
    if not pairs and not expectation.allow_empty:
        return broken("there is no flow between the two: it matches nothing")
    return None


def ruling_of(tally: Tally, court: Court, *, allowed: bool) -> Ruling:
    """A claim fails by what is wrong, or else is undecided by what cannot be known.

    `allowed` tells whether what is wrong are flows that pass.
    """
    if tally.first is not None:
        verb = "is allowed" if allowed else "is denied"
        witness = shown_by(tally.first, verb, court)
        return Ruling(Status.FAILED, replace(witness, more=tally.count - 1))
    if tally.unknown is not None:
        witness = shown_by(tally.unknown, "cannot be known", court)
        reason = f"{witness.sentence}: {tally.reasons[0]}"
        return Ruling(Status.UNDECIDED, replace(witness, sentence=reason))
    return HOLDS


def shown_by(pairing: Pairing, verb: str, court: Court) -> Witness:
    """One concrete flow of a pair, explained in full."""
    source, target = concrete(pairing.source), concrete(pairing.target)
    span = next(iter(pairing.ports))
    port = PortSet.of(PortRange(span.protocol, span.first, span.first))
    flow = flow_text(source, target, port)
    verdict = judge(Question((Pair(source, target, port),)), court.worlds)
    explanation = explain(flow, verdict, court.worlds, court.locate)
    return Witness(f"{flow} {verb}", flow=flow, explanation=explanation)


def concrete(subject: Subject) -> Subject:
    """One address in place of many."""
    if not isinstance(subject, Outside):
        return subject
    return Outside((AddressRange(subject.sample, subject.sample),))


def flow_text(source: Subject, target: Subject, ports: PortSet) -> str:
    """A flow as answers print it."""
    return f"{subject_name(source)} -> {subject_name(target)} on {ports}"


def excepted_of(expectation: Expectation, court: Court, said: Complaints) -> Sequence[Subject]:
    """Who is left out of an expectation."""
    if expectation.excepted is None:
        return ()
    return sources_of(expectation.excepted, court.directory, said)
