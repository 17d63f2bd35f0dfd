"""The compact check that every mutant must fail: `python -m tests.mutants.check`.

A table of manifests for what the loader folds away, then the engine against the judge, also
after changes of policies, then whole graphs against single questions.
"""

from dataclasses import dataclass, replace
from itertools import chain, product

import numpy as np
import yaml
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import netsim
from netsim import strategies as kube
from netsim.bulk import Bulk
from netsim.compiler import compile_snapshot
from netsim.compiler.changes import with_policies
from netsim.compiler.sets import ClassId
from netsim.edges import edges
from netsim.graph import Graph
from netsim.model.ports import NO_PORTS, line_position
from netsim.model.profile import (
    DomainNames,
    HostNetworkPods,
    IPBlockMatchesPods,
    Profile,
    SamePriority,
)
from netsim.model.snapshot import Snapshot
from tests.properties.comparison import disagreements

EXAMPLES = 600
FEW = 240

PLACE = """
{apiVersion: v1, kind: Namespace,
 metadata: {name: red, labels: {kubernetes.io/metadata.name: blue}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: blue, labels: {app: web}},
 spec: {containers: [{name: main}],
        initContainers: [{name: proxy, restartPolicy: Always,
                          ports: [{name: proxy, containerPort: 15001}]}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: api, namespace: blue, labels: {app: api}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: job, namespace: red}}
---
{apiVersion: v1, kind: Pod, metadata: {name: done, namespace: red}, status: {phase: Failed}}
"""


@dataclass(frozen=True, slots=True)
class Case:
    """One policy on blue/web, and a connection with its answer."""

    spec: str
    source: str
    target: str
    port: str
    allowed: bool


CASES = (
    Case("{podSelector: {}}", "red/job", "blue/web", "80/TCP", allowed=False),
    Case("{podSelector: {}}", "blue/web", "red/job", "80/TCP", allowed=True),
    Case("{podSelector: {}}", "blue/web", "red/done", "80/TCP", allowed=False),
    Case(
        "{egress: [{to: [{podSelector: {}}]}]}", "blue/web", "red/job", "1/TCP", allowed=False
    ),
    Case(
        "{egress: [{to: [{podSelector: {}}]}]}", "red/job", "blue/web", "1/TCP", allowed=False
    ),
    Case(
        "{policyTypes: [Egress], ingress: [{}]}", "red/job", "blue/web", "1/TCP", allowed=True
    ),
    Case(
        "{policyTypes: [Egress], ingress: [{}]}", "blue/web", "red/job", "1/TCP", allowed=False
    ),
    Case(
        "{policyTypes: [Egress], ingress: [{ports: [{port: 1}]}]}",
        *("red/job", "blue/web", "2/TCP"),
        allowed=True,
    ),
    Case("{ingress: [{from: []}]}", "red/job", "blue/web", "80/TCP", allowed=True),
    Case("{ingress: [{ports: [{port: 80}]}]}", "red/job", "blue/web", "80/TCP", allowed=True),
    Case("{ingress: [{ports: [{port: 80}]}]}", "red/job", "blue/web", "80/UDP", allowed=False),
    Case("{ingress: [{ports: [{}]}]}", "red/job", "blue/web", "80/TCP", allowed=True),
    Case("{ingress: [{ports: [{}]}]}", "red/job", "blue/web", "80/UDP", allowed=False),
    Case(
        "{ingress: [{from: [{namespaceSelector: {}}]}]}",
        *("red/job", "blue/web", "80/TCP"),
        allowed=True,
    ),
    Case(
        "{ingress: [{from: [{podSelector: {matchLabels: {app: api},"
        " matchExpressions: [{key: tier, operator: DoesNotExist}]}}]}]}",
        *("blue/web", "blue/api", "80/TCP"),
        allowed=False,
    ),
    Case(
        "{ingress: [{from: [{namespaceSelector:"
        " {matchLabels: {kubernetes.io/metadata.name: red}}}]}]}",
        *("red/job", "blue/web", "80/TCP"),
        allowed=True,
    ),
    Case(
        "{ingress: [{from: [{namespaceSelector:"
        " {matchLabels: {kubernetes.io/metadata.name: blue}}}]}]}",
        *("blue/api", "blue/web", "80/TCP"),
        allowed=True,
    ),
    Case(
        "{ingress: [{ports: [{port: proxy}]}]}",
        *("red/job", "blue/web", "15001/TCP"),
        allowed=True,
    ),
)


