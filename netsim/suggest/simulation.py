"""Tries edits out on the compiled cluster: nothing is suggested that was not simulated."""

from collections.abc import Iterable

from netsim.cluster import Cluster
from netsim.comparison import diff
from netsim.errors import LoadError
from netsim.suggest.edits import Edit, Proposal


def applied(cluster: Cluster, edits: Iterable[Edit]) -> Cluster:
    """The cluster after `kubectl apply` of what is edited and `kubectl delete` of the rest.

    Raises ValueError for a cluster that was not loaded, and LoadError for an edit that the API
    server would reject; what could not be read before the edit is left out after it as well.
    """
    listed = list(edits)
    gone = [_named(it) for it in listed if it.after is None]
    put = [it.after for it in listed if it.after is not None]
    changed = cluster.without(*gone) if gone else cluster
    if not put:
        return changed
    changed = changed.with_objects(*put, lenient=True)
    known = set(map(str, cluster.errors))
    rejected = tuple(error for error in changed.errors if str(error) not in known)
    if rejected:
        raise LoadError(rejected)
    return changed


def _named(edit: Edit) -> str:
    """What `Cluster.without` knows the object by."""
    return f"{edit.ref.namespace}/{edit.ref.kind.lower()}/{edit.ref.name}"


def simulated(cluster: Cluster, title: str, edits: Iterable[Edit]) -> Proposal:
    """A proposal with what it opens and closes; raises as `applied` does."""
    listed = tuple(edits)
    return Proposal(title, listed, diff(cluster, applied(cluster, listed)))
