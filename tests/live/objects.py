"""Objects as a cluster has them, with all that a capture leaves out."""

from tests.live.api_server import Json

HIDDEN = "hush-hush"
"""A value that no capture may hold."""


def namespace(name: str, **labels: str) -> Json:
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": name, "labels": {"kubernetes.io/metadata.name": name, **labels}},
    }


def pod(
    where: str, name: str, address: str, owner: tuple[str, str] | None = None, **labels: str
) -> Json:
    kind, owner_name = owner or ("", "")
    owners = [{"apiVersion": "apps/v1", "kind": kind, "name": owner_name, "controller": True}]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": name,
            "namespace": where,
            "labels": labels,
            "annotations": {"kubectl.kubernetes.io/last-applied-configuration": HIDDEN},
            "managedFields": [{"manager": HIDDEN}],
            "ownerReferences": owners if owner else [],
        },
        "spec": {
            "nodeName": "node-1",
            "containers": [
                {
                    "name": "main",
                    "args": [HIDDEN],
                    "env": [{"name": "PASSWORD", "value": HIDDEN}],
                    "ports": [{"name": "main", "containerPort": 8080}],
                }
            ],
        },
        "status": {"phase": "Running", "podIP": address, "podIPs": [{"ip": address}]},
    }


def replica_set(where: str, name: str, deployment: str, **labels: str) -> Json:
    owner = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "name": deployment,
        "controller": True,
    }
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "main"}]}}
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {"name": name, "namespace": where, "ownerReferences": [owner]},
        "spec": {"replicas": 2, "selector": {"matchLabels": labels}, "template": template},
    }


def policy(where: str, name: str, spec: Json, version: str = "networking.k8s.io/v1") -> Json:
    return {
        "apiVersion": version,
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": where},
        "spec": spec,
    }


def secret(where: str, name: str) -> Json:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": where},
        "data": {"password": HIDDEN},
    }


def shop() -> list[Json]:
    """A Deployment of two pods, a database and a policy that lets only the first to it."""
    to_db: Json = {
        "podSelector": {"matchLabels": {"app": "db"}},
        "ingress": [{"from": [{"podSelector": {"matchLabels": {"app": "api"}}}]}],
    }
    return [
        namespace("shop", team="a"),
        replica_set("shop", "api-5d8f", "api", app="api"),
        pod("shop", "api-5d8f-1", "10.0.0.1", ("ReplicaSet", "api-5d8f"), app="api"),
        pod("shop", "api-5d8f-2", "10.0.0.2", ("ReplicaSet", "api-5d8f"), app="api"),
        pod("shop", "db-0", "10.0.0.3", ("StatefulSet", "db"), app="db"),
        pod("shop", "web", "10.0.0.4", app="web"),
        policy("shop", "db", to_db),
        secret("shop", "db-password"),
    ]
