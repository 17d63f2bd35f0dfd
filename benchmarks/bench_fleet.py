"""Fleets of captures on local Dask workers: what a cluster costs, with one worker and two."""

from collections.abc import Iterator
from dataclasses import replace
from time import perf_counter

from benchmarks.alone import alone
from benchmarks.bench_capture import write_capture
from benchmarks.row import Row
from benchmarks.setting import Setting
from netsim.fleet.plan import Wanted, jobs
from netsim.fleet.results import collected
from netsim.fleet.run import connected, reports

_CLUSTERS = 8
_WORKERS = (1, 2)


def fleets(setting: Setting) -> Iterator[Row]:
    """Eight clusters, every connection of each as Parquet; and one cluster in blocks."""
    folder = setting.folder / "captures"
    folder.mkdir()
    for number in range(_CLUSTERS):
        shape = replace(setting.shape, fat=True, seed=setting.shape.seed + number)
        write_capture(shape, folder / f"cluster-{number}.json.gz")
    yield from _rows("fleet, a cluster", folder.name, setting, Wanted(), _CLUSTERS)
    block = Wanted(block=max(1, setting.shape.pods // 80))
    one = f"{folder.name}/cluster-0.json.gz"
    yield from _rows("fleet, one cluster in blocks", one, setting, block, 1)


def _rows(name: str, path: str, setting: Setting, wanted: Wanted, count: int) -> Iterator[Row]:
    baseline = None
    for workers in _WORKERS:
        results = setting.folder / f"results-{workers}"
        with connected(None, workers) as client:
            started = perf_counter()
            outcomes = list(
                collected(reports(client, jobs(setting.folder / path, wanted)), results)
            )
            seconds = (perf_counter() - started) / count
        if any(outcome.error for outcome in outcomes):
            raise RuntimeError(outcomes)
        baseline = baseline or seconds
        clusters = {outcome.cluster: outcome for outcome in outcomes}.values()
        busy = sum(outcome.seconds for outcome in clusters) / count
        yield Row(
            f"{name}, {workers} worker{'s' if workers > 1 else ''}",
            setting.shape.mode,
            setting.shape.pods,
            setting.shape.policies,
            seconds,
            ratios={"one worker": baseline / seconds},
            note=f"wall clock; {busy:.2f} s of CPU in tasks, {len(outcomes) // count} tasks",
        )


if __name__ == "__main__":
    alone(fleets)
