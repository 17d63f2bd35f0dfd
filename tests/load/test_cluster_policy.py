"""What the CRDs of the cluster-wide policy kinds reject, and what netsim says of it."""

from typing import Any

import pytest
import yaml

from netsim.load import Loaded, snapshot_from_objects
from netsim.model.labels import EVERYTHING
from netsim.model.policy import AnyPeer, Direction, PodPeer
from netsim.model.ports import AnyPort, NamedPort, PortRange, Protocol
from netsim.model.tiers import Action, ClusterPolicy, DomainPeer, NodePeer, Tier

GROUP = "policy.networking.k8s.io"
KINDS = {
    "cnp": ("v1alpha2", "ClusterNetworkPolicy"),
    "anp": ("v1alpha1", "AdminNetworkPolicy"),
    "banp": ("v1alpha1", "BaselineAdminNetworkPolicy"),
}
CNP = "tier: Admin, priority: 5, subject: {namespaces: {}}"
ANP = "priority: 5, subject: {namespaces: {}}"
DENIED = CNP + ", ingress: [{action: Deny, from: [{namespaces: {}}], "
FORMERLY_DENIED = ANP + ", ingress: [{action: Deny, from: [{namespaces: {}}], "
NAMED = "protocols: [{destinationNamedPort: web}]"


def manifest(kind: str, spec: str, name: str = "p") -> dict[str, Any]:
    version, word = KINDS[kind]
    title = "default" if kind == "banp" else name
    return {
        "apiVersion": f"{GROUP}/{version}",
        "kind": word,
        "metadata": {"name": title},
        "spec": yaml.safe_load(f"{{{spec}}}"),
    }


def loaded(kind: str, spec: str) -> Loaded:
    return snapshot_from_objects([manifest(kind, spec)])


def policy(kind: str, spec: str) -> ClusterPolicy:
    found = loaded(kind, spec)
    assert found.errors == ()
    (only,) = found.snapshot.cluster_policies
    return only


