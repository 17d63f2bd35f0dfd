from collections.abc import Callable, Mapping
from typing import Any

import pytest
import yaml

from netsim.load import Loaded, snapshot_from_objects
from netsim.model.labels import Labels
from netsim.model.policy import Direction
from netsim.model.ports import ContainerRole
from netsim.model.profile import MissingNamespaceObject, Profile
from netsim.model.workload import ServiceType
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


def test_a_selector_that_misses_its_template_warns() -> None:
    spec = "selector: {matchLabels: {app: other}}"
    assert "selector-misses-template" in rules(loaded(deployment(spec=spec)))


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
        ("policy.networking.k8s.io/v1alpha1", "AdminNetworkPolicy", ""),
        ("policy.networking.k8s.io/v1alpha2", "ClusterNetworkPolicy", ""),
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
    assert "apiVersion must be networking.k8s.io/v1" in str(found.errors[0])


def test_a_read_kind_without_api_version_is_an_error() -> None:
    assert "apiVersion" in str(loaded("{kind: Pod, metadata: {name: x}}").errors[0])
    assert "apiVersion" in str(loaded("{kind: NetworkPolicy, metadata: {name: x}}").errors[0])


@pytest.mark.parametrize("text", ["{apiVersion: v1}", "{replicaCount: 1}", "{kind: 3}"])
def test_a_document_without_a_kind_is_noted(text: str) -> None:
    assert rules(loaded(text)) == {"document-without-kind"}


def test_what_is_not_rendered_is_said() -> None:
    text = "{apiVersion: kustomize.config.k8s.io/v1beta1, kind: Kustomization}"
    assert rules(loaded(text)) == {"not-rendered"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{apiVersion: v1, kind: Pod, metadata: []}", "must be an object, not a list"),
        ("{apiVersion: v1, kind: Pod}", "a name is required"),
        (
            "{apiVersion: v1, kind: Pod, metadata: {name: a, labels: {x: 1}}}",
            "put it in quotes",
        ),
        ("{apiVersion: v1, kind: Pod, metadata: {name: a, labels: {-x: y}}}", "label key"),
        ("{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: []}", "must be an object"),
        (
            "{kind: Pod, apiVersion: v1, metadata: {name: a}, spec: {containers: [ports: {}]}}",
            "spec.containers[0].ports: must be a list",
        ),
        (
            (
                "{apiVersion: v1, kind: Pod, metadata: {name: a},"
                " spec: {containers: [{ports: [{containerPort: 0}]}]}}"
            ),
            "between 1 and 65535",
        ),
        (
            (
                "{apiVersion: v1, kind: Pod, metadata: {name: a},"
                " spec: {containers: [{ports: [{name: x}]}]}}"
            ),
            "a containerPort is required",
        ),
        (
            (
                "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers:"
                " [{ports: [{name: x, containerPort: 1}, {name: x, containerPort: 2}]}]}}"
            ),
            "stands twice in container",
        ),
        (
            "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {ports: [{}]}}",
            "a port is",
        ),
        (
            (
                "{apiVersion: v1, kind: Service, metadata: {name: a},"
                " spec: {ports: [{port: 80, targetPort: Http}]}}"
            ),
            "'Http' is not a port",
        ),
        ("{apiVersion: v1, kind: Namespace, metadata: {name: a.b}}", "not a valid namespace"),
    ],
)
def test_a_malformed_object_is_an_error_and_left_out(text: str, words: str) -> None:
    found = loaded(text)
    assert words in "\n".join(map(str, found.errors))
    assert (found.snapshot.endpoints, found.snapshot.services) == ((), ())


def test_container_ports_know_their_role() -> None:
    text = """
    apiVersion: v1
    kind: Pod
    metadata: {name: a, namespace: n}
    spec:
      containers: [{name: c, ports: [{containerPort: 1, name: m}]}]
      initContainers:
        - {name: s, restartPolicy: Always, ports: [{containerPort: 2, protocol: UDP}]}
        - {name: i, ports: [{containerPort: 3}]}
    """
    ports = loaded(text).snapshot.endpoints[0].ports
    assert [(port.number, port.role) for port in ports] == [
        (1, ContainerRole.MAIN),
        (2, ContainerRole.SIDECAR),
        (3, ContainerRole.INIT),
    ]


def test_one_port_name_in_two_containers_warns() -> None:
    text = """{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [
      {name: c, ports: [{name: m, containerPort: 1}]},
      {name: d, ports: [{name: m, containerPort: 2}]}]}}"""
    assert "port-name-repeated" in rules(loaded(text))


def test_services_say_where_their_ports_lead() -> None:
    text = """
    apiVersion: v1
    kind: Service
    metadata: {name: s, namespace: n}
    spec:
      selector: {app: web}
      ports: [{port: 80}, {port: 81, targetPort: 8081}, {port: 82, targetPort: http}]
    ---
    {apiVersion: v1, kind: Service, metadata: {name: h, namespace: n}, spec: {clusterIP: None}}
    ---
    {apiVersion: v1, kind: Service, metadata: {name: e, namespace: n},
     spec: {type: ExternalName, externalName: x.example}}
    """
    external, headless, plain = loaded(text.replace("\n    ", "\n")).snapshot.services
    assert [port.target for port in plain.ports] == [80, 8081, "http"]
    assert plain.selector == Labels({"app": "web"})
    assert (headless.type, headless.selector) == (ServiceType.HEADLESS, None)
    assert (external.type, external.external_name) == (ServiceType.EXTERNAL_NAME, "x.example")


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


def test_a_generated_name_is_noted() -> None:
    found = loaded("{apiVersion: v1, kind: Pod, metadata: {generateName: web-, namespace: n}}")
    assert found.snapshot.endpoints[0].key == "n/web"
    assert "name-generated" in rules(found)


def test_a_bad_pod_address_is_ignored_with_a_warning() -> None:
    text = """{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: n},
      status: {podIPs: [{ip: nonsense}, {ip: 10.0.0.1}, {ip: 10.0.0.2}, {ip: "fd00::1"}]}}"""
    found = loaded(text)
    assert [str(item) for item in found.snapshot.endpoints[0].addresses] == [
        "10.0.0.1",
        "fd00::1",
    ]
    assert "address-invalid" in rules(found)
