from collections.abc import Mapping
from typing import Any

import pytest

from netsim.load import snapshot_from_objects
from netsim.model.workload import Endpoint

Manifest = Mapping[str, Any]


def pod(name: str, **changes: Any) -> Manifest:  # noqa: ANN401 - parts of a manifest
    owner = changes.get("owner", ("ReplicaSet", "web-5d9"))
    reference = {"kind": owner[0], "name": owner[1], "controller": True}
    labels = {"app": "web", "pod-template-hash": "5d9", **changes.get("labels", {})}
    status: dict[str, Any] = {"phase": changes.get("phase", "Running")}
    if "ip" in changes:
        status["podIPs"] = [{"ip": text} for text in changes["ip"].split()]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": name,
            "namespace": "shop",
            "labels": labels,
            "ownerReferences": [reference],
        },
        "spec": {
            "nodeName": changes.get("node", "n1"),
            "hostNetwork": changes.get("host_network", False),
            "containers": [{"name": "c", "ports": changes.get("ports", [])}],
        },
        "status": status,
    }


def workload(
    kind: str, name: str, owner: tuple[str, str] | None = None, *, replicas: int = 3
) -> Manifest:
    metadata: dict[str, Any] = {"name": name, "namespace": "shop"}
    if owner:
        metadata["ownerReferences"] = [{"kind": owner[0], "name": owner[1], "controller": True}]
    template = {"metadata": {"labels": {"app": "web"}}}
    selector = {"matchExpressions": [{"key": "app", "operator": "Exists"}]}
    spec: dict[str, Any] = {"replicas": replicas, "selector": selector, "template": template}
    return {
        "apiVersion": "batch/v1" if kind in {"Job", "CronJob"} else "apps/v1",
        "kind": kind,
        "metadata": metadata,
        "spec": {"jobTemplate": {"spec": spec}} if kind == "CronJob" else spec,
    }


def policy(spec: Manifest) -> Manifest:
    metadata = {"name": "p", "namespace": "shop"}
    kind = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy"}
    return {**kind, "metadata": metadata, "spec": spec}


def asks_for(key: str) -> Manifest:
    selector = {"matchExpressions": [{"key": key, "operator": "Exists"}]}
    return policy({"podSelector": selector})


def rules(*objects: Manifest) -> list[str]:
    return [item.rule for item in snapshot_from_objects(objects).findings]


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


def test_ordinals_start_where_they_are_told_to() -> None:
    stateful = {**workload("StatefulSet", "db", replicas=2)}
    stateful["spec"] = {**stateful["spec"], "ordinals": {"start": 5}}
    found = names(stateful, asks_for("apps.kubernetes.io/pod-index"))
    assert [name for _, name, _ in found] == ["db-5", "db-6"]


def test_a_service_can_ask_for_an_ordinal() -> None:
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "first", "namespace": "shop"},
        "spec": {
            "selector": {"statefulset.kubernetes.io/pod-name": "db-0"},
            "ports": [{"port": 1}],
        },
    }
    assert len(endpoints(workload("StatefulSet", "db"), service)) == 3


def test_too_many_ordinals_stay_one_endpoint_with_a_warning() -> None:
    objects = (
        workload("StatefulSet", "db", replicas=101),
        asks_for("apps.kubernetes.io/pod-index"),
    )
    assert names(*objects) == [("StatefulSet", "db", 101)]
    assert "too-many-ordinals" in rules(*objects)


def test_a_stateful_set_of_an_operator_keeps_its_own_name() -> None:
    owner = ("Prometheus", "k8s")
    one, other = workload("StatefulSet", "db", owner), workload("StatefulSet", "dc", owner)
    pods = [pod("db-0", owner=("StatefulSet", "db")), pod("dc-0", owner=("StatefulSet", "dc"))]
    together = [("StatefulSet", "db", 1), ("StatefulSet", "dc", 1)]
    assert names(one, other, *pods) == together
    assert names(one, other) == [(kind, name, 3) for kind, name, _ in together]


