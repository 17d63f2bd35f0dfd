"""`netsim admit` and `netsim suggest`: kubectl's answers, and YAML to apply."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.cli.conftest import Run

CLUSTER = Path("fixtures/admission/cluster")
TEST = Path("fixtures/admission/test.yaml")
REFUSAL = (
    'violates PodSecurity "restricted:latest": '
    "allowPrivilegeEscalation != false (container "
    '"test" must set securityContext.allowPrivilegeEscalation=false), '
    'unrestricted capabilities (container "test" must set '
    'securityContext.capabilities.drop=["ALL"]), '
    'runAsNonRoot != true (pod or container "test" must set '
    "securityContext.runAsNonRoot=true), "
    'seccompProfile (pod or container "test" must set '
    'securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")'
)
Write = Callable[..., Path]
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: test}\nspec: {containers: [{name: test}]}\n"
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: test}
spec:
  selector: {matchLabels: {app: test}}
  template:
    metadata: {labels: {app: test}}
    spec: {containers: [{name: test}]}
"""


def test_a_pod_is_refused_in_kubectls_words(run: Run) -> None:
    finished = run("admit", TEST, "-f", CLUSTER)
    assert finished.out == (
        f'Error from server (Forbidden): error when creating "{TEST}": pods "test" is '
        f"forbidden: {REFUSAL}\n"
    )
    assert (finished.code, finished.err) == (1, "")


def test_a_pod_is_created_where_nothing_is_asked_for(run: Run) -> None:
    finished = run("admit", "-", "-n", "monitoring", "-f", CLUSTER, stdin=POD)
    assert (finished.code, finished.out) == (0, "pod/test created (server dry run)\n")


def test_a_deployment_is_created_and_its_pods_are_refused(run: Run) -> None:
    finished = run("admit", "-", "-n", "storage", "-f", CLUSTER, stdin=DEPLOYMENT)
    assert finished.code == 1
    assert finished.out == (
        f"Warning: would violate {REFUSAL.removeprefix('violates ')}\n"
        "deployment.apps/test created (server dry run)\n"
        f"  but its pods are forbidden, and none is created: {REFUSAL}\n"
    )


def test_a_warning_alone_refuses_nothing(run: Run, write: Write) -> None:
    folder = write(
        "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n"
        "  labels: {pod-security.kubernetes.io/warn: baseline}\n",
    )
    pod = POD.replace("containers", "hostPID: true, containers")
    finished = run("admit", "-", "-n", "shop", "-f", folder, stdin=pod)
    assert finished.code == 0
    assert finished.out == (
        'Warning: would violate PodSecurity "baseline:latest": '
        "host namespaces (hostPID=true)\n"
        "pod/test created (server dry run)\n"
    )


def test_namespaces_of_the_file_count_for_what_follows(run: Run) -> None:
    namespace = (
        "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n"
        "  labels: {pod-security.kubernetes.io/enforce: restricted}\n"
    )
    text = f"{namespace}---\n{POD.replace('name: test}', 'name: test, namespace: shop}', 1)}"
    finished = run("admit", "-", "-f", CLUSTER, stdin=text)
    first, second = finished.out.splitlines()
    assert first == "namespace/shop created (server dry run)"
    assert second.startswith('Error from server (Forbidden): error when creating "STDIN"')


def test_labels_that_are_none_are_refused_as_the_server_does(run: Run) -> None:
    one = (
        "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n"
        "  labels: {pod-security.kubernetes.io/enforce: Restricted}\n"
    )
    finished = run("admit", "-", "-f", CLUSTER, stdin=one)
    assert finished.code == 1
    assert finished.out == (
        'The Namespace "shop" is invalid: metadata.labels[pod-security.kubernetes.io/enforce]: '
        'Invalid value: "Restricted": must be one of privileged, baseline, restricted\n'
    )
    two = one.replace("Restricted}", 'Strict, pod-security.kubernetes.io/warn: "No"}')
    assert run("admit", "-", "-f", CLUSTER, stdin=two).out.splitlines()[1] == (
        '* metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "Strict": '
        "must be one of privileged, baseline, restricted"
    )


def test_an_older_server_knows_less(run: Run) -> None:
    pod = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: test}\n"
        "spec:\n  securityContext: {runAsNonRoot: true}\n"
        "  containers:\n  - name: test\n"
        "    securityContext: {allowPrivilegeEscalation: false}\n"
    )
    new = run("admit", "-", "-n", "storage", "-f", CLUSTER, stdin=pod)
    old = run("admit", "-", "-n", "storage", "-f", CLUSTER, "--k8s-version", "1.18", stdin=pod)
    assert (new.code, old.code) == (1, 0)
    wrong = run("admit", TEST, "-f", CLUSTER, "--k8s-version", "latest")
    assert (wrong.code, "is no version" in wrong.err) == (2, True)


