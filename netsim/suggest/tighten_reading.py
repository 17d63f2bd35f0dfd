"""What the rules of one policy let through in one direction, rule by rule."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from netsim.compiler import Compiled, peers_of
from netsim.compiler.classes import Faces, meetings
from netsim.compiler.rules import Action, CompiledRule
from netsim.compiler.sets import ClassId, ClassSet
from netsim.graph import Exemption, Graph
from netsim.model.policy import Direction, NetworkPolicy, Peer
from netsim.model.ports import ALL_PORTS, NO_PORTS, PortSet
from netsim.model.workload import Endpoint
from netsim.query.parties import Subject, party_of


class Crowd:
    """Parties by what rules see of them."""

    def __init__(self, graph: Graph, parties: Sequence[Subject]) -> None:
        self.graph = graph
        self.faces: dict[Subject, Faces] = {}
        self.by_faces: dict[Faces, list[Subject]] = {}
        for party in parties:
            faces = graph.compiled.faces_of(party_of(party))
            self.faces[party] = faces
            self.by_faces.setdefault(faces, []).append(party)
        self._exempt: dict[tuple[Subject, Subject], bool] = {}

    def exempt(self, source: Subject, target: Subject) -> bool:
        """Whether no NetworkPolicy has a say over a pair."""
        found = self._exempt.get((source, target))
        if found is None:
            exemption = self.graph.exemption(party_of(source), party_of(target))
            found = exemption not in {None, Exemption.FINISHED}
            self._exempt[source, target] = found
        return found


class Reading:
    """The rules of a policy in a direction, as they are asked here."""

    def __init__(self, policy: NetworkPolicy, direction: Direction, crowd: Crowd) -> None:
        self.policy = policy
        self.rules = policy.rules[direction]
        self.namespace = policy.namespace
        self.direction = direction
        self.crowd = crowd
        self._compiled: Compiled = crowd.graph.compiled
        self._rules: list[list[CompiledRule]] = [[] for _ in self.rules]
        selected: Iterable[Subject] = ()
        for rule in self._compiled.rules_of.get(policy.ref, ()):
            if rule.direction is direction and rule.ref.index is not None:
                self._rules[rule.ref.index].append(rule)
            elif rule.direction is direction and rule.action is Action.DENY:
                selected = self._having(self._compiled.sets[rule.subjects])
        self.subjects = tuple(it for it in selected if isinstance(it, Endpoint))
        self._known: dict[tuple[int, Faces, Faces], tuple[PortSet, PortSet]] = {}

    def accepted(self, index: int, subject: Subject, peer: Subject) -> PortSet:
        """The ports that one rule accepts between a subject and a peer, by any addresses."""
        return self._ports(index, subject, peer)[0]

    def accepted_anyhow(self, index: int, subject: Subject, peer: Subject) -> PortSet:
        """The same by each of their addresses."""
        return self._ports(index, subject, peer)[1]

    def _ports(self, index: int, subject: Subject, peer: Subject) -> tuple[PortSet, PortSet]:
        """What a rule accepts between some addresses of two parties, and between all."""
        one, other = self.crowd.faces[subject], self.crowd.faces[peer]
        known = self._known.get((index, one, other))
        if known is None:
            some, every = NO_PORTS, ALL_PORTS
            for left, right in meetings(one, other):
                ports = self._class_ports(index, left, right)
                some, every = some | ports, every & ports
            known = self._known[index, one, other] = some, every
        return known

    def _class_ports(self, index: int, subject: ClassId, peer: ClassId) -> PortSet:
        sets, found = self._compiled.sets, NO_PORTS
        for rule in self._rules[index]:
            if subject in sets[rule.subjects] and peer in sets[rule.peers]:
                found |= rule.ports
        return found

    def reached(self, index: int, subject: Subject) -> Iterator[tuple[Subject, PortSet]]:
        """Every peer with the ports that one rule accepts, where the rule has a say."""
        for peers in self.crowd.by_faces.values():
            ports = self.accepted(index, subject, peers[0])
            if ports:
                yield from ((it, ports) for it in peers if not self.settled(subject, it))

    def settled(self, subject: Subject, peer: Subject) -> bool:
        """Whether rules have no say over a pair."""
        if self.direction is Direction.INGRESS:
            return self.crowd.exempt(peer, subject)
        return self.crowd.exempt(subject, peer)

    def members(self, peer: Peer, *, whole: bool = False) -> tuple[Subject, ...]:
        """Everyone whom an item of `from` or `to` means by some address, or by each of them."""
        number = peers_of(peer, self.namespace, self._compiled)
        return tuple(self._having(self._compiled.sets[number], all if whole else any))

    def _having(
        self, classes: ClassSet, which: Callable[[Iterable[bool]], bool] = any
    ) -> Iterator[Subject]:
        for faces, parties in self.crowd.by_faces.items():
            if which(face.class_id in classes for face in faces):
                yield from parties

    def holds(
        self, index: int, ends: tuple[Iterable[Subject], Sequence[Subject]], ports: PortSet
    ) -> bool:
        """Whether a rule accepts some ports between all of some subjects and peers."""
        subjects, peers = ends
        return all(
            ports <= self.accepted(index, subject, peer) or self.settled(subject, peer)
            for subject in subjects
            for peer in peers
        )

    def holds_anyhow(
        self, index: int, ends: tuple[Iterable[Subject], Sequence[Subject]], ports: PortSet
    ) -> bool:
        """The same by each of their addresses: another peer may mean all of them."""
        subjects, peers = ends
        return all(
            ports <= self.accepted_anyhow(index, subject, peer) or self.settled(subject, peer)
            for subject in subjects
            for peer in peers
        )
