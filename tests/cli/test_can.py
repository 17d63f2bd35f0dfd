"""What `netsim can` says, and the exit code it says it with."""

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
EGRESS_TO_ADDRESSES = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p, namespace: monitoring}
spec: {policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]}
"""


@pytest.mark.parametrize(
    ("words", "code", "first"),
    [
        (
            ["shop/api", "shop/db", "-p", "5432"],
            0,
            "yes: shop/api can reach shop/db on 5432/TCP",
        ),
        (["shop/api", "shop/db"], 0, "yes: shop/api can reach shop/db on 5432/TCP"),
        (
            ["shop/api", "shop/db", "--port", "postgres"],
            0,
            "yes: shop/api can reach shop/db on postgres (5432/TCP)",
        ),
        (
            ["kube-system/", "monitoring/"],
            0,
            "yes: kube-system/ can reach monitoring/ on all ports",
        ),
        (["shop/web", "shop/db"], 1, "no: shop/web cannot reach shop/db on any port"),
        (
            ["shop/web", "shop/db", "-p", "5432/udp"],
            1,
            "no: shop/web cannot reach shop/db on 5432/UDP",
        ),
        (
            ["shop/api", "shop/db", "-p", "all"],
            1,
            "no: shop/api cannot reach shop/db on all ports",
        ),
        (
            ["*", "shop/db", "-p", "5432"],
            1,
            "no: * can reach shop/db only in part on 5432/TCP",
        ),
        (["*", "shop/db"], 1, "no: * can reach shop/db only in part"),
        (
            ["shop/api", "shop/svc/db", "-p", "5432"],
            0,
            "yes: shop/api can reach shop/svc/db on 5432/TCP",
        ),
        (
            ["monitoring/", "shop/app in (db,web)"],
            0,
            "yes: monitoring/ can reach shop/app in (db,web), each pair on other ports",
        ),
    ],
)
def test_the_first_line_is_the_answer(
    run: Run, words: list[str], code: int, first: str
) -> None:
    finished = run("can", *words, "-f", SHOP)
    assert (finished.code, finished.out.splitlines()[0]) == (code, first)
    assert finished.err == ""


def test_pairs_that_fail_are_named_and_counted(run: Run) -> None:
    assert run("can", "*", "shop/db", "-p", "5432", "-f", SHOP).out.splitlines()[1:] == [
        "  kube-system/coredns -> shop/db: denied",
        "  monitoring/prometheus -> shop/db: denied",
        "  shop/web -> shop/db: denied",
        "  1 of 4 pairs pass",
    ]


def test_only_the_first_pairs_are_named(run: Run, write: Callable[..., Path]) -> None:
    pods = "".join(
        f"---\n{{apiVersion: v1, kind: Pod, metadata: {{name: p{n}, namespace: x}}}}\n"
        for n in range(5)
    )
    closed = (
        "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
        "metadata: {name: closed, namespace: x}\nspec: {}\n"
    )
    lines = run("can", "x/", "x/", "-f", write(pods + closed), "-q").out.splitlines()
    assert len(lines) == 13
    assert lines[-2:] == ["  and 10 pairs more (-o table shows all)", "  0 of 20 pairs pass"]


def test_a_range_that_is_open_in_part_says_which_part(run: Run) -> None:
    finished = run("can", "shop/api", "shop/db", "-p", "5400-5500", "-f", SHOP)
    assert finished.code == 1
    assert finished.out.splitlines()[1:] == ["  open on 5432/TCP"]
    of_many = run("can", "shop/api", "shop/app in (db,web)", "-p", "5432-5433", "-f", SHOP).out
    assert "  shop/api -> shop/db: denied on 5433/TCP, open on 5432/TCP\n" in of_many


def test_all_ports_of_a_service_are_the_ones_it_has(run: Run) -> None:
    assert run("can", "shop/web", "kube-system/svc/kube-dns", "-p", "all", "-f", SHOP).code == 0
    assert run("can", "shop/web", "kube-system/coredns", "-p", "all", "-f", SHOP).code == 1


def test_an_undecided_answer_says_why(run: Run, write: Callable[..., Path]) -> None:
    finished = run("can", "shop/web", "shop/api", "-f", SHOP, "-f", write(CILIUM), "-q")
    assert finished.code == 3
    first, *reasons = finished.out.splitlines()
    assert first == "undecided: shop/web may or may not reach shop/api"
    policy = "CiliumNetworkPolicy shop/l7 (cilium.io/v2)"
    assert reasons == [f"  because {policy} is not evaluated and may touch this traffic"]


def test_a_no_is_certain_even_where_other_pairs_are_undecided(
    run: Run, write: Callable[..., Path]
) -> None:
    deny = (
        "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
        "metadata: {name: deny, namespace: monitoring}\nspec: {}\n"
    )
    words = ["can", "kube-system/", "*", "-p", "1", "-f", str(SHOP), "-q"]
    finished = run(*words, "-f", write(CILIUM + deny))
    assert finished.code == 1
    assert "  kube-system/coredns -> shop/db: undecided\n" in finished.out
    assert "  undecided in part: CiliumNetworkPolicy shop/l7" in finished.out
    assert "because" not in finished.out


def test_a_service_that_leads_nowhere_known_is_undecided(
    run: Run, write: Callable[..., Path]
) -> None:
    service = write(
        "{apiVersion: v1, kind: Service, metadata: {name: s, namespace: shop},"
        " spec: {ports: [{port: 1}]}}"
    )
    finished = run("can", "shop/web", "shop/svc/s", "-f", SHOP, "-f", service)
    assert finished.code == 3
    assert "Service shop/s has no selector" in finished.out
    listed = run("who", "shop/svc/s", "-f", SHOP, "-f", service)
    assert (listed.code, listed.out) == (3, "")
    assert "Service shop/s has no selector" in listed.err


def test_an_assumption_is_told_and_strict_refuses_it(
    run: Run, write: Callable[..., Path]
) -> None:
    words = ["can", "monitoring/prometheus", "shop/db", "-p", "9187", "-f", SHOP]
    words += ["-f", str(write(EGRESS_TO_ADDRESSES))]
    assert run(*words).code == 1
    assert "  assumes unknown_addresses=no-match (not with match)\n" in run(*words).out
    strict = run(*words, "--strict")
    assert strict.code == 3
    assert "  because rests on the assumption unknown_addresses" in strict.out
    assert run(*words, "--assume", "unknown_addresses=match").code == 0
    assert run(*words, "--assume", "unknown_addresses=match", "--strict").code == 3


def test_names_without_a_namespace_are_looked_up_in_n(run: Run) -> None:
    assert run("can", "api", "db", "-p", "5432", "-n", "shop", "-f", SHOP).code == 0
    assert run("can", "api", "db", "-p", "5432", "-f", SHOP).code == 2


def test_options_stand_anywhere(run: Run) -> None:
    assert run("can", "-f", SHOP, "shop/api", "-p", "5432", "shop/db").code == 0


def test_a_long_list_of_addresses_is_cut_short(run: Run) -> None:
    out = run("can", "internet", "shop/", "-f", SHOP).out
    assert "1.0.0.0-9.255.255.255, 11.0.0.0-100.63.255.255, 5 more ranges -> shop/api" in out
