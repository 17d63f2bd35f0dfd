"""What each kind is to netsim: read, a policy it cannot evaluate, misplaced, or counted."""

import re
from enum import Enum
from functools import lru_cache

from netsim.load.cluster_policy import DIALECTS

KIND = re.compile(r"[A-Za-z][A-Za-z0-9]*")
"""What may be the name of a kind."""

POLICY_GROUP = "policy.networking.k8s.io"
"""The group of the cluster-wide policy kinds."""

SERVED = {
    "Namespace": "v1",
    "Pod": "v1",
    "Service": "v1",
    "ReplicationController": "v1",
    "Deployment": "apps/v1",
    "ReplicaSet": "apps/v1",
    "StatefulSet": "apps/v1",
    "DaemonSet": "apps/v1",
    "Job": "batch/v1",
    "CronJob": "batch/v1",
    "NetworkPolicy": "networking.k8s.io/v1",
    **{kind: f"{POLICY_GROUP}/{item.version}" for kind, item in DIALECTS.items()},
    "Node": "v1",
}
"""The kinds that are read, and the one API version that servers have of each."""

POLICY_KINDS = frozenset({"NetworkPolicy", *DIALECTS})
"""Policies that are read, as a whole: the server decodes them strictly."""

FORMER = {
    "Deployment": frozenset({"extensions/v1beta1", "apps/v1beta1", "apps/v1beta2"}),
    "ReplicaSet": frozenset({"extensions/v1beta1", "apps/v1beta2"}),
    "DaemonSet": frozenset({"extensions/v1beta1", "apps/v1beta2"}),
    "StatefulSet": frozenset({"apps/v1beta1", "apps/v1beta2"}),
    "CronJob": frozenset({"batch/v1beta1", "batch/v2alpha1"}),
}
"""API versions that servers no longer have, of the same shape as today's."""

_NOT_ENFORCED = ("Staged",)
"""Calico's staged kinds are previews: they are stored and change nothing."""


class Role(Enum):
    """What the loader does with an object."""

    READ = "read"
    UNMODELLED_POLICY = "unmodelled policy"
    WRONG_GROUP = "wrong group"
    """A kind that is read, under an API version that no server has, or under none."""
    COUNTED = "counted"


@lru_cache(maxsize=1024)
def role_of(kind: str, api_version: str) -> Role:
    """How a kind of an API version is treated."""
    served = SERVED.get(kind, "")
    if served and (api_version == served or is_deprecated(kind, api_version)):
        return Role.READ
    if served and _is_of_kubernetes(group_of(api_version), served):
        return Role.WRONG_GROUP
    if kind.endswith("NetworkPolicy") and not kind.startswith(_NOT_ENFORCED):
        return Role.UNMODELLED_POLICY
    return Role.COUNTED


def is_deprecated(kind: str, api_version: str) -> bool:
    """An API version that servers no longer have, of the same shape as today's."""
    return api_version in FORMER.get(kind, frozenset())


def group_of(api_version: str) -> str:
    """The API group; empty for the core group."""
    group, slash, _ = api_version.rpartition("/")
    return group if slash else ""


def _is_of_kubernetes(group: str, served: str) -> bool:
    """No one else may define kinds in a group without a dot, or in the served group."""
    return "." not in group or group == served.partition("/")[0]
