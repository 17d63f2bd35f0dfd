"""What other linters get wrong, and what a finding says: small clusters, one reading each."""

from textwrap import dedent

import pytest
import yaml

import netsim
from netsim.lint.fragments import live_pod, manifests, namespace, pod, policy, service
from netsim.results import Finding, Severity

DNS = pod("kube-system/coredns", "k8s-app: kube-dns")
WEB = pod("shop/web", "app: web", "{name: http, containerPort: 8080}")
DB = pod("shop/db", "app: db", "{containerPort: 5432}")
DENY_EGRESS = policy("shop/deny", "podSelector: {}\npolicyTypes: [Egress]")


def found(rule: str, *texts: str) -> list[Finding]:
    objects = yaml.safe_load_all(manifests(*texts))
    return list(netsim.from_objects(objects).lint(select=[rule]))


def egress(name: str, rules: str) -> str:
    return policy(name, "podSelector: {}\npolicyTypes: [Egress]\negress:\n" + dedent(rules))


def ingress(name: str, selector: str, rules: str) -> str:
    spec = f"podSelector: {{{selector}}}\ningress:\n{dedent(rules)}"
    return policy(name, spec)


TO_DNS = "- to: [{namespaceSelector: {}, podSelector: {matchLabels: {k8s-app: kube-dns}}}]\n"


def test_dns_that_another_policy_grants_is_granted() -> None:
    web = egress("shop/web", "- ports: [{port: 443}]")
    assert found("dns-unreachable", DNS, WEB, web)
    assert found("dns-unreachable", DNS, WEB, web, egress("shop/dns", TO_DNS)) == []


def test_a_pod_that_may_send_nothing_needs_no_dns() -> None:
    assert found("dns-unreachable", DNS, WEB, DENY_EGRESS) == []


def test_without_53_tcp_alone_dns_is_a_warning() -> None:
    half = egress("shop/dns", TO_DNS + "  ports: [{port: 53, protocol: UDP}]")
    (item,) = found("dns-unreachable", DNS, WEB, half)
    assert item.severity is Severity.WARNING
    assert item.witness == "shop/web -> kube-system/coredns on 53/TCP: refused"


def test_dns_is_asked_on_the_ports_that_its_service_leads_to() -> None:
    server = pod(
        "kube-system/coredns",
        "k8s-app: kube-dns",
        "{name: dns, containerPort: 5353, protocol: UDP}",
    )
    front = service(
        "kube-system/kube-dns",
        "k8s-app: kube-dns",
        "{port: 53, protocol: UDP, targetPort: dns}",
    )
    on_53 = egress("shop/dns", TO_DNS + "  ports: [{port: 53, protocol: UDP}]")
    on_5353 = egress("shop/dns", TO_DNS + "  ports: [{port: 5353, protocol: UDP}]")
    assert found("dns-unreachable", server, front, WEB, on_53)
    assert found("dns-unreachable", server, front, WEB, on_5353) == []


def test_without_dns_pods_in_the_input_any_rule_for_53_will_do() -> None:
    assert found("dns-unreachable", WEB, egress("shop/web", "- ports: [{port: 443}]"))
    rules = "- ports: [{port: 443}, {port: 53}, {port: 53, protocol: UDP}]"
    assert found("dns-unreachable", WEB, egress("shop/web", rules)) == []


@pytest.mark.parametrize(
    ("selector", "hint"),
    [
        ("matchLabels: {app: wbe}", "app=web"),
        ("matchLabels: {name: web}", "app=web"),
        ("matchLabels: {app: totally-else}", ""),
    ],
)
def test_the_nearest_label_is_offered(selector: str, hint: str) -> None:
    (item,) = found(
        "policy-selects-nothing", WEB, policy("shop/p", f"podSelector: {{{selector}}}")
    )
    assert (f"`{hint}`" in item.fix) is bool(hint)


def test_match_expressions_select() -> None:
    spec = "podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [db]}]}"
    assert found("policy-selects-nothing", WEB, policy("shop/p", spec)) == []


def test_pods_elsewhere_are_pointed_to() -> None:
    (item,) = found(
        "policy-selects-nothing",
        WEB,
        pod("blog/page", "part: page"),
        policy("shop/p", "podSelector: {matchLabels: {part: page}}"),
    )
    assert "blog" in item.fix


def test_a_finished_pod_is_selected() -> None:
    finished = f"{WEB}status: {{phase: Succeeded}}\n"
    spec = "podSelector: {matchLabels: {app: web}}"
    assert found("policy-selects-nothing", finished, policy("shop/p", spec)) == []


def test_a_default_deny_is_never_redundant() -> None:
    deny = policy("shop/deny", "podSelector: {}\npolicyTypes: [Ingress]")
    own = ingress("shop/web", "matchLabels: {app: web}", "- from: [{podSelector: {}}]")
    assert found("*-redundant", WEB, deny, own) == []
    assert found("policy-without-effect", WEB, deny, own) == []


def test_of_two_policies_that_do_the_same_one_is_told() -> None:
    rules = "- from: [{podSelector: {}}]"
    both = [ingress(f"shop/{name}", "", rules) for name in ("a", "b")]
    assert [it.subject for it in found("*-redundant", WEB, *both)] == ["shop/b"]


def test_a_policy_that_matches_nothing_is_told_by_its_peers_and_is_not_to_be_removed() -> None:
    deny = policy("shop/deny", "podSelector: {}\npolicyTypes: [Ingress]")
    own = ingress("shop/web", "", "- from: [{namespaceSelector: {matchLabels: {name: shop}}}]")
    assert found("*-redundant", WEB, deny, own) == []
    assert [it.subject for it in found("namespace-label-unknown", WEB, deny, own)] == [
        "shop/web"
    ]