def test_an_operators_workload_without_replicas_is_kept() -> None:
    stateful = workload("StatefulSet", "db", ("Prometheus", "k8s"), replicas=0)
    assert names(stateful) == [("StatefulSet", "db", 0)]


def test_an_old_revision_of_a_deployment_is_dropped() -> None:
    old = workload("ReplicaSet", "web-1", ("Deployment", "web"), replicas=0)
    assert names(old) == []
    assert "workload-without-replicas" not in rules(old)


def test_owners_in_a_circle_lose_nothing() -> None:
    one = workload("ReplicaSet", "a", ("ReplicaSet", "b"))
    other = workload("ReplicaSet", "b", ("ReplicaSet", "a"))
    assert len(names(one, other)) == 2


def test_pods_of_a_cron_jobs_job_belong_to_the_cron_job() -> None:
    cron = workload("CronJob", "nightly")
    job = workload("Job", "nightly-1", ("CronJob", "nightly"))
    running = pod("nightly-1-x", owner=("Job", "nightly-1"))
    assert names(cron, job, running) == [("CronJob", "nightly", 1)]
    assert names(cron, job) == [("CronJob", "nightly", 1)]
    assert names(job) == [("Job", "nightly-1", 1)]


def test_a_pod_that_a_pod_owns_stands_for_itself() -> None:
    assert names(pod("a", owner=("Pod", "b"))) == [("Pod", "a", 1)]


def test_a_node_tells_pods_apart_only_where_a_host_network_pod_runs() -> None:
    pods = [pod("web-5d9-a", node="n1"), pod("web-5d9-b", node="n2")]
    assert names(*pods) == [("Deployment", "web", 2)]
    agent = pod("agent", owner=("DaemonSet", "agent"), node="n1", host_network=True)
    assert ("Pod", "web-5d9-a", 1) in names(*pods, agent)
    elsewhere = pod("agent", owner=("DaemonSet", "agent"), node="n3", host_network=True)
    assert ("Deployment", "web", 2) in names(*pods, elsewhere)


def test_ports_and_host_network_tell_pods_apart() -> None:
    plain = pod("web-5d9-a")
    with_port = pod("web-5d9-b", ports=[{"name": "http", "containerPort": 80}])
    assert len(names(plain, with_port)) == 2
    assert len(names(plain, pod("web-5d9-b", host_network=True))) == 2


def test_a_missing_family_tells_pods_apart_only_where_a_block_does() -> None:
    pods = [pod("web-5d9-a", ip="10.0.0.1"), pod("web-5d9-b", ip="10.0.0.2 fd00::1")]
    assert len(names(*pods)) == 1
    block = {"ipBlock": {"cidr": "192.0.2.0/24"}}
    assert len(names(*pods, policy({"ingress": [{"from": [block]}]}))) == 2


def test_labels_that_differ_unseen_are_not_the_groups() -> None:
    pods = [
        pod("a", owner=("Deployment", "web")),
        pod("b", owner=("Deployment", "web"), labels={"pod-template-hash": "7f2"}),
    ]
    (found,) = endpoints(*pods)
    assert dict(found.labels) == {"app": "web"}


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("Deployment", "pod-template-hash"),
        ("DaemonSet", "controller-revision-hash"),
        ("CronJob", "job-name"),
        ("Job", "controller-uid"),
    ],
)
def test_a_label_that_only_live_pods_carry_is_said_to_be_unknown(kind: str, key: str) -> None:
    assert "label-unknowable" in rules(workload(kind, "web"), asks_for(key))
    assert "label-unknowable" not in rules(workload(kind, "web"), asks_for("app"))


def test_a_label_of_live_pods_is_known() -> None:
    objects = (DEPLOYMENT, pod("web-5d9-a"), asks_for("pod-template-hash"))
    assert "label-unknowable" not in rules(*objects)


def test_a_label_that_a_job_is_given_is_known() -> None:
    assert "label-unknowable" not in rules(workload("Job", "web"), asks_for("job-name"))
