"""`netsim suggest allow`: edits that do what they say, and clear words where there are none."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.cli.conftest import ROOT, Finished, Run
from tests.cli.test_output import described

SHOP = Path("fixtures/clusters/shop/manifests")
PLATFORM = Path("fixtures/clusters/ai-security-platform/manifests")
TIERS = Path("fixtures/clusters/tiers/manifests")
JOB = ["storage/openwebui-db-init", "storage/postgresql-cluster-1", "-p", "5432"]
POLICY = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: guard, namespace: shop}
spec: {podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress]}
"""
PODS = """
{apiVersion: v1, kind: Pod, metadata: {name: db, namespace: shop, labels: {app: db}},
 spec: {nodeName: one, containers: [{name: c}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop, labels: {app: web}},
 spec: {containers: [{name: c}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: agent, namespace: shop, labels: {app: agent}},
 spec: {nodeName: two, hostNetwork: true, containers: [{name: c}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: done, namespace: shop, labels: {app: done}},
 spec: {containers: [{name: c}]}, status: {phase: Succeeded}}
"""
CILIUM = """
{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: other, namespace: shop},
 spec: {endpointSelector: {}}}
"""


def options(finished: Finished) -> list[dict[str, Any]]:
    value = json.loads(finished.out)
    jsonschema.validate(value, described("Suggestions"))
    found: list[dict[str, Any]] = value["options"]
    return found


def comments(finished: Finished) -> list[str]:
    return [line[2:] for line in finished.out.splitlines() if line.startswith("# ")]


def test_the_init_job_of_the_platform_is_let_in_or_moved_in_one_command(run: Run) -> None:
    finished = run("suggest", "allow", *JOB, "-f", PLATFORM, "-o", "json")
    assert finished.code == 0
    added, widened, moved = options(finished)
    job = "batch.kubernetes.io/job-name"
    (edit,) = added["edits"]
    (rule,) = edit["manifest"]["spec"]["ingress"]
    assert rule["from"] == [{"podSelector": {"matchLabels": {job: "openwebui-db-init"}}}]
    assert [row["target"]["name"] for row in added["opened"]] == ["postgresql-cluster-1"]
    assert widened["title"] == "add a peer to a rule of storage/postgresql-policy"
    assert moved["title"] == "move Job storage/openwebui-db-init to ai-apps"
    assert moved["closed"] == added["closed"] == []
    wanted = (
        "needs what the input does not have in ai-apps: Secret postgresql-cluster-superuser"
    )
    assert moved["notes"] == [wanted]


def test_the_seeds_job_is_let_in_where_it_is_or_moved_beside_its_database(
    run: Run, tmp_path: Path
) -> None:
    """As the seed has it before its option A: no rule lets `ai-apps` in."""
    for path in (ROOT / PLATFORM).glob("*.yaml"):
        documents = [item for item in yaml.safe_load_all(path.read_text()) if item]
        for item in documents:
            if item["kind"] == "NetworkPolicy":
                del item["spec"]["ingress"][1]
        (tmp_path / path.name).write_text(yaml.safe_dump_all(documents))
    words = ["ai-apps/init-db-job", "storage/svc/postgresql-cluster-rw", "-p", "5432"]
    found = options(run("suggest", "allow", *words, "-f", tmp_path, "-o", "json"))
    added = "add a policy storage/postgresql-cluster-1-from-init-db-job"
    assert [it["title"] for it in found] == [
        added,
        "add a peer to a rule of storage/postgresql-policy",
        f"move Job ai-apps/init-db-job to storage and {added}",
    ]
    namespace = {"matchLabels": {"kubernetes.io/metadata.name": "ai-apps"}}
    assert namespace in [
        peer.get("namespaceSelector")
        for peer in found[1]["edits"][0]["manifest"]["spec"]["ingress"][0]["from"]
    ]


