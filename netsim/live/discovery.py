"""Which policy kinds a cluster serves beside NetworkPolicy."""

import re
from dataclasses import dataclass

from netsim.live.kubectl import CallError, Kubectl
from netsim.live.resources import BUILT_IN, Resource, served_policy

_FIELDS = 4
"""NAME, APIVERSION, NAMESPACED and KIND; the short names between them may be missing."""
_UNDISCOVERED = re.compile(r"([a-z0-9.-]+/v[a-z0-9]+): ")
_METRICS = re.compile(r"([a-z]+\.)?metrics\.k8s\.io/")
"""Groups that hold measurements and no objects; they fail often and do not matter."""


@dataclass(frozen=True, slots=True)
class Served:
    """What a cluster serves of policies."""

    policies: tuple[Resource, ...]
    undiscovered: tuple[tuple[str, str], ...] = ()
    """API group and version of which the server could not say what is in it, and why."""


def served_policies(kubectl: Kubectl) -> Served:
    """Every listable kind that ends in NetworkPolicy, the built-in one aside.

    Raises LiveClusterError where the server does not say what it serves.
    """
    try:
        printed = kubectl.run("api-resources", "--verbs=list", "--no-headers")
        missing: tuple[tuple[str, str], ...] = ()
    except CallError as error:
        printed = error.printed
        missing = _undiscovered(error)
        if not printed or not missing:
            raise kubectl.failed("the list of API resources", error) from error
    known = {(item.kind, item.api_version) for item in BUILT_IN}
    found = (_resource(line.split()) for line in printed.decode().splitlines())
    policies = tuple(
        item
        for item in found
        if item is not None and (item.kind, item.api_version) not in known
    )
    return Served(policies, tuple(it for it in missing if not _METRICS.match(it[0])))


def _resource(fields: list[str]) -> Resource | None:
    if len(fields) < _FIELDS or not fields[-1].endswith("NetworkPolicy"):
        return None
    *_, version, namespaced, kind = fields
    return served_policy(kind, version, fields[0], namespaced=namespaced == "true")


def _undiscovered(error: CallError) -> tuple[tuple[str, str], ...]:
    groups = _UNDISCOVERED.findall(" ".join(error.lines))
    return tuple((group, error.reason) for group in dict.fromkeys(groups))