REJECTED = [
    ("cnp", "priority: 5, subject: {namespaces: {}}", "spec.tier", "a tier is required"),
    ("cnp", CNP.replace("Admin", "admin"), "spec.tier", "'admin' is no tier"),
    ("cnp", "tier: Admin, subject: {namespaces: {}}", "spec.priority", "is required"),
    ("cnp", CNP.replace("5", "1001"), "spec.priority", "not between 0 and 1000"),
    ("cnp", CNP.replace("5", "-1"), "spec.priority", "not between 0 and 1000"),
    ("cnp", CNP.replace("5", '"5"'), "spec.priority", "must be an integer"),
    ("cnp", "tier: Admin, priority: 5", "spec.subject", "a subject is required"),
    ("cnp", "tier: Admin, priority: 5, subject: {}", "spec.subject", "none is"),
    (
        "cnp",
        "tier: Admin, priority: 5, subject: {namespaces: {}, pods: {podSelector: {}}}",
        "spec.subject",
        "not namespaces and pods",
    ),
    (
        "cnp",
        "tier: Admin, priority: 5, subject: {pods: {namespaceSelector: {}}}",
        "spec.subject.pods.podSelector",
        "is required",
    ),
    (
        "anp",
        "priority: 5, subject: {pods: {podSelector: {}}}",
        "spec.subject.pods.namespaceSelector",
        "is required",
    ),
    (
        "cnp",
        f"{CNP}, ingress: [{{action: Allow, from: [{{namespaces: {{}}}}]}}]",
        "spec.ingress[0].action",
        "v1alpha2 says Accept",
    ),
    (
        "anp",
        f"{ANP}, ingress: [{{action: Accept, from: [{{namespaces: {{}}}}]}}]",
        "spec.ingress[0].action",
        "v1alpha1 says Allow",
    ),
    (
        "anp",
        f"{ANP}, ingress: [{{action: deny, from: [{{namespaces: {{}}}}]}}]",
        "spec.ingress[0].action",
        "write Deny",
    ),
    (
        "banp",
        "subject: {namespaces: {}}, ingress: [{action: Pass, from: [{namespaces: {}}]}]",
        "spec.ingress[0].action",
        "use Allow, Deny",
    ),
    (
        "cnp",
        f"{CNP}, ingress: [{{from: [{{namespaces: {{}}}}]}}]",
        "spec.ingress[0].action",
        "an action is required",
    ),
    ("cnp", f"{CNP}, ingress: [{{action: Deny}}]", "spec.ingress[0].from", "at least one peer"),
    (
        "cnp",
        f"{CNP}, ingress: [{{action: Deny, from: []}}]",
        "spec.ingress[0].from",
        "at least one peer",
    ),
    (
        "cnp",
        f"{CNP}, ingress: [{{action: Deny, from: [{{}}]}}]",
        "spec.ingress[0].from[0]",
        "none is",
    ),
    (
        "cnp",
        f"{CNP}, ingress: [{{action: Deny, from: [{{namespaces: null}}]}}]",
        "spec.ingress[0].from[0]",
        "an empty selector is written {}",
    ),
    (
        "cnp",
        f"{CNP}, ingress: [{{action: Deny, from: [{{networks: [10.0.0.0/8]}}]}}]",
        "spec.ingress[0].from[0].networks",
        "unknown field",
    ),
    (
        "cnp",
        f"{CNP}, ingress: [{{action: Deny, from: [{{namespace: {{}}}}]}}]",
        "spec.ingress[0].from[0].namespace",
        "did you mean 'namespaces'?",
    ),
    (
        "anp",
        ANP + ", ingress: [{action: Deny, from: [{namespaces: {namespaceSelector: {}}}]}]",
        "spec.ingress[0].from[0].namespaces.namespaceSelector",
        "before v0.1.2",
    ),
    (
        "anp",
        f"{ANP}, ingress: [{{action: Deny, from: [{{namespaces: {{sameLabels: [a]}}}}]}}]",
        "spec.ingress[0].from[0].namespaces.sameLabels",
        "before v0.1.2",
    ),
    (
        "anp",
        ANP + ", ingress: [{action: Deny, from: [{pods: {namespaces: {}, podSelector: {}}}]}]",
        "spec.ingress[0].from[0].pods.namespaces",
        "before v0.1.2",
    ),
    (
        "cnp",
        f"{CNP}, egress: [{{action: Deny, to: [{{networks: [10.0.0.0/33]}}]}}]",
        "spec.egress[0].to[0].networks[0]",
        "is not a CIDR",
    ),
    (
        "cnp",
        f"{CNP}, egress: [{{action: Deny, to: [{{networks: [010.0.0.0/8]}}]}}]",
        "spec.egress[0].to[0].networks[0]",
        "is not a CIDR",
    ),
    (
        "cnp",
        f"{CNP}, egress: [{{action: Deny, to: [{{networks: []}}]}}]",
        "spec.egress[0].to[0].networks",
        "at least one network",
    ),
    (
        "cnp",
        f"{CNP}, egress: [{{action: Accept, to: [{{domainNames: ['*']}}]}}]",
        "spec.egress[0].to[0].domainNames[0]",
        "is no domain name",
    ),
    (
        "banp",
        "subject: {namespaces: {}}, egress: [{action: Allow, to: [{domainNames: [a.b]}]}]",
        "spec.egress[0].to[0].domainNames",
        "unknown field",
    ),
    (
        "cnp",
        CNP + ", egress: [{action: Deny, to: [{nodes: {}}], " + NAMED + "}]",
        "spec.egress[0].to",
        "may not stand beside",
    ),
    (
        "cnp",
        f"{CNP}, ingress: [{{action: Deny, from: [{{namespaces: {{}}}}], protocols: []}}]",
        "spec.ingress[0].protocols",
        "at least one port",
    ),
    (
        "cnp",
        DENIED + "protocols: [{tcp: {}}]}]",
        "spec.ingress[0].protocols[0].tcp.destinationPort",
        "is required",
    ),
    (
        "cnp",
        DENIED + "protocols: [{tcp: {destinationPort: {range: {start: 9, end: 9}}}}]}]",
        "spec.ingress[0].protocols[0].tcp.destinationPort.range.end",
        "is not above start 9",
    ),
    (
        "cnp",
        DENIED + "protocols: [{tcp: {destinationPort: {number: 0}}}]}]",
        "spec.ingress[0].protocols[0].tcp.destinationPort.number",
        "0 is not between",
    ),
    (
        "cnp",
        f"{CNP}, ingress: [{{action: Deny, from: [{{namespaces: {{}}}}], ports: [{{}}]}}]",
        "spec.ingress[0].ports",
        "unknown field",
    ),
    (
        "anp",
        FORMERLY_DENIED + "ports: [{portNumber: {port: 1}, namedPort: web}]}]",
        "spec.ingress[0].ports[0]",
        "not namedPort and portNumber",
    ),
    (
        "anp",
        FORMERLY_DENIED + "ports: [{portNumber: {protocol: tcp, port: 1}}]}]",
        "spec.ingress[0].ports[0].portNumber.protocol",
        "is not supported",
    ),
    (
        "cnp",
        "tier: Admin, priority: 5, subject: {namespaces: {matchLabels: {a: -}}}",
        "spec.subject.namespaces.matchLabels",
        "is not valid",
    ),
]


@pytest.mark.parametrize(("kind", "spec", "path", "problem"), REJECTED)
def test_what_the_crd_rejects_is_an_error_with_its_place(
    kind: str, spec: str, path: str, problem: str
) -> None:
    found = loaded(kind, spec)
    assert [error.source.path for error in found.errors] == [path]
    assert problem in found.errors[0].problem
    assert found.snapshot.cluster_policies == ()
    assert found.snapshot.unmodelled == ()


