"""Admissions as kubectl prints them, and as plain values."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from netsim.model.written import WrittenObject
from netsim.podsecurity.quoting import go_quoted
from netsim.query.admit import Admission
from netsim.report.values import Value, envelope, place_value
from netsim.results import Table
from netsim.source import Place, Source

_STDIN = {"<stdin>": "STDIN"}


def admission_lines(found: Admission) -> Iterator[str]:
    """What `kubectl create -f FILE --dry-run=server` says, and what becomes of the pods."""
    item = found.written
    yield from (f"Warning: {text}" for text in found.warnings)
    if found.refusal:
        file = go_quoted(_STDIN.get(item.source.file, item.source.file))
        yield (
            f"Error from server (Forbidden): error when creating {file}: pods "
            f"{go_quoted(item.name)} is forbidden: {found.refusal}"
        )
    elif found.faults:
        yield from _invalid(found)
    elif found.accepted:
        yield f"{resource(item)} created (server dry run)"
    if found.pods_refusal:
        yield f"  but its pods are forbidden, and none is created: {found.pods_refusal}"


def resource(item: WrittenObject) -> str:
    """`deployment.apps/web`, as kubectl names what it created."""
    group = f".{item.group}" if item.group else ""
    return f"{item.kind.lower()}{group}/{item.name}"


def admissions_table(found: Iterable[Admission]) -> Table:
    """One row for each object."""
    rows = tuple(
        (
            item.written.namespace,
            resource(item.written),
            "created" if item.runs else "pods refused" if item.accepted else "refused",
            "; ".join((*_errors(item), *item.warnings)),
        )
        for item in found
    )
    return Table(("NAMESPACE", "OBJECT", "ANSWER", "BECAUSE"), rows)


def admissions_value(
    found: Iterable[Admission], locate: Callable[[Source], Place]
) -> dict[str, Value]:
    """A versioned document: one item for each object."""
    return envelope("Admissions", items=[_value(item, locate) for item in found])


def _errors(found: Admission) -> list[str]:
    """Why the object is refused, or its pods are."""
    said = (found.refusal, *map(str, found.faults), found.unreadable, found.pods_refusal)
    return [text for text in said if text]


def _invalid(found: Admission) -> Sequence[str]:
    start = f"The Namespace {go_quoted(found.written.name)} is invalid:"
    if len(found.faults) == 1:
        return (f"{start} {found.faults[0]}",)
    return (f"{start} ", *(f"* {fault}" for fault in found.faults))


def _value(found: Admission, locate: Callable[[Source], Place]) -> dict[str, Value]:
    item = found.written
    place = locate(item.source)
    return {
        "object": {
            "kind": item.kind,
            "apiVersion": item.api_version,
            "namespace": item.namespace or None,
            "name": item.name,
        },
        **place_value(place),
        "accepted": found.accepted,
        "podsAccepted": found.runs,
        "errors": _errors(found) if not found.accepted else [],
        "podsError": found.pods_refusal or None,
        "warnings": list(found.warnings),
        "audit": found.annotation or None,
        "exempt": found.exempt or None,
    }
