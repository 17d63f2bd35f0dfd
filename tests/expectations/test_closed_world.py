import pytest

from tests.expectations.conftest import DENY, GUARD, Ask, policy


def inward(peers: str) -> str:
    return policy(
        "guard",
        "shop",
        "{podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress], ingress: [{from: "
        f"[{peers}], ports: [{{port: 5432}}]}}]}}",
    )


LABELLED = inward("{podSelector: {matchLabels: {app: api}}}")
WHOLE = inward("{podSelector: {}}")
BY_NAMESPACE = inward("{namespaceSelector: {matchLabels: {team: ops}}}")
BY_KEY = inward("{podSelector: {matchExpressions: [{key: app, operator: Exists}]}}")
BLOCK = inward("{ipBlock: {cidr: 203.0.113.0/24}}")
ANYONE = policy("guard", "shop", "{podSelector: {}, ingress: [{ports: [{port: 5432}]}]}")
API = "{from: shop/api, port: 5432}"


@pytest.mark.parametrize(
    ("listed", "guard", "sentence"),
    [
        (API, LABELLED, ""),
        ("{from: shop/app=api, port: 5432/tcp}", LABELLED, ""),
        ("{from: shop/api, port: 5433}", LABELLED, "shop/api -> shop/db on 5433/TCP is denied"),
        ("", LABELLED, "shop/api -> shop/db on 5432/TCP is allowed"),
        (f"{API}, {{from: shop/web, port: 5432}}", WHOLE, "shop/a new pod -> shop/db"),
        ("{from: shop/, port: 5432}", WHOLE, ""),
        ("{from: shop/, port: 5432}", LABELLED, "shop/web -> shop/db on 5432/TCP is denied"),
        ("{from: other/batch, port: 5432}", BY_NAMESPACE, "other/a new pod -> shop/db"),
        ("{from: other/, port: 5432}", BY_NAMESPACE, ""),
        ("{from: [shop/api, shop/web], port: 5432}", BY_KEY, "new pod with app=any -> shop/db"),
        ("{from: shop/app, port: 5432}", BY_KEY, "no pod or workload"),
        ("{from: 203.0.113.0/24, port: 5432}", BLOCK, ""),
        ("{from: 203.0.113.0/25, port: 5432}", BLOCK, "203.0.113.128 -> shop/db on 5432/TCP"),
        ("{from: 203.0.113.0/24, port: 5432}", ANYONE, "other/batch -> shop/db on 5432/TCP"),
        ('{from: ["*", internet], port: 5432}', ANYONE, "0.0.0.0 -> shop/db on 5432/TCP"),
        ('{from: ["*", 0.0.0.0/0], port: 5432}', ANYONE, ""),
    ],
)
def test_only_means_nobody_else_today_or_tomorrow_inside_or_outside(
    ask: Ask, listed: str, guard: str, sentence: str
) -> None:
    checked = ask(f"{{to: shop/db, only: [{listed}]}}", guard)
    found = checked.witness.sentence if checked.witness else ""
    assert sentence in found
    assert checked.status.value == ("failed" if sentence else "passed")


def test_exceptions_are_left_out_newcomers_like_them_included(ask: Ask) -> None:
    test = "{to: shop/db, only: [], except: [%s]}"
    assert ask(test % "shop/", WHOLE).status.value == "passed"
    assert ask(test % "shop/api", WHOLE).status.value == "failed"


def test_a_new_pod_gets_past_the_egress_of_its_namespace_if_any_labels_do(ask: Ask) -> None:
    test = "{to: shop/db, only: [{from: shop/api, port: 5432}]}"
    closed = policy("closed", "shop", "{podSelector: {}, policyTypes: [Egress]}")
    out = policy(
        "out",
        "shop",
        "{podSelector: {matchLabels: {out: 'yes'}}, policyTypes: [Egress], egress: [{}]}",
    )
    api = policy(
        "api", "shop", "{podSelector: {matchLabels: {app: api}}, egress: [{}], "
        "policyTypes: [Egress]}"
    )  # fmt: skip
    assert ask(test, WHOLE, closed, api).status.value == "passed"
    found = ask(test, WHOLE, closed, api, out)
    assert found.witness is not None
    assert "shop/a new pod with out=yes -> shop/db" in found.witness.sentence


def test_only_from_lists_targets_and_closes_the_rest(ask: Ask) -> None:
    egress = policy(
        "egress",
        "shop",
        "{podSelector: {matchLabels: {app: api}}, policyTypes: [Egress], egress: [{to: "
        "[{podSelector: {matchLabels: {app: db}}}], ports: [{port: postgres}]}]}",
    )
    listed = "{from: shop/api, only: [%s]}"
    assert ask(listed % "{to: shop/db, port: postgres}", egress).status.value == "passed"
    assert ask(listed % "{to: shop/svc/db}", egress).status.value == "passed"
    assert ask(listed % "", egress).status.value == "failed"
    assert ask(listed % "{to: shop/db, port: postgres}").status.value == "failed"


def test_the_own_node_is_nobody_that_could_be_kept_out(ask: Ask) -> None:
    assert ask("{to: shop/db, only: []}", DENY).status.value == "passed"
    assert ask("{to: shop/db, only: [{from: node}]}", DENY).status.value == "passed"


def test_a_guard_by_name_of_a_port_counts(ask: Ask) -> None:
    assert ask("{to: shop/db, only: [{from: shop/api, port: postgres}]}", GUARD).broken is False
