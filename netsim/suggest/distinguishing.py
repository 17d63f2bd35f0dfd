"""Selectors that pick some pods and no others, with as few labels as can be."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from netsim.compiler.classes import is_node
from netsim.model.labels import LabelSelector, Operator, Requirement
from netsim.model.workload import NAMESPACE_NAME_LABEL, PER_POD_LABELS, Endpoint
from netsim.query.directory import Directory
from netsim.query.endpoints import selects

_USUAL = (
    "app.kubernetes.io/name",
    "app",
    "k8s-app",
    "app.kubernetes.io/component",
    "app.kubernetes.io/instance",
    "component",
    "run",
    "name",
)
"""Labels that people expect in a selector, the most usual first."""
_OF_CONTROLLER = {
    "Job": "batch.kubernetes.io/job-name",
    "StatefulSet": "statefulset.kubernetes.io/pod-name",
}
"""The label that a controller gives its pods and that is the same whenever it makes them."""
_MOST_LABELS, _MOST_TOGETHER = 12, 3


def telling(chosen: Sequence[Endpoint], directory: Directory) -> LabelSelector:
    """The fewest labels that tell endpoints of one namespace from the others there.

    Where none do it is the selector that picks the fewest others. Labels that controllers make
    up anew are not used.
    """
    others = [item for item in selectable(chosen[0].namespace, directory) if item not in chosen]
    options = list(_options(chosen))[:_MOST_LABELS]
    best, fewest = LabelSelector(), len(others) + 1
    for size in range(1, _MOST_TOGETHER + 1):
        for items in combinations(options, size):
            selector = LabelSelector(tuple(sorted(items)))
            picked = sum(selects(selector, item.labels) for item in others)
            if not picked:
                return selector
            if picked < fewest:
                best, fewest = selector, picked
    return best


def selectable(namespace: str, directory: Directory) -> list[Endpoint]:
    """The pods of a namespace that a selector can pick: none on the host network."""
    profile = directory.graph.compiled.profile
    here = directory.running_in.get(namespace, ())
    return [item for item in here if not is_node(item, profile)]


def in_namespace(name: str) -> LabelSelector:
    """The selector of one namespace, by the label that the API server sets."""
    return LabelSelector((Requirement(NAMESPACE_NAME_LABEL, Operator.IN, (name,)),))


def _options(chosen: Sequence[Endpoint]) -> Iterator[Requirement]:
    """One requirement for each key that all have, the one to be preferred first."""
    shared = set.intersection(*(set(item.labels) for item in chosen))
    lasting = {key for key in shared if all(_lasts(key, item) for item in chosen)}
    for key in sorted(lasting, key=_unusual):
        values = {item.labels[key] for item in chosen}
        yield Requirement(key, Operator.IN, tuple(sorted(values)))


def _lasts(key: str, endpoint: Endpoint) -> bool:
    owner = endpoint.workload[0] or endpoint.kind
    return key not in PER_POD_LABELS or _OF_CONTROLLER.get(owner) == key


def _unusual(key: str) -> tuple[bool, int, str]:
    place = _USUAL.index(key) if key in _USUAL else len(_USUAL)
    return key in PER_POD_LABELS, place, key
