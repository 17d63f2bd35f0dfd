"""Finds why: the rule that decided at each end, or the one that came nearest."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from netsim.compiler import peers_of
from netsim.compiler.classes import is_node
from netsim.compiler.rules import Action, CompiledRule
from netsim.compiler.sets import ClassId
from netsim.compiler.targets import ports_on
from netsim.graph import Decision, Exemption, Graph, Side
from netsim.model.flow import Flow, OwnNode, Party
from netsim.model.policy import AnyPeer, Direction, NetworkPolicy, PolicyRef, Rule, RuleRef
from netsim.model.ports import ALL_PORTS, AnyPort, PortRange, PortSet
from netsim.model.tiers import ClusterPolicy, Policy, TierRule
from netsim.model.workload import Endpoint
from netsim.query.explanation import (
    Citation,
    End,
    Explanation,
    NearMiss,
    PairExplanation,
    Status,
)
from netsim.query.near_miss import Missed, peer_hint, ports_hint
from netsim.query.parties import Outside, Subject, party_of, subject_name
from netsim.query.tier_steps import tier_steps
from netsim.query.verdict import PairVerdict, Verdict
from netsim.query.worlds import Worlds
from netsim.source import Place, Source, field_path

Locate = Callable[[Source], Place]


def explain(question: str, verdict: Verdict, worlds: Worlds, locate: Locate) -> Explanation:
    """Explains every pair; ports with the same reason share one part."""
    explainer = _Explainer(worlds.graph, locate)
    parts = tuple(part for pair in verdict.pairs for part in explainer.parts(pair))
    return Explanation(question, verdict, parts)


@dataclass(frozen=True, slots=True)
class _Explainer:
    graph: Graph
    locate: Locate

    def parts(self, answer: PairVerdict) -> Iterator[PairExplanation]:
        pair = answer.pair
        asked = ALL_PORTS if pair.asked is None else pair.asked
        for decision, ports in self._decisions(pair.source, pair.target, asked):
            ends = _Ends(pair.source, pair.target, ports)
            yield PairExplanation(
                pair=pair,
                source=subject_name(pair.source),
                target=subject_name(pair.target),
                ports=ports,
                allowed=decision.allowed,
                egress=self._end(decision, decision.egress, ends),
                ingress=self._end(decision, decision.ingress, ends),
                via=pair.via,
            )

    def _decisions(
        self, source: Subject, target: Subject, asked: PortSet
    ) -> Iterator[tuple[Decision, PortSet]]:
        """The asked ports in groups that the same rules decide, allowed ones first."""
        left, right = party_of(source), party_of(target)
        groups: dict[tuple[object, ...], tuple[Decision, list[PortRange]]] = {}
        for span in self._uncut(left, right, asked):
            decision = self.graph.decide(Flow(left, right, span.protocol, span.first))
            key = (decision.allowed, *_refs(decision.egress), *_refs(decision.ingress))
            groups.setdefault(key, (decision, []))[1].append(span)
        for decision, spans in sorted(groups.values(), key=lambda item: not item[0].allowed):
            yield decision, PortSet.of(*spans)

    def _uncut(self, source: Party, target: Party, asked: PortSet) -> Iterator[PortRange]:
        """The asked ports in ranges that no rule of either end cuts."""
        pieces = [asked]
        for left, right in self.graph.class_pairs(source, target):
            programs = self.graph.compiled.programs
            rules = (*programs[Direction.EGRESS][left], *programs[Direction.INGRESS][right])
            for ports in {rule.ports for rule in rules}:
                pieces = [
                    part for piece in pieces for part in (piece & ports, piece - ports) if part
                ]
        spans = [span for piece in pieces for span in piece]
        order = list(ALL_PORTS)
        protocols = [span.protocol for span in order]
        yield from sorted(spans, key=lambda span: (protocols.index(span.protocol), span.first))

    def _end(self, decision: Decision, side: Side, ends: "_Ends") -> End:
        subject = ends.subject(side.direction)
        beside = decision.exemption is Exemption.TO_OWN_NODE
        judged = beside and side.direction is Direction.EGRESS
        exempt = _exempt(None if judged else decision.exemption, subject, self.graph)
        name = subject_name(subject)
        if exempt:
            finished = decision.exemption is Exemption.FINISHED
            status = Status.DENIED if finished else Status.EXEMPT
            return End(side.direction, name, status, exempt)
        party = party_of(subject)
        steps = tier_steps(
            self.graph,
            side,
            party,
            ends.ports,
            lambda ref: self._cited_match(ref, ends),
            beside=beside,
        )
        end = self._decided(side, ends, name)
        if not steps:
            return end
        because = " · ".join((*map(str, steps), end.status.value))
        return replace(end, because=because, tiers=steps)

    def _decided(self, side: Side, ends: "_Ends", name: str) -> End:
        """What decided at an end that policies may be about."""
        subject = ends.subject(side.direction)
        if side.rule is not None and _is_written_denial(side.rule):
            cited = self._cited_match(side.rule.ref, ends)
            because = f"by {cited.policy} {cited.path}"
            return End(side.direction, name, Status.DENIED, because, cited)
        isolating = tuple(
            self._cited(rule.ref)
            for rule in self.graph.isolating(party_of(subject), side.direction)
        )
        if side.rule is None:
            because = f"no policy isolates it for {side.direction.value}"
            return End(side.direction, name, Status.OPEN, because)
        if side.rule.action is Action.ACCEPT:
            cited = self._cited_match(side.rule.ref, ends)
            because = f"by {cited.policy} {cited.path}"
            return End(side.direction, name, Status.ALLOWED, because, cited, isolating)
        nearest = self._nearest(isolating, side.direction, ends)
        names = ", ".join(dict.fromkeys(str(item.policy) for item in isolating))
        because = f"isolated by {names}, none of whose rules allows this"
        return End(side.direction, name, Status.DENIED, because, None, isolating, nearest)

    def _nearest(
        self, isolating: tuple[Citation, ...], direction: Direction, ends: "_Ends"
    ) -> NearMiss | None:
        found = [
            self._miss(RuleRef(policy.ref, direction, index), rule, ends)
            for policy in self._policies(isolating)
            for index, rule in enumerate(policy.rules[direction])
        ]
        return min(found, key=lambda miss: _FAR[miss.dimension], default=None)

    def _policies(self, isolating: tuple[Citation, ...]) -> Iterator[NetworkPolicy]:
        wanted = {item.policy for item in isolating}
        for policy in self.graph.compiled.snapshot.policies:
            if policy.ref in wanted:
                yield policy

    def _miss(self, ref: RuleRef, rule: Rule, ends: "_Ends") -> NearMiss:
        peer, target = party_of(ends.peer(ref.direction)), party_of(ends.target)
        missed = Missed(
            self.graph.compiled.snapshot, ref.policy.namespace, peer, target, ends.ports
        )
        peer_index = self._matching_peer(ref, rule, peer)
        port_index = self._matching_port(rule, target, ends.ports)
        if peer_index is None and port_index is None:
            dimension = "peer and ports"
        else:
            dimension = "peer" if peer_index is None else "ports"
        hints = []
        if peer_index is None:
            hints.append(
                " / ".join(filter(None, (peer_hint(item, missed) for item in rule.peers)))
            )
        if port_index is None:
            hints.append(ports_hint(rule.ports, missed))
        return NearMiss(self._cited(ref), dimension, "; ".join(hints))

    def _cited_match(self, ref: RuleRef, ends: "_Ends") -> Citation:
        """The rule down to the peer that matched."""
        policy = self._policy(ref.policy)
        rule = policy.rules[ref.direction][ref.index or 0]
        index = self._matching_peer(ref, rule, party_of(ends.peer(ref.direction)))
        if index is None or isinstance(rule.peers[index], AnyPeer):
            return self._cited(ref)
        return self._at(ref, policy.place_of(ref).at(ref.direction.peers_field, index))

    def _matching_peer(self, ref: RuleRef, rule: Rule | TierRule, peer: Party) -> int | None:
        compiled = self.graph.compiled
        faces = [face.class_id for face in compiled.faces_of(peer)]
        for index, item in enumerate(rule.peers):
            matched = compiled.sets[peers_of(item, ref.policy.namespace, compiled)]
            if any(face in matched for face in faces):
                return index
        return None

    def _matching_port(self, rule: Rule, target: Party, asked: PortSet) -> int | None:
        face: ClassId = self.graph.compiled.faces_of(target)[0].class_id
        for index, port in enumerate(rule.ports):
            found = ports_on(port, face, self.graph.compiled.universe)
            if isinstance(port, AnyPort) or found & asked:
                return index
        return None

    def _policy(self, ref: PolicyRef) -> Policy:
        snapshot = self.graph.compiled.snapshot
        return next(policy for policy in snapshot.all_policies if policy.ref == ref)

    def _cited(self, ref: RuleRef) -> Citation:
        return self._at(ref, self._policy(ref.policy).place_of(ref))

    def _at(self, ref: RuleRef, source: Source) -> Citation:
        route = source.route[source.route.index("spec") :]
        path, place = field_path(route), self.locate(source)
        policy = self._policy(ref.policy)
        if isinstance(policy, ClusterPolicy):
            return Citation(ref.policy, path, place, policy.tier, policy.priority)
        return Citation(ref.policy, path, place)


@dataclass(frozen=True, slots=True)
class _Ends:
    source: Subject
    target: Subject
    ports: PortSet

    def subject(self, direction: Direction) -> Subject:
        return self.source if direction is Direction.EGRESS else self.target

    def peer(self, direction: Direction) -> Subject:
        return self.target if direction is Direction.EGRESS else self.source


_FAR = {"ports": 0, "peer": 1, "peer and ports": 2}


def _refs(side: Side) -> tuple[RuleRef | None, ...]:
    """The rules that had a say, the one that decided first."""
    decided = side.rule.ref if side.rule is not None else None
    return (decided, *(rule.ref for rule in side.passed), None)


def _is_written_denial(rule: CompiledRule) -> bool:
    """Whether a rule says Deny, which is not what isolation brings."""
    return rule.action is Action.DENY and rule.ref.index is not None


def _exempt(exemption: Exemption | None, subject: Subject, graph: Graph) -> str:
    match exemption:
        case Exemption.FINISHED:
            return "one end has finished and released its address"
        case Exemption.SELF:
            return "a pod cannot block access to itself"
        case Exemption.OWN_NODE | Exemption.TO_OWN_NODE:
            return "traffic between a pod and the node it runs on is always allowed"
        case None:
            return _outside_policies(subject, graph)


def _outside_policies(subject: Subject, graph: Graph) -> str:
    match subject:
        case Outside():
            return "outside the cluster: no policy applies to it"
        case OwnNode():
            return "a node: no policy applies to it"
        case Endpoint():
            if subject.is_node_object:
                return "a node: no policy applies to it"
            host = is_node(subject, graph.compiled.profile)
            return "on the host network: policies do not select it" if host else ""
