"""The judge: what the Kubernetes documentation says, sentence by sentence, slow and plain.

It shares nothing with the compiler, so that the two can be held against each other. Rule ids
(`S12`) are those of docs/semantics.md; ids like `np-peer-own-namespace` name conformance cases.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import assert_never

from netsim.model.flow import Flow, OwnNode, Party
from netsim.model.labels import Labels, LabelSelector, Operator, Requirement
from netsim.model.networks import Address, IPBlock
from netsim.model.policy import AnyPeer, Direction, NetworkPolicy, Peer, PodPeer, Rule
from netsim.model.ports import (
    AnyPort,
    ContainerPort,
    ContainerRole,
    NamedPort,
    PortRange,
    RulePort,
)
from netsim.model.profile import (
    HostNetworkPods,
    IPBlockMatchesPods,
    NamedPortDuplicates,
    NamedPortInitContainers,
    NodeLocal,
    Profile,
    SelfTraffic,
    TerminalPods,
    UnknownAddresses,
)
from netsim.model.snapshot import Snapshot
from netsim.model.workload import Endpoint

Seen = Address | None
"""The address under which a party is seen; None when it is not known."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Judges one flow at a time by walking every policy."""

    snapshot: Snapshot
    profile: Profile = field(default_factory=Profile)

    def allows(self, flow: Flow) -> bool:
        """Egress at the source and ingress at the target must both allow (S12).

        Before that: a finished pod has no network (S65, np-finished-pod), a pod always
        reaches itself (S55, np-self), and a pod and its own node always reach each other
        (S56, S57, np-own-node).
        """
        source, target = flow.source, flow.target
        if self._finished(source) or self._finished(target):
            return False
        if self._same_pod(source, target) or self._own_node(source, target):
            return True
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

    def _own_node(self, source: Party, target: Party) -> bool:
        if self._runs_on(target, source):
            return self.profile.node_local is not NodeLocal.NONE
        if self._runs_on(source, target):
            return self.profile.node_local is NodeLocal.BOTH
        return False

    def _runs_on(self, pod: Party, node: Party) -> bool:
        """A host-network pod stands for its node; an unknown node is never assumed (S56)."""
        if not isinstance(pod, Endpoint) or self._is_node(pod):
            return False
        if isinstance(node, OwnNode):
            return True
        if not isinstance(node, Endpoint) or not self._is_node(node):
            return False
        return node.node != "" and node.node == pod.node

    def _is_node(self, endpoint: Endpoint) -> bool:
        """By default a host-network pod is its node's address (S58, np-host-network)."""
        as_node = self.profile.host_network_pods is HostNetworkPods.NODE
        return endpoint.host_network and as_node

    def _is_pod(self, party: Party) -> bool:
        return isinstance(party, Endpoint) and not self._is_node(party)

    def _end_allows(
        self, direction: Direction, flow: Flow, subject: Party, peer: tuple[Party, Seen]
    ) -> bool:
        """A pod that no policy isolates is open (S11); an isolated one needs a rule (S13)."""
        if not isinstance(subject, Endpoint) or self._is_node(subject):
            return True
        isolating = [
            policy
            for policy in self.snapshot.policies
            if direction in policy.rules and _selects_pod(policy, subject)
        ]
        return not isolating or any(
            self._peers_match(policy, rule, peer) and self._ports_match(rule, flow)
            for policy in isolating
            for rule in policy.rules[direction]
        )

    def _peers_match(self, policy: NetworkPolicy, rule: Rule, peer: tuple[Party, Seen]) -> bool:
        """Peers are OR-ed (S28); no peers is every peer (S27)."""
        return any(self._peer_matches(policy, item, peer) for item in rule.peers)

    def _peer_matches(
        self, policy: NetworkPolicy, item: Peer, peer: tuple[Party, Seen]
    ) -> bool:
        party, address = peer
        match item:
            case AnyPeer():
                return True
            case IPBlock():
                return self._block_matches(item, party, address)
            case PodPeer():
                return self._pod_peer_matches(policy, item, party)
            case _:
                assert_never(item)

    def _pod_peer_matches(self, policy: NetworkPolicy, item: PodPeer, party: Party) -> bool:
        """Pods only (S33); both selectors must hold (S31).

        Without namespaceSelector, pods of the policy's own namespace (S29,
        np-peer-own-namespace).
        """
        if not isinstance(party, Endpoint) or self._is_node(party):
            return False
        if item.namespaces is None:
            in_namespace = party.namespace == policy.namespace
        else:
            namespace = self.snapshot.namespaces[party.namespace]
            in_namespace = _meets(item.namespaces, namespace.labels)
        return in_namespace and _meets(item.pods, party.labels)

    def _block_matches(self, block: IPBlock, party: Party, address: Seen) -> bool:
        """By the peer's address, pods included unless the plugin says no (S34, S35)."""
        if self._is_pod(party) and self.profile.ipblock_matches_pods is IPBlockMatchesPods.NO:
            return False
        if address is None:
            return self.profile.unknown_addresses is UnknownAddresses.MATCH
        if address.version != block.cidr.version or address not in block.cidr:
            return False
        return not any(address in network for network in block.excepts)

    def _ports_match(self, rule: Rule, flow: Flow) -> bool:
        """Port entries are OR-ed (S50)."""
        return any(self._port_matches(port, flow) for port in rule.ports)

    def _port_matches(self, port: RulePort, flow: Flow) -> bool:
        match port:
            case AnyPort():
                return True
            case PortRange(protocol, first, last):
                return protocol is flow.protocol and first <= flow.port <= last
            case NamedPort(protocol):
                numbers = self._numbers(flow.target, port)
                return protocol is flow.protocol and flow.port in numbers
            case _:
                assert_never(port)

    def _numbers(self, target: Party, port: NamedPort) -> list[int]:
        """A name is looked up on the target, whichever way the rule points (S44, S45).

        What is no pod declares no ports (S49); an undeclared name matches nothing (S48).
        """
        if not isinstance(target, Endpoint) or self._is_node(target):
            return []
        numbers = [
            declared.number
            for declared in self._counting(target)
            if declared.name == port.name and declared.protocol is port.protocol
        ]
        first_only = self.profile.named_port_duplicates is NamedPortDuplicates.FIRST
        return numbers[:1] if first_only else numbers

    def _counting(self, pod: Endpoint) -> Iterator[ContainerPort]:
        """Sidecars run as long as the pod; other init containers are gone (S47)."""
        setting = self.profile.named_port_init_containers
        yield from (port for port in pod.ports if port.role is ContainerRole.MAIN)
        if setting is not NamedPortInitContainers.NONE:
            yield from (port for port in pod.ports if port.role is ContainerRole.SIDECAR)
        if setting is NamedPortInitContainers.ALL:
            yield from (port for port in pod.ports if port.role is ContainerRole.INIT)


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


def _selects_pod(policy: NetworkPolicy, pod: Endpoint) -> bool:
    """Policies concern pods of their own namespace (S8, S9)."""
    return policy.namespace == pod.namespace and _meets(policy.subject, pod.labels)


def _meets(selector: LabelSelector, labels: Labels) -> bool:
    """All requirements must hold (S19); none at all is everything (S17)."""
    return all(_holds(requirement, labels) for requirement in selector.requirements)


def _holds(requirement: Requirement, labels: Labels) -> bool:
    """NotIn and DoesNotExist hold for a missing key (S21, np-not-in-without-the-key)."""
    match requirement.operator:
        case Operator.IN:
            return requirement.key in labels and labels[requirement.key] in requirement.values
        case Operator.NOT_IN:
            return (
                requirement.key not in labels
                or labels[requirement.key] not in requirement.values
            )
        case Operator.EXISTS:
            return requirement.key in labels
        case Operator.DOES_NOT_EXIST:
            return requirement.key not in labels
