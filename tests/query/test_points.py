"""Questions asked again and again by name: the same answers, found the short way."""

from collections.abc import Callable
from itertools import product

import pytest

from netsim import Cluster, NotationError, Outcome, UndecidedError, UnknownEndpointError
from netsim.graph import Graph
from netsim.model.flow import Party
from netsim.model.ports import PortSet

ClusterOf = Callable[..., Cluster]

GUARD = """
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy,
 metadata: {name: guard, namespace: shop},
 spec: {podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress],
        ingress: [{from: [{podSelector: {matchLabels: {app: web}}},
                          {ipBlock: {cidr: 10.0.0.0/8}}],
                   ports: [{port: 5432}]}]}}
"""
UNKNOWN = """
{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: l7, namespace: shop}}
"""
NAMES = (
    *("shop/web", "shop/deploy/web", "shop/db", "shop/db-1", "auth/login", "shop/", "*"),
    *("shop/svc/web", "shop/svc/db", "node", "10.0.0.7", "10.0.0.0/24", "internet", "::1"),
)
PORTS: tuple[int | str | None, ...] = (
    *(None, 5432, "5432", "5432/tcp", "53/udp", "5000-6000", "all", "all/tcp", 80, 8080),
)


def said(cluster: Cluster, source: str, target: str, port: int | str | None) -> object:
    """The long way, which has its own tests."""
    try:
        verdict = cluster.verdict(source, target, port)
    except (UnknownEndpointError, NotationError) as error:
        return str(error)
    if verdict.outcome is Outcome.UNDECIDED:
        return verdict.reasons
    return verdict.outcome is Outcome.ALLOWED


def asked(cluster: Cluster, source: str, target: str, port: int | str | None) -> object:
    try:
        return cluster.can_reach(source, target, port)
    except (UnknownEndpointError, NotationError) as error:
        return str(error)
    except UndecidedError as error:
        return error.reasons


@pytest.mark.parametrize("port", PORTS)
def test_the_short_way_says_what_the_long_way_says(
    shop: ClusterOf, port: int | str | None
) -> None:
    cluster = shop(GUARD)
    pairs = list(product(NAMES, repeat=2))
    long = [said(cluster, source, target, port) for source, target in pairs]
    assert True in long
    assert False in long
    for _ in range(2):
        short = [asked(cluster, source, target, port) for source, target in pairs]
        assert short == long


def test_a_port_that_is_true_is_not_port_one(shop: ClusterOf) -> None:
    cluster = shop()
    assert cluster.can_reach("shop/web", "shop/db", 1)
    with pytest.raises(NotationError, match="not a port"):
        cluster.can_reach("shop/web", "shop/db", True)  # noqa: FBT003 - the fault itself


def test_an_unknown_name_is_said_each_time(shop: ClusterOf) -> None:
    cluster = shop()
    for _ in range(2):
        with pytest.raises(UnknownEndpointError, match="shop/web"):
            cluster.can_reach("shop/wbe", "shop/db", 5432)
        with pytest.raises(UnknownEndpointError, match="shop/web"):
            cluster.ports("shop/wbe", "shop/db")


def test_a_policy_that_is_not_evaluated_keeps_the_short_way_shut(shop: ClusterOf) -> None:
    cluster = shop(UNKNOWN)
    for _ in range(2):
        with pytest.raises(UndecidedError, match="l7"):
            cluster.can_reach("shop/web", "shop/db", 5432)
        with pytest.raises(UndecidedError, match="l7"):
            cluster.ports("shop/web", "shop/db")


def test_ports_are_worked_out_once_for_a_pair(
    shop: ClusterOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = shop(GUARD)
    calls = []
    ports = Graph.ports

    def counted(graph: Graph, source: Party, target: Party) -> PortSet:
        calls.append((source, target))
        return ports(graph, source, target)

    monkeypatch.setattr(Graph, "ports", counted)
    found = {str(cluster.ports("shop/web", "shop/db")) for _ in range(5)}
    assert found == {"5432/TCP"}
    assert len(calls) == 1


def test_no_other_world_is_compiled_for_a_plain_question(shop: ClusterOf) -> None:
    cluster = shop(GUARD)
    assert cluster.can_reach("*", "auth/", 80)
    assert cluster.can_reach("shop/web", "shop/svc/db", 5432)
    cluster.ports("*", "shop/")
    assert cluster.worlds._alternatives is None  # noqa: SLF001 - what must not be there
