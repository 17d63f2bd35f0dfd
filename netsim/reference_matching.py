"""When a rule matches, for the judge: who a peer means, which ports, whom a policy is about.

Ids are those of docs/semantics.md and of the conformance cases, as in the judge.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import assert_never

from netsim.model.flow import Flow, Party
from netsim.model.labels import Labels, LabelSelector, Operator, Requirement
from netsim.model.networks import Address, IPBlock
from netsim.model.policy import AnyPeer, NetworkPolicy, Peer, PodPeer, Rule
from netsim.model.ports import (
    AnyPort,
    ContainerPort,
    ContainerRole,
    NamedPort,
    PortRange,
    RulePort,
)
from netsim.model.profile import (
    DomainNames,
    HostNetworkPods,
    IPBlockMatchesPods,
    NamedPortDuplicates,
    NamedPortInitContainers,
    Profile,
    UnknownAddresses,
)
from netsim.model.snapshot import Snapshot
from netsim.model.tiers import (
    Action,
    ClusterPolicy,
    DomainPeer,
    NetworksPeer,
    NodePeer,
    TierPeer,
    TierRule,
)
from netsim.model.workload import Endpoint

Seen = Address | None
"""The address under which a party is seen; None when it is not known."""


@dataclass(frozen=True, slots=True)
class Matching:
    """Peers, ports and subjects of written rules, under a profile."""

    snapshot: Snapshot
    profile: Profile = field(default_factory=Profile)

    def _is_node(self, endpoint: Endpoint) -> bool:
        """By default a host-network pod is its node's address (S58, np-host-network)."""
        as_node = self.profile.host_network_pods is HostNetworkPods.NODE
        return endpoint.is_node_object or (endpoint.host_network and as_node)

    def _is_pod(self, party: Party) -> bool:
        return isinstance(party, Endpoint) and not self._is_node(party)

    def _is_subject(self, policy: ClusterPolicy, pod: Endpoint) -> bool:
        return self._pod_is_meant(policy.subject, pod)

    def _pod_is_meant(self, meant: PodPeer, party: Party) -> bool:
        """Both selectors must hold; never on the host network (A11, cnp-host-network)."""
        if not isinstance(party, Endpoint) or party.host_network:
            return False
        labels = self.snapshot.namespaces[party.namespace].labels
        in_namespace = meant.namespaces is None or _meets(meant.namespaces, labels)
        return in_namespace and _meets(meant.pods, party.labels)

    def _tier_peer_matches(
        self, rule: TierRule, item: TierPeer, peer: tuple[Party, Seen]
    ) -> bool:
        party, address = peer
        match item:
            case AnyPeer():
                return True
            case PodPeer():
                return self._pod_is_meant(item, party)
            case NetworksPeer(blocks):
                return any(self._holds(block, address) for block in blocks)
            case NodePeer(selector):
                return self._is_at_node(selector, address)
            case DomainPeer():
                return self._name_matches(rule.action, party)
            case _:
                assert_never(item)

    def _is_at_node(self, selector: LabelSelector, address: Seen) -> bool:
        """The nodes' own addresses, not the pods that run there (A14, cnp-nodes)."""
        held = {
            it
            for node in self.snapshot.nodes
            if _meets(selector, node.labels)
            for it in node.addresses
        }
        if address is None:
            return bool(held) and self.profile.unknown_addresses is UnknownAddresses.MATCH
        return address in held

    def _name_matches(self, action: Action, party: Party) -> bool:
        """Nobody knows what a name resolves to (A15); it is no pod's address."""
        settings = {
            DomainNames.UNKNOWN: [],
            DomainNames.ACCEPT: [Action.ACCEPT],
            DomainNames.ACCEPT_AND_PASS: [Action.ACCEPT, Action.PASS],
            DomainNames.DENY: [Action.DENY],
            DomainNames.DENY_AND_PASS: [Action.DENY, Action.PASS],
        }
        return action in settings[self.profile.domain_names] and not self._is_pod(party)

    def _tier_port_matches(self, port: RulePort, flow: Flow) -> bool:
        """A name means what the target declares; what is on the host network has none (C18)."""
        target = flow.target
        if isinstance(port, NamedPort) and isinstance(target, Endpoint) and target.host_network:
            return False
        return self._port_matches(port, flow)

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
        return self._holds(block, address)

    def _holds(self, block: IPBlock, address: Seen) -> bool:
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


def selects_pod(policy: NetworkPolicy, pod: Endpoint) -> bool:
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
