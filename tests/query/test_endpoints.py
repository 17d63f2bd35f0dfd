from collections.abc import Callable

import pytest

from netsim import AmbiguousEndpointError, Cluster, UnknownEndpointError
from netsim.names import parse_endpoint
from netsim.query.endpoints import resolve
from netsim.query.parties import subject_name

ClusterOf = Callable[..., Cluster]


def found(cluster: Cluster, text: str) -> list[str]:
    return [
        subject_name(item)
        for item in resolve(parse_endpoint(text), cluster.worlds.directory).subjects
    ]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("shop/web", ["shop/web"]),
        ("shop/deploy/web", ["shop/web"]),
        ("shop/svc/web", ["shop/web"]),
        ("shop/db-1", ["shop/db"]),
        ("shop/", ["shop/db", "shop/web"]),
        ("shop/app!=web", ["shop/db"]),
        ("*/app in (db,login)", ["auth/login", "shop/db"]),
        ("*", ["auth/login", "shop/db", "shop/web"]),
        ("192.0.2.1", ["192.0.2.1"]),
        ("192.0.2.0/24", ["192.0.2.0/24"]),
        ("metadata", ["169.254.169.254", "fd00:ec2::254"]),
        ("node", ["node"]),
    ],
)
def test_a_notation_finds_its_endpoints(shop: ClusterOf, text: str, names: list[str]) -> None:
    joined = ", ".join(sorted(found(shop(), text)))
    assert joined == ", ".join(sorted(names))


def test_an_ordinal_beyond_the_replicas_is_unknown(shop: ClusterOf) -> None:
    with pytest.raises(UnknownEndpointError, match="shop/db"):
        found(shop(), "shop/db-2")


def test_the_name_in_another_namespace_is_offered(shop: ClusterOf) -> None:
    with pytest.raises(UnknownEndpointError, match="did you mean 'auth/login'"):
        found(shop(), "shop/login")


def test_a_misspelt_name_is_offered_right(shop: ClusterOf) -> None:
    with pytest.raises(UnknownEndpointError, match="did you mean 'shop/web'"):
        found(shop(), "shop/wbe")


def test_a_misspelt_namespace_is_offered_right(shop: ClusterOf) -> None:
    with pytest.raises(UnknownEndpointError, match=r"no namespace 'shp'.*'shop'"):
        found(shop(), "shp/web")


def test_a_kind_that_does_not_fit_is_unknown(shop: ClusterOf) -> None:
    with pytest.raises(UnknownEndpointError):
        found(shop(), "shop/sts/web")


def test_one_name_of_two_kinds_is_ambiguous(shop: ClusterOf) -> None:
    pod = "{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop}}"
    with pytest.raises(AmbiguousEndpointError, match="shop/deploy/web' or 'shop/pod/web"):
        found(shop(pod), "shop/web")
    assert found(shop(pod), "shop/pod/web") == ["shop/web"]


def test_dns_is_what_the_kube_dns_service_selects(shop: ClusterOf) -> None:
    pod = """{apiVersion: v1, kind: Pod,
      metadata: {name: resolver, namespace: kube-system, labels: {a: b}}}"""
    service = """{apiVersion: v1, kind: Service,
      metadata: {name: kube-dns, namespace: kube-system},
      spec: {selector: {a: b}, ports: [{port: 53, protocol: UDP}]}}"""
    assert found(shop(pod, service), "dns") == ["kube-system/resolver"]


def test_dns_is_found_by_label_without_the_service(shop: ClusterOf) -> None:
    dns = """{apiVersion: v1, kind: Pod,
      metadata: {name: coredns, namespace: kube-system, labels: {k8s-app: kube-dns}}}"""
    assert found(shop(dns), "dns") == ["kube-system/coredns"]


def test_dns_without_dns_pods_says_how_they_are_found(shop: ClusterOf) -> None:
    with pytest.raises(UnknownEndpointError, match="k8s-app=kube-dns"):
        found(shop(), "dns")


def test_an_address_finds_the_pod_that_has_it(shop: ClusterOf) -> None:
    pod = """{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: shop},
      status: {podIPs: [{ip: 10.1.0.7}]}}"""
    assert found(shop(pod), "10.1.0.7") == ["shop/p"]
    both = found(shop(pod), "10.1.0.6/31")
    assert both == ["shop/p", "10.1.0.6"]


def test_the_internet_is_neither_private_nor_a_pods(shop: ClusterOf) -> None:
    pod = """{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: shop},
      status: {podIPs: [{ip: 8.8.8.8}]}}"""
    text = ", ".join(found(shop(pod), "internet"))
    assert "8.8.4.0-8.8.8.7" not in text
    assert "8.8.8.9-9.255.255.255" in text
    assert "10." not in text.replace("8.8.8.", "")


def test_the_internet_has_the_families_of_the_cluster(shop: ClusterOf) -> None:
    dual = """{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: shop},
      status: {podIPs: [{ip: 10.1.0.7}, {ip: "fd00::7"}]}}"""
    assert "2000::/3" in ", ".join(found(shop(dual), "internet"))
    assert "::" not in ", ".join(found(shop(), "internet"))


@pytest.mark.parametrize("name", ["elsewhere", "by-hand", "nobody"])
def test_a_service_without_known_endpoints_is_undecided(shop: ClusterOf, name: str) -> None:
    answer = resolve(parse_endpoint(f"shop/svc/{name}"), shop().worlds.directory)
    assert answer.subjects == ()
    assert name in answer.undecided


def test_an_unknown_service_is_offered_right(shop: ClusterOf) -> None:
    with pytest.raises(UnknownEndpointError, match="shop/svc/web"):
        found(shop(), "shop/svc/wbe")


def test_a_finished_pod_is_found_by_name_but_in_no_set(shop: ClusterOf) -> None:
    pod = """{apiVersion: v1, kind: Pod, metadata: {name: done, namespace: auth},
      status: {phase: Succeeded}}"""
    assert found(shop(pod), "auth/done") == ["auth/done"]
    assert found(shop(pod), "auth/") == ["auth/login"]
