"""Compiles a snapshot: parties to classes, policies to rules, rules to programs.

The passes, in order: what rules look at (vocabulary), who can be told apart (classes), sets
of classes (universe), policies to rules, rules to one program per class and direction.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from netsim.compiler.addresses import AddressRange, address_space
from netsim.compiler.classes import ClassTable, EndpointClass, Face, PortName, Vocabulary
from netsim.compiler.network_policy import lowered
from netsim.compiler.programs import Program, programs_of
from netsim.compiler.rules import ClassId, CompiledRule, EndpointSet
from netsim.compiler.universe import Universe, universe_of
from netsim.model.flow import OwnNode, Party
from netsim.model.labels import Requirement
from netsim.model.networks import IPBlock
from netsim.model.policy import Direction, NetworkPolicy, PodPeer, Rule
from netsim.model.ports import NamedPort
from netsim.model.profile import Profile
from netsim.model.snapshot import Snapshot
from netsim.model.workload import Endpoint


@dataclass(frozen=True, slots=True)
class Compiled:
    """A snapshot under one profile, ready to answer."""

    snapshot: Snapshot
    profile: Profile
    classes: tuple[EndpointClass, ...]
    faces: Mapping[Endpoint, tuple[Face, ...]]
    outside: tuple[tuple[AddressRange, ClassId], ...]
    """Every address of both families, in ranges that no rule splits."""
    rules: tuple[CompiledRule, ...]
    programs: Mapping[Direction, tuple[Program, ...]]
    """By direction, one program per class."""
    universe: Universe
    table: ClassTable
    """Finds the class of any other party; every class it can find exists already."""

    @property
    def everyone(self) -> EndpointSet:
        """All classes."""
        return EndpointSet((1 << len(self.classes)) - 1)

    def faces_of(self, party: Party) -> tuple[Face, ...]:
        """How the rules see a party."""
        if isinstance(party, Endpoint):
            return self.faces[party]
        return self.table.faces(party)


def compile_snapshot(snapshot: Snapshot, profile: Profile | None = None) -> Compiled:
    """A valid snapshot always compiles; the profile settles what Kubernetes leaves open."""
    settings = profile or Profile()
    table = ClassTable(_vocabulary(snapshot), settings)
    faces = {endpoint: table.faces(endpoint) for endpoint in snapshot.endpoints}
    table.faces(OwnNode())
    outside = tuple(
        (span, table.number(table.described(span.first, signature)))
        for family in (4, 6)
        for span, signature in table.vocabulary.addresses.ranges(family)
    )
    universe = universe_of(table.classes, snapshot.namespaces)
    rules = tuple(rule for policy in snapshot.policies for rule in lowered(policy, universe))
    programs = {
        direction: programs_of(
            [rule for rule in rules if rule.direction is direction], len(table.classes)
        )
        for direction in Direction
    }
    return Compiled(
        snapshot=snapshot,
        profile=settings,
        classes=tuple(table.classes),
        faces=faces,
        outside=outside,
        rules=rules,
        programs=programs,
        universe=universe,
        table=table,
    )


def _vocabulary(snapshot: Snapshot) -> Vocabulary:
    keys = {
        requirement.key for policy in snapshot.policies for requirement in _requirements(policy)
    }
    blocks: list[IPBlock] = []
    names: set[PortName] = set()
    for rule in (rule for policy in snapshot.policies for rule in _rules(policy)):
        blocks += [peer for peer in rule.peers if isinstance(peer, IPBlock)]
        names |= {
            (port.protocol, port.name) for port in rule.ports if isinstance(port, NamedPort)
        }
    return Vocabulary(frozenset(keys), frozenset(names), address_space(blocks))


def _rules(policy: NetworkPolicy) -> Iterator[Rule]:
    for rules in policy.rules.values():
        yield from rules


def _requirements(policy: NetworkPolicy) -> Iterator[Requirement]:
    yield from policy.subject.requirements
    for rule in _rules(policy):
        for peer in rule.peers:
            if isinstance(peer, PodPeer):
                yield from peer.pods.requirements
