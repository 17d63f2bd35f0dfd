"""What is kept of an object as it is written: all but secrets' values and bookkeeping."""

from collections.abc import Mapping
from dataclasses import dataclass

from netsim.load.secret_values import HIDDEN, LAST_APPLIED, without_secrets
from netsim.source import Source

CLUSTER_WIDE = frozenset(
    {
        "APIService",
        "AdminNetworkPolicy",
        "BaselineAdminNetworkPolicy",
        "CSIDriver",
        "CSINode",
        "GatewayClass",
        "GlobalNetworkPolicy",
        "IngressClass",
        "MutatingWebhookConfiguration",
        "Namespace",
        "Node",
        "PersistentVolume",
        "PodSecurityPolicy",
        "PriorityClass",
        "RuntimeClass",
        "StorageClass",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
        "VolumeAttachment",
    }
)
"""Kinds without a namespace, besides those whose name begins with `Cluster`."""

UNWANTED = frozenset(
    {
        "ControllerRevision",
        "CustomResourceDefinition",
        "EndpointSlice",
        "Endpoints",
        "Event",
        "Lease",
    }
)
"""Kinds that no question looks at, of which a cluster has many or long ones."""

_BOOKKEEPING = frozenset({"managedFields"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which parts of the input are to be decoded."""

    files: frozenset[str] | None
    """None where everything is."""
    documents: frozenset[Source] = frozenset()
    items: frozenset[Source] = frozenset()

    @classmethod
    def of(cls, places: frozenset[Source] | None) -> "Wanted":
        """What holds these places; everything for None."""
        if places is None:
            return cls(None)
        return cls(
            frozenset(place.file for place in places),
            frozenset(Source(place.file, place.document) for place in places),
            frozenset(Source(place.file, place.document, place.route[:2]) for place in places),
        )

    def file(self, name: str) -> bool:
        """Whether something of a file is wanted."""
        return self.files is None or name in self.files

    def document(self, source: Source) -> bool:
        """Whether something of a document is wanted."""
        return self.files is None or source in self.documents

    def item(self, source: Source) -> bool:
        """Whether an item of a list is wanted."""
        return self.files is None or source in self.items


def as_kept(kind: str, value: Mapping[str, object]) -> Mapping[str, object]:
    """The object without its status, without bookkeeping, and without values of secrets."""
    kept = without_secrets(kind, {key: item for key, item in value.items() if key != "status"})
    metadata = kept.get("metadata")
    if isinstance(metadata, Mapping):
        kept = {**kept, "metadata": _kept_metadata(metadata)}
    return kept


def _kept_metadata(metadata: Mapping[str, object]) -> dict[str, object]:
    kept = {key: item for key, item in metadata.items() if key not in _BOOKKEEPING}
    annotations = kept.get("annotations")
    if isinstance(annotations, Mapping) and annotations.get(LAST_APPLIED) != HIDDEN:
        kept["annotations"] = {
            key: item for key, item in annotations.items() if key != LAST_APPLIED
        }
    return kept