def test_another_namespace_than_asked_for_is_wrong_usage(run: Run) -> None:
    finished = run("admit", TEST, "-n", "monitoring", "-f", CLUSTER)
    assert finished.code == 2
    assert 'the namespace from the provided object "storage" does not match' in finished.err


def test_a_namespace_without_labels_in_the_input_is_told(run: Run) -> None:
    finished = run("admit", "-", "-n", "elsewhere", "-f", CLUSTER, stdin=POD)
    assert finished.code == 0
    assert "namespace elsewhere has no Namespace object in the input" in finished.err


def test_a_field_of_another_type_is_unreadable(run: Run) -> None:
    pod = POD.replace("{name: test}]", "{name: test, securityContext: {privileged: 'no'}}]")
    finished = run("admit", "-", "-n", "storage", "-f", CLUSTER, stdin=pod)
    assert (finished.code, finished.out) == (2, "")
    assert "spec.containers[0].securityContext.privileged: expected true" in finished.err


def test_a_file_that_is_not_there_is_unreadable(run: Run) -> None:
    assert run("admit", "none.yaml", "-f", CLUSTER).code == 2


def test_the_answer_as_a_value_tells_everything(run: Run) -> None:
    finished = run("admit", TEST, "-f", CLUSTER, "-o", "json")
    (item,) = json.loads(finished.out)["items"]
    assert item["accepted"] is item["podsAccepted"] is False
    assert item["errors"] == [REFUSAL]
    assert item["audit"] == f"would violate {REFUSAL.removeprefix('violates ')}"


@pytest.mark.parametrize("workload", ["storage/backup", "storage/"])
def test_a_suggestion_makes_the_workload_admissible(run: Run, workload: str) -> None:
    finished = run("suggest", "security-context", workload, "-f", CLUSTER, "-q")
    assert finished.code == 0
    (patch,) = (item for item in yaml.safe_load_all(finished.out) if item)
    assert patch["spec"]["template"]["spec"] == {
        "securityContext": {"seccompProfile": {"type": "RuntimeDefault"}}
    }


def test_what_no_context_mends_is_told_beside_the_suggestion(run: Run) -> None:
    finished = run("suggest", "security-context", "monitoring/agent", "-f", CLUSTER, "-q")
    assert finished.code == 1
    assert "DaemonSet monitoring/agent: security contexts cannot mend" in finished.err
    assert "host namespaces (hostNetwork=true)" in finished.err


def test_nothing_is_suggested_for_what_has_no_template(run: Run) -> None:
    assert run("suggest", "security-context", "internet", "-f", CLUSTER).code == 2


def test_a_workload_that_complies_is_left_alone(run: Run) -> None:
    finished = run("suggest", "security-context", "storage/cache", "-f", CLUSTER, "-q")
    assert (finished.code, finished.out) == (0, "")
    assert "meets the restricted level already" in finished.err


def test_marks_are_columns_only_where_there_are_some(run: Run) -> None:
    marked = run("list", "--to", "storage/backup", "-f", CLUSTER, "-q").out.splitlines()
    assert marked[0].split("   ")[-1].strip() == "TARGET MARKS"
    assert marked[1].rstrip().endswith("never admitted")
    plain = run(
        "list", "--from", "storage/", "--to", "storage/", "-f", CLUSTER, "--assume-admitted"
    )
    assert "MARKS" not in plain.out


def test_an_audit_exits_by_what_it_finds(run: Run) -> None:
    assert run("audit", "-f", CLUSTER, "--select", "pod-security-*").code == 1
    assert run("audit", "-f", CLUSTER, "--select", "pod-security-warns").code == 0
    assert run("audit", "-f", CLUSTER, "--select", "half-open").code == 2


def test_an_annotation_answers_for_a_finding_of_audit(run: Run, write: Write) -> None:
    pod = POD.replace("containers", "hostPID: true, hostNetwork: true, containers").replace(
        "name: test}",
        "name: test, annotations: {netsim/ignore: 'policy-bypass: is the CNI'}}",
        1,
    )
    finished = run("audit", "--select", "policy-bypass", "-f", write(pod), "-q")
    assert (finished.code, finished.out) == (0, "no findings; 1 suppressed\n")
    assert run("lint", "--select", "half-open", "-f", write(pod), "-q").out == "no findings\n"
