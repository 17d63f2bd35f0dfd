from collections.abc import Callable

import pytest

from netsim import Cluster
from netsim.query.explanation import Status

ClusterOf = Callable[..., Cluster]


def np(name: str, spec: str, namespace: str = "shop") -> str:
    return f"""{{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy,
      metadata: {{name: {name}, namespace: {namespace}}}, spec: {spec}}}"""


def test_the_deciding_rule_is_named_down_to_the_peer(shop: ClusterOf) -> None:
    spec = """{podSelector: {matchLabels: {app: db}}, ingress: [
      {from: [{podSelector: {}}]},
      {from: [{podSelector: {matchLabels: {app: web}}},
              {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: auth}}}],
       ports: [{port: 5432}]}]}"""
    why = shop(np("guard", spec)).explain("auth/login", "shop/db", 5432)
    (part,) = why.parts
    assert part.allowed
    assert part.egress.status is Status.OPEN
    assert part.ingress.status is Status.ALLOWED
    assert part.ingress.rule is not None
    assert part.ingress.rule.path == "spec.ingress[1].from[1]"
    assert str(part.ingress.rule.policy) == "shop/guard"


def nearest(cluster: Cluster, source: str, target: str, port: int | str) -> tuple[str, str]:
    (part,) = cluster.explain(source, target, port).parts
    end = part.ingress if part.ingress.status is Status.DENIED else part.egress
    assert end.nearest is not None
    return end.nearest.dimension, end.nearest.hint


@pytest.mark.parametrize(
    ("rule", "port", "dimension", "words"),
    [
        (
            "{ports: [{port: 80}]}",
            8080,
            "ports",
            ["80/TCP", "not 8080/TCP", "Service shop/web", "listens on 8080"],
        ),
        (
            "{ports: [{port: 8080}]}",
            80,
            "ports",
            ["port 80 is the port of Service shop/web", "the pod's port is 8080"],
        ),
        ("{ports: [{port: 8080, protocol: UDP}]}", 8080, "ports", ["8080/UDP", "8080/TCP"]),
        ("{ports: [{port: metrics}]}", 8080, "ports", ["shop/web declares http/TCP"]),
        (
            "{from: [{namespaceSelector: {matchLabels: {name: auth}}}]}",
            8080,
            "peer",
            ["`name=auth` is on no namespace", "kubernetes.io/metadata.name=auth"],
        ),
        (
            "{from: [{namespaceSelector: {matchLabels: {team: sales}}}]}",
            8080,
            "peer",
            ["`team=sales` is wanted", "namespace auth has no label team"],
        ),
        (
            "{from: [{podSelector: {}}]}",
            8080,
            "peer",
            ["means pods of namespace shop", "auth/login is in auth"],
        ),
        (
            "{from: [{podSelector: {matchLabels: {app: web}}, namespaceSelector: {}}]}",
            8080,
            "peer",
            ["`app=web` is wanted", "auth/login has app=login"],
        ),
        (
            "{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}",
            8080,
            "peer",
            ["no known address", "10.0.0.0/8"],
        ),
        (
            "{from: [{podSelector: {}}], ports: [{port: 1}]}",
            8080,
            "peer and ports",
            ["namespace shop", "1/TCP"],
        ),
    ],
)
def test_the_nearest_rule_says_what_is_off(
    shop: ClusterOf, rule: str, port: int, dimension: str, words: list[str]
) -> None:
    cluster = shop(
        np("guard", f"{{podSelector: {{matchLabels: {{app: web}}}}, ingress: [{rule}]}}")
    )
    found, hint = nearest(cluster, "auth/login", "shop/web", port)
    assert found == dimension
    for word in words:
        assert word in hint


def test_a_label_peer_does_not_match_an_address(shop: ClusterOf) -> None:
    cluster = shop(np("guard", "{ingress: [{from: [{namespaceSelector: {}}]}]}"))
    assert (
        "never matches an address outside" in nearest(cluster, "192.0.2.1", "shop/web", 80)[1]
    )


def test_an_excepted_address_is_said_to_be_excepted(shop: ClusterOf) -> None:
    spec = "{ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]}]}"
    cluster = shop(np("guard", spec))
    assert "10.1.2.3 is excepted from" in nearest(cluster, "10.1.2.3", "shop/web", 80)[1]
    assert "11.1.2.3 is outside" in nearest(cluster, "11.1.2.3", "shop/web", 80)[1]


def test_the_rule_that_matches_in_all_but_ports_is_nearer(shop: ClusterOf) -> None:
    spec = """{podSelector: {matchLabels: {app: web}}, ingress: [
      {from: [{podSelector: {}}]}, {from: [{namespaceSelector: {}}], ports: [{port: 9}]}]}"""
    (part,) = shop(np("guard", spec)).explain("auth/login", "shop/web", 8080).parts
    assert part.ingress.nearest is not None
    assert part.ingress.nearest.rule.path == "spec.ingress[1]"


def test_without_a_rule_what_isolates_is_named(shop: ClusterOf) -> None:
    why = shop(np("closed", "{podSelector: {}}")).explain("auth/login", "shop/web", 80)
    (part,) = why.parts
    assert part.ingress.status is Status.DENIED
    assert [str(item.policy) for item in part.ingress.isolated_by] == ["shop/closed"]
    assert part.ingress.nearest is None


