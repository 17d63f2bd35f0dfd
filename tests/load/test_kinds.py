from collections.abc import Callable, Mapping
from typing import Any

import pytest
import yaml

from netsim.load import Loaded, snapshot_from_objects
from netsim.model.labels import Labels
from netsim.model.policy import Direction
from netsim.model.profile import MissingNamespaceObject, Profile
from netsim.results import Severity

Load = Callable[[dict[str, str | bytes]], Loaded]


def loaded(text: str, profile: Profile | None = None) -> Loaded:
    objects: list[Mapping[str, Any]] = [item for item in yaml.safe_load_all(text) if item]
    return snapshot_from_objects(objects, profile=profile)


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
    "text",
    [
        "{kind: List, items: [{kind: Pod, metadata: {name: a}, apiVersion: v1}]}",
        "{kind: PodList, apiVersion: v1, items: [{metadata: {name: a}}]}",
        "{kind: PodList, apiVersion: v1, items: [{kind: Pod, metadata: {name: a}}]}",
    ],
)
def test_lists_are_flattened(text: str) -> None:
    found = loaded(text)
    assert [item.key for item in found.snapshot.endpoints] == ["default/a"]
    assert found.counts == {"Pod": 1}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("{kind: PodList, apiVersion: v1, items: {a: b}}", "list-without-items"),
        ("{kind: List, items: [3]}", "not-an-object"),
        ("{kind: List, items: [{a: b}]}", "document-without-kind"),
        ("{kind: WorkloadGroup, metadata: {name: x}}", "object-without-api-version"),
    ],
)
def test_a_list_of_something_else_is_said(text: str, rule: str) -> None:
    found = loaded(text)
    assert rule in rules(found)
    assert found.errors == ()


def test_lists_in_lists_end() -> None:
    inner: dict[str, object] = {"kind": "List", "items": []}
    for _ in range(20):
        inner = {"kind": "List", "items": [inner]}
    assert rules(snapshot_from_objects([inner])) == {"list-without-items"}


def test_a_list_without_items_is_empty() -> None:
    assert loaded("{kind: PodList, apiVersion: v1, items: null}").findings == ()


@pytest.mark.parametrize(
    ("version", "kind"),
    [
        ("serving.knative.dev/v1", "Service"),
        ("batch.volcano.sh/v1alpha1", "Job"),
        ("apps.kruise.io/v1alpha1", "DaemonSet"),
        ("v1", "ConfigMap"),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
    ],
)
def test_other_kinds_are_noted_and_counted(version: str, kind: str) -> None:
    found = loaded(f"{{apiVersion: {version}, kind: {kind}, metadata: {{name: x}}}}")
    assert found.counts == {kind: 1}
    assert rules(found) == {"kind-not-modelled"}
    assert (found.snapshot.endpoints, found.snapshot.services) == ((), ())


@pytest.mark.parametrize(
    ("version", "kind"),
    [("v1", "Deployment"), ("apps/v1", "Pod"), ("apps/v2", "StatefulSet"), ("apps/v1", "Job")],
)
def test_a_kind_in_a_group_that_never_had_it_warns(version: str, kind: str) -> None:
    found = loaded(f"{{apiVersion: {version}, kind: {kind}, metadata: {{name: x}}}}")
    assert rules(found) == {"kind-in-wrong-group"}
    assert found.snapshot.endpoints == ()


def test_objects_are_counted_apart_for_each_group() -> None:
    other = "{apiVersion: apps.kruise.io/v1, kind: Deployment, metadata: {name: x}}"
    found = loaded(f"{other}\n---{deployment()}".replace("\n    ", "\n"))
    (note,) = [item for item in found.findings if item.rule == "kind-not-modelled"]
    assert note.message.startswith("1 Deployment (apps.kruise.io/v1) object is not needed")
    assert found.counts == {"Deployment": 2}


@pytest.mark.parametrize(
    ("version", "kind", "namespace"),
    [
        ("projectcalico.org/v3", "NetworkPolicy", "shop"),
        ("crd.projectcalico.org/v1", "GlobalNetworkPolicy", ""),
        ("cilium.io/v2", "CiliumNetworkPolicy", "shop"),
        ("cilium.io/v2", "CiliumClusterwideNetworkPolicy", ""),
        ("crd.antrea.io/v1beta1", "ClusterNetworkPolicy", ""),
    ],
)
def test_other_policy_kinds_are_kept_as_not_evaluated(
    version: str, kind: str, namespace: str
) -> None:
    text = f"{{apiVersion: {version}, kind: {kind}, metadata: {{name: x, namespace: shop}}}}"
    found = loaded(text)
    (policy,) = found.snapshot.unmodelled
    assert (policy.kind, policy.namespace, policy.name) == (kind, namespace, "x")
    assert "policy-kind-not-modelled" in rules(found)
    assert found.snapshot.policies == ()


@pytest.mark.parametrize("version", ["extensions/v1beta1", "networking.k8s.io/v1beta1", "v1"])
def test_a_network_policy_of_a_group_that_is_gone_is_an_error(version: str) -> None:
    found = loaded(f"{{apiVersion: {version}, kind: NetworkPolicy, metadata: {{name: x}}}}")
    assert "apiVersion: must be networking.k8s.io/v1, not" in str(found.errors[0])


def test_a_read_kind_without_api_version_is_an_error() -> None:
    for kind, version in (("Pod", "v1"), ("NetworkPolicy", "networking.k8s.io/v1")):
        (error,) = loaded(f"{{kind: {kind}, metadata: {{name: x}}}}").errors
        assert str(error).endswith(f"{kind} x: apiVersion: is required: {version}")


