"""What is missing for some flows to pass: at which ends, from which peers, on which ports."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from netsim.model.policy import Direction, Peer
from netsim.model.ports import PortSet
from netsim.model.workload import Endpoint
from netsim.names import EndpointText
from netsim.query.directory import Directory
from netsim.query.explanation import Explanation, PairExplanation, Status
from netsim.query.parties import Subject
from netsim.query.questions import Pair
from netsim.suggest.allow_peers import peers_of
from netsim.suggest.ends import Ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand(Ends):
    """Endpoints of one namespace that are to accept some peers on some ports."""

    peers: tuple[Peer, ...]
    """The parties as a rule names them."""

    def parts(self) -> Iterator["Demand"]:
        """The same for each subject on its own."""
        for subject in self.subjects:
            yield replace(self, subjects=(subject,))


@dataclass(frozen=True, slots=True)
class Texts:
    """What was asked, taken apart."""

    source: EndpointText
    target: EndpointText

    def own(self, direction: Direction) -> EndpointText:
        """The subjects of rules in a direction."""
        return self.target if direction is Direction.INGRESS else self.source

    def other(self, direction: Direction) -> EndpointText:
        """Their peers."""
        return self.source if direction is Direction.INGRESS else self.target


def obstacles(explanation: Explanation) -> Iterator[str]:
    """Why no NetworkPolicy can let some of the flows pass, with what decides."""
    for part in explanation.parts:
        if part.allowed:
            continue
        ends = [end for end in (part.egress, part.ingress) if end.status is Status.DENIED]
        for end in ends:
            if not end.is_mendable:
                place = f" ({end.rule.place})" if end.rule is not None else ""
                yield f"{end.direction.value} of {end.subject}: denied, {end.because}{place}"
        if not ends:
            yield f"{part.source} -> {part.target}: the ends share no family of addresses"


def demands(
    explanation: Explanation, texts: Texts, directory: Directory
) -> tuple[Demand, ...] | str:
    """What both ends lack; or why a peer that lacks it cannot be named."""
    pairs = [item.pair for item in explanation.verdict.pairs]
    groups: dict[tuple[Direction, str, PortSet], dict[Endpoint, None]] = {}
    for direction, subject, pair in _denials(explanation.parts):
        if pair.asked is not None:
            key = (direction, subject.namespace, pair.asked)
            groups.setdefault(key, {})[subject] = None
    found = []
    for (direction, namespace, ports), subjects in groups.items():
        other = texts.other(direction)
        parties = tuple(dict.fromkeys(_parties(direction, ports, pairs)))
        peers = peers_of(other, parties, namespace, directory)
        if not peers:
            return (
                "no peer of a NetworkPolicy means a node, or a pod on the host network, whose "
                "address is not known"
            )
        own = texts.own(direction)
        found.append(
            Demand(
                direction=direction,
                subjects=tuple(subjects),
                text=own,
                parties=parties,
                ports=ports,
                peers=peers,
            )
        )
    return tuple(found)


def _denials(
    parts: Iterable[PairExplanation],
) -> Iterator[tuple[Direction, Endpoint, Pair]]:
    for part in parts:
        if part.allowed:
            continue
        for end, subject in ((part.egress, part.pair.source), (part.ingress, part.pair.target)):
            if end.status is Status.DENIED and isinstance(subject, Endpoint):
                yield end.direction, subject, part.pair


def _parties(direction: Direction, ports: PortSet, pairs: Iterable[Pair]) -> Iterator[Subject]:
    """The other ends of all that is asked, also of what passes already."""
    for pair in pairs:
        if pair.asked == ports:
            yield pair.source if direction is Direction.INGRESS else pair.target
