"""The behaviours that Kubernetes leaves open, as one frozen set of switches.

Each switch has a documented default (docs/semantics.md). A verdict names the switches that
would change it when set otherwise.
"""

from dataclasses import dataclass, fields, replace
from enum import Enum
from typing import Any


class SelfTraffic(Enum):
    """A pod's connections to its own address ("a pod cannot block access to itself")."""

    ALLOW = "allow"
    EVALUATE = "evaluate"


class NodeLocal(Enum):
    """Traffic between a pod and the node it runs on."""

    BOTH = "both"
    INGRESS_ONLY = "ingress-only"
    NONE = "none"


class HostNetworkPods(Enum):
    """Pods with `hostNetwork: true` (documentation, "NetworkPolicy and hostNetwork pods")."""

    NODE = "node"
    """Seen as their node's address: not selectable, matched by ipBlock only."""
    POD = "pod"


class IPBlockMatchesPods(Enum):
    """Whether an ipBlock that holds a pod's address matches that pod."""

    YES = "yes"
    NO = "no"


class UnknownAddresses(Enum):
    """Whether an ipBlock matches a pod whose address is not in the input."""

    NO_MATCH = "no-match"
    MATCH = "match"


class NamedPortDuplicates(Enum):
    """One port name declared by several containers of a pod."""

    ANY = "any"
    FIRST = "first"


class NamedPortInitContainers(Enum):
    """Which init containers' ports a named port may resolve to."""

    SIDECARS = "sidecars"
    NONE = "none"
    ALL = "all"


class TerminalPods(Enum):
    """Pods whose phase is Succeeded or Failed: their address is released."""

    EXCLUDED = "excluded"
    INCLUDED = "included"


class SamePriority(Enum):
    """Cluster-wide policies of one tier and one priority that match the same connection.

    Each end of a connection is settled on its own: two nodes may differ.
    """

    BY_NAME = "by-name"
    ACCEPT_FIRST = "accept-first"
    """The policy that is asked first is the one that accepts, or else passes."""
    DENY_FIRST = "deny-first"
    """The policy that is asked first is the one that denies, or else passes."""
    ERROR = "error"
    """Such policies are refused when they are loaded."""


class DomainNames(Enum):
    """Which rules with domainNames match the addresses outside; pods and nodes never do.

    No setting is the truth: all but `unknown` tell what could be if names were resolved.
    """

    UNKNOWN = "unknown"
    """None, and an answer that could be another one is undecided."""
    ACCEPT = "accept"
    ACCEPT_AND_PASS = "accept-and-pass"  # noqa: S105 - actions of the API
    DENY = "deny"
    DENY_AND_PASS = "deny-and-pass"  # noqa: S105 - actions of the API


class MissingNamespaceObject(Enum):
    """A namespace that pods or policies name, without a Namespace object in the input."""

    SYNTHESISE = "synthesise"
    """It exists with its `kubernetes.io/metadata.name` label and no other."""
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Profile:
    """One setting of every switch; the defaults follow the Kubernetes documentation."""

    self_traffic: SelfTraffic = SelfTraffic.ALLOW
    node_local: NodeLocal = NodeLocal.BOTH
    host_network_pods: HostNetworkPods = HostNetworkPods.NODE
    ipblock_matches_pods: IPBlockMatchesPods = IPBlockMatchesPods.YES
    unknown_addresses: UnknownAddresses = UnknownAddresses.NO_MATCH
    named_port_duplicates: NamedPortDuplicates = NamedPortDuplicates.ANY
    named_port_init_containers: NamedPortInitContainers = NamedPortInitContainers.SIDECARS
    terminal_pods: TerminalPods = TerminalPods.EXCLUDED
    missing_namespace_object: MissingNamespaceObject = MissingNamespaceObject.SYNTHESISE
    same_priority: SamePriority = SamePriority.BY_NAME
    domain_names: DomainNames = DomainNames.UNKNOWN

    def settings(self) -> dict[str, str]:
        """Switch name to setting, in the order of declaration."""
        return {field.name: getattr(self, field.name).value for field in fields(self)}

    def others(self, switch: str) -> tuple[str, ...]:
        """The settings of a switch that are not the current one."""
        current = getattr(self, switch)
        return tuple(option.value for option in type(current) if option is not current)

    def with_setting(self, switch: str, setting: str) -> "Profile":
        """The same profile with one switch set; raises ValueError naming what is possible.

        >>> Profile().with_setting("self_traffic", "evaluate").self_traffic
        <SelfTraffic.EVALUATE: 'evaluate'>
        """
        known = self.settings()
        if switch not in known:
            raise ValueError(f"no switch {switch!r}: use {', '.join(known)}")
        options = type(getattr(self, switch))
        if setting not in {option.value for option in options}:
            possible = ", ".join(option.value for option in options)
            raise ValueError(f"{switch} cannot be {setting!r}: use {possible}")
        changed: dict[str, Any] = {switch: options(setting)}
        return replace(self, **changed)


PROFILES = {
    "default": Profile(),
    "cilium": Profile(ipblock_matches_pods=IPBlockMatchesPods.NO),
}
"""Named profiles, only where the network plugin's behaviour is documented by its authors."""
