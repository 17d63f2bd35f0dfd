"""Every rule of audit finds its bad example and leaves its good one alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

import netsim
from netsim.audit import CHECKS, RULES, audit
from netsim.lint.context import Context
from netsim.lint.rule import Check
from netsim.results import Finding, Severity

CLUSTER = Path(__file__).parents[2] / "fixtures" / "admission" / "cluster"


def found(text: str, *ids: str) -> list[Finding]:
    objects: Iterator[dict[str, object]] = yaml.safe_load_all(text)
    cluster = netsim.from_objects(objects, lenient=True)
    context = Context(cluster.worlds.directory, cluster.objects, cluster.findings)
    return list(audit(context, ids or None))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: str(check.rule.id))
def test_a_rule_finds_its_bad_example_and_not_its_good_one(check: Check) -> None:
    rule = check.rule
    assert {item.rule for item in found(rule.bad, rule.id)} == {rule.id}
    assert found(rule.good, rule.id) == []


def test_ids_are_words_that_no_two_rules_share() -> None:
    ids = [rule.id for rule in RULES]
    assert len(set(ids)) == len(ids)
    assert all(rule.summary and rule.why for rule in RULES)


def _said(rule: str) -> list[str]:
    text = (CLUSTER / "storage.yaml").read_text()
    return [item.message for item in found(text, rule)]


def test_a_refused_workload_is_told_with_the_servers_text() -> None:
    (message,) = _said("pod-security-rejects-pods")
    assert message == (
        "Deployment storage/backup is accepted, but its pods are refused: "
        'violates PodSecurity "restricted:latest": '
        'seccompProfile (pod or container "backup" must set '
        'securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")'
    )


def test_a_namespace_that_enforces_nothing_lets_pods_bypass_policies() -> None:
    (message,) = _said("namespace-not-restricted")
    assert message == (
        "namespace monitoring enforces privileged:latest: a new pod in this namespace could "
        "bypass all policies"
    )


_AGENT = """
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, namespace: %s}
spec:
  template:
    spec:
      hostPID: true
      containers:
      - {name: agent, image: agent, securityContext: {privileged: true}}
      volumes: [{name: node, hostPath: {path: %s}}]
"""


@pytest.mark.parametrize(
    "path", ["/", "/var", "/proc", "/var/run/docker.sock", "/etc/cni/net.d"]
)
def test_folders_that_give_a_node_away_are_ways_around_policies(path: str) -> None:
    (item,) = found(_AGENT % ("shop", path), "policy-bypass")
    assert item.severity is Severity.WARNING
    assert item.message == (
        "DaemonSet shop/agent can go around policies: privileged, so it may change its node's "
        "network; hostPID beside privileged, so it may enter any other pod; "
        f"hostPath {path}"
    )


def test_harmless_folders_are_not_told() -> None:
    (item,) = found(_AGENT % ("shop", "/var/log"), "policy-bypass")
    assert "hostPath" not in item.message


def test_parts_of_the_cluster_itself_are_only_noted() -> None:
    (item,) = found(_AGENT % ("kube-system", "/"), "policy-bypass")
    assert item.severity is Severity.NOTE


def test_pods_of_a_listed_workload_are_not_told_beside_it() -> None:
    pod = """
apiVersion: v1
kind: Pod
metadata:
  name: agent-x
  namespace: shop
  uid: 4f7a
  ownerReferences: [{kind: DaemonSet, name: agent, controller: true}]
spec: {hostNetwork: true, containers: [{name: agent, image: agent}]}
"""
    both = f"{_AGENT % ('shop', '/')}---{pod}"
    assert [item.subject for item in found(both, "policy-bypass")] == ["DaemonSet shop/agent"]
    twice = f"{pod}---{pod.replace('agent-x', 'agent-y')}"
    assert [item.subject for item in found(twice, "policy-bypass")] == ["Pod shop/agent-x"]


def test_a_suggestion_is_named_only_where_it_helps() -> None:
    pod = """
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec: {hostIPC: true, containers: [{name: web, image: web}]}
"""
    items = found(pod, "security-context-required")
    fixes = {item.message.partition(": ")[2].split(" (")[0]: item.fix for item in items}
    assert fixes["host namespaces"] == ""
    assert fixes["seccompProfile"] == "netsim suggest security-context shop/web"


@pytest.mark.parametrize("field", ["restartPolicy", "runtimeClassName"])
def test_a_field_that_is_no_text_breaks_nothing(field: str) -> None:
    text = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\n"
        f"spec: {{{field}: [Never], containers: [{{name: web, image: web}}]}}\n"
    )
    assert {item.subject for item in found(text)} == {"Pod shop/web"}
