from collections.abc import Callable

import pytest
import yaml

import netsim

SHOP = """
{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {team: sales}}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: auth}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, ports: [{name: http, containerPort: 8080}]}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: c, ports: [{name: postgres, containerPort: 5432}]}]}
---
{apiVersion: v1, kind: Pod, metadata: {name: login, namespace: auth, labels: {app: login}}}
---
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop},
 spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: http}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: db, namespace: shop},
 spec: {selector: {app: db}, clusterIP: None, ports: [{port: 5432}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: elsewhere, namespace: shop},
 spec: {type: ExternalName, externalName: db.example.org}}
---
{apiVersion: v1, kind: Service, metadata: {name: by-hand, namespace: shop},
 spec: {ports: [{port: 5432}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: nobody, namespace: shop},
 spec: {selector: {app: gone}, ports: [{port: 80}]}}
"""

ClusterOf = Callable[..., netsim.Cluster]


@pytest.fixture
def shop() -> ClusterOf:
    """The shop with policies and other objects added, written as YAML."""

    def build(*texts: str) -> netsim.Cluster:
        documents = [
            item for text in (SHOP, *texts) for item in yaml.safe_load_all(text) if item
        ]
        return netsim.from_objects(documents)

    return build
