"""Hands jobs to a Dask cluster and collects what comes back, whatever happens to its workers.

Dask does a task again when its worker dies; a task that takes several workers with it fails
alone, and is named like a capture that cannot be read.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from netsim.errors import MissingExtraError
from netsim.fleet.plan import Job
from netsim.fleet.tasks import Report, examine

if TYPE_CHECKING:
    from distributed import Client, Future

_ALLOWED_FAILURES = 3
"""Workers that may die under one task before it is given up."""

Examine = Callable[[Job], Report]


@contextmanager
def connected(scheduler: str | None, workers: int | None) -> "Iterator[Client]":
    """A client of the scheduler at an address, or of a local cluster that ends with it.

    Raises MissingExtraError without Dask, and OSError where no scheduler answers.
    """
    try:
        import dask
        import pyarrow as pa  # noqa: F401 - told of here rather than by a worker
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise MissingExtraError("netsim fleet", "fleet", str(error.name)) from error
    if scheduler is not None:
        with Client(scheduler) as client:
            yield client
        return
    options = {
        "distributed.scheduler.allowed-failures": _ALLOWED_FAILURES,
        "distributed.logging.distributed": "error",
    }
    with (
        dask.config.set(options),
        LocalCluster(
            n_workers=workers, threads_per_worker=1, dashboard_address=None, silence_logs=50
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


def reports(client: "Client", jobs: Sequence[Job], work: Examine = examine) -> Iterator[Report]:
    """A report for each job, as they come in; clusters that are split have several."""
    from distributed import as_completed

    asked = {future: job for job in jobs for future in [_ask(client, job, work)]}
    coming = as_completed(list(asked))
    for future in coming:
        job = asked.pop(future)
        report = _report(future, job)
        yield report
        future.release()
        if not job.start:
            for part in job.rest(report.counts.get("sources", 0)):
                more = _ask(client, part, work)
                asked[more] = part
                coming.add(more)


def _ask(client: "Client", job: Job, work: Examine) -> "Future[Report]":
    # pure=False: the same capture may have changed since it was asked about
    return client.submit(work, job, pure=False, key=f"netsim-{job.cluster}-{job.start}")


def _report(future: "Future[Report]", job: Job) -> Report:
    from distributed import KilledWorker

    try:
        # waits where the worker died with the result, which is then worked out again
        return future.result()
    except KilledWorker:
        return Report(job, error="a worker died again and again")
    except Exception as error:  # noqa: BLE001 - whatever a worker raises, others go on
        return Report(job, error=f"{type(error).__name__}: {error}")
