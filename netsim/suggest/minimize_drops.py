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


@dataclass(frozen=True, slots=True)
class Drop:
    """Something that goes, and why."""

    policy: NetworkPolicy
    why: str
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
    def summary(self) -> str:
        """What goes and why, by its place in the manifest as it was."""
        if self.rule is None:
            return f"is dropped: {self.why}"
        path = f"spec.{self.rule.direction.value}[{self.rule.index}]"
        if self.list_name:
            path += f".{self.list_name}[{self.index}]"
        return f"{path} is dropped: {self.why}"


@dataclass(frozen=True, slots=True)
class _Named:
    """What allows something, with its name."""

    name: str
    region: Region


@dataclass(frozen=True, slots=True)
class _Rules:
    """What is left of the policies of one namespace."""

    space: Space
    left: dict[PolicyRef, dict[Direction, dict[int, Rule]]]
    policies: dict[PolicyRef, NetworkPolicy]

    def named(self, direction: Direction, but: PolicyRef | RuleRef) -> Iterator[_Named]:
        """What rules of a direction allow, without one of them or those of one policy."""
        for ref, found in self.left.items():
            for index, rule in found.get(direction, {}).items():
                place = RuleRef(ref, direction, index)
                if but not in {ref, place}:
                    yield from self.of(place, rule, str(place))

    def of(self, place: RuleRef, rule: Rule, name: str) -> Iterator[_Named]:
        """What one rule allows, or a part of it."""
        for region in self.space.regions(self.policies[place.policy], rule):
            yield _Named(name, region)

    def why(self, wanted: Sequence[_Named], others: Sequence[_Named]) -> str | None:
        """Which others allow all that is wanted, as few as are needed; None if they do not."""
        if not wanted:
            return "no pod and no address could ever match it"
        if not self._allowed(wanted, others):
            return None
        names = list(dict.fromkeys(item.name for item in others))
        for name in names:
            if self._allowed(wanted, [it for it in others if it.name == name]):
                return f"{name} allows it"
        needed = list(others)
        for name in reversed(names):
            fewer = [it for it in needed if it.name != name]
            if self._allowed(wanted, fewer):
                needed = fewer
        return f"{named_briefly(dict.fromkeys(it.name for it in needed))} allow it"

    def _allowed(self, wanted: Iterable[_Named], others: Sequence[_Named]) -> bool:
        regions = [item.region for item in others]
        return all(self.space.allowed(item.region, regions) for item in wanted)


def drops_of(policies: Sequence[NetworkPolicy]) -> Iterator[Drop]:
    """What goes in one namespace: whole policies, then rules, then peers, then ports."""
    space = Space.of(policies[0].namespace, policies)
    left = {
        policy.ref: {way: dict(enumerate(rules)) for way, rules in policy.rules.items()}
        for policy in policies
    }
    rules = _Rules(space, left, {policy.ref: policy for policy in policies})
    yield from _whole(policies, rules)
    kept = [policy for policy in reversed(policies) if policy.ref in left]
    places = [
        (policy, RuleRef(policy.ref, way, index))
        for policy in kept
        for way, found in policy.rules.items()
        for index in reversed(range(len(found)))
    ]
    for policy, place in places:
        yield from _rule(policy, place, rules)
    for list_name in ("peers", "ports"):
        for policy, place in places:
            if place.index in left[policy.ref][place.direction]:
                yield from _items(policy, place, list_name, rules)


def _whole(policies: Sequence[NetworkPolicy], rules: _Rules) -> Iterator[Drop]:
    """Policies all of whose rules others have, and whose pods others isolate."""
    for policy in reversed(policies):
        if not any(policy.rules.values()) or not _isolated(policy, rules):
            continue
        reasons: list[str] = []
        for way, found in rules.left[policy.ref].items():
            others = list(rules.named(way, policy.ref))
            for index, rule in found.items():
                place = RuleRef(policy.ref, way, index)
                why = rules.why(list(rules.of(place, rule, str(place))), others)
                reasons += () if why is None else (why,)
        if len(reasons) == sum(map(len, policy.rules.values())):
            del rules.left[policy.ref]
            yield Drop(policy, named_briefly(dict.fromkeys(reasons)))


def _isolated(policy: NetworkPolicy, rules: _Rules) -> bool:
    """Whether other policies isolate all pods that a policy does, in its directions."""
    subjects = rules.space.subjects(policy)
    if subjects is None:
        return True
    for way in policy.rules:
        others = [
            box
            for ref, found in rules.left.items()
            if ref != policy.ref and way in found
            for box in (rules.space.subjects(rules.policies[ref]),)
            if box is not None
        ]
        if not rules.space.covered(subjects, others):
            return False
    return True


def _rule(policy: NetworkPolicy, place: RuleRef, rules: _Rules) -> Iterator[Drop]:
    assert place.index is not None  # noqa: S101 - of a written rule
    found = rules.left[policy.ref][place.direction]
    wanted = list(rules.of(place, found[place.index], ""))
    why = rules.why(wanted, list(rules.named(place.direction, place)))
    if why is not None:
        del found[place.index]
        yield Drop(policy, why, place)


def _items(
    policy: NetworkPolicy, place: RuleRef, list_name: str, rules: _Rules
) -> Iterator[Drop]:
    """Peers of a rule, or its ports, that its others or other rules make needless."""
    assert place.index is not None  # noqa: S101 - of a written rule
    found = rules.left[policy.ref][place.direction]
    others = list(rules.named(place.direction, place))
    written = list(enumerate(getattr(found[place.index], list_name)))
    field_name = "ports" if list_name == "ports" else place.direction.peers_field
    for item in written[::-1]:
        rest = [it for it in written if it is not item]
        if not rest:
            return
        rule = found[place.index]
        alone = replace(rule, **{list_name: (item[1],)})
        beside = [
            named
            for number, value in rest
            for named in rules.of(
                place, replace(rule, **{list_name: (value,)}), f"{field_name}[{number}]"
            )
        ]
        wanted = list(rules.of(place, alone, ""))
        why = rules.why(wanted, [*beside, *others])
        if why is not None:
            written = rest
            found[place.index] = replace(rule, **{list_name: tuple(it for _, it in rest)})
            yield Drop(policy, why, place, field_name, item[0])


def named_briefly(texts: Iterable[str]) -> str:
    """Some texts, and how many more there are."""
    every = list(texts)
    more = len(every) - _MOST_NAMED
    shown = ", ".join(every[:_MOST_NAMED])
    return f"{shown} and {more} more" if more > 0 else shown
