"""A NetworkPolicy as the API server stores it: defaults filled in, absent told from empty."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from netsim.model.labels import LabelSelector
from netsim.model.networks import IPBlock
from netsim.model.ports import RulePort
from netsim.source import Source


class Direction(Enum):
    """Which way a connection is opened, seen from the subject."""

    INGRESS = "ingress"
    EGRESS = "egress"

    __hash__ = object.__hash__
    """By identity, as members compare: Enum's own hash is a call for each look-up."""

    @property
    def policy_type(self) -> str:
        """The direction as `spec.policyTypes` spells it."""
        return self.value.capitalize()

    @property
    def peers_field(self) -> str:
        """The field that lists a rule's peers: `from` or `to`."""
        return "from" if self is Direction.INGRESS else "to"


@dataclass(frozen=True, slots=True, order=True)
class PolicyRef:
    """A policy's identity; a cluster-scoped kind has an empty namespace."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


@dataclass(frozen=True, slots=True)
class RuleRef:
    """A written rule; `index` is None for the isolation a policy brings in one direction."""

    policy: PolicyRef
    direction: Direction
    index: int | None = None

    def __str__(self) -> str:
        if self.index is None:
            return f"{self.policy} spec.policyTypes ({self.direction.policy_type})"
        return f"{self.policy} spec.{self.direction.value}[{self.index}]"


@dataclass(frozen=True, slots=True)
class AnyPeer:
    """No `from`/`to`: every source or destination, outside the cluster included."""


@dataclass(frozen=True, slots=True)
class PodPeer:
    """Pods by label; never an address outside and never a node."""

    pods: LabelSelector
    namespaces: LabelSelector | None
    """None means the policy's own namespace, which no selector can say."""

    def __str__(self) -> str:
        where = "own namespace" if self.namespaces is None else f"namespaces {self.namespaces}"
        return f"pods {self.pods} in {where}"


Peer = AnyPeer | PodPeer | IPBlock


@dataclass(frozen=True, slots=True)
class Rule:
    """Peers AND ports; peers are OR-ed, ports are OR-ed, and neither list is ever empty."""

    peers: tuple[Peer, ...]
    """`(AnyPeer(),)` when `from`/`to` is missing, null or empty; else one per list item."""
    ports: tuple[RulePort, ...]
    """`(AnyPort(),)` when `ports` is missing, null or empty; else one per list item."""


@dataclass(frozen=True, slots=True)
class NetworkPolicy:
    """A `networking.k8s.io/v1` NetworkPolicy after defaulting."""

    namespace: str
    name: str
    subject: LabelSelector
    rules: Mapping[Direction, tuple[Rule, ...]]
    """A missing direction isolates nothing; an empty tuple isolates and allows nothing."""
    source: Source

    @property
    def ref(self) -> PolicyRef:
        """The identity that reports and rules carry."""
        return PolicyRef("NetworkPolicy", self.namespace, self.name)

    def place_of(self, ref: RuleRef) -> Source:
        """Where a rule, or the isolation itself, is written."""
        if ref.index is None:
            return self.source.at("spec")
        return self.source.at("spec", ref.direction.value, ref.index)
