"""Measures everything, prints one table, writes benchmarks/results.

python benchmarks/run.py --quick
python benchmarks/run.py --only ingest,query --pods 100,1000,10000
"""

import shlex
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import click

from benchmarks.alone import Benchmark
from benchmarks.bench_allpairs import all_pairs
from benchmarks.bench_capture import captures
from benchmarks.bench_cli import commands, for_peers, listing
from benchmarks.bench_compile import compiling
from benchmarks.bench_fleet import fleets
from benchmarks.bench_ingest import ingest
from benchmarks.bench_query import questions
from benchmarks.bench_whatif import what_if
from benchmarks.machine import machine
from benchmarks.measure import by_itself
from benchmarks.results import Run, commit, rewrite_readme, write
from benchmarks.row import Row
from benchmarks.setting import Setting
from benchmarks.shape import Mode, Shape
from benchmarks.table import console, printed, seconds_text

BENCHMARKS: Mapping[str, Benchmark] = {
    "ingest": ingest,
    "capture": captures,
    "compile": compiling,
    "query": questions,
    "allpairs": all_pairs,
    "whatif": what_if,
    "list": listing,
}
"""Run for every size; `list` only for as many as can be listed."""
_FOR_DISTINCT = ("compile", "query", "allpairs", "whatif")
"""Run for clusters of pods that are all different, too: the others do not depend on it."""
_ONCE: Mapping[str, Benchmark] = {"cli": commands, "peers": for_peers, "fleet": fleets}
"""Run once: their sizes are their own."""
_SIZES, _QUICK_SIZES = "100,1000,10000,100000", "100,1000"
_DISTINCT, _QUICK_DISTINCT = "1000,10000", "100"
_RESULTS = Path(__file__).parent / "results"
_POLICIES_PER_POD = 0.1


def measured(names: Iterable[str], settings: Iterable[Setting], once: Setting) -> Iterator[Row]:
    """Every row of the chosen benchmarks, as it is measured."""
    chosen = list(names)
    for name, benchmark in _ONCE.items():
        if name in chosen:
            yield from benchmark(once)
    for setting in settings:
        distinct = setting.shape.mode is Mode.DISTINCT
        for name in BENCHMARKS:
            if name in chosen and (name in _FOR_DISTINCT or not distinct):
                yield from by_itself(_rows, name, setting)


def _rows(name: str, setting: Setting) -> tuple[Row, ...]:
    """In a process of its own: after a dozen others, compiling took half as long again."""
    return tuple(BENCHMARKS[name](setting))


def shapes(pods: str, distinct: str) -> Iterator[Shape]:
    """The clusters to measure, small ones first."""
    for sizes, mode in ((pods, Mode.REPLICAS), (distinct, Mode.DISTINCT)):
        for size in sizes.split(","):
            if size:
                yield Shape(int(size), int(int(size) * _POLICIES_PER_POD), mode=mode)


def told(rows: Iterable[Row]) -> Iterator[Row]:
    """The same rows, each told of on standard error once it is there."""
    started = perf_counter()
    for row in rows:
        click.echo(
            f"{perf_counter() - started:7.1f} s  {row.name}, {row.pods:,} pods "
            f"({row.cluster}): {seconds_text(row.seconds)}",
            err=True,
        )
        yield row


@click.command()
@click.option("--quick", is_flag=True, help="Small clusters, each measured once.")
@click.option("--only", default=",".join([*BENCHMARKS, *_ONCE]), show_default=True)
@click.option("--pods", help=f"Sizes, by default {_SIZES}.")
@click.option("--distinct", help=f"Sizes of the adversarial clusters, by default {_DISTINCT}.")
@click.option("--output", type=click.Path(path_type=Path), default=_RESULTS)
@click.option("--readme", is_flag=True, help="Write the headlines into README.md, too.")
def main(
    *,
    quick: bool,
    only: str,
    pods: str | None,
    distinct: str | None,
    output: Path,
    readme: bool,
) -> None:
    """Measure, print one table, and write results."""
    names = only.split(",")
    unknown = set(names) - set(BENCHMARKS) - set(_ONCE)
    if unknown:
        raise click.BadParameter(
            f"no benchmark {', '.join(sorted(unknown))}", param_hint="--only"
        )
    sizes = (_QUICK_SIZES if quick else _SIZES) if pods is None else pods
    worst = (_QUICK_DISTINCT if quick else _DISTINCT) if distinct is None else distinct
    here = machine()
    repeats = 1 if quick else 3
    with TemporaryDirectory() as folder:
        given = (here.bandwidth, Path(folder), repeats)
        settings = (Setting(shape, *given) for shape in shapes(sizes, worst))
        rows = tuple(told(measured(names, settings, Setting(Shape(), *given))))
    run = Run(shlex.join(["python", *sys.argv]), here, commit(), rows)
    console().print(printed(rows))
    for path in write(run, output):
        click.echo(path, err=True)
    if readme:
        rewrite_readme(run)


if __name__ == "__main__":
    main()
