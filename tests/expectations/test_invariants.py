import pytest

from tests.expectations.conftest import DENY, GUARD, Ask, policy

DNS = """
apiVersion: v1
kind: Pod
metadata: {name: dns, namespace: kube-system, labels: {k8s-app: kube-dns}}
spec: {containers: [{name: c, ports: [{name: dns, containerPort: 5353, protocol: UDP}]}]}
"""
DNS_SERVICE = """
{apiVersion: v1, kind: Service, metadata: {name: kube-dns, namespace: kube-system},
 spec: {selector: {k8s-app: kube-dns}, ports: [
  {name: u, port: 53, protocol: UDP, targetPort: 5353},
  {name: t, port: 53, protocol: TCP, targetPort: 5353}]}}
"""


def to_dns(port: int, *protocols: str) -> str:
    ports = ", ".join(f"{{port: {port}, protocol: {it}}}" for it in protocols)
    spec = f"{{podSelector: {{}}, policyTypes: [Egress], egress: [{{ports: [{ports}]}}]}}"
    return policy("to-dns", "shop", spec)


@pytest.mark.parametrize(
    ("test", "policies", "sentence"),
    [
        ("{invariant: isolated, target: shop/}", [DENY], ""),
        (
            "{invariant: isolated, target: shop/}",
            [GUARD],
            "shop/api is not isolated: no policy selects it for ingress",
        ),
        ("{invariant: isolated, target: shop/db, direction: ingress}", [GUARD], ""),
        ("{invariant: default-deny, target: shop/}", [DENY], ""),
        (
            "{invariant: default-deny, target: shop/}",
            [GUARD],
            (
                "shop/a new pod without labels would not be isolated for ingress: "
                "no policy of the namespace selects it"
            ),
        ),
        (
            "{invariant: dns-reachable, target: shop/}",
            [DNS, to_dns(53, "UDP")],
            "shop/api -> kube-system/dns on 53/TCP is denied",
        ),
        ("{invariant: dns-reachable, target: shop/}", [DNS, to_dns(53, "UDP", "TCP")], ""),
        (
            "{invariant: dns-reachable, target: shop/}",
            [DNS, DNS_SERVICE, to_dns(53, "UDP", "TCP")],
            "shop/api -> kube-system/dns on 5353/TCP is denied",
        ),
        (
            "{invariant: dns-reachable, target: shop/}",
            [DNS, DNS_SERVICE, to_dns(5353, "UDP", "TCP")],
            "",
        ),
        ("{invariant: no-internet-egress, target: shop/}", [DENY], ""),
        (
            "{invariant: no-internet-egress, target: shop/}",
            [to_dns(53, "UDP")],
            "shop/api -> 1.0.0.0 on 53/UDP is allowed",
        ),
        ("{invariant: no-internet-ingress, target: shop/db}", [GUARD], ""),
        (
            "{invariant: no-internet-ingress, target: shop/}",
            [GUARD],
            "1.0.0.0 -> shop/api on 1/TCP is allowed",
        ),
        ("{invariant: no-cross-namespace, target: shop/}", [DENY], ""),
        (
            "{invariant: no-cross-namespace, target: shop/db}",
            [GUARD],
            "shop/db -> other/batch on 1/TCP is allowed",
        ),
        ("{invariant: no-cross-namespace, target: shop/db, except: other/}", [GUARD], ""),
    ],
)
def test_an_invariant_holds_or_shows_who_breaks_it(
    ask: Ask, test: str, policies: list[str], sentence: str
) -> None:
    checked = ask(test, *policies)
    assert (checked.witness.sentence if checked.witness else "") == sentence
    assert checked.status.value == ("failed" if sentence else "passed")


def test_what_is_not_evaluated_may_isolate_as_well(ask: Ask) -> None:
    cilium = (
        "{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, "
        "metadata: {name: c, namespace: shop}}"
    )
    test = "{invariant: isolated, target: %s}"
    assert ask(test % "shop/", cilium).status.value == "undecided"
    assert ask(test % "other/", cilium).status.value == "failed"
    assert ask(test % "shop/", cilium, DENY).status.value == "passed"


def test_policies_that_together_select_every_pod_are_a_default_deny(ask: Ask) -> None:
    halves = [
        policy(f"half-{operator.lower()}", "shop", "{podSelector: {matchExpressions: [{key: "
               f"app, operator: {operator}}}]}}, policyTypes: [Ingress]}}")
        for operator in ("Exists", "DoesNotExist")
    ]  # fmt: skip
    test = "{invariant: default-deny, target: shop/, direction: ingress}"
    assert ask(test, *halves).status.value == "passed"
    alone = ask(test, halves[1])
    assert alone.witness is not None
    assert "a new pod with app=any would not be isolated" in alone.witness.sentence
