"""Yes, no or undecided, with what the answer rests on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import ClassVar

from netsim.model.ports import NO_PORTS, PortSet
from netsim.model.workload import Endpoint
from netsim.query.parties import Subject, party_of, subject_name
from netsim.query.questions import Pair, Question
from netsim.query.tidy import ENDS, PORTS, ends_record, port_records
from netsim.query.worlds import Alternative, Worlds
from netsim.views import Record, Shown, Tidy

UNRESOLVED = "a rule with domainNames may match: netsim does not resolve names"


class Outcome(Enum):
    """The three answers there are."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, order=True)
class Assumption:
    """A behaviour that Kubernetes leaves open and that this answer would change with."""

    switch: str
    setting: str
    """What netsim assumed."""
    otherwise: str
    """The setting under which the answer differs."""

    def __str__(self) -> str:
        return f"{self.switch}={self.setting} (not with {self.otherwise})"


@dataclass(frozen=True, slots=True)
class PairVerdict:
    """The answer for one source and one target."""

    pair: Pair
    outcome: Outcome
    allowed: PortSet
    """What gets through, of the ports asked; of all ports when none was asked."""
    assumptions: tuple[Assumption, ...] = ()
    reasons: tuple[str, ...] = ()
    """Why it is undecided."""


@dataclass(frozen=True, slots=True)
class Verdict(Shown, Tidy):
    """The answer to a question: yes only if every pair passes on every port asked."""

    COLUMNS: ClassVar = {
        **ENDS,
        "outcome": str,
        **PORTS,
        "assumptions": str,
        "reasons": str,
    }

    outcome: Outcome
    pairs: tuple[PairVerdict, ...]
    reasons: tuple[str, ...] = ()

    @property
    def assumptions(self) -> tuple[Assumption, ...]:
        """Every assumption that some pair rests on, without repeats."""
        found = {item for pair in self.pairs for item in pair.assumptions}
        return tuple(sorted(found))

    def to_dicts(self) -> list[dict[str, object]]:
        """One flat dictionary for each pair; `ports` are those of the asked that pass."""
        return [
            {
                "source": subject_name(it.pair.source),
                "target": subject_name(it.pair.target),
                "outcome": it.outcome.value,
                "ports": str(it.allowed),
                "assumptions": list(map(str, it.assumptions)),
                "reasons": list(it.reasons),
            }
            for it in self.pairs
        ]

    def _records(self) -> Iterator[Record]:
        for it in self.pairs:
            said = "; ".join(map(str, it.assumptions)), "; ".join(it.reasons)
            ends = ends_record(it.pair.source, it.pair.target)
            for ports in port_records(it.allowed):
                yield *ends, it.outcome.value, *ports, *said


def judge(asked: Question, worlds: Worlds, *, strict: bool = False) -> Verdict:
    """Answers a question; `strict` makes an answer that rests on an assumption undecided."""
    pairs = (judge_pair(pair, worlds, strict=strict) for pair in asked.pairs)
    return _verdict(asked, pairs)


def judge_bare(asked: Question, worlds: Worlds) -> Verdict:
    """As `judge`, without finding out which assumptions the answer rests on."""
    return _verdict(asked, (_judged(pair, worlds) for pair in asked.pairs))


def judge_pair(pair: Pair, worlds: Worlds, *, strict: bool = False) -> PairVerdict:
    """Answers for one source and one target."""
    source, target = party_of(pair.source), party_of(pair.target)
    found = _judged(pair, worlds)
    assumptions = tuple(
        assumption_of(other, worlds)
        for other in worlds.alternatives()
        if _outcome(pair.asked, other.graph.ports(source, target))[1] != found.allowed
    )
    reasons = found.reasons
    if strict:
        reasons += tuple(map(rests_on, assumptions))
    outcome = Outcome.UNDECIDED if reasons else found.outcome
    return replace(found, outcome=outcome, assumptions=assumptions, reasons=reasons)


def undecided_reasons(source: Subject, target: Subject, worlds: Worlds) -> tuple[str, ...]:
    """Why netsim cannot know what passes between two parties; empty when it can."""
    if worlds.graph.exemption(party_of(source), party_of(target)) is not None:
        return ()
    ends = (item.namespace for item in (source, target) if isinstance(item, Endpoint))
    return reasons_within(ends, worlds)


def reasons_within(namespaces: Iterable[str], worlds: Worlds) -> tuple[str, ...]:
    """Why netsim cannot know what passes between two parties of these namespaces."""
    return tuple(gap.why for gap in worlds.gaps(namespaces))


def assumption_of(other: Alternative, worlds: Worlds) -> Assumption:
    """What netsim assumes where an alternative world has another setting."""
    return Assumption(other.switch, worlds.profile.settings()[other.switch], other.setting)


def rests_on(assumption: Assumption) -> str:
    """An assumption as a reason."""
    return f"rests on the assumption {assumption}"


def _verdict(asked: Question, judged: Iterable[PairVerdict]) -> Verdict:
    if asked.undecided:
        return Verdict(Outcome.UNDECIDED, (), (asked.undecided,))
    pairs = tuple(judged)
    outcomes = {pair.outcome for pair in pairs}
    reasons = tuple(dict.fromkeys(reason for pair in pairs for reason in pair.reasons))
    if Outcome.DENIED in outcomes:
        return Verdict(Outcome.DENIED, pairs, reasons)
    if Outcome.UNDECIDED in outcomes:
        return Verdict(Outcome.UNDECIDED, pairs, reasons)
    return Verdict(Outcome.ALLOWED, pairs, reasons)


def _judged(pair: Pair, worlds: Worlds) -> PairVerdict:
    """The answer in this world alone."""
    through = worlds.graph.ports(party_of(pair.source), party_of(pair.target))
    outcome, allowed = _outcome(pair.asked, through)
    reasons = undecided_reasons(pair.source, pair.target, worlds)
    reasons += _doubted(pair, allowed, worlds)
    return PairVerdict(
        pair, Outcome.UNDECIDED if reasons else outcome, allowed, reasons=reasons
    )


def _doubted(pair: Pair, allowed: PortSet, worlds: Worlds) -> tuple[str, ...]:
    """Where what some domain names stand for would change the answer."""
    ends = party_of(pair.source), party_of(pair.target)
    for other in worlds.doubts():
        if _outcome(pair.asked, other.graph.ports(*ends))[1] != allowed:
            return (UNRESOLVED,)
    return ()


def _outcome(asked: PortSet | None, through: PortSet) -> tuple[Outcome, PortSet]:
    if asked is None:
        return (Outcome.ALLOWED if through else Outcome.DENIED), through
    allowed = asked & through
    passes = allowed != NO_PORTS and asked <= allowed
    return (Outcome.ALLOWED if passes else Outcome.DENIED), allowed
