from collections.abc import Callable

import pytest

from netsim import Cluster, UndecidedError
from netsim.query.parties import subject_name

ClusterOf = Callable[..., Cluster]

CLOSED = """
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy,
 metadata: {name: closed, namespace: shop},
 spec: {podSelector: {}, policyTypes: [Ingress, Egress]}}
"""
HTTP_FROM_BLOCK = """
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy,
 metadata: {name: block, namespace: shop},
 spec: {podSelector: {matchLabels: {app: web}},
        ingress: [{from: [{ipBlock: {cidr: 203.0.113.0/24}}], ports: [{port: http}]}]}}
"""


def rows(cluster: Cluster, **filters: str | int) -> list[str]:
    return [
        f"{subject_name(row.source)} -> {subject_name(row.target)}: {row.ports}"
        for row in cluster.connections(**filters)  # type: ignore[arg-type]
    ]


def test_an_open_cluster_lists_every_pair_and_the_outside(shop: ClusterOf) -> None:
    listed = rows(shop(), source="auth/login")
    assert listed == [
        "auth/login -> shop/db: all",
        "auth/login -> shop/web: all",
        "auth/login -> 0.0.0.0/0, ::/0: all",
    ]


def test_replicas_are_listed_as_reaching_each_other(shop: ClusterOf) -> None:
    assert "shop/web -> shop/web: all" in rows(shop())
    assert "auth/login -> auth/login: all" not in rows(shop())


def test_a_closed_namespace_has_no_rows(shop: ClusterOf) -> None:
    assert all("shop" not in row for row in rows(shop(CLOSED)))


def test_addresses_with_one_answer_share_a_row(shop: ClusterOf) -> None:
    listed = rows(shop(CLOSED, HTTP_FROM_BLOCK), target="shop/web")
    assert listed == ["203.0.113.0/24 -> shop/web: 8080/TCP"]


def test_rows_are_cut_down_to_a_port(shop: ClusterOf) -> None:
    assert rows(shop(), source="auth/login", target="shop/db", port="5432/tcp") == [
        "auth/login -> shop/db: 5432/TCP"
    ]
    assert rows(shop(), source="auth/login", target="shop/db", port="postgres") == [
        "auth/login -> shop/db: 5432/TCP"
    ]


def test_rows_say_what_is_undecided(shop: ClusterOf) -> None:
    cilium = """{apiVersion: cilium.io/v2, kind: CiliumClusterwideNetworkPolicy,
      metadata: {name: everywhere}}"""
    found = shop(cilium).connections(source="auth/login", target="shop/web")
    assert "everywhere" in found[0].undecided[0]


def test_the_networkx_graph_has_an_edge_for_each_range(shop: ClusterOf) -> None:
    policy = """{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy,
      metadata: {name: some, namespace: shop},
      spec: {podSelector: {matchLabels: {app: db}},
             ingress: [{from: [{namespaceSelector: {}}],
                        ports: [{port: 5432}, {port: 9000, endPort: 9001}]}]}}"""
    graph = shop(policy).graph()
    edges = graph.get_edge_data("auth/login", "shop/db")
    assert sorted(map(str, edges)) == ["5432/TCP", "9000-9001/TCP"]
    edge = edges["9000-9001/TCP"]
    assert (edge["protocol"], edge["first"], edge["last"]) == ("TCP", 9000, 9001)
    assert edge["rules"] == ("shop/some spec.ingress[0]",)
    assert graph.nodes["shop/db"]["kind"] == "StatefulSet"
    assert "0.0.0.0/0, ::/0" in graph.nodes


def test_a_services_port_is_translated_in_rows(shop: ClusterOf) -> None:
    assert rows(shop(), source="auth/login", target="shop/svc/web", port=80) == [
        "auth/login -> shop/web: 8080/TCP"
    ]
    assert rows(shop(), source="auth/login", target="shop/svc/web") == [
        "auth/login -> shop/web: 8080/TCP"
    ]


@pytest.mark.parametrize("end", ["source", "target"])
def test_a_service_that_leads_nowhere_known_has_no_rows_and_says_so(
    shop: ClusterOf, end: str
) -> None:
    with pytest.raises(UndecidedError, match="has no selector"):
        rows(shop(), **{end: "shop/svc/by-hand"})


def test_a_single_pod_and_itself_are_no_row_however_it_is_judged(shop: ClusterOf) -> None:
    cluster = shop()
    judged = cluster.under(cluster.profile.with_setting("self_traffic", "evaluate"))
    assert "auth/login -> auth/login: all" not in rows(judged)


def test_finished_pods_have_rows_where_the_profile_includes_them(shop: ClusterOf) -> None:
    pod = """{apiVersion: v1, kind: Pod, metadata: {name: done, namespace: auth},
      status: {phase: Succeeded}}"""
    cluster = shop(pod)
    included = cluster.under(cluster.profile.with_setting("terminal_pods", "included"))
    assert "auth/done -> auth/login: all" not in rows(cluster)
    assert "auth/done -> auth/login: all" in rows(included)
    assert included.can_reach("auth/", "auth/done", 80)
