"""What a run leaves behind: a table, the same as JSON, plots, and the README's headlines."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path

from benchmarks.growth import growth_table, memory_by_pods, seconds_by_pods
from benchmarks.machine import Machine
from benchmarks.row import Row
from benchmarks.table import markdown, ratio_text, seconds_text

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
START, END = "<!-- speed: written by benchmarks/run.py -->\n", "<!-- end of speed -->\n"
_HEADLINES = (
    "netsim --help",
    "netsim can",
    "netsim list, many policies",
    "netsim list",
    "load JSON dump",
    "load YAML dump",
    "compile",
    "question by handle, asked before",
    "question in a batch",
    "row of one pod",
    "matrix of one port",
    "matrix of one port, streamed",
    "every edge with its ports",
    "replace a policy",
    "replace a policy, classes split",
    "diff",
)
_HOW_TO_READ = """\
Seconds are medians of CPU time, except for whole commands, where they are of the clock. Memory
is what the work adds to a fresh process that holds only its input. A ratio says how many times
longer something else takes on the same cluster in the same run: `judge` is netsim's reference
evaluator, timed on a sample of random questions and multiplied by their number; `plain matrix`
is numpy's boolean for every pair of pods and one port (`benchmarks/plain_matrix.py`).
`of memory` is the share of the bandwidth that numpy's AND of large arrays reaches;
matrices of few classes stay in the processor's cache and can exceed it.
"""


@dataclass(frozen=True, slots=True)
class Run:
    """All that was measured at one time."""

    command: str
    machine: Machine
    commit: str
    """Id and date of the commit that was measured; empty outside a repository."""
    rows: tuple[Row, ...]


def commit() -> str:
    """Id and date of the commit checked out here."""
    git = shutil.which("git")
    if git is None:
        return ""
    words = [git, "-C", str(ROOT), "log", "-1", "--format=%h of %cs"]
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()


def write(run: Run, folder: Path) -> list[Path]:
    """Writes every file of a run; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = _pictures(run, folder)
    table, whole = folder / "table.md", folder / "results.json"
    table.write_text(_page(run, pictures), encoding="utf-8")
    whole.write_text(json.dumps(asdict(run), indent=1) + "\n", encoding="utf-8")
    return [table, whole, *pictures]


def _pictures(run: Run, folder: Path) -> list[Path]:
    if find_spec("matplotlib") is None:
        return []
    from benchmarks.plots import plots

    return plots(run.rows, folder)


def _page(run: Run, pictures: Sequence[Path]) -> str:
    groups = [
        ("seconds", seconds_by_pods(run.rows)),
        ("memory", memory_by_pods(run.rows)),
    ]
    shown = "".join(f"![{path.stem}]({path.name})\n\n" for path in pictures)
    return (
        f"# Benchmark results\n\n"
        f"`{run.command}`, commit {run.commit or 'unknown'}\n\n{run.machine}\n\n"
        f"{_HOW_TO_READ}\n{markdown(run.rows)}\n"
        f"## Growth\n\n{growth_table(groups)}\n{shown}"
    ).rstrip("\n") + "\n"


def rewrite_readme(run: Run, readme: Path = README) -> None:
    """Replaces what stands between the two markers; raises ValueError if they are missing."""
    before, start, rest = readme.read_text(encoding="utf-8").partition(START)
    _, end, after = rest.partition(END)
    if not (start and end):
        raise ValueError(f"{readme} does not hold the lines {START!r} and {END!r}")
    text = f"{before}{start}{headlines(run)}{end}{after}"
    readme.write_text(text, encoding="utf-8")


def headlines(run: Run) -> str:
    """The few rows that matter most, at the largest size each was measured at."""
    lines = ["| | pods / policies | takes | against |\n", "| --- | --- | ---: | --- |\n"]
    for row in _largest(run.rows):
        size = f"{row.pods:,} / {row.policies:,}" if row.pods else ""
        kind = row.cluster if row.pods else ""
        against = ", ".join(ratio_text(*item) for item in row.ratios.items())
        lines.append(
            f"| {row.name} | {size} {kind} | {seconds_text(row.seconds)} | {against} |\n"
        )
    return "\n" + "".join(lines) + f"\n{run.machine}\n\n"


def _largest(rows: Sequence[Row]) -> Iterator[Row]:
    for name in _HEADLINES:
        named = [row for row in rows if row.name == name and row.cluster != "distinct"]
        if named:
            yield max(named, key=lambda row: row.pods)
