"""The compact check that every mutant must fail: `python -m tests.mutants.check`.

A table of manifests for what the loader folds away, then the engine against the judge.
"""

from dataclasses import dataclass

import yaml
from hypothesis import Phase, given, settings

import netsim
from netsim import strategies as kube
from netsim.model.profile import Profile
from netsim.model.snapshot import Snapshot
from tests.properties.comparison import disagreements

EXAMPLES = 600

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


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    report_multiple_bugs=False,
)
@given(kube.snapshots(), kube.profiles())
def check_answers(snapshot: Snapshot, profile: Profile) -> None:
    """Every answer of the engine is the judge's."""
    assert next(disagreements(snapshot, profile), None) is None


if __name__ == "__main__":
    check_table()
    check_answers()
