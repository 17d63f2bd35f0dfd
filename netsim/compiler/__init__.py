"""Compiles a snapshot: parties to classes, policies to rules, rules to programs.

The passes, in order: what rules look at (vocabulary), who can be told apart (classes), sets
of classes (universe), policies to rules, rules to one program per class and direction.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import groupby

from netsim.addresses import AddressRange
from netsim.collector import collector_paused
from netsim.compiler import cluster_policy, network_policy
from netsim.compiler.classes import (
    ClassTable,
    EndpointClass,
    Face,
    Faces,
    Vocabulary,
)
from netsim.compiler.overlay import Overlay
from netsim.compiler.programs import Program, programs_of
from netsim.compiler.residents import Residents, residents_of
from netsim.compiler.rules import CompiledRule
from netsim.compiler.sets import ClassId, ClassSet, SetId, SetTable
from netsim.compiler.universe import Universe, universe_of
from netsim.compiler.vocabulary import Words, vocabulary_of, words_of
from netsim.model.flow import OwnNode, Party
from netsim.model.networks import Address, IPBlock
from netsim.model.policy import Direction, Peer, PodPeer, PolicyRef
from netsim.model.profile import Profile
from netsim.model.snapshot import Snapshot
from netsim.model.tiers import ClusterPolicy, Policy, TierPeer
from netsim.model.workload import Endpoint, Node

EndpointKey = tuple[str, str, str]
"""Namespace, name and kind, which no two endpoints share."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A snapshot under one profile, ready to answer."""

    snapshot: Snapshot
    profile: Profile
    vocabulary: Vocabulary
    classes: Sequence[EndpointClass]
    """By class id."""
    faces: Mapping[int, Faces]
    """By position in `snapshot.endpoints`."""
    own_node: Faces
    outside_classes: Mapping[int, Sequence[ClassId]]
    """Family to the class of each range of addresses, in ascending order."""
    rules_of: Mapping[PolicyRef, tuple[CompiledRule, ...]]
    """In policy order; a policy that selects nothing has none."""
    programs: Mapping[Direction, Mapping[ClassId, Program]]
    """By direction, one program per class."""
    universe: Universe
    _positions: dict[EndpointKey, int] = field(default_factory=dict, repr=False, compare=False)
    _residents: list[Residents] = field(default_factory=list, repr=False, compare=False)

    @property
    def rules(self) -> tuple[CompiledRule, ...]:
        """Every compiled rule, in policy order."""
        return tuple(rule for rules in self.rules_of.values() for rule in rules)

    @property
    def residents(self) -> Residents:
        """An index of the endpoints that only changes need, made when first asked for."""
        if not self._residents:
            population = self._population()
            self._residents.append(residents_of(self.snapshot, self.profile, population))
        return self._residents[0]

    @property
    def sets(self) -> SetTable:
        """The sets that rules name by number."""
        return self.universe.sets

    @property
    def everyone(self) -> ClassSet:
        """All classes."""
        return self.sets[self.universe.everyone]

    @property
    def outside(self) -> Iterator[tuple[AddressRange, ClassId]]:
        """Every address of both families, in ranges that no rule splits."""
        for family, classes in self.outside_classes.items():
            spans = self.vocabulary.addresses.ranges(family)
            for (span, _), class_id in zip(spans, classes, strict=True):
                yield span, class_id

    def position_of(self, endpoint: Endpoint) -> int:
        """Where an endpoint stands in the snapshot; raises KeyError if it is not in it."""
        if not self._positions:
            self._positions.update(
                ((item.namespace, item.name, item.kind), place)
                for place, item in enumerate(self.snapshot.endpoints)
            )
        return self._positions[endpoint.namespace, endpoint.name, endpoint.kind]

    def _population(self) -> Counter[ClassId]:
        """Only of pods' classes: addresses outside and nodes are never numbered again."""
        faces = (face.class_id for faces in self.faces.values() for face in faces)
        return Counter(it for it in faces if self.classes[it].namespace is not None)

    def with_residents(self, residents: Residents) -> "Compiled":
        """The same with another index of the endpoints."""
        return replace(self, _residents=[residents])

    def faces_of(self, party: Party) -> Faces:
        """How the rules see a party."""
        match party:
            case Endpoint():
                return self.faces[self.position_of(party)]
            case OwnNode():
                return self.own_node
            case _:
                return (Face(party.version, self.class_of_address(party)),)

    def class_of_address(self, address: Address) -> ClassId:
        """The class of an address that no pod has."""
        place = self.vocabulary.addresses.position(address)
        return self.outside_classes[address.version][place]


def compile_snapshot(snapshot: Snapshot, profile: Profile | None = None) -> Compiled:
    """A valid snapshot always compiles; the profile settles what Kubernetes leaves open."""
    (compiled,) = compile_together([snapshot], profile)
    return compiled


