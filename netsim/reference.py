"""The judge: what the Kubernetes documentation says, sentence by sentence, slow and plain.

It shares nothing with the compiler, so that the two can be held against each other. Rule ids
(`S12`) are those of docs/semantics.md; ids like `np-peer-own-namespace` name conformance cases.
"""

from dataclasses import dataclass
from itertools import product

from netsim.model.flow import Flow, OwnNode, Party
from netsim.model.policy import Direction
from netsim.model.profile import (
    NodeLocal,
    SamePriority,
    SelfTraffic,
    TerminalPods,
)
from netsim.model.tiers import (
    Action,
    ClusterPolicy,
    Tier,
)
from netsim.model.workload import Endpoint
from netsim.reference_matching import Matching, Seen, selects_pod


@dataclass(frozen=True, slots=True)
class Reference(Matching):
    """Judges one flow at a time by walking every policy."""

    def allows(self, flow: Flow) -> bool:
        """Egress at the source and ingress at the target must both allow (S12).

        Before that: a finished pod has no network (S65, np-finished-pod), a pod always
        reaches itself (S55, np-self), and a pod and its own node always reach each other
        (S56, S57, np-own-node).
        """
        source, target = flow.source, flow.target
        if self._finished(source) or self._finished(target):
            return False
        if self._same_pod(source, target) or self._from_own_node(source, target):
            return True
        if self._to_own_node(source, target):
            return any(
                self._tiers_allow(Direction.EGRESS, flow, source, (target, address))
                for _, address in _meetings(source, target)
            )
        return any(
            self._end_allows(Direction.EGRESS, flow, source, (target, target_address))
            and self._end_allows(Direction.INGRESS, flow, target, (source, source_address))
            for source_address, target_address in _meetings(source, target)
        )

    def _finished(self, party: Party) -> bool:
        excluded = self.profile.terminal_pods is TerminalPods.EXCLUDED
        return isinstance(party, Endpoint) and party.finished and excluded

    def _same_pod(self, source: Party, target: Party) -> bool:
        """Replicas of one workload are different pods (np-self-replicas)."""
        if self.profile.self_traffic is SelfTraffic.EVALUATE:
            return False
        return isinstance(source, Endpoint) and source == target and source.replicas == 1

    def _from_own_node(self, source: Party, target: Party) -> bool:
        return self._runs_on(target, source) and self.profile.node_local is not NodeLocal.NONE

    def _to_own_node(self, source: Party, target: Party) -> bool:
        """NetworkPolicies have no say; a nodes peer means this node like any other (A14)."""
        return self._runs_on(source, target) and self.profile.node_local is NodeLocal.BOTH

    def _tiers_allow(
        self, direction: Direction, flow: Flow, subject: Party, peer: tuple[Party, Seen]
    ) -> bool:
        """As if there were no NetworkPolicy (cnp-admin-tier-egress-node-peers)."""
        if not isinstance(subject, Endpoint):
            return True
        admin = self._tier_says(Tier.ADMIN, direction, flow, subject, peer)
        if admin in (Action.ACCEPT, Action.DENY):
            return admin is Action.ACCEPT
        return self._tier_says(Tier.BASELINE, direction, flow, subject, peer) is not Action.DENY

    def _runs_on(self, pod: Party, node: Party) -> bool:
        """A host-network pod stands for its node; an unknown node is never assumed (S56)."""
        if not isinstance(pod, Endpoint) or self._is_node(pod):
            return False
        if isinstance(node, OwnNode):
            return True
        if not isinstance(node, Endpoint) or not self._is_node(node):
            return False
        return node.node != "" and node.node == pod.node

    def _end_allows(
        self, direction: Direction, flow: Flow, subject: Party, peer: tuple[Party, Seen]
    ) -> bool:
        """Admin tier, NetworkPolicies, Baseline tier, and at last everything is open (C2)."""
        if not isinstance(subject, Endpoint) or self._is_node(subject):
            return True
        admin = self._tier_says(Tier.ADMIN, direction, flow, subject, peer)
        if admin in (Action.ACCEPT, Action.DENY):
            return admin is Action.ACCEPT
        allowed = self._network_policies_allow(direction, flow, subject, peer)
        if allowed is not None:
            return allowed
        baseline = self._tier_says(Tier.BASELINE, direction, flow, subject, peer)
        return baseline is not Action.DENY

    def _network_policies_allow(
        self, direction: Direction, flow: Flow, subject: Endpoint, peer: tuple[Party, Seen]
    ) -> bool | None:
        """A pod that no policy isolates is open (S11); an isolated one needs a rule (S13).

        What they say of an isolated pod is final, allowed or not (C8); of a pod that none
        isolates in this direction they say nothing (C9, cnp-baseline-per-direction).
        """
        isolating = [
            policy
            for policy in self.snapshot.policies
            if direction in policy.rules and selects_pod(policy, subject)
        ]
        if not isolating:
            return None
        return any(
            self._peers_match(policy, rule, peer) and self._ports_match(rule, flow)
            for policy in isolating
            for rule in policy.rules[direction]
        )

    def _tier_says(
        self,
        tier: Tier,
        direction: Direction,
        flow: Flow,
        subject: Endpoint,
        peer: tuple[Party, Seen],
    ) -> Action | None:
        """The lowest priority with something to say decides (C3); Pass ends the tier (C7)."""
        said: dict[int, dict[tuple[str, str], Action]] = {}
        for policy in self.snapshot.cluster_policies:
            if policy.tier is tier and self._is_subject(policy, subject):
                action = self._first_match(policy, direction, flow, peer)
                if action is not None:
                    named = said.setdefault(policy.order, {})
                    named[policy.name, policy.kind] = action
        if not said:
            return None
        return self._settled(said[min(said)])

    def _settled(self, said: dict[tuple[str, str], Action]) -> Action:
        """Which policy of one priority is asked first is undefined (A9, C5)."""
        match self.profile.same_priority:
            case SamePriority.ACCEPT_FIRST:
                wished = [Action.ACCEPT, Action.PASS, Action.DENY]
            case SamePriority.DENY_FIRST:
                wished = [Action.DENY, Action.PASS, Action.ACCEPT]
            case SamePriority.BY_NAME | SamePriority.ERROR:
                return said[min(said)]
        return next(action for action in wished if action in said.values())

    def _first_match(
        self,
        policy: ClusterPolicy,
        direction: Direction,
        flow: Flow,
        peer: tuple[Party, Seen],
    ) -> Action | None:
        """Rules are asked in order, the first that matches decides (A6, cnp-rule-order)."""
        for rule in policy.rules.get(direction, ()):
            if any(self._tier_port_matches(port, flow) for port in rule.ports) and any(
                self._tier_peer_matches(rule, item, peer) for item in rule.peers
            ):
                return rule.action
        return None


def _meetings(source: Party, target: Party) -> list[tuple[Seen, Seen]]:
    """A connection has one address family: any that both ends have will do (S39).

    Where no family is known to be common, any pair of addresses is tried.
    """
    pairs = list(product(_seen(source), _seen(target)))
    return [pair for pair in pairs if _one_family(*pair)] or pairs


def _one_family(left: Seen, right: Seen) -> bool:
    return left is not None and right is not None and left.version == right.version


def _seen(party: Party) -> tuple[Seen, ...]:
    match party:
        case Endpoint():
            return party.addresses or (None,)
        case OwnNode():
            return (None,)
        case _:
            return (party,)
