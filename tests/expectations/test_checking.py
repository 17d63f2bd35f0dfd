import pytest

from netsim import LoadError
from netsim.query.expectations.outcomes import Checked
from tests.expectations.conftest import DENY, GUARD, Ask, ClusterOf, policy

UNMODELLED = """
{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: c, namespace: shop}}
"""


def said(checked: Checked) -> str:
    return checked.witness.sentence if checked.witness else ""


@pytest.mark.parametrize(
    ("test", "status", "sentence"),
    [
        ("{from: shop/api, to: shop/db, port: postgres, expect: allow}", "passed", ""),
        ("{from: shop/api, to: shop/svc/db, expect: allow}", "passed", ""),
        (
            "{from: shop/web, to: shop/db, port: 5432, expect: allow}",
            "failed",
            "shop/web -> shop/db on 5432/TCP is denied",
        ),
        (
            "{from: shop/api, to: shop/db, expect: allow}",
            "failed",
            "shop/api -> shop/db on 1/TCP is denied",
        ),
        (
            "{from: shop/api, to: shop/db, port: [5432, 80/udp], expect: allow}",
            "failed",
            "shop/api -> shop/db on 80/UDP is denied",
        ),
        (
            '{from: "*", to: shop/db, expect: deny}',
            "failed",
            "shop/api -> shop/db on 5432/TCP is allowed",
        ),
        ('{from: "*", to: shop/db, expect: deny, except: shop/api}', "passed", ""),
        ("{from: internet, to: shop/db, expect: deny}", "passed", ""),
        ("{from: [shop/web, other/], to: shop/db, expect: deny}", "passed", ""),
        ("{from: shop/db, to: shop/db, port: 1, expect: allow}", "passed", ""),
        (
            (
                "{from: {namespace: shop, labels: {app: api}}, to: shop/db, port: 5432, "
                "expect: allow}"
            ),
            "passed",
            "",
        ),
    ],
)  # fmt: skip
def test_allow_means_every_pair_and_port_and_deny_means_none(
    ask: Ask, test: str, status: str, sentence: str
) -> None:
    checked = ask(test, GUARD)
    assert (checked.status.value, said(checked)) == (status, sentence)


def test_a_failure_is_explained_with_file_and_line_and_counts_the_rest(ask: Ask) -> None:
    checked = ask('{from: "*", to: shop/, port: 9, expect: deny}', GUARD)
    assert checked.witness is not None
    assert checked.witness.flow == "other/batch -> shop/api on 9/TCP"
    assert checked.witness.more == 5
    assert checked.witness.explanation is not None


@pytest.mark.parametrize(
    ("test", "status", "part"),
    [
        ("{from: shop/ghost, to: shop/db, expect: deny}", "failed", "no pod or workload"),
        ("{from: shop/app=ghost, to: shop/db, expect: deny}", "failed", "no running pod"),
        ("{from: shop/ghost, to: shop/db, expect: deny, allow_empty: true}", "passed", ""),
        (
            "{from: shop/ghost, to: shop/db, expect: deny, xfail: soon}",
            "xfailed",
            "no pod or workload",
        ),
        ("{from: shop/api, to: shop/web, port: postgres, expect: deny}", "failed", "port name"),
        ("{from: shop/api, to: shop/api, expect: deny, except: shop/}", "failed", "no flow"),
        ("{from: shop/, to: apiserver, expect: deny}", "undecided", "API server"),
        ("{from: shop/, to: apiserver, expect: deny, undecided: ok}", "passed", ""),
        ("{from: shop/web, to: shop/db, expect: allow, xfail: not yet}", "xfailed", "denied"),
        ("{from: shop/web, to: shop/db, expect: deny, xfail: not yet}", "xpassed", "remove"),
    ],
)
def test_what_matches_nothing_or_cannot_be_known_fails_unless_waived(
    ask: Ask, test: str, status: str, part: str
) -> None:
    checked = ask(test, GUARD)
    assert checked.status.value == status
    assert part in said(checked)


def test_a_policy_that_is_not_evaluated_makes_it_undecided_where_it_may_have_a_say(
    ask: Ask,
) -> None:
    touched = ask("{from: other/, to: shop/db, expect: deny}", GUARD, UNMODELLED)
    assert touched.status.value == "undecided"
    assert "CiliumNetworkPolicy shop/c" in said(touched)
    apart = ask("{from: internet, to: other/, port: 1, expect: allow}", UNMODELLED)
    assert apart.status.value == "passed"


def test_the_api_server_is_found_by_its_endpoints_or_its_pods(cluster_of: ClusterOf) -> None:
    test = {"from": "shop/web", "to": "apiserver", "port": 6443, "expect": "allow"}
    endpoints = """
    {apiVersion: v1, kind: Endpoints, metadata: {name: kubernetes, namespace: default},
     subsets: [{addresses: [{ip: 172.18.0.3}]}]}
    """
    piece = """
    {apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, addressType: IPv4,
     metadata: {name: k, namespace: default, labels: {kubernetes.io/service-name: kubernetes}},
     endpoints: [{addresses: [172.18.0.4]}]}
    """
    pod = """
    {apiVersion: v1, kind: Pod, spec: {hostNetwork: true},
     metadata: {name: api, namespace: kube-system, labels: {component: kube-apiserver}}}
    """
    for text, name in ((endpoints, "172.18.0.3"), (piece, "172.18.0.4"), (pod, "api")):
        assert cluster_of(text).check(test).status.value == "passed"
        closed = cluster_of(text, DENY).check(test)
        assert f"{name} on 6443/TCP is denied" in said(closed)


def test_what_is_denied_may_pass_through_others(ask: Ask) -> None:
    chain = policy(
        "chain",
        "shop",
        "{podSelector: {matchLabels: {app: api}}, policyTypes: [Ingress], ingress: [{from: "
        "[{podSelector: {matchLabels: {app: web}}}]}]}",
    )
    plain = "{from: shop/web, to: shop/db, port: 5432, expect: deny%s}"
    assert ask(plain % "", GUARD, chain).status.value == "passed"
    through = ask(plain % ", transitive: true", GUARD, chain)
    assert through.status.value == "failed"
    assert said(through) == "shop/web -> shop/db passes through shop/api"
    assert through.witness is not None
    assert through.witness.path == (
        "shop/web -> shop/api on 1/TCP",
        "shop/api -> shop/db on 5432/TCP",
    )
    spared = ask(plain % ", transitive: true, except: shop/api", GUARD, chain)
    assert spared.status.value == "passed"


def test_strict_makes_what_rests_on_an_assumption_undecided(cluster_of: ClusterOf) -> None:
    from netsim.load import locate
    from netsim.load.documents import Document
    from netsim.load.fields import Report
    from netsim.query.expectations.checking import check
    from netsim.query.expectations.reading import read_expectations
    from netsim.source import Source

    test = {"from": "node", "to": "shop/db", "port": 1, "expect": "allow"}
    document = Document(Source(""), {"version": 1, "tests": [test]})
    (expectation,) = read_expectations(document, Report()).expectations
    worlds = cluster_of(DENY).worlds
    assert check(expectation, worlds, locate).status.value == "passed"
    strict = check(expectation, worlds, locate, strict=True)
    assert strict.status.value == "undecided"
    assert "node_local" in said(strict)


def test_a_faulty_test_raises_with_its_field(ask: Ask) -> None:
    with pytest.raises(LoadError, match="did you mean 'port'"):
        ask("{from: shop/, to: shop/, prot: 5, expect: deny}")
