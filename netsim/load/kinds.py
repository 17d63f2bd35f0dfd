"""Which object is which: real API groups, policy kinds of others, lists, and what is noted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from netsim.load.documents import Document
from netsim.load.fields import Report
from netsim.source import Source

_LIST_DEPTH = 8

_CORE_KINDS = frozenset({"Namespace", "Pod", "Service", "ReplicationController"})
_GROUP_OF = {
    **dict.fromkeys(_CORE_KINDS, ""),
    **dict.fromkeys(("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"), "apps"),
    **dict.fromkeys(("Job", "CronJob"), "batch"),
    "NetworkPolicy": "networking.k8s.io",
}
_CURRENT = frozenset({"v1", "apps/v1", "batch/v1", "networking.k8s.io/v1"})
_DEPRECATED_GROUPS = {"extensions": frozenset({"Deployment", "DaemonSet", "ReplicaSet"})}

_CLUSTER_WIDE = frozenset(
    {
        "GlobalNetworkPolicy",
        "CiliumClusterwideNetworkPolicy",
        "AdminNetworkPolicy",
        "BaselineAdminNetworkPolicy",
        "ClusterNetworkPolicy",
    }
)
_NOT_ENFORCED = ("Staged",)
"""Calico's staged kinds are previews: they are stored and change nothing."""


class Role(Enum):
    """What the loader does with an object."""

    READ = "read"
    UNMODELLED_POLICY = "unmodelled policy"
    WRONG_GROUP = "wrong group"
    """A NetworkPolicy under an API group that no server has any more, or under none."""
    COUNTED = "counted"


@dataclass(frozen=True, slots=True)
class Manifest:
    """One object with its place."""

    kind: str
    api_version: str
    value: Mapping[str, object]
    source: Source

    @property
    def group(self) -> str:
        """The API group; empty for the core group."""
        group, slash, _ = self.api_version.rpartition("/")
        return group if slash else ""

    @property
    def role(self) -> Role:
        """How this kind, in this API group, is treated."""
        if self.kind in _GROUP_OF and self._is_real():
            return Role.READ
        if self.kind == "NetworkPolicy" and self.group in {
            "",
            "extensions",
            "networking.k8s.io",
        }:
            return Role.WRONG_GROUP
        if self.kind.endswith("NetworkPolicy") and not self.kind.startswith(_NOT_ENFORCED):
            return Role.UNMODELLED_POLICY
        return Role.COUNTED

    @property
    def deprecated(self) -> bool:
        """An API version that servers no longer have, of the same shape as today's."""
        return self.api_version not in _CURRENT

    @property
    def cluster_wide(self) -> bool:
        """A policy kind that could touch every pod."""
        return self.kind in _CLUSTER_WIDE

    def _is_real(self) -> bool:
        if not self.api_version:
            return False
        if self.kind in _CORE_KINDS or self.kind == "NetworkPolicy":
            return self.api_version in _CURRENT and self.group == _GROUP_OF[self.kind]
        same = self.group == _GROUP_OF[self.kind]
        return same or self.kind in _DEPRECATED_GROUPS.get(self.group, frozenset())


def manifests(document: Document, report: Report) -> Iterator[Manifest]:
    """The objects of a document, lists flattened; what is no object is noted."""
    if not isinstance(document.value, Mapping):
        what = "a list" if isinstance(document.value, list) else f"{document.value!r:.60}"
        report.note("not-an-object", f"no Kubernetes object: {what}", document.source)
        return
    yield from _objects(document.value, document.source, report, depth=0)


def _objects(
    value: Mapping[str, object], source: Source, report: Report, *, depth: int
) -> Iterator[Manifest]:
    kind, version = value.get("kind"), value.get("apiVersion")
    if not isinstance(kind, str) or not kind:
        report.note("document-without-kind", "no Kubernetes object: it has no kind", source)
        return
    api_version = version if isinstance(version, str) else ""
    if kind.endswith("List") and "items" in value:
        yield from _items(value, source, report, depth=depth)
        return
    if not api_version and kind not in _GROUP_OF:
        message = f"{kind} without apiVersion is no Kubernetes object"
        report.note("object-without-api-version", message, source)
    yield Manifest(kind, api_version, value, source)


def _items(
    value: Mapping[str, object], source: Source, report: Report, *, depth: int
) -> Iterator[Manifest]:
    items = value["items"]
    if items is None:
        return
    if not isinstance(items, list) or depth > _LIST_DEPTH:
        message = f"{value['kind']} whose items are no list of objects is skipped"
        report.warn("list-without-items", message, source.at("items"))
        return
    inherited = {
        "kind": str(value["kind"]).removesuffix("List"),
        "apiVersion": value.get("apiVersion"),
    }
    for index, item in enumerate(items):
        place = source.at("items", index)
        if not isinstance(item, Mapping):
            report.warn("not-an-object", "a list item is no Kubernetes object", place)
        elif inherited["kind"]:
            yield from _objects({**inherited, **item}, place, report, depth=depth + 1)
        else:
            yield from _objects(item, place, report, depth=depth + 1)