@pytest.mark.parametrize(
    "text",
    ["{apiVersion: v1}", "{replicaCount: 1}", "{kind: 3}", '{kind: "{{ .Values.kind }}"}'],
)
def test_a_document_without_a_kind_is_noted(text: str) -> None:
    assert rules(loaded(text)) == {"document-without-kind"}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("{apiVersion: kustomize.config.k8s.io/v1beta1, kind: Kustomization}", "not-rendered"),
        ("{apiVersion: kustomize.config.k8s.io/v1alpha1, kind: Component}", "not-rendered"),
        ("{apiVersion: template.openshift.io/v1, kind: Template, objects: []}", "not-rendered"),
        ("{apiVersion: v1, kind: Secret, metadata: {name: s}, sops: {mac: x}}", "encrypted"),
        ("{apiVersion: x.example/v1, kind: Template}", "kind-not-modelled"),
        (
            "{apiVersion: projectcalico.org/v3, kind: StagedNetworkPolicy}",
            "kind-not-modelled",
        ),
    ],
)
def test_what_cannot_be_read_is_said(text: str, rule: str) -> None:
    found = loaded(text)
    assert rules(found) == {rule}
    assert found.errors == ()


def test_every_namespace_carries_its_name_as_a_label() -> None:
    text = """{apiVersion: v1, kind: Namespace,
      metadata: {name: n, labels: {kubernetes.io/metadata.name: other, a: b}}}"""
    found = loaded(text)
    assert found.snapshot.namespaces["n"].labels == Labels(
        {"kubernetes.io/metadata.name": "n", "a": "b"}
    )
    assert "namespace-label-overridden" in rules(found)


POD = "{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: n}}"
ASKS = """
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p, namespace: n}
spec: {ingress: [{from: [{namespaceSelector: {matchLabels: {team: x}}}]}]}
"""


def test_a_namespace_without_an_object_is_made_up_and_noted() -> None:
    found = loaded(POD)
    assert found.snapshot.namespaces["n"].synthesised
    assert [item.severity for item in found.findings] == [Severity.NOTE]


def test_it_is_a_warning_where_a_selector_asks_for_its_other_labels() -> None:
    (finding,) = loaded(POD + ASKS).findings
    assert finding.severity is Severity.WARNING
    assert "team" in finding.message


def test_it_is_an_error_under_the_profile_that_says_so() -> None:
    strict = Profile(missing_namespace_object=MissingNamespaceObject.ERROR)
    assert "no Namespace object" in str(loaded(POD, strict).errors[0])


def test_the_last_of_two_policies_with_one_name_wins_with_a_warning() -> None:
    one = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p, namespace: n}
spec: {policyTypes: [%s]}
"""
    found = loaded((one % "Ingress") + "---" + (one % "Egress"))
    (policy,) = found.snapshot.policies
    assert set(policy.rules) == {Direction.EGRESS}
    (finding,) = [item for item in found.findings if item.rule == "object-repeated"]
    assert finding.severity is Severity.WARNING
    same = loaded((one % "Ingress") + "---" + (one % "Ingress"))
    assert [item.severity for item in same.findings if item.rule == "object-repeated"] == [
        Severity.NOTE
    ]


def test_a_null_rule_allows_everything_and_warns() -> None:
    text = """{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy,
      metadata: {name: p, namespace: n}, spec: {ingress: [null]}}"""
    found = loaded(text)
    assert "rule-is-null" in rules(found)
    assert len(found.snapshot.policies[0].rules[Direction.INGRESS]) == 1


def test_an_object_without_a_namespace_is_in_the_default_one() -> None:
    found = snapshot_from_objects(
        [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}], namespace="here"
    )
    assert found.snapshot.endpoints[0].key == "here/a"
    assert "namespace-missing" in rules(found)


def test_two_objects_of_one_generated_name_are_two() -> None:
    one = "{apiVersion: v1, kind: Pod, metadata: {generateName: web-, namespace: n}}"
    found = loaded(f"{one}\n---\n{one}")
    assert [item.name for item in found.snapshot.endpoints] == ["web", "web-2"]
    assert "object-repeated" not in rules(found)


def test_a_generated_name_is_noted() -> None:
    found = loaded("{apiVersion: v1, kind: Pod, metadata: {generateName: web-, namespace: n}}")
    assert found.snapshot.endpoints[0].key == "n/web"
    assert "name-generated" in rules(found)


def test_a_faulty_policy_does_not_take_the_place_of_a_sound_one() -> None:
    sound = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy"}
    metadata = {"name": "p", "namespace": "n"}
    faulty = {"policyTypes": ["ingress"]}
    found = snapshot_from_objects(
        [{**sound, "metadata": metadata}, {**sound, "metadata": metadata, "spec": faulty}]
    )
    assert len(found.snapshot.policies) == len(found.errors) == 1


@pytest.mark.parametrize("value", [None, 3, [], "text"])
def test_what_is_no_mapping_among_objects_is_noted(value: Any) -> None:  # noqa: ANN401 - anything
    assert rules(snapshot_from_objects([value])) == {"not-an-object"}


def test_a_message_is_cut_and_printable() -> None:
    name = "\x1b[2J" + "x" * 10_000
    text = str(snapshot_from_objects([{"kind": "Pod", "metadata": {"name": name}}]).errors[0])
    assert len(text) < 500
    assert text.isprintable()
