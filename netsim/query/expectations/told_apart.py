"""Labels of pods and namespaces that could be created, where cluster-wide policies have a say.

Such policies deny by label and pass by label, in order, so that one label set for each value
that is asked for is not enough: every set that some selector tells apart is tried.
"""

from collections.abc import Iterable, Iterator

from netsim.compiler.scopes import Scope, scopes_of
from netsim.model.labels import Labels, LabelSelector
from netsim.model.snapshot import Snapshot
from netsim.query.label_space import WHOLE, LabelSpace, parted


def pods_told_apart(snapshot: Snapshot, more: Iterable[LabelSelector]) -> Iterator[Labels]:
    """Labels of pods that cluster-wide policies or some more selectors tell apart.

    Nothing where there are no such policies.
    """
    scopes = _scopes(snapshot)
    if scopes:
        yield from _told_apart([*(scope.pods for scope in scopes), *more])


def namespaces_told_apart(
    snapshot: Snapshot, more: Iterable[LabelSelector]
) -> Iterator[Labels]:
    """As for pods: labels of namespaces."""
    scopes = _scopes(snapshot)
    if scopes:
        yield from _told_apart([*(scope.namespaces for scope in scopes), *more])


def _scopes(snapshot: Snapshot) -> list[Scope]:
    found = scopes_of(snapshot.cluster_policies)
    every = (*found.subjects.values(), *found.peers.values())
    return list(dict.fromkeys(scope for some in every for scope in some))


def _told_apart(selectors: Iterable[LabelSelector]) -> Iterator[Labels]:
    listed = list(dict.fromkeys(selectors))
    space = LabelSpace.of(listed, {})
    for box in parted(WHOLE, filter(None, map(space.box, listed)), space):
        yield space.sample(box)
