"""Which endpoints go around policies, and which never run."""

from pathlib import Path
from typing import Any

import pytest
import yaml

import netsim
from netsim.query.soundness import bypasses, permissive_namespaces

CLUSTER = Path(__file__).parents[2] / "fixtures" / "admission" / "cluster"
RESTRICTED = """
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: restricted}}
"""
POD = """
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec: {containers: [{name: web, image: web}]}
"""


def loaded(*texts: str) -> netsim.Cluster:
    return netsim.from_objects([yaml.safe_load(text) for text in texts])


def marks(cluster: netsim.Cluster, key: str) -> tuple[str, ...]:
    (endpoint,) = (item for item in cluster.snapshot.endpoints if item.key == key)
    return cluster.soundness.marks(endpoint)


def test_pods_that_are_refused_are_never_admitted() -> None:
    assert marks(loaded(RESTRICTED, POD), "shop/web") == ("never admitted",)


def test_so_are_workloads_whose_pods_are_refused() -> None:
    cluster = netsim.load(CLUSTER)
    assert marks(cluster, "storage/backup") == ("never admitted",)
    assert marks(cluster, "storage/cache") == ()


def test_whoever_assumes_that_pods_are_admitted_is_told_of_none() -> None:
    cluster = loaded(RESTRICTED, POD)
    cluster.assume_admitted = True
    assert marks(cluster, "shop/web") == ()


def test_of_a_pod_that_no_server_takes_nothing_is_known() -> None:
    unreadable = POD.replace("spec: {", "spec: {runtimeClassName: [gvisor], ")
    assert marks(loaded(RESTRICTED, unreadable), "shop/web") == ()


def test_without_the_namespace_nothing_is_known_of_admission() -> None:
    assert marks(loaded(POD), "shop/web") == ()


def test_a_pod_that_runs_has_been_admitted() -> None:
    running = POD.replace("namespace: shop", "namespace: shop, uid: 4f7a")
    addressed = f"{POD}status: {{phase: Running, podIP: 10.0.0.7}}\n"
    assert marks(loaded(RESTRICTED, running), "shop/web") == ()
    assert marks(loaded(RESTRICTED, addressed), "shop/web") == ()


def test_defaults_of_the_server_count() -> None:
    configuration = """
apiVersion: pod-security.admission.config.k8s.io/v1
kind: PodSecurityConfiguration
defaults: {enforce: restricted}
"""
    plain = "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}"
    assert marks(loaded(configuration, plain, POD), "shop/web") == ("never admitted",)


@pytest.mark.parametrize(
    ("context", "powers"),
    [
        ({"privileged": True}, ("privileged", "NET_RAW by default")),
        ({"capabilities": {"add": ["NET_ADMIN"]}}, ("NET_ADMIN", "NET_RAW by default")),
        ({"capabilities": {"add": ["NET_RAW"], "drop": ["ALL"]}}, ("NET_RAW",)),
        ({"capabilities": {"add": ["ALL"]}}, ("NET_ADMIN", "NET_RAW")),
        ({"capabilities": {"add": ["cap_net_admin"]}}, ("NET_ADMIN", "NET_RAW by default")),
        ({"capabilities": {"drop": ["all"]}}, ()),
        ({"capabilities": {"drop": ["NET_RAW"]}}, ()),
        ({"privileged": "true", "capabilities": [1]}, ("NET_RAW by default",)),
    ],
)
@pytest.mark.parametrize("kind", ["initContainers", "containers", "ephemeralContainers"])
def test_the_powers_of_any_container_are_the_pods(
    kind: str, context: dict[str, Any], powers: tuple[str, ...]
) -> None:
    harmless = {"name": "a", "securityContext": {"capabilities": {"drop": ["ALL"]}}}
    spec: dict[str, Any] = {"containers": [harmless]}
    spec[kind] = [*spec.get(kind, ()), {"name": "b", "securityContext": context}]
    pod = {**yaml.safe_load(POD), "spec": spec}
    (endpoint,) = netsim.from_objects([pod]).snapshot.endpoints
    assert endpoint.powers == powers


def test_a_host_port_and_the_host_network_are_ways_around_policies() -> None:
    pod = yaml.safe_load(POD)
    pod["spec"]["hostNetwork"] = True
    pod["spec"]["containers"][0]["ports"] = [{"containerPort": 80, "hostPort": 80}]
    (endpoint,) = netsim.from_objects([pod]).snapshot.endpoints
    assert bypasses(endpoint) == ("hostNetwork", "hostPort")


def test_an_explanation_has_notes_on_both_ends() -> None:
    found = netsim.load(CLUSTER).explain("storage/backup", "monitoring/agent", 9100)
    first, second = map(str, found.notes)
    assert first.startswith('storage/backup is never admitted: violates PodSecurity "restr')
    assert second == "monitoring/agent can go around policies: hostNetwork"


def test_namespaces_that_let_in_pods_without_policies_are_named() -> None:
    cluster = netsim.load(CLUSTER)
    assert permissive_namespaces(cluster.snapshot, cluster.server) == ("monitoring",)
    other = loaded(POD)
    assert permissive_namespaces(other.snapshot, other.server) == ()


def test_only_places_that_are_asked_for_are_read_again(tmp_path: Path) -> None:
    text = f"{RESTRICTED}---{POD}---{POD.replace('name: web, n', 'name: api, n')}"
    (tmp_path / "a.yaml").write_text(text)
    cluster = netsim.load(tmp_path)
    (api, _) = cluster.snapshot.endpoints
    origin = cluster._written  # noqa: SLF001 - what is tested
    assert [item.key for item in origin(frozenset({api.source}))] == ["shop/api"]


def test_templates_of_running_pods_are_those_of_their_workload(tmp_path: Path) -> None:
    workload = """
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: web}]}}
"""
    pod = POD.replace("name: web, n", "name: web-0, labels: {app: web}, n").replace(
        "namespace: shop}",
        "namespace: shop, ownerReferences: [{kind: StatefulSet, name: web, controller: true}]}",
    )
    (tmp_path / "a.yaml").write_text(f"{workload}---{pod}status: {{podIP: 10.0.0.7}}\n")
    cluster = netsim.load(tmp_path)
    assert [item.owner.kind for item in cluster.templates("shop/web")] == ["StatefulSet"]
