"""The fewest labels that tell pods from their neighbours."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from netsim.model.labels import LabelSelector, Operator, Requirement
from netsim.model.workload import PER_POD_LABELS, Endpoint

Pairs = Mapping[str, str]
_FIRST = (
    "app.kubernetes.io/name",
    "app",
    "k8s-app",
    "app.kubernetes.io/component",
    "component",
    "name",
    "app.kubernetes.io/instance",
    "role",
    "tier",
)
_LAST = (
    "app.kubernetes.io/part-of",
    "app.kubernetes.io/managed-by",
    "heritage",
    "app.kubernetes.io/version",
    "version",
    "helm.sh/chart",
    "chart",
)
"""Labels that say little of what a pod is, or change with every release."""
_OF_JOBS = frozenset({"batch.kubernetes.io/job-name", "job-name"})
_MOST = 3
"""More labels than that are taken all together."""


def lasting(endpoint: Endpoint) -> dict[str, str]:
    """The labels that the endpoint's next pods will have as well."""
    fleeting = PER_POD_LABELS - _OF_JOBS if endpoint.kind == "Job" else PER_POD_LABELS
    return {key: value for key, value in endpoint.labels.items() if key not in fleeting}


def telling(labels: Pairs, others: Sequence[Pairs]) -> tuple[Requirement, ...]:
    """Requirements that some labels meet and no others do, unless those are the same labels.

    The fewest labels, and at least one where there is one; keys that must not be there only
    where nothing else tells.
    """
    pairs = sorted(labels.items(), key=_rank)
    for size in range(1, min(_MOST, len(pairs)) + 1):
        for chosen in combinations(pairs, size):
            if not any(set(chosen) <= other.items() for other in others):
                return tuple(sorted(_equal(pair) for pair in chosen))
    alike = [other for other in others if set(pairs) <= other.items()]
    absent = [Requirement(key, Operator.DOES_NOT_EXIST) for key in _lacking(labels, alike)]
    return tuple(sorted([*map(_equal, pairs), *absent]))


def common_key(
    wanted: Sequence[Pairs], others: Sequence[Pairs]
) -> tuple[Requirement, ...] | None:
    """One label whose values all of the wanted have and none of the others; None without."""
    shared = set(wanted[0]).intersection(*wanted[1:])
    for key in sorted(shared, key=lambda key: _rank((key, ""))):
        values = {labels[key] for labels in wanted}
        if not any(other.get(key) in values for other in others):
            return (Requirement(key, Operator.IN, tuple(sorted(values))),)
    return None


def both(one: LabelSelector, more: Iterable[Requirement]) -> LabelSelector:
    """Who meets a selector and more requirements, without what those say already."""
    added = tuple(more)
    narrow = {item.key: set(item.values) for item in added if item.operator is Operator.IN}
    kept = (
        item
        for item in one.requirements
        if item.key not in narrow
        or (item.operator is Operator.IN and not narrow[item.key] <= set(item.values))
        or item.operator is Operator.NOT_IN
    )
    return LabelSelector(tuple(sorted({*kept, *added})))


def _lacking(labels: Pairs, alike: Sequence[Pairs]) -> Iterator[str]:
    """Keys that some labels lack, so that each of the others has one of them."""
    left = [set(other) - set(labels) for other in alike]
    left = [keys for keys in left if keys]
    while left:
        every = sorted({key for keys in left for key in keys}, key=lambda key: _rank((key, "")))
        best = max(every, key=lambda key: sum(key in keys for keys in left))
        yield best
        left = [keys for keys in left if best not in keys]


def _rank(pair: tuple[str, str]) -> tuple[int, str]:
    key = pair[0]
    if key in _FIRST:
        return _FIRST.index(key), key
    return len(_FIRST) + (_LAST.index(key) + 1 if key in _LAST else 0), key


def _equal(pair: tuple[str, str]) -> Requirement:
    return Requirement(pair[0], Operator.IN, (pair[1],))
