"""What a worker does: loads a capture, and answers about it or about a block of its sources.

A pure function of its job, so that a task that died with its worker is simply done again.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from netsim.audit import RULES as AUDITING
from netsim.cluster import Cluster, load
from netsim.comparison import diff
from netsim.errors import LoadError, NetsimError
from netsim.fleet.plan import Job
from netsim.fleet.tables import (
    as_parquet,
    changes_table,
    connections_table,
    expectations_table,
    findings_table,
)
from netsim.inspection import RULES as ANSWERING
from netsim.inspection import sort_out
from netsim.lint import RULES, lint
from netsim.lint.context import Context
from netsim.load import locate
from netsim.model.workload import Endpoint
from netsim.query.connections import fans
from netsim.query.parties import Subject
from netsim.results import Finding, Severity

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Report:
    """What came of one job."""

    job: Job
    error: str = ""
    """Why there is no answer; everything else is empty then."""
    tables: Mapping[str, bytes] = field(default_factory=dict)
    """Parquet files by name."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Endpoints, policies, sources, and rows of each table."""
    undecided: int = 0
    seconds: float = 0.0
    """Of CPU time."""


def examine(job: Job) -> Report:
    """Everything that a job asks for; what cannot be read is said, not raised."""
    started = time.process_time()
    try:
        cluster = _loaded(job.path)
        report = _answered(job, cluster)
    except LoadError as error:
        first, *others = error.errors
        more = f" (and {len(others)} faults more)" if others else ""
        return Report(job, error=f"{first}{more}")
    except NetsimError as error:
        return Report(job, error=str(error))
    return Report(
        job,
        tables=report.tables,
        counts=report.counts,
        undecided=report.undecided,
        seconds=time.process_time() - started,
    )


@lru_cache(maxsize=1)
def _loaded(path: str) -> Cluster:
    """Kept for the next block of the same cluster."""
    return load(path)


def _answered(job: Job, cluster: Cluster) -> Report:
    import pyarrow.compute as pc

    worlds = cluster.worlds
    inside = [it for it in worlds.directory.everyone if isinstance(it, Endpoint)]
    counts = {
        "endpoints": len(cluster.snapshot.endpoints),
        "policies": len(cluster.snapshot.policies),
        "sources": len(inside),
    }
    tables: dict[str, pa.Table] = {}
    undecided = 0
    if job.wanted.connections:
        block = _block(job, worlds.directory.everyone, inside)
        found = connections_table(job.cluster, fans(worlds, sources=block))
        undecided = found.filter(_is_said(found)).num_rows
        tables["connections"] = found
    if not job.start:
        tables |= _of_the_whole(job, cluster)
    counts |= {name: table.num_rows for name, table in tables.items()}
    if "expectations" in tables:
        broken = tables["expectations"]["broken"]
        counts["failed_expectations"] = tables["expectations"].filter(broken).num_rows
    if "findings" in tables:
        failing = pc.not_equal(tables["findings"]["severity"], Severity.NOTE.value)
        counts["failing_findings"] = tables["findings"].filter(failing).num_rows
    packed = {name: as_parquet(table) for name, table in tables.items()}
    return Report(job, tables=packed, counts=counts, undecided=undecided)


def _of_the_whole(job: Job, cluster: Cluster) -> "dict[str, pa.Table]":
    """What is asked once for a cluster, however many blocks it has."""
    found = {}
    if job.wanted.expectations:
        files = map(cluster.check_file, job.wanted.expectations)
        run = [item for file in files for item in file]
        found["expectations"] = expectations_table(job.cluster, run)
    if job.wanted.lint:
        found["findings"] = findings_table(job.cluster, _linted(cluster))
    if job.wanted.before:
        earlier = Path(job.wanted.before, Path(job.path).name)
        changes = diff(load(earlier), cluster)
        found["changes"] = changes_table(job.cluster, changes)
    return found


def _linted(cluster: Cluster) -> tuple[Finding, ...]:
    """What `netsim lint` tells."""
    context = Context(cluster.worlds.directory, cluster.objects, cluster.findings)
    known = (*RULES, *AUDITING, *ANSWERING)
    found = sort_out(lint(context), cluster.objects, asked=RULES, known=known).found
    return tuple(replace(it, place=it.place or locate(it.source)) for it in found)


def _block(job: Job, everyone: Sequence[Subject], inside: Sequence[Subject]) -> list[Subject]:
    """Addresses outside with one answer share a row, so they are all in the first block."""
    block = list(inside[job.start : job.start + job.wanted.block])
    if not job.start:
        block += (item for item in everyone if not isinstance(item, Endpoint))
    return block


def _is_said(table: "pa.Table") -> "pa.Array":
    import pyarrow.compute as pc

    return pc.not_equal(table["undecided"], "")