def compile_together(
    snapshots: Sequence[Snapshot], profile: Profile | None = None
) -> tuple[Compiled, ...]:
    """Several snapshots over the same classes, so that their answers can be held together.

    A class of one snapshot that another has no pod in is a class of the other as well.
    """
    with collector_paused():
        return _compiled(snapshots, profile or Profile())


def _compiled(snapshots: Sequence[Snapshot], settings: Profile) -> tuple[Compiled, ...]:
    table = ClassTable(vocabulary_of(_words(snapshots)), settings)
    faces = _faces(snapshots, table)
    own_node = table.own_node()
    outside = {
        family: tuple(table.outside(signature) for signature in signatures)
        for family, signatures in table.vocabulary.addresses.signatures.items()
    }
    classes = tuple(table.classes)
    result = []
    for snapshot, its_faces in zip(snapshots, faces, strict=True):
        universe = universe_of(classes, snapshot.namespaces)
        rules_of: dict[PolicyRef, tuple[CompiledRule, ...]] = {}
        for policy in snapshot.all_policies:
            rules = lowered(policy, universe, settings, snapshot.nodes)
            # one object for the key and for what the rules name
            rules_of[rules[0].ref.policy if rules else policy.ref] = rules
        result.append(
            Compiled(
                snapshot=snapshot,
                profile=settings,
                vocabulary=table.vocabulary,
                classes=classes,
                faces=Overlay(its_faces),
                own_node=own_node,
                outside_classes=outside,
                rules_of=Overlay(rules_of),
                programs=_programs(rules_of.values(), len(classes), universe.sets),
                universe=universe,
            )
        )
    return tuple(result)


def lowered(
    policy: Policy, universe: Universe, profile: Profile, nodes: Sequence[Node]
) -> tuple[CompiledRule, ...]:
    """The compiled rules of a policy of any kind."""
    if isinstance(policy, ClusterPolicy):
        return cluster_policy.lowered(policy, universe, profile, nodes)
    return tuple(network_policy.lowered(policy, universe))


def peers_of(peer: Peer | TierPeer, namespace: str, compiled: Compiled) -> SetId:
    """Everyone that one item of `from` or `to` means, in a policy of some namespace."""
    if isinstance(peer, IPBlock) or (isinstance(peer, PodPeer) and namespace):
        return network_policy.peers_of(peer, namespace, compiled.universe)
    return cluster_policy.peers_of(peer, compiled.universe, compiled.snapshot.nodes)


def _words(snapshots: Iterable[Snapshot]) -> Words:
    """Everything that the policies of any of some snapshots look at."""
    first, *others = (words_of(it.all_policies, it.nodes) for it in snapshots)
    return reduce(Words.__or__, others, first)


def _faces(snapshots: Sequence[Snapshot], table: ClassTable) -> list[dict[int, Faces]]:
    """Pods by namespace, nodes last: a namespace's classes get consecutive numbers."""
    faces: list[dict[int, Faces]] = [{} for _ in snapshots]
    nodes = [
        (found, table.fill(found, placed)) for found, placed in _by_namespace(snapshots, faces)
    ]
    for found, placed in nodes:
        for place, node in placed:
            found[place] = table.faces(node)
    return faces


def _by_namespace(
    snapshots: Sequence[Snapshot], faces: Sequence[dict[int, Faces]]
) -> Iterable[tuple[dict[int, Faces], Iterable[tuple[int, Endpoint]]]]:
    """Every endpoint with its place in its snapshot, and where the faces of some are to go."""
    every = [enumerate(snapshot.endpoints) for snapshot in snapshots]
    if len(every) == 1:
        return zip(faces, every, strict=True)
    found: dict[str, list[tuple[dict[int, Faces], list[tuple[int, Endpoint]]]]] = {}
    for its_faces, placed in zip(faces, every, strict=True):
        for namespace, items in groupby(placed, key=lambda item: item[1].namespace):
            found.setdefault(namespace, []).append((its_faces, list(items)))
    return [item for namespace in sorted(found) for item in found[namespace]]


def _programs(
    rules_of: Iterable[tuple[CompiledRule, ...]], class_count: int, sets: SetTable
) -> dict[Direction, Mapping[ClassId, Program]]:
    numbers = [ClassId(number) for number in range(class_count)]
    found: dict[Direction, Mapping[ClassId, Program]] = {}
    for direction in Direction:
        one_way = [rule for rules in rules_of for rule in rules if rule.direction is direction]
        programs = programs_of(one_way, class_count, sets)
        found[direction] = Overlay(dict(zip(numbers, programs, strict=True)))
    return found
