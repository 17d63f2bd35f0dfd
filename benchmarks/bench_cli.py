"""The whole command as a user waits for it: start-up, reading, answer, in a fresh process."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from benchmarks.alone import alone
from benchmarks.generate import write_yaml
from benchmarks.row import Row
from benchmarks.setting import Setting
from benchmarks.shape import Shape

LAUNCHER = Path(__file__).with_name("launcher.py")
_PLATFORM = Path(__file__).parents[1] / "fixtures/clusters/ai-security-platform/manifests"
_QUESTION = ("can", "auth/debug", "storage/postgresql-cluster-1", "--port", "5432")
ENVIRONMENT = {
    name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
}
UNIT = 1 if sys.platform == "darwin" else 1024
PEERS_SHAPES = ((200, 160), (500, 400), (1_000, 800))
"""Workloads and policies for which figures of other tools are known."""
MOST_WORKLOADS = 10_000
"""As many as make a hundred thousand pods; more connections are hardly read by anyone."""


@dataclass(frozen=True, slots=True)
class Finished:
    """What one run of a process took."""

    cpu: float
    wall: float
    peak: int
    """Bytes, of the whole process."""


def commands(_: Setting) -> Iterator[Row]:
    """Commands whose time does not depend on a cluster's size: `--help` and `can`."""
    yield _row("netsim --help", "none", ("--help",), (0, 0), 5)
    words = (*_QUESTION, "-f", str(_PLATFORM))
    yield _row("netsim can", "fixture", words, (0, 0), 5)


def listing(setting: Setting) -> Iterator[Row]:
    """`netsim list` over workloads written as YAML."""
    shape = replace(setting.shape, live=False)
    if shape.pods > MOST_WORKLOADS:
        return
    path = setting.folder / "workloads.yaml"
    write_yaml(shape, path)
    words = ("list", "-f", str(path))
    many = shape.policies > shape.pods / 2
    name = "netsim list, many policies" if many else "netsim list"
    yield _row(name, "workloads", words, (shape.pods, shape.policies), setting.repeats)
    path.unlink()


def for_peers(setting: Setting) -> Iterator[Row]:
    """`netsim list` at the sizes at which other tools were measured."""
    for workloads, policies in PEERS_SHAPES:
        shape = Shape(workloads, policies, seed=setting.shape.seed)
        yield from listing(replace(setting, shape=shape))


def everything(setting: Setting) -> Iterator[Row]:
    """All of these."""
    yield from commands(setting)
    yield from for_peers(setting)


def _row(
    name: str, cluster: str, words: tuple[str, ...], size: tuple[int, int], repeats: int
) -> Row:
    process(words)  # leaves byte code behind, which an installed package comes with
    runs = [process(words) for _ in range(repeats)]
    return Row(
        name,
        cluster,
        *size,
        median(run.wall for run in runs),
        memory=max(run.peak for run in runs),
        note=(
            f"wall clock, whole process; {median(run.cpu for run in runs):.2f} s of CPU; "
            "memory of the whole process"
        ),
    )


def process(words: tuple[str, ...]) -> Finished:
    """Runs `python -m netsim` with its output thrown away; raises if it cannot answer."""
    command = [sys.executable, "-S", str(LAUNCHER), sys.executable, "-m", "netsim", *words]
    told = subprocess.run(command, capture_output=True, text=True, check=True, env=ENVIRONMENT)
    cpu, wall, peak, code = told.stdout.split()
    if int(code) > 1:
        raise RuntimeError(f"netsim {' '.join(words)} ended with {code}: {told.stderr}")
    return Finished(float(cpu), float(wall), int(peak) * UNIT)


if __name__ == "__main__":
    alone(everything)
