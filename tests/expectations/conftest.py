"""The shop's manifests, and short ways to ask one promise of a cluster."""

from collections.abc import Callable, Mapping

import pytest
import yaml

import netsim
from netsim.query.expectations.outcomes import Checked

BASE = """
{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {team: sales}}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: other, labels: {team: ops}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop, labels: {app: web}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: api, namespace: shop, labels: {app: api}}}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop, labels: {app: db}}
spec: {containers: [{name: c, ports: [{name: postgres, containerPort: 5432}]}]}
---
{apiVersion: v1, kind: Pod, metadata: {name: batch, namespace: other, labels: {app: batch}}}
---
{apiVersion: v1, kind: Service, metadata: {name: db, namespace: shop},
 spec: {selector: {app: db}, ports: [{port: 80, targetPort: postgres}]}}
"""

ClusterOf = Callable[..., netsim.Cluster]
Ask = Callable[..., Checked]


def policy(name: str, namespace: str, spec: str) -> str:
    return (
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
        f"metadata: {{name: {name}, namespace: {namespace}}}\nspec: {spec}\n"
    )


DENY = policy("deny", "shop", "{podSelector: {}, policyTypes: [Ingress, Egress]}")
GUARD = policy(
    "guard",
    "shop",
    "{podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress], ingress: [{from: "
    "[{podSelector: {matchLabels: {app: api}}}], ports: [{port: postgres}]}]}",
)


@pytest.fixture
def cluster_of() -> ClusterOf:
    def build(*texts: str) -> netsim.Cluster:
        joined = "\n---\n".join((BASE, *texts))
        return netsim.from_objects([item for item in yaml.safe_load_all(joined) if item])

    return build


@pytest.fixture
def ask(cluster_of: ClusterOf) -> Ask:
    """One test, in YAML, on the shop with some policies."""

    def checked(test: str, *texts: str) -> Checked:
        fields = yaml.safe_load(test)
        assert isinstance(fields, Mapping)
        return cluster_of(*texts).check(fields)

    return checked
