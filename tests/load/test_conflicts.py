"""Where cluster-wide policies leave an order open, and which nodes are endpoints."""

from typing import Any

import yaml

from netsim.load import snapshot_from_objects
from netsim.model.profile import Profile, SamePriority
from tests.load.test_cluster_policy import ANP, CNP, manifest

POD: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "web", "namespace": "shop", "labels": {"app": "web"}},
}
SPACE: dict[str, Any] = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
DENY = "ingress: [{action: Deny, from: [{namespaces: {}}]}]"
ACCEPT = "ingress: [{action: Accept, from: [{namespaces: {}}]}]"


def conflicts(*objects: dict[str, Any]) -> list[str]:
    found = snapshot_from_objects([SPACE, POD, *objects])
    return [item.rule for item in found.findings]


def test_equal_priorities_are_told_of_where_they_could_matter() -> None:
    one, other = (
        manifest("cnp", f"{CNP}, {DENY}", "a"),
        manifest("cnp", f"{CNP}, {ACCEPT}", "b"),
    )
    assert conflicts(one, other) == ["same-priority-conflict"]
    later = manifest("cnp", f"{CNP.replace('5', '6')}, {ACCEPT}", "b")
    assert conflicts(one, later) == []
    assert conflicts(one, manifest("cnp", f"{CNP}, {DENY}", "b")) == []
    nobody = CNP.replace("namespaces: {}", "namespaces: {matchLabels: {x: y}}")
    assert "same-priority-conflict" not in conflicts(
        one, manifest("cnp", f"{nobody}, {ACCEPT}", "b")
    )
    below = manifest("cnp", f"{CNP.replace('Admin', 'Baseline')}, {ACCEPT}", "b")
    assert conflicts(one, below) == []
    both = ["same-priority-conflict", "mixed-policy-versions"]
    allow = ACCEPT.replace("Accept", "Allow")
    assert conflicts(one, manifest("anp", f"{ANP}, {allow}", "b")) == both


def test_equal_priorities_are_refused_where_the_profile_says_so() -> None:
    objects = [
        SPACE,
        POD,
        manifest("cnp", f"{CNP}, {DENY}", "a"),
        manifest("cnp", f"{CNP}, {ACCEPT}", "b"),
    ]
    found = snapshot_from_objects(objects, profile=Profile(same_priority=SamePriority.ERROR))
    (error,) = found.errors
    assert error.source.path == "spec.priority"
    assert "ClusterNetworkPolicy a and ClusterNetworkPolicy b have priority 5" in error.problem


def test_nodes_with_addresses_are_endpoints() -> None:
    text = """
- {apiVersion: v1, kind: Node, metadata: {name: n1, labels: {role: worker}},
   status: {addresses: [{type: Hostname, address: n1}, {type: ExternalIP, address: 192.0.2.1},
                        {type: InternalIP, address: 10.0.0.1}, {address: "fd00::1"}]}}
- {apiVersion: v1, kind: Node, metadata: {name: n2}}
"""
    found = snapshot_from_objects(yaml.safe_load(text))
    (node,) = found.snapshot.nodes
    assert list(map(str, node.addresses)) == ["10.0.0.1", "192.0.2.1", "fd00::1"]
    (endpoint,) = found.snapshot.endpoints
    assert (endpoint.key, endpoint.is_node_object, endpoint.node) == ("node/n1", True, "n1")
    assert list(map(str, endpoint.addresses)) == ["10.0.0.1", "fd00::1"]
    assert [item.rule for item in found.findings] == ["node-without-address"]
