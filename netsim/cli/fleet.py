"""`netsim fleet`: many captures at once."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from netsim.cli.options import Word
from netsim.cli.output import Screen
from netsim.fleet.plan import DEFAULT_BLOCK, Wanted, jobs
from netsim.fleet.results import GRAVE, Outcome, collected, summary, write_summary
from netsim.fleet.run import connected, reports
from netsim.load.expectation_files import expectation_paths
from netsim.query.expectations.opening import opened
from netsim.report.formats import TABLE_FORMATS

_FINDINGS, _UNREADABLE, _UNDECIDED = 1, 2, 3


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path), metavar="DIR|LIST|FILE")
@click.option(
    "--output-dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write everything as Parquet files below this folder.",
)
@click.option(
    "--check",
    "expectations",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    metavar="FILE",
    help="Hold every cluster against this expectation file, or those of a folder. Repeatable.",
)
@click.option("--lint", is_flag=True, help="Lint every cluster.")
@click.option(
    "--before",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Compare every cluster with the capture of its file name in this folder.",
)
@click.option(
    "--no-connections", is_flag=True, help="Do not list the connections of every cluster."
)
@click.option(
    "--block",
    type=click.IntRange(min=1),
    default=DEFAULT_BLOCK,
    show_default=True,
    metavar="N",
    help="Sources of connections in one task: bigger clusters are split into such blocks.",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="The scheduler of a Dask cluster, as tcp://10.0.0.5:8786. Its workers must see the "
    "same files.",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processes to start here; without it one for each core.",
)
@click.option(
    "-o",
    "--output",
    type=Word(("table", "csv", "md")),
    default="table",
    help="Of the summary. Default: table.",
)
@click.option("--no-color", is_flag=True, help="No colour; NO_COLOR=1 does the same.")
def fleet(
    path: Path,
    *,
    folder: Path | None,
    expectations: tuple[Path, ...],
    lint: bool,
    before: Path | None,
    no_connections: bool,
    block: int,
    scheduler: str | None,
    workers: int | None,
    output: str,
    no_color: bool,
) -> int:
    """Answer about many captures, on all cores or on a Dask cluster.

    DIR holds captures (.json.gz, .json, .yaml); LIST is a text file with one path a line. A
    capture that cannot be read fails alone and is named; a worker that dies costs time only.
    Needs the extra `fleet`: pip install 'netsim-k8s[fleet]'.

    \b
    Examples:
      netsim fleet captures/ --output-dir results/
      netsim fleet captures/ --check every-cluster.netsim.yaml
      netsim fleet captures/ --lint --before last-week/ --output-dir results/
      netsim fleet clusters.txt --scheduler tcp://10.0.0.5:8786 --output-dir /shared/results
      netsim fleet huge.json.gz --block 2000 --output-dir results/
      duckdb -c "select count(*) from 'results/connections/*.parquet'"

    Exit codes: 0 clean, 1 broken promises, findings (notes aside) or changes, 2 wrong usage
    or an unreadable capture, 3 if some row is undecided.
    """
    screen = Screen(plain=no_color)
    wanted = Wanted(
        connections=not no_connections,
        expectations=_files(expectations),
        lint=lint,
        before=str(before or ""),
        block=block,
    )
    asked = jobs(path, wanted)
    outcomes: dict[str, Outcome] = {}
    with connected(scheduler, workers) as client:
        for outcome in _told(collected(reports(client, asked), folder), len(asked)):
            outcomes[outcome.cluster] = outcome
    found = [outcomes[name] for name in sorted(outcomes)]
    if folder is not None:
        write_summary(found, folder)
    table = summary(found)
    if output in TABLE_FORMATS:
        screen.data(TABLE_FORMATS[output](table))
    else:
        screen.table(table)
    return _code(found)


def _files(given: tuple[Path, ...]) -> tuple[str, ...]:
    """Expectation files, each read once here so that a faulty one ends the command at once."""
    if not given:
        return ()
    files = tuple(map(str, expectation_paths(list(map(str, given)))))
    for file in files:
        opened(file)
    return files


def _code(outcomes: Iterable[Outcome]) -> int:
    found = list(outcomes)
    if any(item.error for item in found):
        return _UNREADABLE
    if any(item.counts.get(name) for item in found for name in GRAVE):
        return _FINDINGS
    return _UNDECIDED if any(item.undecided for item in found) else 0


def _told(outcomes: Iterable[Outcome], total: int) -> Iterator[Outcome]:
    """With a bar on a terminal."""
    if not sys.stderr.isatty():
        yield from outcomes
        return
    with click.progressbar(
        length=total, label="clusters", file=sys.stderr, show_pos=True
    ) as bar:
        seen: set[str] = set()
        for outcome in outcomes:
            if outcome.cluster not in seen:
                seen.add(outcome.cluster)
                bar.update(1)
            yield outcome
