from collections.abc import Callable

import pytest

import netsim
from netsim.query.exposed import AnyPod, Crowd

ClusterOf = Callable[..., netsim.Cluster]

PEERS = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: guard, namespace: shop}}
spec:
  podSelector: {{matchLabels: {{app: db}}}}
  ingress: [{{from: {peers}, ports: [{{port: 5432}}]}}]
"""
ISOLATED = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: no-egress, namespace: auth}
spec: {podSelector: {matchLabels: {app: login}}, policyTypes: [Egress]}
"""


def to_db(cluster: netsim.Cluster) -> list[str]:
    rows = cluster.exposure("shop").to_dicts()
    return [f"{row['peer']}: {row['ports']}" for row in rows if row["name"] == "db"]


@pytest.mark.parametrize(
    ("peers", "told"),
    [
        (
            (
                "[{podSelector: {matchLabels: {role: client}}, "
                "namespaceSelector: {matchLabels: {env: prod}}}]"
            ),
            "any pod labelled role=client in any namespace labelled env=prod",
        ),
        ("[{namespaceSelector: {}}]", "any pod in any namespace"),
        ("[{podSelector: {}}]", "any pod in namespace shop"),
        (
            "[{podSelector: {matchExpressions: [{key: role, operator: NotIn, values: [x]}]}}]",
            "any pod labelled role!=x in namespace shop",
        ),
        (
            (
                "[{namespaceSelector: {matchExpressions: [{key: env, operator: Exists}, "
                "{key: env, operator: NotIn, values: [dev]}]}}]"
            ),
            "any pod in any namespace labelled env,env!=dev",
        ),
        (
            (
                "[{namespaceSelector: {matchExpressions: "
                "[{key: kubernetes.io/metadata.name, operator: NotIn, values: [auth, shop]}]}}]"
            ),
            "any pod in any new namespace",
        ),
        (
            (
                "[{namespaceSelector: {}, podSelector: {matchLabels: {role: client}}}, "
                "{namespaceSelector: {matchLabels: {team: sales}}, "
                "podSelector: {matchLabels: {role: client, tier: x}}}]"
            ),
            "any pod labelled role=client in any namespace",
        ),
    ],
)
def test_a_peer_is_told_as_it_was_meant(shop: ClusterOf, peers: str, told: str) -> None:
    assert to_db(shop(PEERS.format(peers=peers))) == [f"{told}: 5432/TCP"]


def test_peers_that_make_up_everything_are_one_row(shop: ClusterOf) -> None:
    text = PEERS.format(
        peers="[{podSelector: {matchExpressions: [{key: a, operator: Exists}]}}, "
        "{podSelector: {matchExpressions: [{key: a, operator: DoesNotExist}]}}]"
    )
    assert to_db(shop(text)) == ["any pod in namespace shop: 5432/TCP"]


def test_a_newcomer_obeys_the_policies_of_its_namespace(shop: ClusterOf) -> None:
    text = PEERS.format(peers="[{namespaceSelector: {}}]")
    assert to_db(shop(text, ISOLATED)) == [
        "any pod in any namespace but auth: 5432/TCP",
        "any pod labelled app!=login in any namespace: 5432/TCP",
    ]


def test_who_is_not_isolated_is_exposed_to_anyone(shop: ClusterOf) -> None:
    assert to_db(shop()) == ["anyone: all"]


def test_addresses_are_told_as_widely_as_is_true(shop: ClusterOf) -> None:
    v4 = PEERS.format(peers="[{ipBlock: {cidr: 0.0.0.0/0}}]")
    both = PEERS.format(peers="[{ipBlock: {cidr: 0.0.0.0/0}}, {ipBlock: {cidr: '::/0'}}]")
    public = PEERS.format(peers="[{ipBlock: {cidr: 192.0.2.0/24}}]")
    assert to_db(shop(both)) == ["any address: 5432/TCP"]
    assert to_db(shop(v4))[0] == "internet: 5432/TCP"
    assert to_db(shop(public)) == ["192.0.2.0/24: 5432/TCP"]


def test_outward_a_named_port_reaches_existing_pods_only(shop: ClusterOf) -> None:
    text = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: out, namespace: auth}
spec: {podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: postgres}]}]}
"""
    answer = shop(text).exposure("auth", direction="egress")
    assert [(row["peer"], row["ports"]) for row in answer.to_dicts()] == [
        ("shop/db", "5432/TCP")
    ]


def test_selectors_and_namespaces_of_a_row_can_be_asked(shop: ClusterOf) -> None:
    (row,) = [
        row
        for row in shop(PEERS.format(peers="[{podSelector: {}}]")).exposure("shop").rows
        if row.subject.name == "db"
    ]
    assert isinstance(row.peer, AnyPod)
    assert (row.peer.existing, row.peer.new) == (("shop",), False)


def test_policies_that_are_not_evaluated_make_rows_undecided(shop: ClusterOf) -> None:
    text = """
{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: c, namespace: auth},
 spec: {}}
"""
    rows = shop(text).exposure("auth").rows
    assert [row.peer for row in rows] == [Crowd.ANYONE]
    assert all(row.undecided for row in rows)


def test_an_unknown_namespace_is_an_error(shop: ClusterOf) -> None:
    with pytest.raises(netsim.UnknownEndpointError):
        shop().exposure("shap")


def test_paths_do_not_begin_at_a_node(shop: ClusterOf) -> None:
    with pytest.raises(netsim.NotationError):
        shop().paths("node", "shop/db")
