"""The smallest edits that keep one party from reaching another, each tried out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from netsim.cluster import Cluster
from netsim.compiler.classes import is_node
from netsim.model.policy import Direction
from netsim.model.ports import NO_PORTS, PortSet
from netsim.model.tiers import Tier
from netsim.model.workload import Endpoint
from netsim.names import parse_endpoint
from netsim.query.explanation import End, Explanation, PairExplanation, Status
from netsim.query.parties import Subject
from netsim.query.verdict import Outcome, rests_on
from netsim.suggest.allow_demands import Texts
from netsim.suggest.answers import Answer
from netsim.suggest.changes import Written, written_policies
from netsim.suggest.deny_rules import Closing, Way, changes
from netsim.suggest.weighing import Tried, asked_flows, best_of, tried

_MOST = 3
_DOUBT = (
    "the blocks of all addresses also mean pods by their addresses, which the input does not "
    "have: by these it may still pass"
)


def deny(cluster: Cluster, source: str, target: str, port: int | str = "all") -> Answer:
    """The best edits after which no pair of two sets passes on any of some ports.

    NetworkPolicies have no rule that denies: rules that allow are narrowed, and what nothing
    isolates is isolated by a policy that allows all else. Raises as `Cluster.verdict` does, and
    ValueError for a cluster that was not loaded.
    """
    explanation = cluster.explain(source, target, port)
    verdict = explanation.verdict
    if verdict.reasons:
        return Answer(Outcome.UNDECIDED, reasons=verdict.reasons)
    if not any(item.allowed for item in verdict.pairs):
        return Answer(Outcome.ALLOWED, reasons=("it is denied already",))
    return _Question(cluster, source, target, str(port), explanation).answer()


@dataclass(frozen=True, slots=True)
class _Question:
    cluster: Cluster
    source: str
    target: str
    port: str
    explanation: Explanation

    def answer(self) -> Answer:
        """Options, or why there are none."""
        reasons = dict.fromkeys(
            reason for part in self._open for reason in self._obstacles(part)
        )
        if reasons:
            return Answer(Outcome.DENIED, reasons=tuple(reasons))
        found = best_of(self._options(), _MOST)
        if found:
            return Answer(Outcome.ALLOWED, found)
        return Answer(Outcome.DENIED, reasons=("no edit of a NetworkPolicy closes it",))

    @property
    def _open(self) -> list[PairExplanation]:
        return [part for part in self.explanation.parts if part.allowed]

    def _obstacles(self, part: PairExplanation) -> Iterator[str]:
        """Why neither end can be closed."""
        ends = (part.egress, part.pair.source), (part.ingress, part.pair.target)
        if not any(self._is_closable(end, subject) for end, subject in ends):
            for end, _ in ends:
                place = f" ({end.rule.place})" if end.rule is not None else ""
                said = f"{end.status.value}, {end.because}{place}"
                yield f"{end.direction.value} of {end.subject}: {said}"

    def _is_closable(self, end: End, subject: Subject) -> bool:
        profile = self.cluster.profile
        if not isinstance(subject, Endpoint) or is_node(subject, profile):
            return False
        if end.status is Status.EXEMPT:
            return False
        return end.rule is None or end.rule.tier is not Tier.ADMIN

    def _options(self) -> Iterator[Tried]:
        written = written_policies(self.cluster.objects)
        for direction in Direction:
            closings = list(self._closings(direction))
            for way in Way:
                item = self._tried(closings, way, written)
                if item is not None:
                    yield item

    def _closings(self, preferred: Direction) -> Iterator[Closing]:
        """What is to be closed at each end, at the preferred one wherever that can be."""
        place = self.cluster.namespace
        texts = Texts(
            parse_endpoint(self.source, namespace=place),
            parse_endpoint(self.target, namespace=place),
        )
        groups: dict[tuple[Direction, str], list[tuple[Endpoint, Subject, PortSet]]] = {}
        for part in self._open:
            ends = [(part.egress, part.pair.source), (part.ingress, part.pair.target)]
            ends.sort(key=lambda item: item[0].direction is not preferred)
            end, subject = next(item for item in ends if self._is_closable(*item))
            assert isinstance(subject, Endpoint)  # noqa: S101 - only they are closable
            outward = end.direction is Direction.EGRESS
            other = part.pair.target if outward else part.pair.source
            asked = part.pair.asked or NO_PORTS
            groups.setdefault((end.direction, subject.namespace), []).append(
                (subject, other, asked)
            )
        for (direction, _), items in groups.items():
            ports = NO_PORTS
            for _, _, asked in items:
                ports |= asked
            yield Closing(
                direction=direction,
                subjects=tuple(dict.fromkeys(item[0] for item in items)),
                text=texts.own(direction),
                parties=tuple(dict.fromkeys(item[1] for item in items)),
                ports=ports,
                other=texts.other(direction),
            )

    def _tried(self, closings: Sequence[Closing], way: Way, written: Written) -> Tried | None:
        """None where it cannot be done in this way, or something passes afterwards."""
        directory = self.cluster.worlds.directory
        made = [changes(item, way, directory, written) for item in closings]
        if any(item is None for item in made):
            return None
        every = [change for item in made if item is not None for change in item]
        after, item = tried(self.cluster, every, asked_flows(self.explanation), opening=False)
        verdict = after.verdict(self.source, self.target, self.port)
        if verdict.reasons or any(pair.allowed for pair in verdict.pairs):
            return None
        is_doubtful = way is Way.WIDE
        notes = (_DOUBT,) if is_doubtful else tuple(map(rests_on, verdict.assumptions))
        proposal = replace(item.proposal, notes=notes)
        return replace(item, proposal=proposal, is_doubtful=is_doubtful)