def test_a_rule_covered_by_two_others_together_is_redundant() -> None:
    rules = """\
    - ports: [{port: 80, endPort: 90}]
    - ports: [{port: 91, endPort: 99}]
    - ports: [{port: 85, endPort: 95}]
    """
    (item,) = found("rule-redundant", WEB, ingress("shop/web", "", rules))
    assert item.source.path == "spec.ingress[2]"


def test_alternatives_that_both_match_are_left_alone() -> None:
    rules = """\
    - from:
      - namespaceSelector: {matchLabels: {team: ops}}
      - podSelector: {matchLabels: {app: web}}
    """
    spaces = namespace("shop"), namespace("ops", "team: ops")
    others = pod("ops/web", "app: web"), pod("ops/other", "app: other")
    shown = ingress("shop/db", "matchLabels: {app: db}", rules)
    assert found("peers-or-not-and", *spaces, *others, DB, WEB, shown) == []
    (item,) = found("peers-or-not-and", *spaces, *others, DB, shown)
    assert "match 2 workloads; as one item they match 1 workload: ops/web" in item.message


def test_the_metadata_address_of_ipv6_counts_as_well() -> None:
    six = egress("shop/web", '- to: [{ipBlock: {cidr: "::/0"}}]')
    (item,) = found("metadata-reachable", WEB, six)
    assert "fd00:ec2::254" in item.message
    assert "169.254" not in item.message


def test_a_narrow_block_is_not_the_internet() -> None:
    narrow = egress("shop/web", "- to: [{ipBlock: {cidr: 198.51.100.0/24}}]")
    assert found("internet-egress", WEB, narrow) == []


def test_an_except_takes_pods_out_of_a_block() -> None:
    pods = (
        live_pod("shop/db", "app: db", "10.1.0.7"),
        live_pod("shop/web", "app: web", "10.2.0.7"),
    )
    block = "cidr: 10.0.0.0/8, except: [10.1.0.0/16, 10.2.0.0/16]"
    assert (
        found(
            "ip-block-covers-pods", *pods, egress("shop/p", f"- to: [{{ipBlock: {{{block}}}}}]")
        )
        == []
    )


def test_a_service_port_that_a_pod_declares_as_well_is_right() -> None:
    both = pod("shop/web", "app: web", "{containerPort: 80}, {containerPort: 8080}")
    front = service("shop/web", "app: web", "{port: 80, targetPort: 8080}")
    guard = ingress("shop/web", "matchLabels: {app: web}", "- ports: [{port: 80}]")
    assert found("service-port-not-pod-port", both, front, guard) == []
    assert found("service-port-not-pod-port", WEB, front, guard)


def test_a_namespace_that_only_its_name_is_known_of_makes_a_note() -> None:
    rules = "- from: [{namespaceSelector: {matchLabels: {team: ops}}}]"
    (item,) = found("namespace-label-unknown", DB, ingress("shop/db", "", rules))
    assert item.severity is Severity.NOTE


def test_a_database_that_named_pods_of_other_namespaces_reach_is_meant() -> None:
    page = pod("blog/page", "app: page")
    named = """\
    - from:
      - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: blog}}
        podSelector: {matchLabels: {app: page}}
    """
    guard = ingress("shop/db", "matchLabels: {app: db}", named)
    assert found("sensitive-port-open", DB, page, guard) == []
    assert found("sensitive-port-open", DB, page)


def test_the_web_alone_is_a_note_of_the_internet() -> None:
    for ports, severity in (("8080", Severity.NOTE), ("5432", Severity.WARNING)):
        guard = ingress("shop/web", "", f"- ports: [{{port: {ports}}}]")
        (item,) = found("internet-ingress", WEB, guard)
        assert item.severity is severity


def test_a_peer_on_the_host_network_is_not_half_open() -> None:
    host = pod("shop/db", "app: db", spec="hostNetwork: true")
    out = egress("shop/web", "- to: [{podSelector: {matchLabels: {app: db}}}]")
    assert found("half-open", WEB, host, out) == []


@pytest.mark.parametrize("field", ["from: []", "from: null", "from:"])
def test_empty_and_null_peers_mean_everybody(field: str) -> None:
    (item,) = found("absent-or-empty", WEB, ingress("shop/web", "", f"- {field}"))
    assert "everybody" in item.message


def test_an_annotation_answers_for_an_item_of_a_list() -> None:
    item = yaml.safe_load(policy("shop/p", "podSelector: {matchLabels: {app: nobody}}"))
    item["metadata"]["annotations"] = {"netsim/ignore": "policy-selects-nothing: soon"}
    whole = {"apiVersion": "v1", "kind": "List", "items": [yaml.safe_load(WEB), item]}
    assert netsim.from_objects([whole]).lint(select=["policy-selects-nothing"]) == ()
    del item["metadata"]["annotations"]
    assert netsim.from_objects([whole]).lint(select=["policy-selects-nothing"])


def test_without_what_is_written_lint_says_nothing_rather_than_less() -> None:
    loaded = netsim.from_objects(yaml.safe_load_all(manifests(WEB, DENY_EGRESS)))
    bare = netsim.Cluster(loaded.snapshot)
    with pytest.raises(ValueError, match="use a cluster from `load`"):
        bare.lint()
