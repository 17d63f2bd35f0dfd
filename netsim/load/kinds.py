"""Which object is which: real API groups, policy kinds of others, lists, and what is noted."""

import re
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from netsim.load.documents import Document
from netsim.load.fields import Report
from netsim.load.roles import KIND, SERVED, Role, group_of, is_deprecated, role_of
from netsim.load.validation import shown
from netsim.load.yaml_values import RepeatedKey
from netsim.source import Source

__all__ = ["Manifest", "Role", "manifests", "mentions_read_kind"]

_LIST_DEPTH = 8
_WORD = re.compile(r"[A-Za-z0-9./_-]{1,253}")

_READ_KIND = re.compile(
    rf"""^[\s-]*["']?kind["']?\s*:\s*["']?({"|".join(SERVED)})(List)?\b""", re.MULTILINE
)

_CLUSTER_WIDE = frozenset(
    {
        "GlobalNetworkPolicy",
        "CiliumClusterwideNetworkPolicy",
        "ClusterNetworkPolicy",
    }
)


class Manifest(msgspec.Struct, frozen=True):
    """One object with its place. A struct is made quickly."""

    kind: str
    api_version: str
    value: Mapping[str, object]
    source: Source
    repeated: tuple[RepeatedKey, ...] = ()

    def __str__(self) -> str:
        """How messages name it."""
        metadata = self.value.get("metadata")
        names = metadata if isinstance(metadata, Mapping) else {}
        parts = [names.get(key) for key in ("namespace", "name")]
        written = "/".join(part for part in parts if part and isinstance(part, str))
        if not written:
            return self.kind
        return f"{self.kind} {written if _WORD.fullmatch(written) else shown(written)}"

    @property
    def group(self) -> str:
        """The API group; empty for the core group."""
        return group_of(self.api_version)

    @property
    def served(self) -> str:
        """The API version that this kind should have; empty if netsim does not read it."""
        return SERVED.get(self.kind, "")

    @property
    def role(self) -> Role:
        """How this kind, in this API group, is treated."""
        return role_of(self.kind, self.api_version)

    @property
    def deprecated(self) -> bool:
        """An API version that servers no longer have, of the same shape as today's."""
        return is_deprecated(self.kind, self.api_version)

    @property
    def cluster_wide(self) -> bool:
        """A policy kind that could touch every pod."""
        return self.kind in _CLUSTER_WIDE


def mentions_read_kind(text: str) -> bool:
    """Whether a text that was not decoded looks like an object that netsim reads."""
    return _READ_KIND.search(text) is not None


def manifests(document: Document, report: Report) -> Iterable[Manifest]:
    """The objects of a document, lists flattened; what is no object is noted."""
    value = document.value
    if type(value) is dict or isinstance(value, Mapping):
        return _objects(value, document.source, report, depth=0)
    what = "a list" if isinstance(value, list) else shown(str(value))
    report.note("not-an-object", f"no Kubernetes object: {what}", document.source)
    return ()


def _objects(
    value: Mapping[str, object], source: Source, report: Report, *, depth: int
) -> Iterable[Manifest]:
    kind, version = value.get("kind"), value.get("apiVersion")
    if not isinstance(kind, str) or not (kind in SERVED or KIND.fullmatch(kind)):
        missing = "it has no kind" if not kind else f"{shown(str(kind))} is no kind"
        report.note("document-without-kind", f"no Kubernetes object: {missing}", source)
        return ()
    api_version = version if isinstance(version, str) else ""
    if kind.endswith("List") and "items" in value:
        return _items(value, source, report, depth=depth)
    if not api_version and kind not in SERVED:
        message = f"{kind} without apiVersion is no Kubernetes object"
        report.note("object-without-api-version", message, source)
    return (Manifest(kind, api_version, value, source),)


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
