from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from netsim.load import Loaded, snapshot_from_objects
from netsim.model.labels import Labels


def loaded(text: str) -> Loaded:
    objects: list[Mapping[str, Any]] = [item for item in yaml.safe_load_all(text) if item]
    return snapshot_from_objects(objects)


def rules(found: Loaded) -> set[str]:
    return {item.rule for item in found.findings}


def deployment(kind: str = "Deployment", version: str = "apps/v1", spec: str = "") -> str:
    return f"""
    apiVersion: {version}
    kind: {kind}
    metadata: {{name: web, namespace: shop}}
    spec:
      {spec or "replicas: 2"}
      template: {{metadata: {{labels: {{app: web}}}}, spec: {{containers: [{{name: c}}]}}}}
    """


@pytest.mark.parametrize(
    ("kind", "version"),
    [
        ("Deployment", "apps/v1"),
        ("ReplicaSet", "apps/v1"),
        ("StatefulSet", "apps/v1"),
        ("DaemonSet", "apps/v1"),
        ("Job", "batch/v1"),
        ("ReplicationController", "v1"),
        ("Deployment", "extensions/v1beta1"),
        ("StatefulSet", "apps/v1beta2"),
    ],
)
def test_a_workload_is_one_endpoint(kind: str, version: str) -> None:
    found = loaded(deployment(kind, version))
    (endpoint,) = found.snapshot.endpoints
    assert (endpoint.key, endpoint.kind, endpoint.labels["app"]) == ("shop/web", kind, "web")
    assert ("deprecated-api-version" in rules(found)) is ("beta" in version)


def test_a_cron_job_has_its_template_one_level_down() -> None:
    text = """
    apiVersion: batch/v1
    kind: CronJob
    metadata: {name: nightly, namespace: shop}
    spec: {jobTemplate: {spec: {parallelism: 3, template: {metadata: {labels: {a: b}}}}}}
    """
    (endpoint,) = loaded(text).snapshot.endpoints
    assert (endpoint.kind, endpoint.replicas, endpoint.labels) == (
        "CronJob",
        3,
        Labels({"a": "b"}),
    )


@pytest.mark.parametrize(
    ("kind", "spec", "replicas"),
    [
        ("Deployment", "replicas: 3", 3),
        ("Deployment", "paused: false", 1),
        ("Deployment", "replicas: 0", 0),
        ("DaemonSet", "minReadySeconds: 1", None),
        ("Job", "parallelism: 4", 4),
    ],
)
def test_replicas_are_counted(kind: str, spec: str, replicas: int | None) -> None:
    version = "batch/v1" if kind == "Job" else "apps/v1"
    found = loaded(deployment(kind, version, spec))
    assert found.snapshot.endpoints[0].replicas == replicas
    assert ("workload-without-replicas" in rules(found)) is (replicas == 0)


def test_a_whole_float_is_an_integer_and_less_than_none_is_not() -> None:
    assert loaded(deployment(spec="replicas: 2.0")).snapshot.endpoints[0].replicas == 2
    assert "-1 is negative" in str(loaded(deployment(spec="replicas: -1")).errors[0])


def test_a_job_has_the_labels_its_controller_adds() -> None:
    (endpoint,) = loaded(deployment("Job", "batch/v1")).snapshot.endpoints
    assert endpoint.labels["batch.kubernetes.io/job-name"] == "web"
    assert endpoint.labels["job-name"] == "web"


def test_a_partial_workload_is_no_endpoint_and_said() -> None:
    text = (
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: w, namespace: n}, spec: {}}"
    )
    found = loaded(text)
    assert (found.snapshot.endpoints, found.errors) == ((), ())
    assert "workload-without-template" in rules(found)


@pytest.mark.parametrize(
    ("selector", "rule"),
    [
        ("{matchLabels: {app: other}}", "selector-misses-template"),
        ("{matchLabels: {app: web, tier: x}}", "selector-misses-template"),
        (
            "{matchExpressions: [{key: app, operator: DoesNotExist}]}",
            "selector-misses-template",
        ),
        (
            "{matchExpressions: [{key: app, operator: NotIn, values: [web]}]}",
            "selector-misses-template",
        ),
        ("{matchExpressions: [{key: tier, operator: Exists}]}", "selector-misses-template"),
        ("{matchLabels: {app: web}}", ""),
        ("{matchExpressions: [{key: tier, operator: NotIn, values: [x]}]}", ""),
        ("~", "selector-missing"),
    ],
)
def test_a_selector_is_held_against_its_template(selector: str, rule: str) -> None:
    found = loaded(deployment(spec=f"selector: {selector}"))
    assert ({item for item in rules(found) if "selector" in item} or {""}) == {rule}
    assert len(found.snapshot.endpoints) == 1


def test_old_api_versions_fill_in_the_selector() -> None:
    found = loaded(deployment(version="apps/v1beta1"))
    assert "selector-missing" not in rules(found)
