"""What is read of a cluster: kinds, where the API serves them, and the fields that are kept.

Only fields that netsim looks at are kept. Values of environment variables, commands and
arguments are not, because they may hold secrets; Secrets themselves are never asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Union

Fields = Mapping[str, Union[bool, "Fields"]]
"""What is kept of an object: True for a whole value; lists are walked through."""

_CONTAINER: Fields = {
    "name": True,
    "image": True,
    "ports": True,
    "securityContext": True,
    "restartPolicy": True,
    "resources": True,
    "lifecycle": True,
    "livenessProbe": True,
    "readinessProbe": True,
    "startupProbe": True,
    "env": {"name": True, "valueFrom": True},
    "envFrom": True,
}
_POD_SPEC: Fields = {
    "containers": _CONTAINER,
    "initContainers": _CONTAINER,
    "ephemeralContainers": _CONTAINER,
    "volumes": True,
    "imagePullSecrets": True,
    "securityContext": True,
    "hostNetwork": True,
    "hostPID": True,
    "hostIPC": True,
    "hostUsers": True,
    "os": True,
    "nodeName": True,
    "serviceAccountName": True,
    "automountServiceAccountToken": True,
    "restartPolicy": True,
}
_OWNER: Fields = {"apiVersion": True, "kind": True, "name": True, "controller": True}
_METADATA: Fields = {
    "name": True,
    "generateName": True,
    "namespace": True,
    "labels": True,
    "annotations": True,
    "ownerReferences": _OWNER,
}
_TEMPLATE: Fields = {"metadata": _METADATA, "spec": _POD_SPEC}
_WORKLOAD_SPEC: Fields = {
    "replicas": True,
    "parallelism": True,
    "completions": True,
    "ordinals": True,
    "serviceName": True,
    "selector": True,
    "suspend": True,
    "activeDeadlineSeconds": True,
    "backoffLimit": True,
    "ttlSecondsAfterFinished": True,
    "template": _TEMPLATE,
}
_STATUS_OF_POD: Fields = {
    "phase": True,
    "podIP": True,
    "podIPs": True,
    "hostIP": True,
    "hostIPs": True,
}
_WORKLOAD: Fields = {"metadata": _METADATA, "spec": _WORKLOAD_SPEC}
_WITH_SPEC: Fields = {"metadata": _METADATA, "spec": True}


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind as the API serves it."""

    kind: str
    api_version: str
    plural: str
    namespaced: bool
    fields: Fields

    @property
    def title(self) -> str:
        """How messages name it: `NetworkPolicy (networking.k8s.io/v1)`."""
        return f"{self.kind} ({self.api_version})"

    def path(self, namespace: str | None) -> str:
        """The URL path of the list, in one namespace or in all."""
        root = "/apis/" if "/" in self.api_version else "/api/"
        inside = f"/namespaces/{namespace}" if namespace and self.namespaced else ""
        return f"{root}{self.api_version}{inside}/{self.plural}"


NAMESPACES = Resource("Namespace", "v1", "namespaces", namespaced=False, fields=_WITH_SPEC)
BUILT_IN = (
    NAMESPACES,
    Resource(
        "Node",
        "v1",
        "nodes",
        namespaced=False,
        fields={
            "metadata": _METADATA,
            "spec": {"podCIDR": True, "podCIDRs": True},
            "status": {"addresses": True},
        },
    ),
    Resource(
        "Pod",
        "v1",
        "pods",
        namespaced=True,
        fields={"metadata": _METADATA, "spec": _POD_SPEC, "status": _STATUS_OF_POD},
    ),
    Resource("Service", "v1", "services", namespaced=True, fields=_WITH_SPEC),
    Resource(
        "ServiceAccount",
        "v1",
        "serviceaccounts",
        namespaced=True,
        fields={
            "metadata": _METADATA,
            "automountServiceAccountToken": True,
            "imagePullSecrets": True,
            "secrets": True,
        },
    ),
    Resource(
        "ReplicationController",
        "v1",
        "replicationcontrollers",
        namespaced=True,
        fields=_WORKLOAD,
    ),
    Resource("Deployment", "apps/v1", "deployments", namespaced=True, fields=_WORKLOAD),
    Resource("ReplicaSet", "apps/v1", "replicasets", namespaced=True, fields=_WORKLOAD),
    Resource("StatefulSet", "apps/v1", "statefulsets", namespaced=True, fields=_WORKLOAD),
    Resource("DaemonSet", "apps/v1", "daemonsets", namespaced=True, fields=_WORKLOAD),
    Resource("Job", "batch/v1", "jobs", namespaced=True, fields=_WORKLOAD),
    Resource(
        "CronJob",
        "batch/v1",
        "cronjobs",
        namespaced=True,
        fields={
            "metadata": _METADATA,
            "spec": {
                "suspend": True,
                "jobTemplate": {"metadata": _METADATA, "spec": _WORKLOAD_SPEC},
            },
        },
    ),
    Resource(
        "NetworkPolicy",
        "networking.k8s.io/v1",
        "networkpolicies",
        namespaced=True,
        fields=_WITH_SPEC,
    ),
    Resource(
        "Ingress", "networking.k8s.io/v1", "ingresses", namespaced=True, fields=_WITH_SPEC
    ),
)
"""Served by every cluster, and read of every one."""


def served_policy(kind: str, api_version: str, plural: str, *, namespaced: bool) -> Resource:
    """A policy kind that a cluster serves beside NetworkPolicy, whoever defined it."""
    return Resource(kind, api_version, plural, namespaced=namespaced, fields=_WITH_SPEC)
