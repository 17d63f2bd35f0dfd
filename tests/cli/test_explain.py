"""What `netsim explain` says."""

from pathlib import Path

from tests.cli.conftest import Run

SHOP = Path("fixtures/clusters/shop/manifests")
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
