"""The second reading: every object with all its fields, and no value of a secret."""

import io
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

import netsim
from netsim.load.files import LONG_FILE
from netsim.load.written import written_objects
from netsim.model.written import WrittenObject, pod_template, pod_templates

_PLAIN = """\
apiVersion: v1
kind: Secret
metadata:
  name: db
  namespace: shop
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{"data":{"password":"aHVudGVyMg=="}}'
    team: shop
data: {password: aHVudGVyMg==, empty: ""}
stringData: {user: hunter}
"""
_SEALED = """\
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: db, namespace: shop}
spec:
  encryptedData: {password: AgBy3i4O}
  template:
    type: Opaque
    data: {url: postgres://hunter2@db}
"""
_EXTERNAL = """\
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: shop}
spec:
  target:
    template:
      data: {url: postgres://hunter2@db}
  data: [{secretKey: password}]
"""
_POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
  managedFields: [{manager: kubectl}]
spec:
  volumes: [{name: cache, emptyDir: {}}]
  containers:
  - {name: web, image: web, securityContext: {runAsNonRoot: true}}
status: {phase: Running}
"""


def _read(tmp_path: Path, text: str, name: str = "all.yaml") -> tuple[WrittenObject, ...]:
    file = tmp_path / name
    file.write_text(text)
    return written_objects([file])


def _as_list(*texts: str) -> dict[str, object]:
    items = [yaml.safe_load(text) for text in texts]
    return {"apiVersion": "v1", "kind": "List", "items": items}


def _lengthened(text: str) -> str:
    """The same list, long enough to be read as a capture."""
    return f"{text.removesuffix(']}')}{' ' * LONG_FILE}]}}"


@pytest.mark.parametrize("text", [_PLAIN, _SEALED, _EXTERNAL])
def test_values_of_secrets_are_not_kept(tmp_path: Path, text: str) -> None:
    for written in (
        _read(tmp_path, text),
        _read(tmp_path, json.dumps(yaml.safe_load(text)), "one.json"),
        _read(tmp_path, json.dumps(_as_list(text)), "list.json"),
        _read(tmp_path, yaml.safe_dump(_as_list(text)), "list.yaml"),
    ):
        assert len(written) == 1
        shown = repr(written)
        assert "hunter" not in shown
        assert "aHVudGVyMg" not in shown


def test_keys_of_secrets_are_kept_and_empty_values_stay_empty(tmp_path: Path) -> None:
    (secret,) = _read(tmp_path, _PLAIN)
    assert secret.at("data") == {"password": "(hidden)", "empty": ""}
    assert secret.at("stringData") == {"user": "(hidden)"}
    assert secret.at("metadata", "annotations") == {"team": "shop"}


def test_every_field_of_a_pod_is_kept_but_status_and_bookkeeping(tmp_path: Path) -> None:
    (pod,) = _read(tmp_path, _POD)
    expected = yaml.safe_load(_POD)
    del expected["status"], expected["metadata"]["managedFields"]
    assert pod.value == expected
    assert (pod.kind, pod.key) == ("Pod", "shop/web")


def test_a_capture_gives_what_the_plain_way_gives(tmp_path: Path) -> None:
    whole = json.dumps(_as_list(_POD, _PLAIN, _SEALED))
    plain = _read(tmp_path, whole, "short.json")
    long = _read(tmp_path, _lengthened(whole), "long.json")
    assert [(item.key, item.value) for item in long] == [
        (item.key, item.value) for item in plain
    ]
    assert [item.source.route for item in long] == [("items", index) for index in range(3)]


def test_a_capture_that_nests_too_deeply_is_passed_over(tmp_path: Path) -> None:
    whole = json.dumps(_as_list(_POD)).replace('"web"', "[" * 5000 + "]" * 5000, 1)
    assert _read(tmp_path, _lengthened(whole), "long.json") == ()


def test_equal_parts_of_pods_in_a_capture_are_held_once(tmp_path: Path) -> None:
    pods = []
    for name, volume in (
        ("web-1", "kube-api-access-abcde"),
        ("web-2", "kube-api-access-12xyz"),
    ):
        pod = yaml.safe_load(_POD)
        pod["metadata"]["name"] = name
        pod["spec"]["containers"][0]["volumeMounts"] = [{"name": volume, "mountPath": "/x"}]
        pods.append(pod)
    text = json.dumps({"apiVersion": "v1", "kind": "PodList", "items": pods})
    written = _read(tmp_path, _lengthened(text), "long.json")
    one, other = (item.at("spec", "containers") for item in written)
    assert one is other


def test_the_last_object_of_a_name_wins(tmp_path: Path) -> None:
    later = _POD.replace("image: web", "image: later")
    (pod,) = _read(tmp_path, f"{_POD}---\n{later}")
    assert "later" in repr(pod.value)


def test_kinds_of_other_groups_do_not_collide(tmp_path: Path) -> None:
    knative = _POD.replace("apiVersion: v1", "apiVersion: serving.example.com/v1")
    assert len(_read(tmp_path, f"{_POD}---\n{knative}")) == 2


def test_objects_without_a_namespace_are_in_the_default_one(tmp_path: Path) -> None:
    text = _POD.replace("  namespace: shop\n", "")
    file = tmp_path / "pod.yaml"
    file.write_text(
        f"{text}---\n{{apiVersion: v1, kind: Namespace, metadata: {{name: bank}}}}\n"
    )
    pod, namespace = written_objects([file], namespace="bank")
    assert (pod.key, namespace.key) == ("bank/web", "bank")


def test_what_stdin_held_is_read_a_second_time(monkeypatch: pytest.MonkeyPatch) -> None:
    class _Stdin:
        buffer = io.BytesIO(_POD.encode())

    monkeypatch.setattr("sys.stdin", _Stdin)
    cluster = netsim.load("-")
    assert [item.key for item in cluster.objects] == ["shop/web"]


def test_objects_given_as_values_are_kept_as_well() -> None:
    cluster = netsim.from_objects(iter([yaml.safe_load(_POD)]))
    assert [item.key for item in cluster.objects] == ["shop/web"]
    other = cluster.under(netsim.PROFILES["default"])
    assert other.objects == cluster.objects


def test_faulty_documents_are_passed_over(tmp_path: Path) -> None:
    assert [item.key for item in _read(tmp_path, f"a: [\n---\n{_POD}")] == ["shop/web"]


@pytest.mark.parametrize(
    ("kind", "version", "spec", "route"),
    [
        ("Deployment", "apps/v1", {"template": {"spec": {"a": 1}}}, ("spec", "template")),
        (
            "CronJob",
            "batch/v1",
            {"jobTemplate": {"spec": {"template": {"spec": {"a": 1}}}}},
            ("spec", "jobTemplate", "spec", "template"),
        ),
    ],
)
def test_templates_are_found_where_each_kind_has_them(
    kind: str, version: str, spec: Mapping[str, object], route: tuple[str, ...]
) -> None:
    value = {"apiVersion": version, "kind": kind, "metadata": {"name": "web"}, "spec": spec}
    (template,) = pod_templates(netsim.from_objects([value]).objects)
    assert (template.route, template.spec) == (route, {"a": 1})
    assert template.source.route == (*route, "spec")


def test_a_kind_of_another_group_has_no_template() -> None:
    value = {
        "apiVersion": "batch.volcano.sh/v1",
        "kind": "Job",
        "metadata": {"name": "web"},
        "spec": {"template": {"spec": {}}},
    }
    (written,) = netsim.from_objects([value]).objects
    assert pod_template(written) is None


def test_a_pod_names_its_controller(tmp_path: Path) -> None:
    owner = "  ownerReferences: [{kind: ReplicaSet, name: web-1, controller: true}]\n"
    (pod,) = _read(tmp_path, _POD.replace("  managedFields", f"{owner}  managedFields"))
    template = pod_template(pod)
    assert template is not None
    assert template.controller == ("ReplicaSet", "web-1")
