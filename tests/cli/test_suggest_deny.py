"""`netsim suggest deny`: rules narrowed to what remains, and what else closes is listed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.conftest import Run
from tests.cli.test_suggest_allow import CILIUM, PLATFORM, PODS, POLICY, SHOP, TIERS, options

LIVE = """
{apiVersion: v1, kind: Pod, metadata: {name: db, namespace: shop, labels: {app: db}},
 spec: {containers: [{name: c}]}, status: {phase: Running, podIP: 10.0.0.1}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop, labels: {app: web}},
 spec: {containers: [{name: c}]}, status: {phase: Running, podIP: 10.0.0.2}}
---
{apiVersion: v1, kind: Pod, metadata: {name: api, namespace: shop, labels: {app: api}},
 spec: {containers: [{name: c}]}, status: {phase: Running, podIP: 10.0.0.3}}
---
{apiVersion: v1, kind: Pod, metadata: {name: job, namespace: jobs},
 spec: {containers: [{name: c}]}, status: {phase: Running, podIP: 10.0.0.4}}
"""


def policy(ingress: str) -> str:
    """The database isolated, with a rule."""
    return POLICY.replace("policyTypes:", f"ingress: [{ingress}], policyTypes:")


def rules_after(run: Run, where: Path, *words: str) -> tuple[list[Any], list[str]]:
    """The rules of the first option, and what it closes."""
    asked = ["suggest", "deny", *words, "-f", where, "--option", "1"]
    finished = run(*asked)
    assert finished.code == 0
    (made,) = yaml.safe_load_all(finished.out)
    (option,) = options(run(*asked, "-o", "json"))
    assert option["opened"] == []
    closed = [row["source"].get("name", "outside") for row in option["closed"]]
    rules: list[Any] = made["spec"]["ingress"]
    return rules, closed


def test_the_peer_that_means_nobody_else_is_removed(
    run: Run, write: Callable[..., Path]
) -> None:
    peers = "{podSelector: {matchLabels: {app: web}}}, {podSelector: {matchLabels: {app: api}}}"
    where = write(LIVE, policy(f"{{from: [{peers}], ports: [{{port: 80}}]}}"))
    rules, closed = rules_after(run, where, "shop/web", "shop/db", "-p", "80")
    assert rules == [
        {"from": [{"podSelector": {"matchLabels": {"app": "api"}}}], "ports": [{"port": 80}]}
    ]
    assert closed == ["web"]


def test_a_peer_that_means_more_is_narrowed_by_a_label(
    run: Run, write: Callable[..., Path]
) -> None:
    where = write(LIVE, policy("{from: [{podSelector: {}}]}"))
    rules, closed = rules_after(run, where, "shop/web", "shop/db")
    lacking = {"key": "app", "operator": "NotIn", "values": ["web"]}
    assert rules == [{"from": [{"podSelector": {"matchExpressions": [lacking]}}]}]
    assert closed == ["web"]


def test_other_ports_remain_open(run: Run, write: Callable[..., Path]) -> None:
    where = write(LIVE, policy("{from: [{podSelector: {}}], ports: [{port: 80}, {port: 81}]}"))
    (same, narrowed), closed = rules_after(run, where, "shop/web", "shop/db", "-p", "80")
    assert same == {"from": [{"podSelector": {}}], "ports": [{"port": 81}]}
    assert narrowed["ports"] == [{"protocol": "TCP", "port": 80}]
    assert closed == ["web"]


def test_what_nothing_isolates_is_isolated_and_open_to_all_others(
    run: Run, write: Callable[..., Path]
) -> None:
    (rule,), closed = rules_after(run, write(LIVE), "shop/web", "shop/db")
    blocks = [peer["ipBlock"] for peer in rule["from"] if "ipBlock" in peer]
    assert blocks == [{"cidr": "0.0.0.0/0", "except": ["10.0.0.2/32"]}, {"cidr": "::/0"}]
    assert closed == ["web"]


def test_blocks_that_may_mean_the_pod_come_last_and_with_a_note(run: Run) -> None:
    words = ["default/test", "ai-inference/ollama", "-p", "11434", "-f", PLATFORM]
    first, *_, last = options(run("suggest", "deny", *words, "-o", "json"))
    assert len(first["closed"]) == 2
    assert "10.0.0.0/8" in first["closed"][1]["source"]["ranges"]
    (row,) = last["closed"]
    assert row["source"]["name"] == "test"
    assert any("by these it may still pass" in note for note in last["notes"])


def test_addresses_are_excepted_from_a_block(run: Run, write: Callable[..., Path]) -> None:
    where = write(LIVE, policy("{from: [{ipBlock: {cidr: 203.0.113.0/24}}]}"))
    rules, closed = rules_after(run, where, "203.0.113.64/26", "shop/db")
    block = {"cidr": "203.0.113.0/24", "except": ["203.0.113.64/26"]}
    assert rules == [{"from": [{"ipBlock": block}]}]
    assert closed == ["outside"]


def test_the_internet_is_shut_out_and_private_addresses_are_not(run: Run) -> None:
    words = ["suggest", "deny", "internet", "shop/web", "-f", SHOP]
    first, _ = options(run(*words, "-o", "json"))
    (row,) = first["closed"]
    assert row["source"]["kind"] == "Outside"
    assert "10.0.0.0/8" not in row["source"]["ranges"]


def test_pods_without_labels_take_others_with_them_and_these_are_listed(
    run: Run, write: Callable[..., Path]
) -> None:
    other = LIVE.replace("name: job", "name: other").split("---")[-1]
    where = write(LIVE, policy("{from: [{namespaceSelector: {}}]}"), other)
    asked = ["suggest", "deny", "jobs/job", "shop/db", "-f", where, "-o", "json"]
    first, *_ = options(run(*asked))
    closed = {row["source"]["name"] for row in first["closed"]}
    assert {"job", "other"} <= closed


def test_egress_stays_isolated_when_its_last_rule_goes(
    run: Run, write: Callable[..., Path]
) -> None:
    spec = "{podSelector: {matchLabels: {app: web}}, egress: [{to: [{podSelector: {}}]}]}"
    guard = f"""
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: out, namespace: shop}}
spec: {spec}
"""
    where = write(LIVE, guard)
    asked = ["suggest", "deny", "shop/web", "shop/", "-f", where, "-o", "json"]
    found = options(run(*asked))
    specs = [edit["manifest"]["spec"] for option in found for edit in option["edits"]]
    emptied = [spec for spec in specs if spec.get("egress") == []]
    assert emptied
    assert all(spec["policyTypes"] == ["Ingress", "Egress"] for spec in emptied)
    assert all(option["opened"] == [] for option in found)


def test_once_applied_it_is_denied_already(
    run: Run, write: Callable[..., Path], tmp_path: Path
) -> None:
    write(LIVE, policy("{from: [{podSelector: {}}]}"))
    words = ["suggest", "deny", "shop/web", "shop/db", "-f", tmp_path]
    (tmp_path / "b.yaml").write_text(run(*words, "--option", "1").out)
    again = run(*words, "-q")
    assert (again.code, again.out, again.err) == (0, "", "it is denied already\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["node", "shop/db"], "a pod and the node it runs on is always allowed"),
        (["shop/db", "shop/db"], "a pod cannot block access to itself"),
    ],
)
def test_where_no_policy_helps_it_is_told_why(
    run: Run, write: Callable[..., Path], words: list[str], said: str
) -> None:
    finished = run("suggest", "deny", *words, "-f", write(LIVE))
    assert (finished.code, finished.out) == (1, "")
    assert said in finished.err


def test_what_the_admin_tier_accepts_is_denied_at_the_other_end(run: Run) -> None:
    words = ["suggest", "deny", "shop/web", "kube-system/coredns", "-p", "53/udp"]
    first, *_ = options(run(*words, "-f", TIERS, "-o", "json"))
    assert {edit["policy"]["namespace"] for edit in first["edits"]} == {"kube-system"}


def test_unknown_kinds_make_it_undecided(run: Run, write: Callable[..., Path]) -> None:
    finished = run("suggest", "deny", "shop/web", "shop/db", "-f", write(PODS, CILIUM), "-q")
    assert (finished.code, finished.out) == (3, "")