def check_table() -> None:
    """What the loader folds away must have been folded as the API server does."""
    for case in CASES:
        policy = {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {"name": "policy", "namespace": "blue"},
            "spec": yaml.safe_load(case.spec),
        }
        cluster = netsim.from_objects([*yaml.safe_load_all(PLACE), policy])
        answer = cluster.can_reach(case.source, case.target, case.port)
        assert answer is case.allowed, case


TIERS = """
{apiVersion: v1, kind: Node, metadata: {name: plain},
 status: {addresses: [{address: 10.9.0.1}]}}
---
{apiVersion: v1, kind: Node, metadata: {name: marked, labels: {role: a}},
 status: {addresses: [{address: 10.9.0.2}]}}
---
{apiVersion: policy.networking.k8s.io/v1alpha2, kind: ClusterNetworkPolicy,
 metadata: {name: nodes},
 spec: {tier: Admin, priority: 1, subject: {namespaces: {}}, egress: [{action: Deny,
   to: [{nodes: {matchExpressions: [{key: role, operator: NotIn, values: [a]}]}}]}]}}
---
{apiVersion: policy.networking.k8s.io/v1alpha2, kind: ClusterNetworkPolicy,
 metadata: {name: passing},
 spec: {tier: Admin, priority: 2, subject: {namespaces: {}}, ingress: [{action: Pass,
   from: [{namespaces: {}}]}]}}
---
{apiVersion: policy.networking.k8s.io/v1alpha2, kind: ClusterNetworkPolicy,
 metadata: {name: zealous},
 spec: {tier: Admin, priority: 2, subject: {namespaces: {}}, ingress: [{action: Deny,
   from: [{namespaces: {}}]}]}}
"""


def check_tier_table() -> None:
    """Nodes without a label, and a Pass beside a Deny of its priority."""
    cluster = netsim.from_objects([*yaml.safe_load_all(PLACE), *yaml.safe_load_all(TIERS)])
    assert not cluster.can_reach("blue/web", "node/plain", 80)
    assert cluster.can_reach("blue/web", "node/marked", 80)
    assert cluster.can_reach("red/job", "blue/web", 80)
    denying = cluster.under(Profile(same_priority=SamePriority.DENY_FIRST))
    assert not denying.can_reach("red/job", "blue/web", 80)


FAMILIES = """
{apiVersion: v1, kind: Namespace, metadata: {name: blue}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: blue, labels: {app: web}},
 spec: {containers: [{name: main}]},
 status: {phase: Running, podIPs: [{ip: 10.0.0.1}, {ip: "fd00::1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: api, namespace: blue},
 spec: {containers: [{name: main}]},
 status: {phase: Running, podIPs: [{ip: 10.0.0.2}, {ip: "fd00::2"}]}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy,
 metadata: {name: policy, namespace: blue},
 spec: {podSelector: {matchLabels: {app: web}},
        ingress: [{from: [{ipBlock: {cidr: BLOCK}}]}]}}
"""


def check_family_table() -> None:
    """Pods of two families meet in either, one by one and in arrays."""
    for block in ("10.0.0.0/8", '"fd00::/8"'):
        text = FAMILIES.replace("BLOCK", block)
        cluster = netsim.from_objects([*yaml.safe_load_all(text)])
        assert cluster.can_reach("blue/api", "blue/web", 80), block
        assert cluster.allowed("blue/api", "blue/web", 80).tolist() == [True], block
        assert cluster.reached("blue/api", 80).tolist() == [True, True], block


_EVERY_MUTANT_ALIKE = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    report_multiple_bugs=False,
)


