"""`list`, `who` and `reach`: which rows there are, and what is said of them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Run

SHOP = Path("fixtures/clusters/shop/manifests")

CILIUM = """
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: l7, namespace: shop}
"""
LIVE = """
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Pod, metadata: {name: a, namespace: x}, status: {podIP: 10.0.0.7}}
- {apiVersion: v1, kind: Pod, metadata: {name: b, namespace: x}, status: {podIP: 10.0.0.9}}
"""
FROM_NEAR = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: near, namespace: x}
spec: {podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}], ports: [{port: 80}]}]}
"""


def cells(text: str) -> list[list[str]]:
    return [
        [cell.strip() for cell in line.split("   ") if cell.strip()]
        for line in text.splitlines()[1:]
    ]


def test_every_allowed_connection_is_a_row(run: Run) -> None:
    finished = run("list", "--from", "shop/", "-f", SHOP)
    assert finished.code == 0
    assert cells(finished.out) == [
        ["shop/api", "kube-system/coredns", "53/TCP, 53/UDP"],
        ["shop/api", "shop/db", "5432/TCP"],
        ["shop/db", "kube-system/coredns", "53/TCP, 53/UDP"],
        ["shop/web", "kube-system/coredns", "53/TCP, 53/UDP"],
        ["shop/web", "shop/api", "8080/TCP"],
    ]


def test_who_and_reach_are_lists_to_and_from(run: Run) -> None:
    assert run("who", "shop/db", "-f", SHOP) == run("list", "--to", "shop/db", "-f", SHOP)
    assert run("reach", "shop/web", "-f", SHOP) == run("list", "--from", "shop/web", "-f", SHOP)


def test_rows_are_cut_down_to_a_port(run: Run) -> None:
    assert cells(run("list", "-p", "9187", "--to", "shop/", "-f", SHOP).out) == [
        ["monitoring/prometheus", "shop/db", "9187/TCP"]
    ]


def test_n_keeps_rows_that_start_or_end_in_the_namespace(run: Run) -> None:
    rows = cells(run("list", "-n", "monitoring", "-f", SHOP).out)
    assert all(any(cell.startswith("monitoring/") for cell in row) for row in rows)
    assert ["monitoring/prometheus", "shop/db", "9187/TCP"] in rows


def test_all_namespaces_are_shown_with_n_for_the_names_alone(run: Run) -> None:
    whole = run("list", "--to", "db", "-n", "shop", "-A", "-f", SHOP).out
    assert whole == run("list", "--to", "shop/db", "-f", SHOP).out


def test_a_selector_keeps_rows_with_an_end_that_has_the_labels(run: Run) -> None:
    rows = cells(run("list", "-l", "app in (db)", "-f", SHOP).out)
    assert rows == cells(run("list", "-n", "shop", "-l", "app=db", "-f", SHOP).out)
    assert len(rows) == 3
    assert all("shop/db" in row for row in rows)


def test_no_row_is_said_on_stderr(run: Run) -> None:
    finished = run("list", "-l", "app=gone", "-f", SHOP)
    assert (finished.code, finished.out) == (0, "SOURCE   TARGET   PORTS\n")
    assert finished.err == "nothing to show\n"


def test_undecided_rows_say_why_and_exit_with_3(run: Run, write: Callable[..., Path]) -> None:
    finished = run("list", "-f", SHOP, "-f", write(CILIUM), "-q")
    assert finished.code == 3
    assert finished.out.splitlines()[0].split() == ["SOURCE", "TARGET", "PORTS", "UNDECIDED"]
    messages = finished.err.splitlines()
    assert messages[0].startswith("undecided: CiliumNetworkPolicy shop/l7 (cilium.io/v2)")
    assert messages[1].endswith("rows say why they are undecided")
    untouched = run("list", "--to", "monitoring/", "--from", "kube-system/", "-f", SHOP, "-q")
    assert untouched.code == 0


def test_strict_rows_show_what_another_setting_would_open(
    run: Run, write: Callable[..., Path]
) -> None:
    where = write(LIVE, FROM_NEAR)
    assert ["x/a", "x/b", "80/TCP"] in cells(run("list", "-f", where, "-q").out)
    strict = run("list", "--strict", "--to", "x/b", "-f", where, "-q")
    assert strict.code == 3
    assert "rests on the assumption ipblock_matches_pods=yes (not with no)" in strict.err
    closed = run(
        "list", "--strict", "--assume", "ipblock_matches_pods=no", "-f", where, "-q"
    ).out
    assert ["x/a", "x/b", "none"] in [row[:3] for row in cells(closed)]


@pytest.mark.parametrize("output", ["table", "md"])
def test_pods_addresses_make_no_holes_in_what_people_read(
    run: Run, write: Callable[..., Path], output: str
) -> None:
    where = write(LIVE, FROM_NEAR)
    assert "10.0.0.0/8" in run("who", "x/a", "-f", where, "-q", "-o", output).out


@pytest.mark.parametrize("output", ["wide", "csv", "json", "yaml"])
def test_ranges_are_exact_for_programs(
    run: Run, write: Callable[..., Path], output: str
) -> None:
    out = run("who", "x/a", "-f", write(LIVE, FROM_NEAR), "-q", "-o", output).out
    assert "10.0.0.0-10.0.0.6" in out
    assert "10.0.0.8" in out
    assert "10.0.0.10-10.255.255.255" in out
