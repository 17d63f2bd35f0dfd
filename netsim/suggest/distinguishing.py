"""Selectors that pick some pods and no others, with as few labels as can be."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from netsim.compiler.classes import is_node
from netsim.model.labels import LabelSelector, Operator, Requirement
from netsim.model.workload import NAMESPACE_NAME_LABEL, PER_POD_LABELS, Endpoint
from netsim.query.directory import Directory
from netsim.suggest.steady_labels import Care, care, preference, recurring

Pairs = Mapping[str, str]
_MOST_LABELS, _MOST_TOGETHER = 12, 3
"""Of how many labels each choice of up to how many is tried."""


def telling_pods(chosen: Sequence[Endpoint], directory: Directory) -> LabelSelector:
    """The fewest labels that tell endpoints of one namespace from the others there."""
    others = [item for item in selectable(chosen[0].namespace, directory) if item not in chosen]
    return telling([recurring(item) for item in chosen], [item.labels for item in others])


def telling(wanted: Sequence[Pairs], others: Sequence[Pairs]) -> LabelSelector:
    """Picks all of the wanted and as few others as labels can tell from them.

    At least one label where there is one that all have; keys that must not be there only where
    nothing else tells, and labels that change while a pod runs only after those.
    """
    every = sorted(_shared(wanted), key=_order)
    steady = [item for item in every if _care(item) is not Care.STATE]
    found = []
    for options, most in ((steady, Care.RELEASE), (every, Care.STATE)):
        labels = _fewest(options, others)
        alike = [item for item in others if _has(item, labels)]
        keys = list(_lacking(wanted, alike, most))
        left = sum(not any(key in item for key in keys) for item in alike)
        absent = (Requirement(key, Operator.DOES_NOT_EXIST) for key in keys)
        found.append((left, LabelSelector(tuple(sorted([*labels, *absent])))))
        if not left:
            break
    return min(found, key=lambda item: item[0])[1]


def common_key(wanted: Sequence[Pairs], others: Sequence[Pairs]) -> LabelSelector | None:
    """One label whose values all of the wanted have and none of the others; None without."""
    for item in sorted(_shared(wanted), key=_order):
        told = not any(_has(other, (item,)) for other in others)
        if told and _care(item) is not Care.STATE:
            return LabelSelector((item,))
    return None


def both(one: LabelSelector, more: LabelSelector) -> LabelSelector:
    """Who meets two selectors, without what the second says more narrowly."""
    added = more.requirements
    narrow = {item.key: set(item.values) for item in added if item.operator is Operator.IN}
    kept = (
        item
        for item in one.requirements
        if item.key not in narrow
        or (item.operator is Operator.IN and not narrow[item.key] <= set(item.values))
        or item.operator is Operator.NOT_IN
    )
    return LabelSelector(tuple(sorted({*kept, *added})))


def selectable(namespace: str, directory: Directory) -> list[Endpoint]:
    """The pods of a namespace that a selector can pick: none on the host network."""
    profile = directory.graph.compiled.profile
    here = directory.running_in.get(namespace, ())
    return [item for item in here if not is_node(item, profile)]


def in_namespace(name: str) -> LabelSelector:
    """The selector of one namespace, by the label that the API server sets."""
    return LabelSelector((Requirement(NAMESPACE_NAME_LABEL, Operator.IN, (name,)),))


def _shared(wanted: Sequence[Pairs]) -> Iterator[Requirement]:
    """One requirement for each key that all have."""
    for key in set(wanted[0]).intersection(*wanted[1:]):
        values = {item[key] for item in wanted}
        yield Requirement(key, Operator.IN, tuple(sorted(values)))


def _care(requirement: Requirement) -> Care:
    return max(care(requirement.key, value) for value in requirement.values)


def _order(requirement: Requirement) -> tuple[Care, int, str]:
    return _care(requirement), *preference(requirement.key)


def _fewest(options: Sequence[Requirement], others: Sequence[Pairs]) -> tuple[Requirement, ...]:
    """The fewest labels that pick as few others as all do, of those that hold the longest."""
    meeting = [
        sum(1 << place for place, other in enumerate(others) if _has(other, (item,)))
        for item in options
    ]
    least = _meeting_all(meeting, len(others))
    for level in Care:
        usable = [place for place, item in enumerate(options) if _care(item) <= level]
        met = _meeting_all((meeting[place] for place in usable), len(others))
        if not usable or met != least:
            continue
        for size in range(1, _MOST_TOGETHER + 1):
            for places in combinations(usable[:_MOST_LABELS], size):
                if _meeting_all((meeting[place] for place in places), len(others)) == least:
                    return tuple(options[place] for place in places)
        for place in reversed(usable):
            rest = [item for item in usable if item != place]
            if _meeting_all((meeting[item] for item in rest), len(others)) == least:
                usable = rest
        return tuple(options[place] for place in usable)
    return ()


def _meeting_all(sets: Iterable[int], count: int) -> int:
    """Who is in each of some sets of bits; everyone where there is none."""
    left = (1 << count) - 1
    for found in sets:
        left &= found
    return left


def _has(labels: Pairs, requirements: Iterable[Requirement]) -> bool:
    return all(labels.get(item.key) in item.values for item in requirements)


def _lacking(wanted: Sequence[Pairs], alike: Sequence[Pairs], most: Care) -> Iterator[str]:
    """Keys that none of the wanted has, so that each of the others has one that has any."""
    known = PER_POD_LABELS.union(*wanted)
    left = [
        {key for key, value in other.items() if key not in known and care(key, value) <= most}
        for other in alike
    ]
    while left := [keys for keys in left if keys]:
        every = sorted({key for keys in left for key in keys}, key=preference)
        best = max(every, key=lambda key: sum(key in keys for keys in left))
        yield best
        left = [keys for keys in left if best not in keys]