@_EVERY_MUTANT_ALIKE
@given(kube.snapshots(), kube.profiles())
def check_answers(snapshot: Snapshot, profile: Profile) -> None:
    """Every answer of the engine is the judge's."""
    assert next(disagreements(snapshot, profile), None) is None


@settings(_EVERY_MUTANT_ALIKE, max_examples=FEW)
@given(kube.snapshots(), kube.profiles())
def check_changes(snapshot: Snapshot, profile: Profile) -> None:
    """After policies are put in and taken out the answers are the judge's as well."""
    policies = snapshot.policies
    exchanged = [replace(it, rules=policies[0].rules) for it in policies[1::2]]
    compiled = compile_snapshot(replace(snapshot, policies=policies[1:]), profile)
    compiled = with_policies(compiled, added=policies[:1])
    assert next(disagreements(snapshot, profile, Graph(compiled)), None) is None
    compiled = with_policies(
        compiled, added=exchanged, removed=[it.ref for it in policies[2::2]]
    )
    changed = replace(snapshot, policies=compiled.snapshot.policies)
    assert next(disagreements(changed, profile, Graph(compiled)), None) is None


@settings(_EVERY_MUTANT_ALIKE, max_examples=FEW)
@given(kube.snapshots(), kube.profiles())
def check_whole_graphs(snapshot: Snapshot, profile: Profile) -> None:
    """Arrays and edges tell what single questions tell."""
    graph = Graph(compile_snapshot(snapshot, profile))
    handles = [graph.handle(endpoint) for endpoint in snapshot.endpoints]
    ends = np.array([*product(handles, repeat=2)], np.int64).reshape(-1, 2)
    bulk = Bulk(graph)
    for port in kube.boundary_ports(snapshot)[::5]:
        position = line_position(*port)
        found = bulk.allowed(ends[:, 0], ends[:, 1], position).tolist()
        assert found == [
            graph.reaches(source, target, position) for source, target in ends.tolist()
        ]
        rows = [bulk.reached(handle, position).tolist() for handle in handles]
        assert [*chain.from_iterable(rows)] == found
    open_ports = {
        (edge.source, target): edge.ports for edge in edges(graph) for target in edge.targets
    }
    classes = [ClassId(number) for number in range(len(graph.compiled.classes))]
    for source, target in product(classes, classes):
        assert open_ports.get((source, target), NO_PORTS) == graph.class_ports(source, target)


MIXED = kube.snapshots(max_endpoints=3, max_policies=2, max_cluster_policies=3)


_TIERS_ASIDE = [
    Profile(same_priority=SamePriority.ACCEPT_FIRST),
    Profile(same_priority=SamePriority.DENY_FIRST),
    Profile(domain_names=DomainNames.ACCEPT),
    Profile(domain_names=DomainNames.DENY_AND_PASS),
    Profile(ipblock_matches_pods=IPBlockMatchesPods.NO),
    Profile(host_network_pods=HostNetworkPods.POD),
]
"""Settings of which the tiers make something of their own, one at a time."""


@settings(_EVERY_MUTANT_ALIKE)
@given(MIXED, kube.profiles() | st.sampled_from(_TIERS_ASIDE))
def check_tiers(snapshot: Snapshot, profile: Profile) -> None:
    """Cluster-wide policies beside NetworkPolicies, compiled at once and put in later."""
    assert next(disagreements(snapshot, profile), None) is None
    wide = snapshot.cluster_policies
    compiled = compile_snapshot(replace(snapshot, cluster_policies=wide[1:]), profile)
    compiled = with_policies(
        compiled, added=wide[:1], removed=[it.ref for it in wide[1:] if it.ref != wide[0].ref]
    )
    changed = replace(snapshot, cluster_policies=wide[:1])
    assert compiled.snapshot == changed
    assert next(disagreements(changed, profile, Graph(compiled)), None) is None


if __name__ == "__main__":
    check_table()
    check_tier_table()
    check_family_table()
    check_tiers()
    check_whole_graphs()
    check_changes()
    check_answers()
