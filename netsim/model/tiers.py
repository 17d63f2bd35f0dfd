"""Cluster-wide policies of the Admin and Baseline tiers, all kinds and versions in one shape.

What a manifest calls Allow or Accept, `ports` or `protocols`, is folded by the loader; the
kind is kept as the name that answers print.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from ipaddress import ip_network

from netsim.model.labels import LabelSelector
from netsim.model.networks import IPBlock
from netsim.model.policy import AnyPeer, Direction, NetworkPolicy, PodPeer, PolicyRef, RuleRef
from netsim.model.ports import RulePort
from netsim.model.workload import Node
from netsim.source import Source

MOST_PRIORITY = 1000


class Tier(IntEnum):
    """The layers of policy, in the order they are asked."""

    ADMIN = 0
    NETWORK_POLICY = 1
    BASELINE = 2

    @property
    def label(self) -> str:
        """As people write it: `Admin`, `NetworkPolicy`, `Baseline`."""
        return _LABELS[self]


_LABELS = {
    Tier.ADMIN: "Admin",
    Tier.NETWORK_POLICY: "NetworkPolicy",
    Tier.BASELINE: "Baseline",
}


class Action(Enum):
    """What a matching rule does with a connection."""

    ACCEPT = "accept"
    DENY = "deny"
    PASS = "pass"  # noqa: S105 - an action of the API
    """Leave the tier undecided."""


@dataclass(frozen=True, slots=True)
class NetworksPeer:
    """Everyone whose address lies in one of these networks, pods included (A13)."""

    blocks: tuple[IPBlock, ...]

    def __str__(self) -> str:
        return f"networks {', '.join(map(str, self.blocks))}"


@dataclass(frozen=True, slots=True)
class NodePeer:
    """The addresses of nodes picked by label, not the pods that run there (A14)."""

    nodes: LabelSelector

    def __str__(self) -> str:
        return f"nodes {self.nodes}"


@dataclass(frozen=True, slots=True)
class DomainPeer:
    """Addresses outside that some names stand for, which no manifest tells (A15)."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        return f"domain names {', '.join(self.names)}"


TierPeer = AnyPeer | PodPeer | NetworksPeer | NodePeer | DomainPeer


@dataclass(frozen=True, slots=True)
class TierRule:
    """Peers AND ports, with what happens to a connection that matches both."""

    name: str
    """Empty where the rule has none."""
    action: Action
    peers: tuple[TierPeer, ...]
    """One per list item. Empty where all of them are of a kind that is not known: nobody."""
    ports: tuple[RulePort, ...]
    """`(AnyPort(),)` where nothing is listed. A name stands here once for each protocol."""


@dataclass(frozen=True, slots=True)
class ClusterPolicy:
    """A policy on pods of any namespace; its rules are asked in order, the first match wins.

    It isolates nobody: what no rule matches is left to the policies that come after it.
    """

    kind: str
    api_version: str
    name: str
    tier: Tier
    priority: int | None
    """0 to 1000, the lower the earlier; None comes after all that have one."""
    subject: PodPeer
    """Pods and namespaces, both by label; never a pod on the host network."""
    rules: Mapping[Direction, tuple[TierRule, ...]]
    """A missing direction and an empty tuple are the same: nothing is said."""
    source: Source = field(compare=False)

    @property
    def namespace(self) -> str:
        """Empty: the kind is cluster-scoped."""
        return ""

    @property
    def ref(self) -> PolicyRef:
        """The identity that reports and rules carry."""
        return PolicyRef(self.kind, "", self.name)

    @property
    def order(self) -> int:
        """The priority as a number that can be compared."""
        return MOST_PRIORITY + 1 if self.priority is None else self.priority

    @property
    def rank(self) -> tuple[int, int, str, str]:
        """The order in which policies are asked; equal priorities are settled by name (A9)."""
        return self.tier, self.order, self.name, self.kind

    def place_of(self, ref: RuleRef) -> Source:
        """Where a rule is written."""
        if ref.index is None:
            return self.source.at("spec")
        return self.source.at("spec", ref.direction.value, ref.index)


Policy = NetworkPolicy | ClusterPolicy


def blocks_of_nodes(nodes: Iterable[Node]) -> tuple[IPBlock, ...]:
    """Every address of some nodes, each as a block of its own."""
    addresses = (address for node in nodes for address in node.addresses)
    return tuple(IPBlock(ip_network(address), with_pods=True) for address in addresses)
