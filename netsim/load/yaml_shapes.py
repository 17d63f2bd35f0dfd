"""Which parts of an object netsim reads: everything else need not be decoded.

Fields are listed for all kinds together where their names do not collide in meaning: a field
too many costs time, a field too few would change an answer.
"""

from collections.abc import Mapping
from functools import lru_cache

from netsim.load.roles import POLICY_KINDS, Role, role_of


class Shape:
    """The wanted part of a value; a value of another type is kept whole, for its fault."""

    __slots__ = ("fields", "items", "shared")

    def __init__(
        self,
        fields: Mapping[str, "Shape"] | None = None,
        items: "Shape | None" = None,
        *,
        shared: bool = False,
    ) -> None:
        self.fields = fields
        """The wanted fields of an object; None where all are."""
        self.items = items
        """The wanted part of each item of a list."""
        self.shared = shared
        """Likely to be written the same in many objects, as in the pods of one template."""


WHOLE = Shape()
COMMON_WHOLE = Shape(shared=True)
_TEXTS = Shape({})
"""Seldom wanted, and often long texts: what is looked at are the keys alone."""
_OWNERS = Shape(
    items=Shape({"controller": WHOLE, "kind": WHOLE, "name": WHOLE}),
    shared=True,
)
_CONTAINERS = Shape(
    items=Shape(
        {
            "name": WHOLE,
            "ports": WHOLE,
            "restartPolicy": WHOLE,
            "securityContext": Shape({"privileged": WHOLE, "capabilities": WHOLE}),
        }
    ),
    shared=True,
)
_METADATA = Shape(
    {
        "annotations": _TEXTS,
        "name": WHOLE,
        "generateName": WHOLE,
        "namespace": WHOLE,
        "labels": COMMON_WHOLE,
        "ownerReferences": _OWNERS,
    }
)
_POD_SPEC = {
    "containers": _CONTAINERS,
    "initContainers": _CONTAINERS,
    "ephemeralContainers": _CONTAINERS,
    "hostNetwork": WHOLE,
    "nodeName": WHOLE,
}
_TEMPLATE = Shape(
    {"metadata": Shape({"labels": COMMON_WHOLE}), "spec": Shape(_POD_SPEC)}, shared=True
)
_WORKLOAD_SPEC = {
    "replicas": WHOLE,
    "parallelism": WHOLE,
    "selector": COMMON_WHOLE,
    "template": _TEMPLATE,
    "ordinals": Shape({"start": WHOLE}),
}
_SERVICE_SPEC = {
    "ports": COMMON_WHOLE,
    "type": WHOLE,
    "clusterIP": WHOLE,
    "externalName": WHOLE,
}
_HEAD = {"apiVersion": WHOLE, "kind": WHOLE, "sops": WHOLE, "items": WHOLE}
_STATUS = Shape(
    {"phase": WHOLE, "podIP": WHOLE, "podIPs": WHOLE, "hostIP": WHOLE, "hostIPs": WHOLE}
)
_POD = Shape(
    {
        **_HEAD,
        "metadata": _METADATA,
        "spec": Shape(_POD_SPEC),
        "status": _STATUS,
    }
)
_READ = Shape(
    {
        **_HEAD,
        "metadata": _METADATA,
        "spec": Shape(
            {
                **_WORKLOAD_SPEC,
                **_SERVICE_SPEC,
                "jobTemplate": Shape({"spec": Shape(_WORKLOAD_SPEC)}),
            }
        ),
    }
)
_NODE = Shape(
    {**_HEAD, "metadata": _METADATA, "status": Shape({"addresses": WHOLE})},
)
_OF_KIND = {"Pod": _POD, "Node": _NODE}
COUNTED = Shape(
    {
        **_HEAD,
        "metadata": Shape({"annotations": _TEXTS, "name": WHOLE, "namespace": WHOLE}),
        "data": _TEXTS,
        "stringData": _TEXTS,
    }
)
"""What is said of an object that is only counted."""


@lru_cache(maxsize=1024)
def shape_of(kind: str, api_version: str) -> Shape:
    """What is read of an object; policies are kept whole, because the server is strict."""
    role = role_of(kind, api_version)
    if role is Role.COUNTED:
        return COUNTED
    if kind in POLICY_KINDS or role is Role.UNMODELLED_POLICY:
        return WHOLE
    return _OF_KIND.get(kind, _READ)


def fitting(value: object) -> Shape | None:
    """The shape in which an object should have been read; None if any is as good."""
    if not isinstance(value, dict):
        return None
    kind, version = value.get("kind"), value.get("apiVersion")
    if not isinstance(kind, str):
        return None
    if kind.endswith("List") and "items" in value:
        return COUNTED
    return shape_of(kind, version if isinstance(version, str) else "")
