"""Reads the metadata that every object has: name, namespace, labels."""

from netsim.load.fields import Field
from netsim.load.validation import (
    LABEL_KEY_RULE,
    NAME_RULE,
    NAMESPACE_RULE,
    is_dns_label,
    is_label_key,
    is_subdomain,
    shown,
)

_ANNOTATION_BYTES = 256 * 1024
METADATA = frozenset(
    {
        "name",
        "generateName",
        "namespace",
        "selfLink",
        "uid",
        "resourceVersion",
        "generation",
        "creationTimestamp",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "labels",
        "annotations",
        "ownerReferences",
        "finalizers",
        "managedFields",
        "clusterName",
        "initializers",
    }
)
"""The fields of `metadata` that servers have."""


def read_name(metadata: Field) -> str:
    """The name, or its generateName where the server would make one up (V1)."""
    field = metadata.get("name")
    name = field.text() or ""
    generated = metadata.get("generateName").text()
    if not name and generated:
        base = generated.rstrip("-.")
        metadata.report.generated[base] += 1
        count = metadata.report.generated[base]
        name = base if count == 1 else f"{base}-{count}"
        message = f"{metadata.subject}: the server makes up a name from generateName"
        metadata.report.note("name-generated", message, field.source)
    if not name:
        field.fault("a name is required", kind="Required", rule="V1")
    elif not is_subdomain(name):
        field.fault(f"{shown(name)} is not a valid name: {NAME_RULE}", rule="V1")
    return name


def read_namespace(metadata: Field, default: str) -> str:
    """The namespace; kubectl fills in a missing one, and so does netsim with a note (V2)."""
    field = metadata.get("namespace")
    namespace = field.text() or ""
    if not namespace:
        message = f"{metadata.subject} names no namespace: taken to be in {default}"
        metadata.report.note("namespace-missing", message, field.source)
        return default
    if not is_dns_label(namespace):
        field.fault(f"{shown(namespace)} is not a valid namespace: {NAMESPACE_RULE}", rule="V2")
    return namespace


def check_annotations(metadata: Field) -> None:
    """Annotation keys and their total size (V4); values are free text."""
    field = metadata.get("annotations")
    size = 0
    for key, value in field.string_map():
        size += len(key.encode()) + len(value.encode())
        if not is_label_key(key.lower()):
            field.fault(
                f"annotation key {shown(key)} is not valid: {LABEL_KEY_RULE}", rule="V4"
            )
    if size > _ANNOTATION_BYTES:
        field.fault(f"{size} bytes are more than 256 KiB", kind="TooLong", rule="V4")