@pytest.mark.parametrize("number", ["1", "2", "3"])
def test_what_is_printed_can_be_applied_and_is_enough(
    run: Run, tmp_path: Path, number: str
) -> None:
    chosen = run("suggest", "allow", *JOB, "-f", PLATFORM, "--option", number)
    (tmp_path / "edit.yaml").write_text(chosen.out)
    source = "ai-apps/openwebui-db-init" if number == "3" else JOB[0]
    policies = PLATFORM / "30-networkpolicies.yaml"
    rest = [PLATFORM / name for name in ("00-namespaces.yaml", "10-workloads.yaml")]
    files = [*rest, *([] if number == "2" else [policies]), tmp_path]
    asked = [word for path in files for word in ("-f", path)]
    assert run("can", source, *JOB[1:], *asked, "-q").code == 0
    again = run("suggest", "allow", source, *JOB[1:], *asked, "-q")
    assert (again.code, again.out) == (0, "")
    assert again.err == "it is allowed already\n"


def test_both_ends_are_edited_where_both_deny(run: Run) -> None:
    finished = run("suggest", "allow", "shop/web", "shop/db", "-p", "5432", "-f", SHOP)
    place = SHOP / "policies.yaml"
    assert comments(finished)[:6] == [
        "option 1 of 3: add a rule to shop/web-guard and add a peer to a rule of shop/db-guard",
        f"  shop/web-guard: a rule is added: spec.egress[1] ({place}:26:1)",
        f"  shop/db-guard: a peer is added: spec.ingress[0].from[1] ({place}:51:1)",
        "opens:",
        "  shop/web -> shop/db on 5432/TCP",
        "closes nothing",
    ]
    kinds = [item["kind"] for item in yaml.safe_load_all(finished.out)]
    assert kinds == ["NetworkPolicy"] * 6


def test_a_port_is_added_to_the_rule_that_has_the_peer(run: Run) -> None:
    words = ["shop/api", "shop/db", "-p", "5433", "-f", SHOP, "-o", "json", "--option", "1"]
    (option,) = options(run("suggest", "allow", *words))
    summaries = [edit["summary"] for edit in option["edits"]]
    assert summaries == [
        "a port is added: spec.egress[0].ports[1]",
        "a port is added: spec.ingress[0].ports[1]",
    ]


def test_the_port_of_a_service_is_the_pods_in_the_rule(run: Run) -> None:
    words = ["monitoring/prometheus", "shop/svc/api", "-p", "80", "-f", SHOP, "--option", "2"]
    (made,) = yaml.safe_load_all(run("suggest", "allow", *words).out)
    assert made["spec"]["ingress"][0]["ports"] == [{"protocol": "TCP", "port": 8080}]


def test_each_port_of_a_service_may_need_a_policy_of_its_own(
    run: Run, write: Callable[..., Path]
) -> None:
    service = """
{apiVersion: v1, kind: Service, metadata: {name: db, namespace: shop},
 spec: {selector: {app: db}, ports: [{name: a, port: 80}, {name: b, port: 81}]}}
"""
    words = ["shop/web", "shop/svc/db", "-p", "80-81", "-f", write(PODS, POLICY, service)]
    found = options(run("suggest", "allow", *words, "-o", "json"))
    names = [[edit["policy"]["name"] for edit in option["edits"]] for option in found]
    assert ["db-from-web", "db-from-web-2"] in names
    assert ["guard"] in names


def test_addresses_are_written_as_blocks(run: Run) -> None:
    words = ["suggest", "allow", "203.0.113.0/24", "shop/db", "-p", "5432", "-f", SHOP]
    (made,) = yaml.safe_load_all(run(*words, "--option", "2").out)
    assert made["metadata"]["name"] == "db-from-203-0-113-0-24"
    assert made["spec"]["ingress"][0]["from"] == [{"ipBlock": {"cidr": "203.0.113.0/24"}}]
    words[2] = "internet"
    (made,) = yaml.safe_load_all(run(*words, "--option", "2").out)
    (peer,) = made["spec"]["ingress"][0]["from"]
    assert "10.0.0.0/8" in peer["ipBlock"]["except"]


