"""What differs between two clusters, or between what was saved of them."""

from netsim.cluster import Cluster
from netsim.collector import collector_paused
from netsim.load import locate
from netsim.query.diff import Diff
from netsim.query.diffing import diff_of
from netsim.query.edge_diff import edge_diff
from netsim.query.edge_set import EdgeSet


def diff(before: Cluster | EdgeSet, after: Cluster | EdgeSet) -> Diff:
    """What opens and what closes from one cluster to another, by which change.

    Ports and addresses are exact. Where a side is an EdgeSet, causes, labels and namespaces
    are not known, which `notes` says. Raises ValueError for clusters under two profiles.

    >>> from netsim.cluster import load
    >>> cluster = load("fixtures/clusters/shop/manifests")
    >>> change = diff(cluster, cluster.without("shop/db-guard"))
    >>> print(change)
    - monitoring/prometheus -> shop/db on 9187/TCP
    - shop/api -> shop/db on 5432/TCP
    >>> print(change.closed[0].causes[0].change)
    policy-removed
    """
    with collector_paused():
        if isinstance(before, Cluster) and isinstance(after, Cluster):
            if before.profile != after.profile:
                raise ValueError("the two sides have different profiles: see Cluster.under")
            return diff_of(
                before.snapshot, after.snapshot, after.profile, locate, after.namespace
            )
        left, right = (
            it.edge_set() if isinstance(it, Cluster) else it for it in (before, after)
        )
        return edge_diff(left, right)
