"""What answers are made of, as plain values: parties, ports, places, policies, faults."""

from collections.abc import Sequence

from netsim.errors import InputError, ManifestError
from netsim.model.policy import PolicyRef
from netsim.model.ports import PortSet
from netsim.model.workload import Endpoint
from netsim.query.parties import Outside, Subject, range_text
from netsim.query.verdict import Assumption
from netsim.source import Place

Value = str | int | bool | None | Sequence["Value"] | dict[str, "Value"]
"""What JSON can hold."""

API_VERSION = "netsim/v1"


def envelope(kind: str, **fields: Value) -> dict[str, Value]:
    """A versioned document."""
    return {"apiVersion": API_VERSION, "kind": kind, **fields}


def party_value(subject: Subject, marks: Sequence[str] = ()) -> dict[str, Value]:
    """One side of an answer; addresses outside with every range exact.

    `marks` are there only where an endpoint has some.
    """
    match subject:
        case Endpoint() if subject.is_node_object:
            return {"kind": "Node", "name": subject.name}
        case Endpoint():
            marked: dict[str, Value] = {"marks": list(marks)} if marks else {}
            return endpoint_value(subject) | marked
        case Outside(ranges):
            return {"kind": "Outside", "ranges": [range_text(item) for item in ranges]}
        case _:
            return {"kind": "Node"}


def endpoint_value(endpoint: Endpoint) -> dict[str, Value]:
    """Namespace, name and kind of workload: the three that no two endpoints share."""
    return {
        "kind": "Endpoint",
        "namespace": endpoint.namespace,
        "name": endpoint.name,
        "workload": endpoint.kind,
    }


def ports_value(ports: PortSet) -> list[Value]:
    """Ranges with both ends included."""
    return [
        {"protocol": span.protocol.value, "first": span.first, "last": span.last}
        for span in ports
    ]


def place_value(place: Place | None, file: str = "") -> dict[str, Value]:
    """File, line and column; null where they are not known."""
    if place is None:
        return {"file": file or None, "line": None, "column": None}
    return {"file": place.file, "line": place.line or None, "column": place.column or None}


def policy_value(ref: PolicyRef) -> dict[str, Value]:
    """A policy's identity; the namespace is null for a cluster-wide kind."""
    return {"kind": ref.kind, "namespace": ref.namespace or None, "name": ref.name}


def assumption_value(assumption: Assumption) -> dict[str, Value]:
    """A switch, its setting, and the setting under which the answer differs."""
    return {
        "switch": assumption.switch,
        "setting": assumption.setting,
        "otherwise": assumption.otherwise,
    }


def fault_value(error: InputError) -> dict[str, Value]:
    """Something that could not be read and that the answer leaves out."""
    subject = error.subject if isinstance(error, ManifestError) else ""
    return {
        **place_value(error.place, error.source.file),
        "object": subject or None,
        "path": error.source.path or None,
        "problem": error.problem,
    }
