"""Answers as Arrow tables, and as the Parquet files that hold them."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from netsim.fleet.connection_columns import connection_columns, party
from netsim.query.connections import Fan
from netsim.query.diff import Diff
from netsim.query.expectations.outcomes import Checked
from netsim.results import Finding

if TYPE_CHECKING:
    import pyarrow as pa

_PARTIES = (
    ("source_namespace", "string"),
    ("source_kind", "string"),
    ("source", "string"),
    ("target_namespace", "string"),
    ("target_kind", "string"),
    ("target", "string"),
    ("protocol", "string"),
    ("first_port", "uint16"),
    ("last_port", "uint16"),
)
_CONNECTIONS = (("cluster", "string"), *_PARTIES, ("undecided", "string"))
"""One row for each connection and range of ports, both ends included."""
_CHANGES = (
    ("cluster", "string"),
    ("change", "string"),
    *_PARTIES,
    ("grade", "string"),
    ("reasons", "string"),
    ("causes", "string"),
    ("undecided", "string"),
)
"""The same for what opened and what closed."""
_FINDINGS = (
    ("cluster", "string"),
    ("rule", "string"),
    ("severity", "string"),
    ("subject", "string"),
    ("message", "string"),
    ("witness", "string"),
    ("fix", "string"),
    ("file", "string"),
    ("line", "int64"),
)

_EXPECTATIONS = (
    ("cluster", "string"),
    ("expectation", "string"),
    ("status", "string"),
    ("broken", "bool"),
    ("severity", "string"),
    ("message", "string"),
    ("file", "string"),
    ("line", "int64"),
)

_Fields = tuple[tuple[str, str], ...]
_Row = tuple[object, ...]


def connections_table(cluster: str, fans: Iterable[Fan]) -> "pa.Table":
    """The connections of some sources."""
    import pyarrow as pa

    columns = connection_columns(cluster, fans)
    return pa.Table.from_arrays(columns, names=[name for name, _ in _CONNECTIONS])


def changes_table(cluster: str, diff: Diff) -> "pa.Table":
    """What opened and what closed."""
    return _table(_CHANGES, _change_rows(cluster, diff))


def _change_rows(cluster: str, diff: Diff) -> Iterator[_Row]:
    for change, rows in (("opened", diff.opened), ("closed", diff.closed)):
        for row in rows:
            why = (row.reasons, map(str, row.causes), row.undecided)
            told = (row.grade.value, *("; ".join(part) for part in why))
            ends = (*party(row.source), *party(row.target))
            for span in row.ports:
                port = (span.protocol.value, span.first, span.last)
                yield cluster, change, *ends, *port, *told


def findings_table(cluster: str, findings: Iterable[Finding]) -> "pa.Table":
    """What lint found."""
    rows = (
        (
            cluster,
            item.rule,
            item.severity.value,
            item.subject,
            item.message,
            item.witness,
            item.fix,
            item.source.file,
            item.place.line if item.place is not None else None,
        )
        for item in findings
    )
    return _table(_FINDINGS, rows)


def expectations_table(cluster: str, run: Iterable[Checked]) -> "pa.Table":
    """What became of every expectation."""
    rows = (
        (
            cluster,
            item.expectation.name,
            item.status.value,
            item.broken,
            item.expectation.severity.value,
            item.witness.sentence if item.witness is not None else "",
            item.place.file,
            item.place.line,
        )
        for item in run
    )
    return _table(_EXPECTATIONS, rows)


def _table(fields: _Fields, rows: Iterable[_Row]) -> "pa.Table":
    import pyarrow as pa

    columns: list[list[object]] = [[] for _ in fields]
    for row in rows:
        for column, value in zip(columns, row, strict=True):
            column.append(value)
    schema = pa.schema(list(fields))
    arrays = [
        pa.array(column, type=field.type) for column, field in zip(columns, schema, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def as_parquet(table: "pa.Table") -> bytes:
    """A table as it travels from a worker and as it is kept.

    Texts are written once a file, and read back as texts: Arrow's own types are not stored.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", store_schema=False)
    return bytes(sink.getvalue())
