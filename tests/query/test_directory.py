"""Who there is: found once, and by every name."""

from collections.abc import Callable

import pytest

from netsim import Cluster

ClusterOf = Callable[..., Cluster]

LIVE = """
{apiVersion: v1, kind: Pod,
 metadata: {name: api-abc-x, namespace: auth, labels: {app: api},
   ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: api-abc, uid: u,
                      controller: true}]},
 status: {podIP: 10.1.0.7}}
"""


def test_everyone_is_looked_up_once(shop: ClusterOf) -> None:
    directory = shop(LIVE).worlds.directory
    assert directory.everyone is directory.everyone
    assert directory.running is directory.running
    assert directory.by_address is directory.by_address
    assert directory.internet is directory.internet


def test_the_directory_is_the_clusters_own(shop: ClusterOf) -> None:
    cluster = shop(LIVE)
    assert cluster.worlds.directory is cluster.worlds.directory
    assert cluster.worlds.directory is not shop(LIVE).worlds.directory


@pytest.mark.parametrize(
    ("name", "kind", "keys"),
    [
        ("db", "", ["shop/db"]),
        ("db", "StatefulSet", ["shop/db"]),
        ("db", "Deployment", []),
        ("db-0", "", ["shop/db"]),
        ("db-1", "Pod", ["shop/db"]),
        ("db-2", "", []),
        ("db-01", "", []),
        ("db-1", "StatefulSet", []),
        ("web-0", "", []),
    ],
)
def test_names_of_a_namespace(shop: ClusterOf, name: str, kind: str, keys: list[str]) -> None:
    found = shop(LIVE).worlds.directory.named("shop", name, kind)
    assert [item.key for item in found] == keys


def test_a_pod_and_its_controller_are_one_endpoint(shop: ClusterOf) -> None:
    directory = shop(LIVE).worlds.directory
    by_pod = directory.named("auth", "api-abc-x", "")
    assert len(by_pod) == 1
    assert directory.named("auth", by_pod[0].name, "") == by_pod
    assert directory.named("nowhere", "api-abc-x", "") == ()