def test_without_a_port_each_answer_has_its_ports(shop: ClusterOf) -> None:
    spec = "{podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 8080}]}]}"
    parts = shop(np("guard", spec)).explain("auth/login", "shop/web").parts
    assert {(str(part.ports), part.allowed) for part in parts} == {
        ("8080/TCP", True),
        ("1-8079,8081-65535/TCP, all/UDP, all/SCTP", False),
    }


def test_exempt_ends_say_why(shop: ClusterOf) -> None:
    cluster = shop(np("closed", "{podSelector: {}, policyTypes: [Ingress, Egress]}"))
    self_part = cluster.explain("auth/login", "auth/login", 80).parts[0]
    assert "itself" in self_part.ingress.because
    node_part = cluster.explain("node", "shop/web", 80).parts[0]
    assert node_part.allowed
    assert "node it runs on" in node_part.ingress.because
    outside = cluster.explain("192.0.2.1", "shop/web", 80).parts[0]
    assert "outside the cluster" in outside.egress.because


def test_the_text_has_the_answer_first(shop: ClusterOf) -> None:
    text = str(shop(np("closed", "{podSelector: {}}")).explain("auth/login", "shop/web", 80))
    assert text.splitlines()[0] == "auth/login -> shop/web on 80: denied"
    assert "isolated by shop/closed" in text


@pytest.mark.parametrize(
    ("rule", "source", "port", "words"),
    [
        (
            "{from: [{namespaceSelector: {matchLabels: {team: sales, name: auth}}}]}",
            "auth/login",
            8080,
            ["`name=auth` is on no namespace"],
        ),
        (
            (
                "{from: [{namespaceSelector: {matchExpressions: ["
                "{key: team, operator: Exists}, {key: team, operator: DoesNotExist}]}}]}"
            ),
            "auth/login",
            8080,
            ["no namespace has all of"],
        ),
        (
            "{from: [{podSelector: {matchLabels: {role: login}}, namespaceSelector: {}}]}",
            "auth/login",
            8080,
            ["`role=login` is wanted", "auth/login has app=login"],
        ),
        (
            "{from: [{podSelector: {matchLabels: {role: x}}, namespaceSelector: {}}]}",
            "auth/login",
            8080,
            ["auth/login has no label role"],
        ),
        ("{ports: [{port: http, protocol: UDP}]}", "auth/login", 8080, ["declares http/TCP"]),
        ("{ports: [{port: http}]}", "auth/login", 80, ["http/TCP is 8080 on shop/web"]),
    ],
)
def test_a_hint_names_what_would_have_fitted(
    shop: ClusterOf, rule: str, source: str, port: int, words: list[str]
) -> None:
    cluster = shop(
        np("guard", f"{{podSelector: {{matchLabels: {{app: web}}}}, ingress: [{rule}]}}")
    )
    hint = nearest(cluster, source, "shop/web", port)[1]
    for word in words:
        assert word in hint


def test_an_egress_hint_speaks_of_the_address_it_goes_to(shop: ClusterOf) -> None:
    spec = "{podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: https}]}]}"
    assert (
        "192.0.2.1 declares no port names"
        in nearest(shop(np("out", spec)), "shop/web", "192.0.2.1", 443)[1]
    )


def test_a_host_network_peer_is_said_to_be_one(shop: ClusterOf) -> None:
    agent = """{apiVersion: v1, kind: Pod, metadata: {name: agent, namespace: auth},
      spec: {hostNetwork: true}}"""
    cluster = shop(np("guard", "{ingress: [{from: [{namespaceSelector: {}}]}]}"), agent)
    assert "on the host network" in nearest(cluster, "auth/agent", "shop/web", 80)[1]
    why = cluster.explain("shop/web", "auth/agent", 80).parts[0]
    assert "on the host network" in why.ingress.because


def test_a_known_address_outside_the_block_is_shown(shop: ClusterOf) -> None:
    pod = """{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: auth},
      status: {podIPs: [{ip: 10.9.0.1}]}}"""
    spec = "{ingress: [{from: [{ipBlock: {cidr: 10.8.0.0/16}}]}]}"
    cluster = shop(np("guard", spec), pod)
    assert (
        "auth/p (10.9.0.1) is not in 10.8.0.0/16"
        in nearest(cluster, "auth/p", "shop/web", 80)[1]
    )


def test_a_finished_pod_is_said_to_have_finished(shop: ClusterOf) -> None:
    pod = """{apiVersion: v1, kind: Pod, metadata: {name: done, namespace: auth},
      status: {phase: Failed}}"""
    part = shop(pod).explain("auth/done", "shop/web", 80).parts[0]
    assert not part.allowed
    assert "has finished" in part.egress.because


def test_a_node_that_is_not_exempt_has_an_address_nobody_knows(shop: ClusterOf) -> None:
    spec = "{ingress: [{from: [{ipBlock: {cidr: 10.8.0.0/16}}]}]}"
    cluster = shop(np("guard", spec))
    cluster = cluster.under(cluster.profile.with_setting("node_local", "none"))
    part = cluster.explain("node", "shop/web", 80).parts[0]
    assert part.ingress.nearest is not None
    assert "node's address is not known" in part.ingress.nearest.hint
    assert "no policy applies" in part.egress.because
