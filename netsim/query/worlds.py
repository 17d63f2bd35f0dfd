"""One snapshot under its profile, and under each profile that differs in one open switch."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from netsim.compiler import Compiled, compile_snapshot
from netsim.graph import Graph
from netsim.model.policy import Direction
from netsim.model.ports import ContainerRole
from netsim.model.profile import DomainNames, Profile, SamePriority, UnknownAddresses
from netsim.model.snapshot import Gap, Snapshot
from netsim.model.tiers import Action, DomainPeer
from netsim.model.workload import Endpoint
from netsim.query.directory import Directory

_READ_BY_GRAPH = ("self_traffic", "node_local", "terminal_pods")
"""Switches that need no other compilation."""
_COMPILED_IN = (
    "host_network_pods",
    "ipblock_matches_pods",
    "unknown_addresses",
    "named_port_duplicates",
    "named_port_init_containers",
    "same_priority",
)
_LOADED_BY = frozenset({SamePriority.ERROR.value})
"""Settings that only the loader knows: what is compiled is the same."""


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
    _doubts: tuple[Alternative, ...] | None = field(default=None, repr=False)
    _directory: Directory | None = field(default=None, repr=False)

    @property
    def directory(self) -> Directory:
        """Who there is."""
        if self._directory is None:
            self._directory = Directory(self.graph)
        return self._directory

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

    def doubts(self) -> tuple[Alternative, ...]:
        """Worlds in which domain names resolve to something; where they differ nobody knows.

        Empty where no policy has any, or where the profile says what to take them for.
        """
        if self._doubts is None:
            self._doubts = tuple(_doubts(self.graph.compiled))
        return self._doubts

    def gaps(self, namespaces: Iterable[str]) -> tuple[Gap, ...]:
        """What netsim does not know and may touch traffic of some namespaces.

        Empty names stand for parties that are in none.
        """
        places = set(namespaces) - {""}
        return tuple(
            gap
            for gap in self.snapshot.gaps
            if places and (not gap.namespace or gap.namespace in places)
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
        if _matters(switch, compiled):
            for setting in compiled.profile.others(switch):
                if setting not in _LOADED_BY:
                    yield _compiled_anew(switch, setting, compiled)


def _compiled_anew(switch: str, setting: str, compiled: Compiled) -> Alternative:
    profile = compiled.profile.with_setting(switch, setting)
    return Alternative(switch, setting, Graph(compile_snapshot(compiled.snapshot, profile)))


def _doubts(compiled: Compiled) -> Iterator[Alternative]:
    """Whether a rule matches may be another answer for each name: both extremes are asked.

    Most is open where what accepts matches and what denies does not, and least the other way
    round; what a rule that passes does to an answer depends on the rules after it.
    """
    if compiled.profile.domain_names is not DomainNames.UNKNOWN:
        return
    named = {
        rule.action
        for policy in compiled.snapshot.cluster_policies
        for rule in policy.rules.get(Direction.EGRESS, ())
        if any(isinstance(peer, DomainPeer) for peer in rule.peers)
    }
    for setting in compiled.profile.others("domain_names") if named else ():
        passes = setting in _WITH_PASS
        if not passes or Action.PASS in named:
            yield _compiled_anew("domain_names", setting, compiled)


_WITH_PASS = (DomainNames.ACCEPT_AND_PASS.value, DomainNames.DENY_AND_PASS.value)


def _matters(switch: str, compiled: Compiled) -> bool:
    endpoints, looked_at = compiled.snapshot.endpoints, compiled.vocabulary
    match switch:
        case "host_network_pods":
            return any(item.host_network and not item.is_node_object for item in endpoints)
        case "ipblock_matches_pods":
            unknown = compiled.profile.unknown_addresses is UnknownAddresses.MATCH
            seen = unknown or any(item.addresses for item in endpoints)
            return seen and bool(looked_at.addresses.blocks)
        case "unknown_addresses":
            return bool(looked_at.addresses.blocks)
        case "same_priority":
            ranks = [item.rank[:2] for item in compiled.snapshot.cluster_policies]
            return len(ranks) != len(set(ranks))
        case "named_port_duplicates":
            return bool(looked_at.port_names) and any(map(_has_duplicate_names, endpoints))
        case _:
            return bool(looked_at.port_names) and any(
                port.role is not ContainerRole.MAIN for item in endpoints for port in item.ports
            )


def _has_duplicate_names(endpoint: Endpoint) -> bool:
    names = [(port.protocol, port.name) for port in endpoint.ports if port.name]
    return len(names) != len(set(names))