@pytest.mark.parametrize(("kind", "spec", "most"), [("cnp", CNP, 25), ("anp", ANP, 100)])
def test_lists_are_as_long_as_the_crd_lets_them_be(kind: str, spec: str, most: int) -> None:
    peer = "{namespaces: {}}"
    rule = f"{{action: Deny, from: [{peer}]}}"
    assert not loaded(kind, f"{spec}, ingress: [{', '.join([rule] * most)}]").errors
    (error,) = loaded(kind, f"{spec}, ingress: [{', '.join([rule] * (most + 1))}]").errors
    assert (error.source.path, error.problem) == (
        "spec.ingress",
        f"{most + 1} rules are more than {most}",
    )
    peers = ", ".join([peer] * (most + 1))
    (error,) = loaded(kind, f"{spec}, ingress: [{{action: Deny, from: [{peers}]}}]").errors
    assert error.source.path == "spec.ingress[0].from"


def test_a_name_of_a_rule_has_at_most_a_hundred_characters() -> None:
    rule = "{{name: {}, action: Deny, from: [{{namespaces: {{}}}}]}}"
    assert not loaded("cnp", f"{CNP}, ingress: [{rule.format('x' * 100)}]").errors
    (error,) = loaded("cnp", f"{CNP}, ingress: [{rule.format('x' * 101)}]").errors
    assert error.source.path == "spec.ingress[0].name"


def test_a_baseline_of_v1alpha1_is_called_default_and_no_kind_has_a_namespace() -> None:
    wrong = manifest("banp", "subject: {namespaces: {}}")
    wrong["metadata"] = {"name": "other", "namespace": "shop"}
    found = snapshot_from_objects([wrong])
    assert [error.source.path for error in found.errors] == [
        "metadata.namespace",
        "metadata.name",
    ]


@pytest.mark.parametrize(
    ("version", "kind"),
    [
        (f"{GROUP}/v1alpha1", "ClusterNetworkPolicy"),
        (f"{GROUP}/v1alpha2", "AdminNetworkPolicy"),
        ("", "ClusterNetworkPolicy"),
    ],
)
def test_a_kind_of_another_version_is_an_error(version: str, kind: str) -> None:
    written = {**manifest("cnp", CNP), "apiVersion": version, "kind": kind}
    (error,) = snapshot_from_objects([written]).errors
    assert error.source.path == "apiVersion"


def test_both_versions_are_folded_into_one_shape() -> None:
    rules = "from: [{pods: {namespaceSelector: {}, podSelector: {}}}]"
    one = policy(
        "anp",
        f"{ANP}, ingress: [{{action: Allow, {rules}, ports: [{{portNumber: {{port: 1}}}}]}}]",
    )
    other = policy(
        "cnp",
        f"{CNP}, ingress: [{{action: Accept, {rules}, "
        "protocols: [{tcp: {destinationPort: {number: 1}}}]}]",
    )
    assert one.rules == other.rules
    assert (one.tier, one.order, one.subject) == (other.tier, other.order, other.subject)
    (rule,) = one.rules[Direction.INGRESS]
    assert rule.peers == (PodPeer(EVERYTHING, EVERYTHING),)
    assert rule.ports == (PortRange(Protocol.TCP, 1, 1),)
    baseline = policy("banp", "subject: {namespaces: {}}")
    assert (baseline.tier, baseline.priority, baseline.order) == (Tier.BASELINE, None, 1001)


def test_a_named_port_stands_for_every_protocol_and_no_ports_for_all() -> None:
    found = policy(
        "cnp",
        f"{CNP}, egress: [{{action: Pass, to: [{{namespaces: {{}}}}], "
        "protocols: [{destinationNamedPort: web}]}, {action: Deny, to: [{nodes: {}}]}]",
    )
    named, free = found.rules[Direction.EGRESS]
    assert named.ports == tuple(NamedPort(protocol, "web") for protocol in Protocol)
    assert free.ports == (AnyPort(),)
    assert free.peers == (NodePeer(EVERYTHING),)


@pytest.mark.parametrize(
    ("action", "kept"), [("Accept", (Action.ACCEPT, ())), ("Pass", (Action.DENY, (AnyPeer(),)))]
)
def test_a_peer_of_a_kind_to_come_fails_closed(
    action: str, kept: tuple[Action, tuple[AnyPeer, ...]]
) -> None:
    found = loaded("cnp", f"{CNP}, egress: [{{action: {action}, to: [{{quarks: {{}}}}]}}]")
    assert [item.rule for item in found.findings] == ["peer-not-known"]
    (rule,) = found.snapshot.cluster_policies[0].rules[Direction.EGRESS]
    assert (rule.action, rule.peers) == kept


def test_domain_names_are_kept_and_doubted_where_they_deny() -> None:
    found = loaded("cnp", f"{CNP}, egress: [{{action: Deny, to: [{{domainNames: [a.b]}}]}}]")
    assert [item.rule for item in found.findings] == ["domain-names-without-accept"]
    (rule,) = found.snapshot.cluster_policies[0].rules[Direction.EGRESS]
    assert rule.peers == (DomainPeer(("a.b",)),)
