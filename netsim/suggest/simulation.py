"""Tries edits out on the compiled cluster: nothing is suggested that was not simulated."""

from collections.abc import Iterable

from netsim.cluster import Cluster
from netsim.comparison import diff
from netsim.suggest.edits import Edit, Proposal


def applied(cluster: Cluster, edits: Iterable[Edit]) -> Cluster:
    """The cluster after `kubectl apply` of what is edited and `kubectl delete` of the rest.

    Raises ValueError for a cluster that was not loaded, and LoadError for an edit that the API
    server would reject.
    """
    listed = list(edits)
    gone = [f"{it.ref.namespace}/netpol/{it.ref.name}" for it in listed if it.after is None]
    put = [it.after for it in listed if it.after is not None]
    changed = cluster.without(*gone) if gone else cluster
    return changed.with_objects(*put) if put else changed


def simulated(cluster: Cluster, title: str, edits: Iterable[Edit]) -> Proposal:
    """A proposal with what it opens and closes; raises as `applied` does."""
    listed = tuple(edits)
    return Proposal(title, listed, diff(cluster, applied(cluster, listed)))
