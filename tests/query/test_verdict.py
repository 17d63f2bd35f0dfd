from collections.abc import Callable

import pytest

from netsim import Cluster, Outcome, UndecidedError, UnknownEndpointError

ClusterOf = Callable[..., Cluster]

GUARD = """
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy,
 metadata: {name: guard, namespace: shop},
 spec: {podSelector: {matchLabels: {app: web}},
        ingress: [{from: [{namespaceSelector: {}}], ports: [{port: 8080}]}]}}
"""
INTERNET_OUT = """
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy,
 metadata: {name: out, namespace: shop},
 spec: {podSelector: {matchLabels: {app: web}}, policyTypes: [Egress],
        egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [203.0.113.0/24]}}]}]}}
"""
CILIUM = """
{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: l7, namespace: shop}}
"""


def test_a_services_port_is_translated_to_the_pods(shop: ClusterOf) -> None:
    cluster = shop(GUARD)
    assert cluster.can_reach("auth/login", "shop/svc/web", 80)
    assert cluster.can_reach("auth/login", "shop/svc/web", "http")
    assert not cluster.can_reach("auth/login", "shop/web", 80)
    assert (
        cluster.verdict("auth/login", "shop/svc/web", 80).pairs[0].pair.via
        == "80/TCP of shop/web"
    )


def test_a_headless_services_port_is_the_pods(shop: ClusterOf) -> None:
    assert str(shop().ports("auth/login", "shop/svc/db")) == "all"


def test_a_port_the_service_does_not_have_is_an_error(shop: ClusterOf) -> None:
    with pytest.raises(UnknownEndpointError, match=r"Service shop/web has 80/TCP \(http\)"):
        shop().can_reach("auth/login", "shop/svc/web", 8080)


def test_a_port_name_is_looked_up_on_the_target(shop: ClusterOf) -> None:
    cluster = shop(GUARD)
    assert cluster.can_reach("auth/login", "shop/web", "http")
    with pytest.raises(UnknownEndpointError, match="shop/db declares postgres/TCP"):
        cluster.can_reach("auth/login", "shop/db", "http")


def test_yes_means_every_pair(shop: ClusterOf) -> None:
    cluster = shop(GUARD)
    assert not cluster.can_reach("auth/login", "shop/", 80)
    assert cluster.can_reach("auth/login", "shop/", 8080)


def test_yes_means_every_port_of_a_range(shop: ClusterOf) -> None:
    cluster = shop(GUARD)
    verdict = cluster.verdict("auth/login", "shop/web", "8080-8081")
    assert verdict.outcome is Outcome.DENIED
    assert str(verdict.pairs[0].allowed) == "8080/TCP"


def test_ports_are_those_open_on_every_pair(shop: ClusterOf) -> None:
    assert str(shop(GUARD).ports("auth/login", "shop/")) == "8080/TCP"


def test_a_service_without_endpoints_is_undecided(shop: ClusterOf) -> None:
    with pytest.raises(UndecidedError, match="has no selector"):
        shop().can_reach("auth/login", "shop/svc/by-hand", 5432)


def test_a_policy_kind_that_is_not_evaluated_makes_its_namespace_undecided(
    shop: ClusterOf,
) -> None:
    cluster = shop(CILIUM)
    with pytest.raises(UndecidedError, match="CiliumNetworkPolicy shop/l7"):
        cluster.can_reach("auth/login", "shop/web", 80)
    assert cluster.can_reach("auth/login", "auth/login", 80)


def test_an_assumption_is_named_where_it_decides(shop: ClusterOf) -> None:
    cluster = shop(INTERNET_OUT)
    verdict = cluster.verdict("shop/web", "shop/db", 5432)
    assert verdict.outcome is Outcome.DENIED
    assert [item.switch for item in verdict.assumptions] == ["unknown_addresses"]
    strict = cluster.verdict("shop/web", "shop/db", 5432, strict=True)
    assert strict.outcome is Outcome.UNDECIDED


def test_no_assumption_is_named_where_none_decides(shop: ClusterOf) -> None:
    cluster = shop(INTERNET_OUT)
    assert cluster.verdict("shop/web", "198.51.100.7", 443).assumptions == ()
    assert (
        cluster.verdict("shop/web", "198.51.100.7", 443, strict=True).outcome is Outcome.ALLOWED
    )


def test_the_internet_is_open_only_if_all_of_it_is(shop: ClusterOf) -> None:
    verdict = shop(INTERNET_OUT).verdict("shop/web", "internet", 443)
    assert verdict.outcome is Outcome.DENIED
    denied = [str(item.pair.target) for item in verdict.pairs if not item.allowed]
    assert denied == ["203.0.113.0/24"]


def test_replicas_of_one_workload_are_different_pods(shop: ClusterOf) -> None:
    closed = """{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy,
      metadata: {name: closed, namespace: shop}, spec: {}}"""
    cluster = shop(closed)
    assert not cluster.can_reach("shop/web", "shop/web", 8080)
    assert cluster.can_reach("auth/login", "auth/login", 8080)


def test_a_switch_changes_the_answer_it_is_named_for(shop: ClusterOf) -> None:
    cluster = shop(INTERNET_OUT)
    other = cluster.under(cluster.profile.with_setting("unknown_addresses", "match"))
    assert other.can_reach("shop/web", "shop/db", 5432)


def test_both_switches_of_blocks_are_tried_where_no_address_is_known(shop: ClusterOf) -> None:
    cluster = shop(INTERNET_OUT)
    matching = cluster.under(cluster.profile.with_setting("unknown_addresses", "match"))
    named = {item.switch for item in matching.verdict("shop/web", "shop/db", 5432).assumptions}
    assert named == {"unknown_addresses", "ipblock_matches_pods"}


def test_a_switch_that_cannot_matter_is_not_tried(shop: ClusterOf) -> None:
    live = """{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: auth},
      status: {podIP: 10.1.0.7}}"""

    def tried(cluster: Cluster) -> set[str]:
        return {item.switch for item in cluster.worlds.alternatives()}

    always = {"self_traffic", "node_local", "terminal_pods"}
    assert tried(shop(GUARD, live)) == always
    assert tried(shop(INTERNET_OUT)) == always | {"unknown_addresses"}
    addressed = tried(shop(INTERNET_OUT, live))
    assert addressed == always | {"unknown_addresses", "ipblock_matches_pods"}