def test_a_set_is_written_by_the_selector_that_asked_for_it(run: Run) -> None:
    words = ["*/app=prometheus", "shop/db", "-p", "all", "-f", SHOP, "--option", "2"]
    (made,) = yaml.safe_load_all(run("suggest", "allow", *words).out)
    peer = {"namespaceSelector": {}, "podSelector": {"matchLabels": {"app": "prometheus"}}}
    assert made["spec"]["ingress"] == [{"from": [peer]}]


def test_of_a_set_who_is_on_the_host_network_is_let_in_by_address(
    run: Run, write: Callable[..., Path]
) -> None:
    addressed = "hostNetwork: true, containers: [{name: c}]}, status: {podIP: 192.0.2.7}}"
    pods = PODS.replace("hostNetwork: true, containers: [{name: c}]}}", addressed)
    folder = write(pods.replace("{phase: Succeeded}", "{phase: Running}"), POLICY)
    words = ["shop/", "shop/db", "-p", "5432", "-f", folder]
    made, *_ = yaml.safe_load_all(run("suggest", "allow", *words, "--option", "1").out)
    peers = [{"podSelector": {}}, {"ipBlock": {"cidr": "192.0.2.7/32"}}]
    assert made["spec"]["ingress"][0]["from"] == peers


@pytest.mark.parametrize(
    ("source", "target", "said"),
    [
        ("shop/done", "shop/db", "one end has finished and released its address"),
        ("shop/agent", "shop/db", "whose address is not known"),
    ],
)
def test_where_no_policy_helps_it_is_told_why(
    run: Run, write: Callable[..., Path], source: str, target: str, said: str
) -> None:
    words = ["suggest", "allow", source, target, "-p", "80", "-f", str(write(PODS, POLICY))]
    finished = run(*words)
    assert (finished.code, finished.out) == (1, "")
    assert said in finished.err
    value = json.loads(run(*words, "-o", "json").out)
    jsonschema.validate(value, described("Suggestions"))
    assert (value["options"], said in value["reasons"][0]) == ([], True)


def test_what_the_admin_tier_denies_is_told_with_its_rule(run: Run) -> None:
    words = ["bank/ledger", "shop/db", "-p", "5432", "-f", TIERS, "-q"]
    finished = run("suggest", "allow", *words)
    assert (finished.code, finished.out) == (1, "")
    assert finished.err.startswith("ingress of shop/db: denied, Admin: ")
    assert f"({TIERS}/cluster-policies.yaml:57:12)" in finished.err


def test_the_baseline_tier_is_silenced_by_a_policy_with_all_that_this_moves(run: Run) -> None:
    words = ["bank/teller", "bank/ledger", "-p", "8443", "-f", TIERS, "-o", "json"]
    (option,) = options(run("suggest", "allow", *words))
    assert option["title"] == "add a policy bank/ledger-from-teller"
    assert option["closed"] != []


def test_unknown_kinds_make_it_undecided(run: Run, write: Callable[..., Path]) -> None:
    where = write(PODS, POLICY, CILIUM)
    finished = run("suggest", "allow", "shop/web", "shop/db", "-p", "80", "-f", where, "-q")
    assert (finished.code, finished.out) == (3, "")
    assert "CiliumNetworkPolicy shop/other" in finished.err


def test_the_port_must_be_named(run: Run) -> None:
    finished = run("suggest", "allow", "shop/web", "shop/db", "-f", SHOP)
    assert finished.code == 2
    assert "--port all" in finished.err


def test_what_cannot_be_read_is_left_out_before_and_after(
    run: Run, write: Callable[..., Path]
) -> None:
    broken = POLICY.replace("podSelector", "podSelctor").replace("guard", "broken")
    where = write(PODS, POLICY, broken)
    words = ["suggest", "allow", "shop/web", "shop/db", "-p", "80", "-f", where]
    finished = run(*words)
    assert finished.code == 2
    assert "option 1 of 2" in finished.out
    assert run(*words, "--lenient").code == 0
