"""Which labels a selector should rather name: those that say what a pod is, and stay."""

from enum import IntEnum

from netsim.model.labels import Labels
from netsim.model.workload import PER_POD_LABELS, Endpoint

_USUAL = (
    "app.kubernetes.io/name",
    "app",
    "k8s-app",
    "app.kubernetes.io/component",
    "component",
    "run",
    "name",
    "app.kubernetes.io/instance",
    "tier",
)
"""Labels that people expect in a selector, the most usual first."""
_OF_ALL = ("app.kubernetes.io/part-of", "app.kubernetes.io/managed-by", "heritage")
"""Labels that say little of what a pod is."""
_OF_RELEASES = frozenset({"app.kubernetes.io/version", "version", "helm.sh/chart", "chart"})
_JOB_NAMES = ("batch.kubernetes.io/job-name", "job-name")
_POD_NAME = "statefulset.kubernetes.io/pod-name"
_STATES = frozenset({"vault-active", "vault-initialized", "vault-perf-standby", "vault-sealed"})
_ROLES_IN_TURN = frozenset(
    {
        "candidate",
        "follower",
        "leader",
        "master",
        "primary",
        "replica",
        "secondary",
        "slave",
        "standby",
        "standby_leader",
        "sync_standby",
    }
)


class Care(IntEnum):
    """How long a label holds, the longest first."""

    STEADY = 0
    POD_NAME = 1
    """The name of one pod of a StatefulSet."""
    RELEASE = 2
    """Other with every release."""
    STATE = 3
    """Changed while the pod runs, as the role that an operator gives to one of several."""


def care(key: str, value: str) -> Care:
    """How long a label holds."""
    if key in _STATES or (key.lower().endswith("role") and value.lower() in _ROLES_IN_TURN):
        return Care.STATE
    if key in _OF_RELEASES:
        return Care.RELEASE
    return Care.POD_NAME if key == _POD_NAME else Care.STEADY


def preference(key: str) -> tuple[int, str]:
    """Orders keys of labels that hold equally long, the most usual first."""
    if key in _USUAL:
        return _USUAL.index(key), key
    for place, later in enumerate((*_OF_ALL, *_JOB_NAMES), start=len(_USUAL) + 1):
        if key == later:
            return place, key
    return len(_USUAL), key


def lasting(endpoint: Endpoint) -> dict[str, str]:
    """The labels that the next pods of the endpoint's workload will have as well."""
    return _without(endpoint.labels, _JOB_NAMES if _owner(endpoint) == "Job" else ())


def recurring(endpoint: Endpoint) -> dict[str, str]:
    """The same, with the name that a StatefulSet gives to one pod again and again."""
    if _owner(endpoint) != "StatefulSet":
        return lasting(endpoint)
    return _without(endpoint.labels, (_POD_NAME,))


def _owner(endpoint: Endpoint) -> str:
    return endpoint.workload[0] or endpoint.kind


def _without(labels: Labels, kept: tuple[str, ...]) -> dict[str, str]:
    """Labels without those that controllers make up anew."""
    fleeting = PER_POD_LABELS.difference(kept)
    return {key: value for key, value in labels.items() if key not in fleeting}
