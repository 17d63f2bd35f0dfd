"""A capture of a live cluster from file to answer: load, compile, one question."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.alone import alone
from benchmarks.bench_cli import process
from benchmarks.generate import Shape
from benchmarks.manifests import manifests
from benchmarks.measure import added_memory, timed
from benchmarks.plan import plan
from benchmarks.row import Row
from benchmarks.setting import Setting
from netsim import Cluster, load
from netsim.live.pruning import pruned
from netsim.live.resources import BUILT_IN
from netsim.model.capture import HEADER_KIND, HEADER_VERSION

_RESOURCES = {resource.kind: resource for resource in BUILT_IN}


def captures(setting: Setting) -> Iterator[Row]:
    """Captures as `netsim capture` writes them, cut down from all that a cluster has."""
    shape = replace(setting.shape, fat=True)
    path = setting.folder / "capture.json.gz"
    bare = write_capture(shape, path)
    size = path.stat().st_size
    note = f"{size / 1e6:,.1f} MB, {bare / 1e6:,.1f} MB unpacked"
    timing = timed(lambda: compiled(path), setting.repeats)
    yield Row(
        "load and compile a capture",
        shape.mode,
        shape.pods,
        shape.policies,
        timing.seconds,
        memory=added_memory(_itself, compiled, path),
        note=f"{note}, {timing.wall_seconds:.2f} s on the clock",
    )
    names = [item.key for item in compiled(path).snapshot.endpoints[:2]]
    runs = [process(("can", *names, "-q", "-f", str(path))) for _ in range(setting.repeats)]
    yield Row(
        "netsim can, from a capture",
        shape.mode,
        shape.pods,
        shape.policies,
        min(run.wall for run in runs),
        memory=max(run.peak for run in runs),
        note="wall clock, whole process; memory of the whole process",
    )
    path.unlink()


def write_capture(shape: Shape, path: Path) -> int:
    """Writes a capture of a generated cluster; how many bytes it has unpacked."""
    header = {"apiVersion": HEADER_VERSION, "kind": HEADER_KIND, "metadata": {"name": "made"}}
    count = 0
    with gzip.open(path, "wb", 5) as file:
        count += file.write(b'{"apiVersion":"v1","kind":"List","metadata":{},"items":[\n')
        count += file.write(json.dumps(header).encode())
        for manifest in manifests(plan(shape)):
            kept = pruned(manifest, _RESOURCES[str(manifest["kind"])])
            count += file.write(b",\n" + json.dumps(kept, separators=(",", ":")).encode())
        count += file.write(b"\n]}\n")
    return count


def compiled(path: Path) -> Cluster:
    """A cluster that is ready to answer."""
    cluster = load(path)
    _ = cluster.worlds
    return cluster


def _itself(path: Path) -> Path:
    return path


if __name__ == "__main__":
    alone(captures)
