"""`netsim get`: what was understood of the input."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run

SHOP = Path("fixtures/clusters/shop/manifests")

MIXED = """
{apiVersion: v1, kind: Pod, metadata: {name: done, namespace: x, labels: {app: a}},
 spec: {nodeName: n1}, status: {phase: Succeeded}}
---
{apiVersion: v1, kind: Pod, metadata: {name: agent, namespace: x, labels: {app: b}},
 spec: {hostNetwork: true, containers: [{name: c, ports: [{containerPort: 80}]}]}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: logs, namespace: x}
spec:
  selector: {matchLabels: {app: c}}
  template: {metadata: {labels: {app: c}}, spec: {containers: [{name: c}]}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: closed, namespace: x}
spec: {podSelector: {}}
---
{apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: everywhere}}
---
{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: l7, namespace: z}}
---
{apiVersion: v1, kind: Service, metadata: {name: out, namespace: x},
 spec: {type: ExternalName, externalName: db.example.org}}
"""


def cells(text: str) -> list[list[str]]:
    return [
        [cell.strip() for cell in line.split("   ") if cell.strip()]
        for line in text.splitlines()[1:]
    ]


def items(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(text)["items"]
    return found


def test_pods_name_the_policies_that_isolate_them(run: Run) -> None:
    assert cells(run("get", "pods", "-n", "shop", "-f", SHOP).out)[1] == [
        *("shop", "db", "StatefulSet", "1"),
        *("db-guard, default-deny", "allow-dns, default-deny", "-"),
    ]


def test_marks_tell_finished_pods_and_the_host_network(
    run: Run, write: Callable[..., Path]
) -> None:
    rows = cells(run("get", "pods", "-f", write(MIXED), "-q").out)
    assert rows == [
        ["x", "agent", "Pod", "1", "open", "open", "host network"],
        ["x", "done", "Pod", "1", "-", "-", "finished"],
        ["x", "logs", "DaemonSet", "?", "closed", "open", "-"],
    ]


def test_policies_count_what_they_apply_to(run: Run) -> None:
    rows = cells(run("get", "policies", "-f", SHOP).out)
    assert rows[2][:6] == ["shop", "db-guard", "app=db", "1", "2", "-"]
    assert rows[3][:6] == ["shop", "default-deny", "{}", "3", "0", "0"]
    assert rows[3][6] == f"{SHOP}/policies.yaml:2:1"


def test_policies_that_are_not_evaluated_are_shown_as_such(
    run: Run, write: Callable[..., Path]
) -> None:
    where = write(MIXED)
    rows = cells(run("get", "policies", "-f", where, "-q", "-o", "wide").out)
    assert [(row[1], row[2], row[7]) for row in rows] == [
        ("closed", "{}", "NetworkPolicy"),
        ("everywhere", "not evaluated", "GlobalNetworkPolicy"),
        ("l7", "not evaluated", "CiliumNetworkPolicy"),
    ]
    narrowed = cells(run("get", "policies", "-n", "x", "-f", where, "-q").out)
    assert [row[1] for row in narrowed] == ["closed", "everywhere"]


def test_namespaces_say_whether_they_are_in_the_input(
    run: Run, write: Callable[..., Path]
) -> None:
    rows = cells(run("get", "ns", "-f", write(MIXED), "-f", SHOP, "-q").out)
    assert ["x", "3", "1", "synthesised", "kubernetes.io/metadata.name=x"] in rows
    assert ["shop", "3", "5", "in the input", "kubernetes.io/metadata.name=shop"] in rows


def test_services_say_where_they_lead(run: Run, write: Callable[..., Path]) -> None:
    rows = cells(run("get", "services", "-f", write(MIXED), "-f", SHOP, "-q").out)
    assert ["x", "out", "ExternalName", "-", "db.example.org"] in rows
    assert ["shop", "web", "ClusterIP", "80->http/TCP", "shop/web"] in rows


def test_kinds_are_counted(run: Run) -> None:
    assert ["NetworkPolicy", "5"] in cells(run("get", "kinds", "-f", SHOP).out)


@pytest.mark.parametrize("what", ["pods", "namespaces"])
def test_a_selector_picks_by_label(run: Run, write: Callable[..., Path], what: str) -> None:
    where = write(MIXED)
    label = {"pods": "app=c", "namespaces": "kubernetes.io/metadata.name in (x)"}[what]
    assert len(cells(run("get", what, "-l", label, "-f", where, "-q").out)) == 1


def test_a_selector_goes_with_what_has_labels(run: Run) -> None:
    finished = run("get", "policies", "-l", "a=b", "-f", SHOP)
    assert finished.code == 2
    assert "-l goes with pods and namespaces" in finished.err


@pytest.mark.parametrize(
    ("short", "long"), [("po", "pods"), ("netpol", "policies"), ("svc", "services")]
)
def test_kubectls_short_names_do(run: Run, short: str, long: str) -> None:
    assert run("get", short, "-f", SHOP) == run("get", long, "-f", SHOP)


@pytest.mark.parametrize("what", ["pods", "policies", "services"])
def test_wide_has_more_columns(run: Run, what: str) -> None:
    header = run("get", what, "-f", SHOP).out.splitlines()[0].split()
    wide = run("get", what, "-f", SHOP, "-o", "wide").out.splitlines()[0].split()
    assert wide[: len(header)] == header
    assert len(wide) > len(header)


def test_json_has_structure_where_the_table_has_text(
    run: Run, write: Callable[..., Path]
) -> None:
    pods = items(run("get", "pods", "-f", SHOP, "-o", "json").out)
    database = next(item for item in pods if item["name"] == "db")
    assert database["labels"] == {"app": "db", "tier": "data"}
    assert [ref["name"] for ref in database["isolatedBy"]["ingress"]] == [
        "db-guard",
        "default-deny",
    ]
    assert {"name": "postgres", "number": 5432, "protocol": "TCP"}.items() <= database["ports"][
        0
    ].items()
    policies = items(run("get", "policies", "-f", write(MIXED), "-q", "-o", "json").out)
    assert [item["evaluated"] for item in policies] == [True, False, False]
    assert policies[0]["rules"] == {"ingress": 0, "egress": 0}
    assert policies[0]["directions"] == ["ingress"]
    assert policies[1]["namespace"] is None


def test_services_lead_to_finished_pods_where_the_profile_includes_them(
    run: Run, write: Callable[..., Path]
) -> None:
    service = """{apiVersion: v1, kind: Service, metadata: {name: s, namespace: x},
      spec: {selector: {app: a}, ports: [{port: 80}]}}"""
    words = ("get", "services", "-n", "x", "-f", write(MIXED, service), "-q", "-o", "json")
    assert [item["leadsTo"] for item in items(run(*words).out)] == [[], []]
    included = items(run(*words, "--assume", "terminal_pods=included").out)
    assert [[end["name"] for end in item["leadsTo"]] for item in included] == [[], ["done"]]
