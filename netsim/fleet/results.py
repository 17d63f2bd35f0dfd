"""Reports as Parquet files that DuckDB, pandas or Arrow read, and as one row a cluster.

OUTPUT/clusters.parquet               one row for each cluster, failed ones included
OUTPUT/connections/CLUSTER-N.parquet  one file for each block of sources
    OUTPUT/expectations/CLUSTER-0.parquet what became of every promise
    OUTPUT/findings/CLUSTER-0.parquet     what lint found
    OUTPUT/changes/CLUSTER-0.parquet      what opened and closed since the earlier capture
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from netsim.fleet.tables import as_parquet
from netsim.fleet.tasks import Report
from netsim.results import Table

_SUMMARY = (
    ("cluster", "string"),
    ("path", "string"),
    ("error", "string"),
    ("endpoints", "int64"),
    ("policies", "int64"),
    ("connections", "int64"),
    ("failed_expectations", "int64"),
    ("findings", "int64"),
    ("changes", "int64"),
    ("undecided", "int64"),
    ("seconds", "float64"),
)
_COUNTED = ("connections", "failed_expectations", "findings", "changes")
GRAVE = ("failed_expectations", "failing_findings", "changes")
"""What makes the exit code 1."""


@dataclass(slots=True)
class Outcome:
    """What came of one cluster."""

    cluster: str
    path: str
    error: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    undecided: int = 0
    seconds: float = 0.0

    def add(self, report: Report) -> None:
        """Another block of it."""
        self.error = self.error or report.error
        self.undecided += report.undecided
        self.seconds += report.seconds
        for name, number in report.counts.items():
            if name in _COUNTED:
                self.counts[name] = self.counts.get(name, 0) + number
            else:
                self.counts[name] = number


def collected(reports: Iterable[Report], folder: Path | None) -> Iterator[Outcome]:
    """Writes tables as they come; the outcome of a report's cluster after each.

    The same outcome comes again when another block of its cluster does.
    """
    outcomes: dict[str, Outcome] = {}
    for report in reports:
        job = report.job
        outcome = outcomes.setdefault(job.cluster, Outcome(job.cluster, job.path))
        outcome.add(report)
        if folder is not None:
            for name, packed in report.tables.items():
                _write(packed, folder / name / f"{job.cluster}-{job.start}.parquet")
        yield outcome


def write_summary(outcomes: Iterable[Outcome], folder: Path) -> None:
    """`clusters.parquet`."""
    import pyarrow as pa

    rows = [
        {
            "cluster": item.cluster,
            "path": item.path,
            "error": item.error,
            **{name: item.counts.get(name, 0) for name in ("endpoints", "policies", *_COUNTED)},
            "undecided": item.undecided,
            "seconds": item.seconds,
        }
        for item in outcomes
    ]
    schema = pa.schema([(name, kind) for name, kind in _SUMMARY])
    table = pa.Table.from_pylist(rows, schema=schema)
    _write(as_parquet(table), folder / "clusters.parquet")


def summary(outcomes: Iterable[Outcome]) -> Table:
    """One row for each cluster, as people read it."""
    names = ("endpoints", "policies", *_COUNTED)
    columns = ("CLUSTER", *(name.upper().replace("_", " ") for name in names), "UNDECIDED")
    rows = tuple(
        (
            item.cluster,
            *(("-",) * len(names) if item.error else (item.counts.get(it, 0) for it in names)),
            item.undecided,
            item.error or "ok",
        )
        for item in outcomes
    )
    return Table((*columns, "STATUS"), rows)


def _write(packed: bytes, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(packed)
