"""The shape of an explanation: for each pair, what each end says, and where that is written."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from netsim.model.policy import Direction, PolicyRef
from netsim.model.ports import PortSet
from netsim.model.tiers import Action, Tier
from netsim.query.parties import Subject, subject_name
from netsim.query.questions import Pair
from netsim.query.soundness import Note
from netsim.query.tidy import ENDS, PORTS, ends_record, port_records
from netsim.query.verdict import Outcome, Verdict
from netsim.source import Place
from netsim.views import Record, Shown, Tidy


class Status(Enum):
    """What one end says of a connection."""

    OPEN = "open"
    """No policy isolates it in this direction."""
    ALLOWED = "allowed"
    DENIED = "denied"
    EXEMPT = "exempt"
    """Policies have no say: an address outside, a node, a pod and itself."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A written thing that an answer rests on: which policy, which field, where."""

    policy: PolicyRef
    path: str
    place: Place
    tier: Tier = Tier.NETWORK_POLICY
    priority: int | None = None
    """Of a cluster-wide policy that has one."""

    def __str__(self) -> str:
        return f"{self.policy} {self.path} ({self.place})"


@dataclass(frozen=True, slots=True)
class TierStep:
    """What one tier said of a connection."""

    tier: Tier
    action: Action | None
    """None where no rule of the tier matched, and where no NetworkPolicy isolates."""
    rule: Citation | None
    """The rule that matched; None for the denial that isolation brings."""
    said: str

    def __str__(self) -> str:
        return f"{self.tier.label}: {self.said}"


@dataclass(frozen=True, slots=True)
class NearMiss:
    """The rule that came nearest to allowing, and the one thing that kept it from it."""

    rule: Citation
    dimension: str
    """`peer`, `ports`, or `peer and ports`."""
    hint: str


@dataclass(frozen=True, slots=True)
class End:
    """One end's part of an explanation."""

    direction: Direction
    subject: str
    status: Status
    because: str
    rule: Citation | None = None
    """The written rule that decided; None where isolation alone denies."""
    isolated_by: tuple[Citation, ...] = ()
    nearest: NearMiss | None = None
    tiers: tuple[TierStep, ...] = ()
    """The tiers that were asked, in order; empty where only NetworkPolicies have a say."""

    @property
    def is_mendable(self) -> bool:
        """Whether a NetworkPolicy can change what this end denies.

        It can where isolation denies, and where the Baseline tier does, which is not asked of
        what a NetworkPolicy isolates.
        """
        if self.rule is not None:
            return self.rule.tier is Tier.BASELINE
        return bool(self.isolated_by)


@dataclass(frozen=True, slots=True)
class PairExplanation:
    """Why some ports of one source and one target have the answer they have."""

    pair: Pair
    source: str
    target: str
    ports: PortSet
    allowed: bool
    egress: End
    ingress: End
    via: str = ""


@dataclass(frozen=True, slots=True)
class Explanation(Shown, Tidy):
    """The answer to a question with the reason of every part of it."""

    COLUMNS: ClassVar = {
        **ENDS,
        **PORTS,
        "allowed": bool,
        "direction": str,
        "status": str,
        "because": str,
        "places": str,
        "nearest": str,
    }

    question: str
    verdict: Verdict
    parts: tuple[PairExplanation, ...]
    notes: tuple[Note, ...] = ()
    """What makes the answer worth less than it seems."""
    suggestion: str = ""
    """The command that prints what would let it pass; empty where no NetworkPolicy can."""

    def __str__(self) -> str:
        return "\n".join(explanation_lines(self))

    def to_dicts(self) -> list[dict[str, object]]:
        """One flat dictionary for each end of each part, the source's end first.

        `places` are `file:line:column` of the rule that allows or of the policies that
        isolate; `nearest` says what kept the nearest rule from allowing.
        """
        return [
            {
                "source": part.source,
                "target": part.target,
                "ports": str(part.ports),
                "allowed": part.allowed,
                **end_fields(end),
            }
            for part in self.parts
            for end in (part.egress, part.ingress)
        ]

    def _records(self) -> Iterator[Record]:
        for part in self.parts:
            ends = ends_record(part.pair.source, part.pair.target)
            for ports in port_records(part.ports):
                for end in (part.egress, part.ingress):
                    fields = end_fields(end)
                    said = (fields["direction"], fields["status"], fields["because"])
                    last = ("; ".join(places_of(end)), fields["nearest"])
                    yield *ends, *ports, part.allowed, *map(str, (*said, *last))


def places_of(end: End) -> list[str]:
    """Where what decides is written: the rule that allows, else what isolates."""
    cited = end.isolated_by if end.rule is None else (end.rule,)
    return [str(item.place) for item in cited]


def nearest_text(end: End) -> str:
    """The rule that came nearest to allowing and what kept it from it; may be empty."""
    return f"{end.nearest.rule}: {end.nearest.hint}" if end.nearest is not None else ""


def end_fields(end: End) -> dict[str, object]:
    """One end as plain values."""
    return {
        "direction": end.direction.value,
        "status": end.status.value,
        "because": end.because,
        "places": places_of(end),
        "nearest": nearest_text(end),
    }


def explanation_lines(
    explanation: Explanation, name: Callable[[Subject], str] = subject_name
) -> list[str]:
    """The explanation as plain text, the answer first; `name` prints source and target."""
    verdict = explanation.verdict
    lines = [f"{explanation.question}: {verdict.outcome.value}"]
    for part in explanation.parts:
        alone = len(explanation.parts) == 1 and not part.via
        lines += _end_lines(part, name) if alone else _part_lines(part, name)
    lines += [f"  undecided: {reason}" for reason in verdict.reasons]
    lines += [f"  assumes {item}" for item in verdict.assumptions]
    lines += [f"  note: {note}" for note in explanation.notes]
    if explanation.suggestion:
        lines.append(f"  to allow it: {explanation.suggestion}")
    return lines


def _part_lines(part: PairExplanation, name: Callable[[Subject], str]) -> list[str]:
    via = f" (through {part.via})" if part.via else ""
    word = Outcome.ALLOWED if part.allowed else Outcome.DENIED
    flow = f"{name(part.pair.source)} -> {name(part.pair.target)}"
    lines = [f"  {flow} on {part.ports}{via}: {word.value}"]
    return lines + [f"  {line}" for line in _end_lines(part, name)]


def _end_lines(part: PairExplanation, name: Callable[[Subject], str]) -> list[str]:
    lines = []
    for end, subject in ((part.egress, part.pair.source), (part.ingress, part.pair.target)):
        lines.append(
            f"  {end.direction.value:<7} {name(subject)}: {end.status.value}, {end.because}"
        )
        lines += [f"          {line}" for line in _details(end)]
    return lines


def _details(end: End) -> list[str]:
    lines = [f"{it.tier.label} at {it.rule.place}" for it in end.tiers if it.rule is not None]
    if end.rule is not None:
        return lines or [f"at {end.rule.place}"]
    lines += [f"isolated at {item.place}" for item in end.isolated_by]
    if end.nearest is not None:
        lines.append(f"nearest rule: {end.nearest.rule}")
        lines.append(f"but {end.nearest.hint}")
    return lines
