"""What `netsim explain` says."""

import json
from pathlib import Path

from tests.cli.conftest import Run

SHOP = Path("fixtures/clusters/shop/manifests")
TIERS = Path("fixtures/clusters/tiers/manifests")
POLICIES = SHOP / "policies.yaml"


def test_both_ends_are_explained_with_file_and_line(run: Run) -> None:
    finished = run("explain", "shop/api", "shop/db", "-p", "5432", "-f", SHOP)
    assert finished.code == 0
    first, *ends = finished.out.splitlines()
    assert first == "shop/api -> shop/db on 5432: allowed"
    assert ends[0].startswith("  egress  shop/api: allowed, by shop/api-guard spec.egress[0]")
    assert ends[1].strip() == f"at {POLICIES}:48:12"
    assert ends[2].startswith("  ingress shop/db: allowed, by shop/db-guard spec.ingress[0]")


def test_the_nearest_rule_is_shown_where_an_end_denies(run: Run) -> None:
    finished = run("explain", "shop/web", "shop/db", "-p", "5432", "-f", SHOP)
    assert finished.code == 1
    assert f"nearest rule: shop/db-guard spec.ingress[0] ({POLICIES}:58:7)" in finished.out
    assert "but pod label `app=api` is wanted; shop/web has app=web" in finished.out


def test_many_addresses_are_cut_short(run: Run) -> None:
    out = run("explain", "internet", "shop/db", "-p", "5432", "-f", SHOP).out
    assert "11.0.0.0-100.63.255.255, 5 more ranges: exempt, outside the cluster" in out


def test_a_denied_flow_ends_with_the_command_that_lets_it_pass(run: Run) -> None:
    words = ["shop/web", "shop/db", "-p", "5432", "-f", SHOP, "--profile", "cilium"]
    *_, last = run("explain", *words).out.splitlines()
    said, _, command = last.partition(": ")
    assert said == "  to allow it"
    typed = f"suggest allow shop/web shop/db --port 5432 -f {SHOP} --profile cilium"
    assert command == f"netsim {typed}"
    assert json.loads(run("explain", *words, "-o", "json").out)["suggestion"] == command
    assert run(*typed.split()).code == 0


def test_no_command_is_named_where_no_policy_lets_it_pass(run: Run) -> None:
    words = ["bank/ledger", "shop/db", "-p", "5432", "-f", TIERS]
    denied = run("explain", *words)
    assert denied.code == 1
    assert "to allow it" not in denied.out
    hosted = run("explain", "kube-system/agent", "monitoring/prometheus", "-f", TIERS)
    assert "to allow it" not in hosted.out
    allowed = run("explain", "shop/api", "shop/db", "-p", "5432", "-f", SHOP, "-o", "json")
    assert json.loads(allowed.out)["suggestion"] is None


def test_names_are_quoted_for_the_shell(run: Run) -> None:
    out = run("explain", "*/app=web", "shop/db", "-f", SHOP).out
    assert out.endswith(f"netsim suggest allow '*/app=web' shop/db --port PORT -f {SHOP}\n")
