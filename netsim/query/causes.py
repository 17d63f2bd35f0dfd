"""Finds why something opened or closed: the policies that changed, or else the objects."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from netsim.compiler.classes import Faces, meetings
from netsim.compiler.rules import CompiledRule
from netsim.compiler.sets import ClassId, ClassSet
from netsim.graph import Graph
from netsim.model.policy import Direction, PolicyRef, RuleRef
from netsim.model.ports import NO_PORTS, PortSet
from netsim.model.tiers import Policy, Tier
from netsim.model.workload import Endpoint
from netsim.query.deciders import Decided, deciders, denying
from netsim.query.diff import Cause, Locate, Site
from netsim.query.object_changes import Objects
from netsim.query.parties import party_of
from netsim.query.units import Sides, Unit
from netsim.source import Source, field_path

_Classes = tuple[ClassId, ClassId]
"""Of the source and of the target."""


class Piece(NamedTuple):
    """Ports that one set of changes opened or closed."""

    ports: PortSet
    causes: tuple[Cause, ...]
    wide: frozenset[Direction]
    """The ends that were changed and now let every pod through on these ports."""


@dataclass(frozen=True, slots=True)
class _End:
    """What one end began or ceased to accept, with the changes that did it."""

    changed: tuple[tuple[PortSet, tuple[Cause, ...], bool], ...]


@dataclass(slots=True)
class Causes:
    """Asks both worlds; what classes have in common is worked out once."""

    sides: Sides
    objects: Objects
    locate: Locate
    _ends: dict[tuple[object, ...], _End] = field(default_factory=dict)
    _pods: dict[int, ClassSet] = field(default_factory=dict)
    _policies: dict[int, Mapping[PolicyRef, Policy]] = field(default_factory=dict)
    _sites: dict[Source, Site] = field(default_factory=dict)
    _looks: dict[int, int | None] = field(default_factory=dict)
    _numbers: dict[tuple[str, Faces, Faces], int] = field(default_factory=dict)

    def look(self, place: int) -> int | None:
        """A number for how rules see a unit on both sides; pairs of equal looks are alike.

        None where more than rules may tell, as of what came, went or was changed itself.
        """
        if place not in self._looks:
            unit, number = self.sides.units[place], None
            if self.objects.unit(place) is None:
                where = unit.subject.namespace if isinstance(unit.subject, Endpoint) else ""
                key = where, self._faces(unit, after=False), self._faces(unit, after=True)
                number = self._numbers.setdefault(key, len(self._numbers))
            self._looks[place] = number
        return self._looks[place]

    def told_by_rules(self, source: int, target: int) -> bool:
        """Whether identity settles nothing between two units."""
        return not self._settled(self.sides.units[source], self.sides.units[target])

    def pieces(
        self, source: int, target: int, ports: PortSet, *, opened: bool
    ) -> Iterator[Piece]:
        """The ports in parts that different changes opened or closed."""
        ends = self.sides.units[source], self.sides.units[target]
        objects = tuple(self.objects.causes(source, target))
        missing = any(None in (it.before, it.after) for it in ends)
        rest = ports
        if not self._settled(*ends):
            for allowed, denied in self._meetings(*ends, opened=opened):
                for piece in self._between(allowed, denied, rest, opened=opened):
                    # of what came or went both are told: that it did, and what let it through
                    first = objects if missing or not piece.causes else ()
                    yield piece._replace(causes=_with(first, piece.causes))
                    rest -= piece.ports
        if rest:
            yield Piece(rest, objects, frozenset())

    def _settled(self, source: Unit, target: Unit) -> bool:
        """Whether on either side no rule is asked."""
        if not (_is_delicate(source) or _is_delicate(target)):
            return False
        return any(
            one is not None
            and other is not None
            and one is not other
            and world.graph.exemption(party_of(one), party_of(other)) is not None
            for world, one, other in (
                (self.sides.before, source.before, target.before),
                (self.sides.after, source.after, target.after),
            )
        )

    def _meetings(
        self, source: Unit, target: Unit, *, opened: bool
    ) -> Iterator[tuple[_Classes, _Classes]]:
        """The classes under which they meet, on the side that allows and on the other.

        What is missing on a side is looked at there as it is on the other.
        """
        old, new = (
            meetings(self._faces(source, after=after), self._faces(target, after=after))
            for after in (False, True)
        )
        allowing, refusing = (new, old) if opened else (old, new)
        for place, pair in enumerate(allowing):
            yield pair, refusing[min(place, len(refusing) - 1)]

    def _faces(self, unit: Unit, *, after: bool) -> Faces:
        worlds = (self.sides.before, self.sides.after)
        for world, end in (
            (worlds[after], (unit.before, unit.after)[after]),
            (worlds[not after], (unit.before, unit.after)[not after]),
        ):
            if end is not None:
                return world.graph.compiled.faces_of(party_of(end))
        return ()

    def _between(
        self, allowed: _Classes, denied: _Classes, ports: PortSet, *, opened: bool
    ) -> Iterator[Piece]:
        """Parts of the ports, by the ends that denied them."""
        graph = (self.sides.after if opened else self.sides.before).graph
        rest = ports & graph.class_ports(*allowed)
        egress = self._end(Direction.EGRESS, allowed, denied, opened=opened)
        ingress = self._end(Direction.INGRESS, allowed, denied, opened=opened)
        parts = [Piece(rest, (), frozenset())]
        for way, end in ((Direction.EGRESS, egress), (Direction.INGRESS, ingress)):
            parts = [cut for part in parts for cut in _cut(part, end, way)]
        for part in parts:
            if part.ports:
                yield part

    def _end(
        self, direction: Direction, allowed: _Classes, denied: _Classes, *, opened: bool
    ) -> _End:
        outward = direction is Direction.EGRESS
        one, other = (pair if outward else pair[::-1] for pair in (allowed, denied))
        key = (direction, opened, one, other)
        found = self._ends.get(key)
        if found is None:
            worlds = (self.sides.after, self.sides.before)
            graphs = [world.graph for world in (worlds if opened else worlds[::-1])]
            found = self._ends[key] = _End(
                tuple(self._changed(direction, graphs, (one, other), opened=opened))
            )
        return found

    def _changed(
        self,
        direction: Direction,
        graphs: list[Graph],
        ends: tuple[_Classes, _Classes],
        *,
        opened: bool,
    ) -> Iterator[tuple[PortSet, tuple[Cause, ...], bool]]:
        allowing, refusing = graphs
        subject, peer = ends[1]
        refused = [
            item for item in deciders(refusing, direction, subject, peer) if not item.accepts
        ]
        for found in deciders(allowing, direction, *ends[0]):
            if not found.accepts:
                continue
            for denied in refused:
                ports = found.ports & denied.ports
                if ports and denied.rule is not None:
                    denials = tuple(denying(refusing, direction, subject, denied.rule))
                    told = dict.fromkeys(
                        (
                            *self._told(found, denials, graphs),
                            *self._of_tiers(direction, graphs, ends, ports),
                        )
                    )
                    causes = tuple(
                        _turned(allowed_side, opened=opened) for allowed_side in told
                    )
                    yield ports, causes, self._is_wide(allowing, found)

    def _told(
        self, found: Decided, denials: tuple[CompiledRule, ...], graphs: list[Graph]
    ) -> Iterator["_Told"]:
        allowing, refusing = (self._policies_of(graph) for graph in graphs)
        if found.rule is None:
            for rule in denials:
                if rule.tier is Tier.NETWORK_POLICY:
                    yield from self._isolation(rule.ref, allowing, refusing)
        elif found.rule.tier is Tier.NETWORK_POLICY:
            yield from self._rule(found.rule.ref, allowing, refusing)

    def _of_tiers(
        self,
        direction: Direction,
        graphs: list[Graph],
        ends: tuple[_Classes, _Classes],
        ports: PortSet,
    ) -> Iterator["_Told"]:
        """Cluster-wide policies with a say on these ports that differ between the sides."""
        refs: dict[PolicyRef, None] = {}
        for graph, (subject, peer) in zip(graphs, ends, strict=True):
            sets = graph.compiled.sets
            for rule in graph.program(direction, subject):
                wide = rule.tier is not Tier.NETWORK_POLICY
                if wide and peer in sets[rule.peers] and rule.ports & ports:
                    refs[rule.ref.policy] = None
        sides = [self._policies_of(graph) for graph in graphs]
        for ref in refs:
            one, other = (policies.get(ref) for policies in sides)
            if one != other:
                yield _Told("policy", ref, self._whole(one), self._whole(other))

    def _rule(
        self,
        ref: RuleRef,
        allowing: Mapping[PolicyRef, Policy],
        refusing: Mapping[PolicyRef, Policy],
    ) -> Iterator["_Told"]:
        """A rule accepts on one side; what is there in its place on the other."""
        policy, other = allowing.get(ref.policy), refusing.get(ref.policy)
        if policy is None or other is None:
            yield _Told("policy", ref.policy, self._site(policy, ref), None)
            return
        rules, others = (it.rules.get(ref.direction, ()) for it in (policy, other))
        index = ref.index or 0
        if rules[index] in others:
            if policy.subject != other.subject:
                sites = (self._at(it, "podSelector") for it in (policy, other))
                yield _Told("pod-selector", ref.policy, *sites)
            return
        edited = index < len(others) and others[index] not in rules
        counterpart = self._site(other, ref) if edited else None
        yield _Told("rule", ref.policy, self._site(policy, ref), counterpart)

    def _isolation(
        self,
        ref: RuleRef,
        allowing: Mapping[PolicyRef, Policy],
        refusing: Mapping[PolicyRef, Policy],
    ) -> Iterator["_Told"]:
        """A policy isolates on one side; what it says on the other, where nothing does."""
        policy, other = refusing.get(ref.policy), allowing.get(ref.policy)
        if policy is None or other is None:
            yield _Told("policy", ref.policy, None, self._site(policy, ref))
        elif ref.direction not in other.rules:
            yield _Told("isolation", ref.policy, None, self._site(policy, ref))
        elif policy.subject != other.subject:
            sites = (self._at(it, "podSelector") for it in (other, policy))
            yield _Told("pod-selector", ref.policy, *sites)

    def _policies_of(self, graph: Graph) -> Mapping[PolicyRef, Policy]:
        found = self._policies.get(id(graph))
        if found is None:
            policies = graph.compiled.snapshot.all_policies
            found = self._policies[id(graph)] = {policy.ref: policy for policy in policies}
        return found

    def _is_wide(self, graph: Graph, found: Decided) -> bool:
        """Whether the end lets all pods through, not only this one."""
        if found.rule is None:
            return True
        pods = self._pods.get(id(graph))
        if pods is None:
            classes = enumerate(graph.compiled.classes)
            pods = ClassSet.of(it for it, some in classes if some.namespace is not None)
            self._pods[id(graph)] = pods
        return pods & graph.compiled.sets[found.rule.peers] == pods

    def _whole(self, policy: Policy | None) -> Site | None:
        return None if policy is None else self._placed(policy.source.at("spec"))

    def _site(self, policy: Policy | None, ref: RuleRef) -> Site | None:
        return None if policy is None else self._placed(policy.place_of(ref))

    def _at(self, policy: Policy, name: str) -> Site:
        return self._placed(policy.source.at("spec", name))

    def _placed(self, source: Source) -> Site:
        found = self._sites.get(source)
        if found is None:
            route = source.route[source.route.index("spec") :]
            found = self._sites[source] = Site(field_path(route), self.locate(source))
        return found


def _is_delicate(unit: Unit) -> bool:
    """Whether identity may settle some of its traffic."""
    ends = (unit.before, unit.after)
    return any(isinstance(it, Endpoint) and (it.finished or it.host_network) for it in ends)


class _Told(NamedTuple):
    """A changed policy, seen from the side that lets through."""

    what: str
    policy: PolicyRef
    allowing: Site | None
    refusing: Site | None


def _turned(told: _Told, *, opened: bool) -> Cause:
    """As a change from before to after."""
    sites = (told.refusing, told.allowing) if opened else (told.allowing, told.refusing)
    word = "changed" if all(sites) else "added" if sites[0] is None else "removed"
    return Cause(f"{told.what}-{word}", f"policy {told.policy}", "", told.policy, *sites)


def _with(some: tuple[Cause, ...], more: tuple[Cause, ...]) -> tuple[Cause, ...]:
    """Both, each cause once; the very tuple where there is nothing to join."""
    if not some or not more:
        return some or more
    return tuple(dict.fromkeys((*some, *more)))


def _cut(part: Piece, end: _End, way: Direction) -> Iterator[Piece]:
    """A part by what one end changed; the rest this end let through before as well."""
    rest = part.ports
    for ports, causes, wide in end.changed:
        both = part.ports & ports
        if both:
            ways = part.wide | {way} if wide else part.wide
            yield Piece(both, _with(part.causes, causes), ways)
            rest -= both
    if rest != NO_PORTS:
        yield part._replace(ports=rest)
