"""Answers as Arrow tables, which is how they travel and what Parquet files hold."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from netsim.model.workload import Endpoint
from netsim.query.connections import Fan
from netsim.query.parties import Subject, subject_name

if TYPE_CHECKING:
    import pyarrow as pa

_CONNECTIONS = (
    ("cluster", "string"),
    ("source_namespace", "string"),
    ("source_kind", "string"),
    ("source", "string"),
    ("target_namespace", "string"),
    ("target_kind", "string"),
    ("target", "string"),
    ("protocol", "string"),
    ("first_port", "uint16"),
    ("last_port", "uint16"),
    ("undecided", "string"),
)
"""One row for each connection and range of ports, both ends included."""


def connections_table(cluster: str, fans: Iterable[Fan]) -> "pa.Table":
    """The connections of some sources."""
    import pyarrow as pa

    columns: list[list[object]] = [[] for _ in _CONNECTIONS]
    for fan in fans:
        source = _party(fan.source)
        for target, ports, reasons in fan.rows:
            shared = (cluster, *source, *_party(target))
            for span in ports:
                row = (*shared, span.protocol.value, span.first, span.last, "; ".join(reasons))
                for column, value in zip(columns, row, strict=True):
                    column.append(value)
    schema = pa.schema([(name, kind) for name, kind in _CONNECTIONS])
    arrays = [
        pa.array(column, type=field.type) for column, field in zip(columns, schema, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _party(subject: Subject) -> tuple[str, str, str]:
    if isinstance(subject, Endpoint):
        return subject.namespace, subject.kind, subject.name
    return "", "Outside", subject_name(subject)


def as_bytes(table: "pa.Table") -> bytes:
    """A table as it travels from a worker."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with pa.ipc.new_stream(sink, table.schema, options=options) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def from_bytes(text: bytes) -> "pa.Table":
    """The table that `as_bytes` was given."""
    import pyarrow as pa

    with pa.ipc.open_stream(text) as reader:
        return reader.read_all()
