"""Answers as tables and as plain values: what every format is written from."""

from collections.abc import Sequence

from netsim.model.ports import ALL_PORTS, PortSet
from netsim.model.workload import Endpoint
from netsim.query.connections import Connection
from netsim.query.explanation import Citation, End, Explanation, PairExplanation
from netsim.query.parties import Outside, Subject, range_text, subject_name
from netsim.query.verdict import PairVerdict, Verdict
from netsim.results import Table
from netsim.source import Place

Value = str | int | bool | None | Sequence["Value"] | dict[str, "Value"]
"""What JSON can hold."""

API_VERSION = "netsim/v1"

KIND_WORDS = {
    "Deployment": "deploy",
    "StatefulSet": "sts",
    "DaemonSet": "ds",
    "ReplicaSet": "rs",
    "ReplicationController": "rc",
    "Job": "job",
    "CronJob": "cj",
    "Pod": "pod",
}
"""kubectl's short names for the kinds that have pods."""


def envelope(kind: str, **fields: Value) -> dict[str, Value]:
    """A versioned document."""
    return {"apiVersion": API_VERSION, "kind": kind, **fields}


def connections_table(rows: Sequence[Connection], *, wide: bool) -> Table:
    """One row for each connection; wide adds the kinds of both ends."""
    undecided = any(row.undecided for row in rows)
    columns = ["SOURCE", "TARGET", "PORTS"]
    if wide:
        columns += ["SOURCE KIND", "TARGET KIND"]
    if undecided:
        columns.append("UNDECIDED")
    return Table(
        tuple(columns),
        tuple(
            (
                subject_name(row.source),
                subject_name(row.target),
                str(row.ports),
                *((_kind(row.source), _kind(row.target)) if wide else ()),
                *(("; ".join(row.undecided),) if undecided else ()),
            )
            for row in rows
        ),
    )


def connections_value(rows: Sequence[Connection]) -> dict[str, Value]:
    """Connections as plain values."""
    return envelope(
        "Connections",
        connections=[
            {
                "source": party_value(row.source),
                "target": party_value(row.target),
                "ports": ports_value(row.ports),
                "undecided": list(row.undecided),
            }
            for row in rows
        ],
    )


def verdict_table(verdict: Verdict) -> Table:
    """One row for each pair of the question."""
    rows = tuple(
        (
            subject_name(item.pair.source),
            subject_name(item.pair.target),
            "any" if item.pair.asked is None else str(item.pair.asked),
            item.outcome.value,
            str(item.allowed),
        )
        for item in verdict.pairs
    )
    return Table(("SOURCE", "TARGET", "ASKED", "ANSWER", "OPEN"), rows)


def verdict_value(question: str, verdict: Verdict) -> dict[str, Value]:
    """A verdict as plain values."""
    return envelope("Verdict", **_verdict_fields(question, verdict))


def explanation_table(explanation: Explanation) -> Table:
    """One row for each end of each part."""
    rows = tuple(
        (
            f"{part.source} -> {part.target}",
            str(part.ports),
            end.direction.value,
            end.status.value,
            end.because,
            str(end.rule.place) if end.rule else "",
        )
        for part in explanation.parts
        for end in (part.egress, part.ingress)
    )
    return Table(("FLOW", "PORTS", "DIRECTION", "ANSWER", "BECAUSE", "PLACE"), rows)


def explanation_value(explanation: Explanation) -> dict[str, Value]:
    """An explanation as plain values: the verdict and the reason of every part."""
    fields = _verdict_fields(explanation.question, explanation.verdict)
    return envelope(
        "Explanation", **fields, parts=[_part_value(part) for part in explanation.parts]
    )


def table_value(kind: str, table: Table) -> dict[str, Value]:
    """Any table as a list of objects, with column names as keys."""
    keys = [_key(column) for column in table.columns]
    items: list[Value] = [dict(zip(keys, row, strict=True)) for row in table.rows]
    return envelope(kind, items=items)


def party_value(subject: Subject) -> dict[str, Value]:
    """One side of an answer."""
    match subject:
        case Endpoint():
            return {
                "kind": "Endpoint",
                "namespace": subject.namespace,
                "name": subject.name,
                "workload": subject.kind,
            }
        case Outside(ranges):
            return {"kind": "Outside", "ranges": [range_text(item) for item in ranges]}
        case _:
            return {"kind": "Node"}


def ports_value(ports: PortSet) -> list[Value]:
    """Ranges with both ends included."""
    return [
        {"protocol": span.protocol.value, "first": span.first, "last": span.last}
        for span in ports
    ]


def place_value(place: Place) -> dict[str, Value]:
    """A file and a line; line 0 when it is not known."""
    return {"file": place.file, "line": place.line}


def _verdict_fields(question: str, verdict: Verdict) -> dict[str, Value]:
    return {
        "question": question,
        "outcome": verdict.outcome.value,
        "pairs": [_pair_value(item) for item in verdict.pairs],
        "assumptions": [
            {"switch": item.switch, "setting": item.setting, "otherwise": item.otherwise}
            for item in verdict.assumptions
        ],
        "reasons": list(verdict.reasons),
    }


def _pair_value(item: PairVerdict) -> dict[str, Value]:
    asked = ALL_PORTS if item.pair.asked is None else item.pair.asked
    return {
        "source": party_value(item.pair.source),
        "target": party_value(item.pair.target),
        "via": item.pair.via,
        "anyPort": item.pair.asked is None,
        "asked": ports_value(asked),
        "allowed": ports_value(item.allowed),
        "outcome": item.outcome.value,
    }


def _part_value(part: PairExplanation) -> dict[str, Value]:
    return {
        "source": part.source,
        "target": part.target,
        "via": part.via,
        "ports": ports_value(part.ports),
        "allowed": part.allowed,
        "egress": _end_value(part.egress),
        "ingress": _end_value(part.ingress),
    }


def _end_value(end: End) -> dict[str, Value]:
    nearest: Value = None
    if end.nearest is not None:
        nearest = {
            "rule": _citation_value(end.nearest.rule),
            "dimension": end.nearest.dimension,
            "hint": end.nearest.hint,
        }
    return {
        "subject": end.subject,
        "status": end.status.value,
        "because": end.because,
        "rule": None if end.rule is None else _citation_value(end.rule),
        "isolatedBy": [_citation_value(item) for item in end.isolated_by],
        "nearest": nearest,
    }


def _citation_value(citation: Citation) -> dict[str, Value]:
    return {
        "policy": {
            "kind": citation.policy.kind,
            "namespace": citation.policy.namespace,
            "name": citation.policy.name,
        },
        "path": citation.path,
        **place_value(citation.place),
    }


def _kind(subject: Subject) -> str:
    return subject.kind if isinstance(subject, Endpoint) else "-"


def _key(column: str) -> str:
    first, *rest = column.lower().split()
    return first + "".join(word.capitalize() for word in rest)
