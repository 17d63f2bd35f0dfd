"""What a worker does: loads a capture, and answers about it or about a block of its sources.

A pure function of its job, so that a task that died with its worker is simply done again.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from netsim.cluster import Cluster, load
from netsim.errors import LoadError, NetsimError
from netsim.fleet.plan import Job
from netsim.fleet.tables import as_bytes, connections_table
from netsim.model.workload import Endpoint
from netsim.query.connections import fans
from netsim.query.parties import Subject

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Report:
    """What came of one job."""

    job: Job
    error: str = ""
    """Why there is no answer; everything else is empty then."""
    tables: Mapping[str, bytes] = field(default_factory=dict)
    """By name, as `tables.as_bytes` packs them."""
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
    worlds = cluster.worlds
    inside = [it for it in worlds.directory.everyone if isinstance(it, Endpoint)]
    counts = {
        "endpoints": len(cluster.snapshot.endpoints),
        "policies": len(cluster.snapshot.policies),
        "sources": len(inside),
    }
    tables: dict[str, bytes] = {}
    undecided = 0
    if job.wanted.connections:
        block = _block(job, worlds.directory.everyone, inside)
        table = connections_table(job.cluster, fans(worlds, sources=block))
        undecided = table.filter(_is_said(table)).num_rows
        tables["connections"] = as_bytes(table)
        counts["connections"] = table.num_rows
    return Report(job, tables=tables, counts=counts, undecided=undecided)


def _block(job: Job, everyone: Sequence[Subject], inside: Sequence[Subject]) -> list[Subject]:
    """Addresses outside with one answer share a row, so they are all in the first block."""
    block = list(inside[job.start : job.start + job.wanted.block])
    if not job.start:
        block += (item for item in everyone if not isinstance(item, Endpoint))
    return block


def _is_said(table: "pa.Table") -> "pa.Array":
    import pyarrow.compute as pc

    return pc.not_equal(table["undecided"], "")
