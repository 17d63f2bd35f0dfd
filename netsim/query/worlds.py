"""One snapshot under its profile, and under each profile that differs in one open switch."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from netsim.compiler import compile_snapshot
from netsim.graph import Graph
from netsim.model.flow import Party
from netsim.model.networks import IPBlock
from netsim.model.policy import NetworkPolicy
from netsim.model.ports import ContainerRole, NamedPort
from netsim.model.profile import Profile
from netsim.model.snapshot import Snapshot, UnmodelledPolicy
from netsim.model.workload import Endpoint

_READ_BY_GRAPH = ("self_traffic", "node_local", "terminal_pods")
"""Switches that need no other compilation."""
_COMPILED_IN = (
    "host_network_pods",
    "ipblock_matches_pods",
    "unknown_addresses",
    "named_port_duplicates",
    "named_port_init_containers",
)


@dataclass(frozen=True, slots=True)
class Alternative:
    """The same snapshot with one switch set otherwise."""

    switch: str
    setting: str
    graph: Graph


@dataclass(slots=True)
class Worlds:
    """The graph that answers, and lazily the alternatives that qualify its answers."""

    graph: Graph
    _alternatives: tuple[Alternative, ...] | None = field(default=None, repr=False)

    @property
    def snapshot(self) -> Snapshot:
        """What the graph was compiled from."""
        return self.graph.compiled.snapshot

    @property
    def profile(self) -> Profile:
        """The settings that the graph answers under."""
        return self.graph.compiled.profile

    def alternatives(self) -> tuple[Alternative, ...]:
        """Every world that differs in one switch which could matter for this snapshot."""
        if self._alternatives is None:
            self._alternatives = tuple(_alternatives(self.graph))
        return self._alternatives

    def unmodelled(self, source: Party, target: Party) -> tuple[UnmodelledPolicy, ...]:
        """Policies netsim cannot evaluate and that may touch traffic between two parties."""
        if self.graph.exemption(source, target) is not None:
            return ()
        places = {item.namespace for item in (source, target) if isinstance(item, Endpoint)}
        return tuple(
            policy
            for policy in self.snapshot.unmodelled
            if places and (not policy.namespace or policy.namespace in places)
        )


def worlds_of(snapshot: Snapshot, profile: Profile) -> Worlds:
    """Compiles a snapshot; alternatives are compiled when first asked for."""
    return Worlds(Graph(compile_snapshot(snapshot, profile)))


def _alternatives(graph: Graph) -> Iterator[Alternative]:
    compiled = graph.compiled
    for switch in _READ_BY_GRAPH:
        for setting in compiled.profile.others(switch):
            profile = compiled.profile.with_setting(switch, setting)
            yield Alternative(switch, setting, Graph(replace(compiled, profile=profile)))
    for switch in _COMPILED_IN:
        if _matters(switch, compiled.snapshot):
            for setting in compiled.profile.others(switch):
                profile = compiled.profile.with_setting(switch, setting)
                other = compile_snapshot(compiled.snapshot, profile)
                yield Alternative(switch, setting, Graph(other))


def _matters(switch: str, snapshot: Snapshot) -> bool:
    match switch:
        case "host_network_pods":
            return any(item.host_network for item in snapshot.endpoints)
        case "ipblock_matches_pods" | "unknown_addresses":
            return _has_blocks(snapshot)
        case "named_port_duplicates":
            return any(map(_has_duplicate_names, snapshot.endpoints)) and _has_names(snapshot)
        case _:
            return _has_names(snapshot) and any(
                port.role is not ContainerRole.MAIN
                for item in snapshot.endpoints
                for port in item.ports
            )


def _has_blocks(snapshot: Snapshot) -> bool:
    return any(
        isinstance(peer, IPBlock)
        for policy in snapshot.policies
        for rules in policy.rules.values()
        for rule in rules
        for peer in rule.peers
    )


def _has_names(snapshot: Snapshot) -> bool:
    return any(map(_names_ports, snapshot.policies))


def _names_ports(policy: NetworkPolicy) -> bool:
    return any(
        isinstance(port, NamedPort)
        for rules in policy.rules.values()
        for rule in rules
        for port in rule.ports
    )


def _has_duplicate_names(endpoint: Endpoint) -> bool:
    names = [(port.protocol, port.name) for port in endpoint.ports if port.name]
    return len(names) != len(set(names))
