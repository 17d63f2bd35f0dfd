"""What policies say that others say as well, for every pod that exists or could be created.

Sets of rules are compared, not the pods that happen to be there: a rule that matches nothing
today stays, unless others allow what it would. Policies that only isolate stay as well. Of two
that say the same the later one goes.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from netsim.model.policy import Direction, NetworkPolicy, PolicyRef, Rule, RuleRef
from netsim.suggest.minimize_regions import Region, Space

_MOST_NAMED = 3
_LISTS = ("peers", "ports")


@dataclass(frozen=True, slots=True)
class Drop:
    """Something that goes: a policy, a rule of it, or an item of a list in that."""

    policy: NetworkPolicy
    rule: RuleRef | None = None
    """None where the whole policy goes."""
    list_name: str = ""
    """`ports`, `from` or `to` where an item of such a list goes."""
    index: int = 0

    @property
    def what(self) -> str:
        """`policy`, `rule`, `peer` or `port`."""
        if not self.list_name:
            return "policy" if self.rule is None else "rule"
        return "port" if self.list_name == "ports" else "peer"

    @property
    def path(self) -> str:
        """Its place in the manifest as it was; empty for all of it."""
        if self.rule is None:
            return ""
        path = f"spec.{self.rule.direction.value}[{self.rule.index}]"
        return f"{path}.{self.list_name}[{self.index}]" if self.list_name else path


@dataclass(frozen=True, slots=True)
class Reasoned:
    """What goes, and the rules that stay and allow it."""

    drop: Drop
    why: str


_Wanted = tuple[tuple[Direction, Region], ...]
"""What is to be allowed by others."""


@dataclass(frozen=True, slots=True)
class _Named:
    """What allows something, and the rule that it comes of."""

    place: RuleRef
    region: Region


@dataclass(frozen=True, slots=True)
class _Left:
    """What is left of a rule, and what that allows, worked out once."""

    rule: Rule
    regions: tuple[Region, ...]


@dataclass(frozen=True, slots=True)
class _Rules:
    """What is left of the policies of one namespace."""

    space: Space
    left: dict[PolicyRef, dict[Direction, dict[int, _Left]]]
    policies: dict[PolicyRef, NetworkPolicy]
    near: dict[PolicyRef, list[PolicyRef]]
    """By policy those that may have a pod in common with it, itself among them."""

    @classmethod
    def of(cls, policies: Sequence[NetworkPolicy]) -> "_Rules":
        """All that there is at first."""
        space = Space.of(policies[0].namespace, policies)
        left = {
            policy.ref: {
                way: {i: _Left(it, space.regions(policy, it)) for i, it in enumerate(rules)}
                for way, rules in policy.rules.items()
            }
            for policy in policies
        }
        near = {
            policy.ref: [it.ref for it in policies if space.in_common(policy, it)]
            for policy in policies
        }
        return cls(space, left, {policy.ref: policy for policy in policies}, near)

    def at(self, place: RuleRef) -> _Left | None:
        """A rule as far as it is left."""
        found = self.left.get(place.policy, {}).get(place.direction, {})
        return None if place.index is None else found.get(place.index)

    def put(self, place: RuleRef, rule: Rule | None) -> None:
        """Leaves a rule, or nothing of it."""
        found = self.left[place.policy][place.direction]
        assert place.index is not None  # noqa: S101 - of a written rule
        if rule is None:
            del found[place.index]
        else:
            found[place.index] = _Left(rule, self.regions(place, rule))

    def regions(self, place: RuleRef, rule: Rule) -> tuple[Region, ...]:
        """What a rule would allow in some place."""
        return self.space.regions(self.policies[place.policy], rule)

    def named(
        self, policy: PolicyRef, direction: Direction, but: PolicyRef | RuleRef | None = None
    ) -> Iterator[_Named]:
        """What rules allow that may concern a policy's pods, without one, or one policy's."""
        for ref in self.near[policy]:
            if ref == but or ref not in self.left:
                continue
            for index, left in self.left[ref].get(direction, {}).items():
                place = RuleRef(ref, direction, index)
                if place != but:
                    yield from (_Named(place, region) for region in left.regions)

    def allowed(self, wanted: _Wanted, others: Sequence[_Named]) -> bool:
        """Whether others, all of one direction, allow all that is wanted in it."""
        regions = [item.region for item in others]
        return all(self.space.allowed(region, regions) for _, region in wanted)

    def isolated_by_others(self, policy: NetworkPolicy) -> bool:
        """Whether others isolate all pods that a policy does, in its directions."""
        subjects = self.space.subjects(policy)
        return subjects is None or all(
            self.space.covered(subjects, self._isolating(way, policy.ref))
            for way in policy.rules
        )

    def _isolating(
        self, way: Direction, but: PolicyRef
    ) -> Iterator[tuple[tuple[str, int], ...]]:
        for ref, found in self.left.items():
            box = self.space.subjects(self.policies[ref])
            if ref != but and way in found and box is not None:
                yield box


def drops_of(policies: Sequence[NetworkPolicy]) -> Iterator[Reasoned]:
    """What goes in one namespace: whole policies, then rules, then peers, then ports."""
    rules = _Rules.of(policies)
    found = [*_whole(policies, rules)]
    places = [
        RuleRef(policy.ref, way, index)
        for policy in reversed(policies)
        if policy.ref in rules.left
        for way, written in policy.rules.items()
        for index in reversed(range(len(written)))
    ]
    for place in places:
        found += _rule(place, rules)
    for list_name in _LISTS:
        for place in places:
            found += _items(place, list_name, rules)
    # only now is it known what stays
    for drop, wanted in found:
        yield Reasoned(drop, _why(drop, wanted, rules))


_Found = Iterator[tuple[Drop, _Wanted]]


def _whole(policies: Sequence[NetworkPolicy], rules: _Rules) -> _Found:
    """Policies all of whose rules others have, and whose pods others isolate."""
    for policy in reversed(policies):
        if not any(policy.rules.values()) or not rules.isolated_by_others(policy):
            continue
        wanted: _Wanted = ()
        for way, written in rules.left[policy.ref].items():
            here = _of(way, (it for left in written.values() for it in left.regions))
            if not rules.allowed(here, list(rules.named(policy.ref, way, policy.ref))):
                break
            wanted += here
        else:
            del rules.left[policy.ref]
            yield Drop(policy), wanted


def _of(way: Direction, regions: Iterable[Region]) -> _Wanted:
    return tuple((way, region) for region in regions)


def _rule(place: RuleRef, rules: _Rules) -> _Found:
    left = rules.at(place)
    if left is None:
        return
    wanted = _of(place.direction, left.regions)
    if rules.allowed(wanted, list(rules.named(place.policy, place.direction, place))):
        rules.put(place, None)
        yield Drop(rules.policies[place.policy], place), wanted


def _items(place: RuleRef, list_name: str, rules: _Rules) -> _Found:
    """Peers of a rule, or its ports, that its others or other rules make needless."""
    left = rules.at(place)
    if left is None:
        return
    rule, written = left.rule, list(enumerate(getattr(left.rule, list_name)))
    others = list(rules.named(place.policy, place.direction, place)) if len(written) > 1 else []
    for index, value in written[::-1]:
        rest = [it for it in written if it[0] != index]
        if not rest:
            return
        alone = replace(rule, **{list_name: (value,)})
        smaller = replace(rule, **{list_name: tuple(it for _, it in rest)})
        wanted = _of(place.direction, rules.regions(place, alone))
        beside = [_Named(place, region) for region in rules.regions(place, smaller)]
        if rules.allowed(wanted, [*beside, *others]):
            written, rule = rest, smaller
            rules.put(place, rule)
            name = "ports" if list_name == "ports" else place.direction.peers_field
            yield Drop(rules.policies[place.policy], place, name, index), wanted


def _why(drop: Drop, wanted: _Wanted, rules: _Rules) -> str:
    """Which rules allow it that stay, as few as are needed."""
    if not wanted:
        return "no pod and no address could ever match it"
    places: dict[RuleRef, None] = {}
    for way in dict.fromkeys(way for way, _ in wanted):
        here = tuple(it for it in wanted if it[0] is way)
        others = list(rules.named(drop.policy.ref, way))
        places.update(dict.fromkeys(_needed(here, others, rules)))
    if drop.list_name and list(places) == [drop.rule]:
        return f"the other {drop.what}s of the rule allow it"
    told = list(map(str, places))
    verb = "allows" if len(told) == 1 else "allow"
    more = len(told) - _MOST_NAMED
    shown = ", ".join(told[:_MOST_NAMED])
    return f"{shown} and {more} more {verb} it" if more > 0 else f"{shown} {verb} it"


def _needed(wanted: _Wanted, others: Sequence[_Named], rules: _Rules) -> Iterable[RuleRef]:
    places = list(dict.fromkeys(item.place for item in others))
    for place in places:
        if rules.allowed(wanted, [it for it in others if it.place == place]):
            return [place]
    needed = list(others)
    for place in reversed(places):
        fewer = [it for it in needed if it.place != place]
        if rules.allowed(wanted, fewer):
            needed = fewer
    return [item.place for item in needed]
