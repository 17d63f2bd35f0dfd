"""Runs one benchmark by itself, as `python benchmarks/bench_query.py --pods 10000`."""

from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from benchmarks.machine import bandwidth
from benchmarks.row import Row
from benchmarks.setting import Setting
from benchmarks.shape import Mode, Shape
from benchmarks.table import console, printed

Benchmark = Callable[[Setting], Iterable[Row]]


def alone(benchmark: Benchmark) -> None:
    """Reads the command line, measures, prints the table."""

    @click.command(help=benchmark.__doc__)
    @click.option("--pods", default=1_000, show_default=True)
    @click.option("--policies", type=int, help="By default one for every ten pods.")
    @click.option(
        "--mode", type=click.Choice([mode.value for mode in Mode]), default="replicas"
    )
    @click.option("--seed", default=7, show_default=True)
    @click.option("--dual-stack", default=0.1, show_default=True, help="Share of workloads.")
    def command(
        pods: int, policies: int | None, mode: str, seed: int, dual_stack: float
    ) -> None:
        count = pods // 10 if policies is None else policies
        shape = Shape(pods, count, mode=Mode(mode), seed=seed, dual_stack=dual_stack)
        with TemporaryDirectory() as folder:
            setting = Setting(shape, bandwidth(), Path(folder))
            console().print(printed(benchmark(setting)))

    command()
