from collections.abc import Mapping
from typing import Any

from netsim.load import snapshot_from_objects
from netsim.model.workload import Endpoint

Manifest = Mapping[str, Any]


def pod(name: str, **changes: Any) -> Manifest:  # noqa: ANN401 - parts of a manifest
    owner = changes.get("owner", ("ReplicaSet", "web-5d9"))
    reference = {"kind": owner[0], "name": owner[1], "controller": True}
    labels = {"app": "web", "pod-template-hash": "5d9", **changes.get("labels", {})}
    status: dict[str, Any] = {"phase": changes.get("phase", "Running")}
    if "ip" in changes:
        status["podIPs"] = [{"ip": changes["ip"]}]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": name,
            "namespace": "shop",
            "labels": labels,
            "ownerReferences": [reference],
        },
        "spec": {"nodeName": changes.get("node", "n1"), "containers": [{"name": "c"}]},
        "status": status,
    }


def workload(kind: str, name: str, owner: tuple[str, str] | None = None) -> Manifest:
    metadata: dict[str, Any] = {"name": name, "namespace": "shop"}
    if owner:
        metadata["ownerReferences"] = [{"kind": owner[0], "name": owner[1], "controller": True}]
    return {
        "apiVersion": "batch/v1" if kind == "Job" else "apps/v1",
        "kind": kind,
        "metadata": metadata,
        "spec": {"replicas": 3, "template": {"metadata": {"labels": {"app": "web"}}}},
    }


def policy(spec: Manifest) -> Manifest:
    metadata = {"name": "p", "namespace": "shop"}
    kind = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy"}
    return {**kind, "metadata": metadata, "spec": spec}


def endpoints(*objects: Manifest) -> list[Endpoint]:
    found = snapshot_from_objects(objects)
    assert not found.errors
    return list(found.snapshot.endpoints)


def names(*objects: Manifest) -> list[tuple[str, str, int | None]]:
    return [(item.kind, item.name, item.replicas) for item in endpoints(*objects)]


DEPLOYMENT = workload("Deployment", "web")
REPLICA_SET = workload("ReplicaSet", "web-5d9", ("Deployment", "web"))


def test_live_pods_are_rolled_up_to_their_deployment() -> None:
    (found,) = endpoints(DEPLOYMENT, REPLICA_SET, pod("web-5d9-a"), pod("web-5d9-b"))
    assert (found.kind, found.name, found.replicas) == ("Deployment", "web", 2)
    assert found.pods == ("web-5d9-a", "web-5d9-b")


def test_pods_alone_know_their_deployment_by_the_template_hash() -> None:
    assert names(pod("web-5d9-a"), pod("web-5d9-b")) == [("Deployment", "web", 2)]


def test_pods_of_an_owner_that_is_not_in_the_input_are_grouped_under_it() -> None:
    owner = ("Cluster", "postgres")
    assert names(pod("a", owner=owner), pod("b", owner=owner)) == [("Cluster", "postgres", 2)]


def test_static_pods_stand_for_themselves() -> None:
    assert names(pod("etcd", owner=("Node", "n1"))) == [("Pod", "etcd", 1)]


def test_pods_with_different_labels_are_endpoints_of_their_own() -> None:
    found = names(DEPLOYMENT, pod("web-5d9-a"), pod("web-5d9-b", labels={"canary": "yes"}))
    assert found == [("Pod", "web-5d9-a", 1), ("Pod", "web-5d9-b", 1)]


def test_a_hash_tells_pods_apart_only_where_a_selector_asks_for_it() -> None:
    other = pod("web-7f2-b", labels={"pod-template-hash": "7f2"}, owner=("Deployment", "web"))
    first = pod("web-5d9-a", owner=("Deployment", "web"))
    assert names(DEPLOYMENT, first, other) == [("Deployment", "web", 2)]
    asks = policy({"podSelector": {"matchLabels": {"pod-template-hash": "5d9"}}})
    assert len(names(DEPLOYMENT, first, other, asks)) == 2


def test_an_address_tells_pods_apart_only_where_a_block_does() -> None:
    pods = [pod("web-5d9-a", ip="10.0.0.1"), pod("web-5d9-b", ip="10.0.0.9")]

    def with_block(cidr: str) -> list[tuple[str, str, int | None]]:
        rule = {"from": [{"ipBlock": {"cidr": cidr}}]}
        return names(DEPLOYMENT, *pods, policy({"ingress": [rule]}))

    assert with_block("10.0.0.0/8") == [("Deployment", "web", 2)]
    assert len(with_block("10.0.0.0/29")) == 2


def test_a_node_is_kept_where_all_pods_share_it() -> None:
    (together,) = endpoints(DEPLOYMENT, pod("web-5d9-a"), pod("web-5d9-b"))
    assert together.node == "n1"
    (apart,) = endpoints(DEPLOYMENT, pod("web-5d9-a"), pod("web-5d9-b", node="n2"))
    assert apart.node == ""


def test_finished_pods_stand_beside_the_running_ones() -> None:
    found = names(DEPLOYMENT, pod("web-5d9-a"), pod("web-5d9-b", phase="Failed"))
    assert found == [("Deployment", "web", 1), ("Pod", "web-5d9-b", 1)]


def test_a_finished_job_is_a_finished_endpoint() -> None:
    (found,) = endpoints(
        workload("Job", "init"), pod("init-x", owner=("Job", "init"), phase="Succeeded")
    )
    assert (found.kind, found.finished) == ("Job", True)


def test_a_deployment_whose_pods_all_finished_still_stands_as_its_template() -> None:
    found = names(DEPLOYMENT, REPLICA_SET, pod("web-5d9-a", phase="Failed"))
    assert ("Deployment", "web", 3) in found


def test_a_replica_set_of_a_listed_deployment_is_not_counted_twice() -> None:
    assert names(DEPLOYMENT, REPLICA_SET) == [("Deployment", "web", 3)]


def test_every_address_of_a_group_finds_its_pod() -> None:
    (found,) = endpoints(pod("web-5d9-a", ip="10.0.0.1"), pod("web-5d9-b", ip="10.0.0.9"))
    assert [(str(ip), name) for ip, name in found.pod_addresses] == [
        ("10.0.0.1", "web-5d9-a"),
        ("10.0.0.9", "web-5d9-b"),
    ]


def test_ordinals_are_told_apart_where_a_selector_asks_for_them() -> None:
    stateful = workload("StatefulSet", "db")
    assert names(stateful) == [("StatefulSet", "db", 3)]
    selector = {"matchLabels": {"statefulset.kubernetes.io/pod-name": "db-0"}}
    found = endpoints(stateful, policy({"podSelector": selector}))
    assert [item.name for item in found] == ["db-0", "db-1", "db-2"]
    assert found[1].labels["apps.kubernetes.io/pod-index"] == "1"
    assert {item.workload for item in found} == {("StatefulSet", "db")}
