"""What a capture says of itself: when it was taken, of which server, and what it lacks."""

from collections.abc import Iterable
from dataclasses import replace

from netsim.load.fields import Field
from netsim.load.workloads import WORKLOAD_KINDS
from netsim.model.snapshot import UnreadKind

_HARMLESS = WORKLOAD_KINDS | {"Service", "ServiceAccount", "Ingress", "Secret", "Node"}
"""Without them some names are unknown, but nothing about the pods that are known."""


def read_capture_header(header: Field) -> tuple[UnreadKind, ...]:
    """The kinds that a capture lacks; each is told of, and so is a capture of one namespace."""
    spec = header.get("spec").as_object()
    unread = tuple(_unread(item.as_object()) for item in spec.get("unread").items())
    for item in unread:
        header.report.warn("kind-not-read", _message(item), item.source)
    namespace = spec.get("namespace").text()
    taken = spec.get("takenAt").text() or "an unknown time"
    server = spec.get("serverVersion").text() or "an unknown version"
    about = f"a capture of {taken} from a server of {server}"
    if namespace:
        message = f"{about}, of namespace {namespace} only: nothing else is known"
        header.report.warn("capture-of-one-namespace", message, header.source)
    else:
        header.report.note("capture", about, header.source)
    return unread


def _unread(item: Field) -> UnreadKind:
    kind = item.get("kind").text() or ""
    return UnreadKind(
        kind=kind,
        api_version=item.get("apiVersion").text() or "",
        reason=item.get("reason").text() or "for a reason that it does not say",
        source=item.source,
        decisive=kind not in _HARMLESS,
    )


def _message(item: UnreadKind) -> str:
    effect = "answers are undecided" if item.decisive else "names that need it are unknown"
    return f"{item.title} could not be read from the cluster, so {effect}: {item.reason}"


def without_labels(unread: Iterable[UnreadKind]) -> tuple[UnreadKind, ...]:
    """Where no policy asks for labels of namespaces, Namespace objects decide nothing."""
    return tuple(
        replace(item, decisive=False) if item.kind == "Namespace" else item for item in unread
    )
