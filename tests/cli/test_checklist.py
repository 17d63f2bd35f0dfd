"""`netsim checklist`: six boxes, each with its reasons and places."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import ROOT, Run

PLATFORM = ROOT / "fixtures" / "clusters" / "ai-security-platform"
_INPUT = ("-f", PLATFORM / "manifests", "-f", ROOT / "fixtures" / "secrets")
_COMPLETE = """\
apiVersion: v1
kind: Namespace
metadata:
  name: shop
  labels: {pod-security.kubernetes.io/enforce: restricted}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop%s}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
      containers:
      - name: web
        image: web
        securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
        resources: {requests: {memory: 1Gi, cpu: 1}, limits: {memory: 1Gi}}
        readinessProbe: {tcpSocket: {port: 80}}
%s
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: all, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
"""
_LIVENESS = "        livenessProbe: {tcpSocket: {port: 80}}"
_ANSWER = ", annotations: {netsim/ignore: 'probe-missing: restarts lose work'}"


def boxes(run: Run, *words: str | Path) -> list[str]:
    value: dict[str, Any] = json.loads(run("checklist", *words, "-q", "-o", "json").out)
    return [box["state"] for box in value["items"][0]["boxes"]]


# labels, security context, network, secrets, resources, probes
_DONE, _OPEN, _NONE = "done", "open", "not needed"


@pytest.mark.parametrize(
    ("workload", "states"),
    [
        ("storage/postgresql-cluster-1", [_DONE, _DONE, _DONE, _DONE, _DONE, _DONE]),
        ("storage/openwebui-db-init", [_DONE, _DONE, _OPEN, _DONE, _OPEN, _NONE]),
        ("auth/keycloak-keycloakx", [_DONE, _OPEN, _OPEN, _OPEN, _DONE, _DONE]),
        ("ai-inference/ollama", [_DONE, _OPEN, _OPEN, _DONE, _DONE, _DONE]),
        ("ai-apps/open-webui", [_DONE, _OPEN, _OPEN, _DONE, _DONE, _OPEN]),
        ("ai-apps/init-db-job", [_DONE, _DONE, _OPEN, _OPEN, _OPEN, _NONE]),
        ("traefik/traefik", [_OPEN, _OPEN, _OPEN, _DONE, _DONE, _DONE]),
        ("cnpg-system/cnpg-operator-cloudnative-pg", [_OPEN, _DONE, _OPEN, *[_DONE] * 3]),
        ("argocd/argocd-redis", [_OPEN, _DONE, _OPEN, _DONE, _OPEN, _OPEN]),
        ("kube-system/coredns", [_NONE, _DONE, _OPEN, _DONE, _DONE, _DONE]),
    ],
)
def test_the_platforms_workloads(run: Run, workload: str, states: list[str]) -> None:
    assert boxes(run, workload, *_INPUT) == states


def test_an_open_box_makes_the_exit_code_one(run: Run) -> None:
    finished = run("checklist", "ai-apps/init-db-job", *_INPUT)
    assert finished.code == 1
    first, *_ = finished.out.splitlines()
    assert first == "Job ai-apps/init-db-job: 3 of 6 boxes are open"
    assert "10-workloads.yaml:1027:15: Job ai-apps/init-db-job: CreateContainerConfig" in (
        finished.out
    )


def test_all_boxes_ticked_is_zero(run: Run) -> None:
    finished = run("checklist", "shop/web", "-f", "-", stdin=_COMPLETE % ("", _LIVENESS))
    assert (finished.code, finished.out.splitlines()[0]) == (
        0,
        "Deployment shop/web: every required box is ticked",
    )


def test_one_thing_less_opens_its_box(run: Run) -> None:
    finished = run("checklist", "shop/web", "-f", "-", stdin=_COMPLETE % ("", ""))
    assert finished.code == 1
    assert [line for line in finished.out.splitlines() if line.startswith("[ ]")] == [
        "[ ] Health checks are set: livenessProbe and readinessProbe"
    ]


def test_a_workload_answers_for_itself_alone(run: Run) -> None:
    other = (
        "---\napiVersion: batch/v1\nkind: CronJob\nmetadata: {name: web, namespace: shop}\n"
        "spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: c, image: c}]}}}}}\n"
    )
    text = _COMPLETE % ("", _LIVENESS) + other
    assert run("checklist", "shop/deploy/web", "-f", "-", stdin=text).code == 0
    assert run("checklist", "shop/cj/web", "-f", "-", stdin=text).code == 1


def test_an_annotation_answers_for_a_box(run: Run) -> None:
    finished = run("checklist", "shop/web", "-f", "-", stdin=_COMPLETE % (_ANSWER, ""))
    assert finished.code == 0
    assert "answered for (restarts lose work)" in finished.out


def test_markdown_is_a_task_list(run: Run) -> None:
    finished = run("checklist", "ai-apps/init-db-job", *_INPUT, "-o", "md")
    lines = finished.out.splitlines()
    assert lines[0] == "### Deployment checklist: Job ai-apps/init-db-job"
    signs = [line[2:5] for line in lines if line.startswith("- [")]
    assert signs == ["[x]", "[x]", "[ ]", "[ ]", "[ ]", "[x]"]
    assert lines[-1] == "3 of 6 boxes are open."


def test_a_secret_may_be_vouched_for(run: Run) -> None:
    words = ("auth/keycloak-keycloakx", *_INPUT, "--assume-secret")
    assert boxes(run, *words, "auth/keycloak-db-secret:password")[3] == _DONE
    assert boxes(run, *words, "auth/keycloak-db-secret:user")[3] == _OPEN
    assert boxes(run, *words, "auth/keycloak-db-secret")[3] == _DONE


def test_what_is_no_secret_is_wrong_usage(run: Run) -> None:
    finished = run("audit", *_INPUT, "--assume-secret", "keycloak")
    assert finished.code == 2
    assert "--assume-secret" in finished.err
    assert "NAMESPACE/NAME" in finished.err


def test_an_unknown_workload_is_told_with_the_nearest(run: Run) -> None:
    finished = run("checklist", "ai-apps/init-db", *_INPUT)
    assert finished.code == 2
    assert "ai-apps/init-db-job" in finished.err


def test_a_namespace_that_is_not_in_the_input_is_open(run: Run) -> None:
    _, _, rest = (_COMPLETE % ("", _LIVENESS)).partition("---\n")
    finished = run("checklist", "shop/web", "-q", "-f", "-", stdin=rest)
    assert finished.code == 1
    assert "no Namespace shop is in the input" in finished.out


def test_several_workloads_have_a_checklist_each(run: Run) -> None:
    value = json.loads(run("checklist", "ai-apps/", *_INPUT, "-o", "json").out)
    assert [item["workload"] for item in value["items"]] == [
        "ai-apps/init-db-job",
        "ai-apps/open-webui",
    ]
