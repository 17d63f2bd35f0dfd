"""Questions to clusters with cluster-wide policies and nodes."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

import netsim
from netsim import Cluster, Outcome, UndecidedError, UnknownEndpointError
from netsim.load import locate
from netsim.report.explanations import explanation_value
from netsim.report.inventory_values import policies_value

ROOT = Path(__file__).parents[2]
TIERS = ROOT / "fixtures" / "clusters" / "tiers" / "manifests"
PODS = """
- {apiVersion: v1, kind: Namespace, metadata: {name: x}}
- {apiVersion: v1, kind: Pod, metadata: {name: a, namespace: x, labels: {app: a}}}
- {apiVersion: v1, kind: Pod, metadata: {name: b, namespace: x, labels: {app: b}}}
"""
POLICY = """
apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: {{name: {name}}}
spec: {{tier: Admin, priority: 5, subject: {{namespaces: {{}}}}, {rules}}}
"""
NAMED = (
    "egress: [{action: Accept, to: [{domainNames: [example.com]}],"
    " protocols: [{tcp: {destinationPort: {number: 443}}}]},"
    " {action: Deny, to: [{networks: [0.0.0.0/0]}]}]"
)


@pytest.fixture(scope="module")
def tiers() -> Cluster:
    return netsim.load(TIERS)


def cluster_with(*rules: str) -> Cluster:
    objects: list[dict[str, Any]] = yaml.safe_load(PODS)
    for number, some in enumerate(rules):
        objects.append(yaml.safe_load(POLICY.format(name=f"p{number}", rules=some)))
    return netsim.from_objects(objects)


def test_an_explanation_tells_the_tiers_in_order(tiers: Cluster) -> None:
    (part,) = tiers.explain("monitoring/prometheus", "shop/db", 9090).parts
    assert part.ingress.because == (
        "Admin: priority 30 `pass-monitoring` passes 9090/TCP"
        " · NetworkPolicy: isolated by shop/db-guard, no rule · denied"
    )
    assert [step.tier.label for step in part.ingress.tiers] == ["Admin", "NetworkPolicy"]
    assert part.ingress.tiers[0].rule is not None
    assert part.ingress.tiers[0].rule.path == "spec.ingress[0].from[0]"
    assert part.ingress.nearest is not None


@pytest.mark.parametrize(
    ("source", "target", "port", "because"),
    [
        (
            "bank/ledger",
            "shop/db",
            5432,
            "Admin: priority 40 `part-tenants` denies 5432/TCP · denied",
        ),
        (
            "shop/web",
            "shop/db",
            5432,
            (
                "Admin: priority 40 `part-tenants` passes 5432/TCP"
                " · NetworkPolicy: allowed by shop/db-guard spec.ingress[0].from[0] · allowed"
            ),
        ),
        (
            "monitoring/prometheus",
            "bank/ledger",
            9090,
            (
                "Admin: priority 30 `pass-monitoring` passes 9090/TCP"
                " · NetworkPolicy: not isolated"
                " · Baseline: priority 100 `closed-unless-said` accepts 9090/TCP · allowed"
            ),
        ),
        (
            "internet",
            "bank/ledger",
            443,
            (
                "Admin: no rule matches · NetworkPolicy: not isolated"
                " · Baseline: no rule matches · open"
            ),
        ),
    ],
)
def test_each_tier_is_told_until_one_decides(
    tiers: Cluster, source: str, target: str, port: int, because: str
) -> None:
    parts = tiers.explain(source, target, port).parts
    assert {part.ingress.because for part in parts} == {because}


def test_ends_that_only_network_policies_are_about_are_told_as_ever(tiers: Cluster) -> None:
    cluster = netsim.load(TIERS.parents[1] / "shop" / "manifests")
    (part,) = cluster.explain("shop/api", "shop/db", 5432).parts
    assert part.ingress.tiers == part.egress.tiers == ()
    (part,) = tiers.explain("kube-system/coredns", "monitoring/prometheus", 80).parts
    assert part.ingress.tiers == ()


def test_values_of_tiers_meet_their_schema(tiers: Cluster) -> None:
    found = explanation_value(tiers.explain("monitoring/prometheus", "shop/db", 9090))
    schema = json.loads((ROOT / "docs" / "schema" / "explanation.json").read_text())
    jsonschema.validate({**found, "faults": []}, schema)
    snapshot, graph = tiers.snapshot, tiers.worlds.graph
    listed = policies_value(snapshot.all_policies, (), graph, locate)
    schema = json.loads((ROOT / "docs" / "schema" / "policies.json").read_text())
    jsonschema.validate({**listed, "faults": []}, schema)
    items = listed["items"]
    assert isinstance(items, list)
    by_name = {item["name"]: item for item in items if isinstance(item, dict)}
    assert by_name["part-tenants"]["tier"] == "Admin"
    assert by_name["part-tenants"]["priority"] == 40
    assert by_name["part-tenants"]["selected"] == 2
    assert by_name["db-guard"]["tier"] == "NetworkPolicy"


def test_nodes_are_named_and_found_by_address(tiers: Cluster) -> None:
    assert not tiers.can_reach("bank/teller", "node/control-1", 10250)
    assert tiers.can_reach("bank/teller", "node/worker-1", 10250)
    assert not tiers.can_reach("bank/teller", "192.168.10.1", 10250)
    assert tiers.can_reach("node/worker-1", "shop/db", 5432)
    with pytest.raises(UnknownEndpointError, match="did you mean 'node/worker-1'"):
        tiers.can_reach("node/worker-2", "shop/db", 5432)
    everyone = tiers.connections(source="*")
    assert {row.source.kind for row in everyone if hasattr(row.source, "kind")} == {"Pod"}


def test_a_namespace_called_node_can_still_be_named() -> None:
    objects = [
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "node"}}
        for name in "ab"
    ]
    assert netsim.from_objects(objects).can_reach("node/a", "node/b", 80)


def test_the_own_node_of_a_pod_is_its_node_object(tiers: Cluster) -> None:
    verdict = tiers.verdict("shop/db", "node", 80)
    assert [str(getattr(pair.pair.target, "key", "")) for pair in verdict.pairs] == [
        "node/worker-1"
    ]


def test_names_are_undecided_only_where_they_matter() -> None:
    cluster = cluster_with(NAMED)
    with pytest.raises(UndecidedError, match="netsim does not resolve names"):
        cluster.can_reach("x/a", "192.0.2.1", 443)
    assert not cluster.can_reach("x/a", "192.0.2.1", 80)
    assert cluster.can_reach("x/a", "x/b", 443)
    with pytest.raises(UndecidedError, match="netsim does not resolve names"):
        cluster.allowed(["x/a", "x/a"], ["x/b", "192.0.2.1"], 443)
    assert cluster.allowed(["x/a", "x/a"], ["x/b", "192.0.2.1"], 80).tolist() == [True, False]
    unsure = [row for row in cluster.connections(source="x/a") if row.undecided]
    assert len(unsure) == 1
    settled = cluster.under(cluster.profile.with_setting("domain_names", "accept"))
    assert settled.can_reach("x/a", "192.0.2.1", 443)


def test_equal_priorities_are_an_assumption_where_their_order_matters() -> None:
    deny = "ingress: [{action: Deny, from: [{namespaces: {}}]}]"
    accept = (
        "ingress: [{action: Accept, from: [{namespaces: {}}],"
        " protocols: [{tcp: {destinationPort: {number: 80}}}]}]"
    )
    cluster = cluster_with(deny, accept)
    (assumption,) = cluster.verdict("x/a", "x/b", 80).assumptions
    assert (assumption.switch, assumption.setting) == ("same_priority", "by-name")
    assert assumption.otherwise == "accept-first"
    assert cluster.verdict("x/a", "x/b", 81).assumptions == ()
    strict = cluster.verdict("x/a", "x/b", 80, strict=True)
    assert strict.outcome is not Outcome.ALLOWED


def test_a_difference_names_the_policy_of_the_tier_that_caused_it() -> None:
    deny = "ingress: [{action: Deny, from: [{namespaces: {}}]}]"
    pairs = (
        (cluster_with(deny), cluster_with(), "policy-removed"),
        (cluster_with(), cluster_with(deny), "policy-added"),
        (cluster_with(deny), cluster_with(deny.replace("Deny", "Pass")), "policy-changed"),
    )
    for before, after, what in pairs:
        change = netsim.diff(before, after)
        found = [*change.opened, *change.closed]
        assert found
        assert {cause.change for item in found for cause in item.causes} == {what}
