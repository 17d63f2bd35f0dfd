"""Log-log plots of growth; needs matplotlib, which the extra `plot` installs."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.growth import Series, memory_by_pods, seconds_by_pods
from benchmarks.row import Row

_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Told apart by everyone (Okabe and Ito); markers and line styles say it a second time."""
_MARKERS = "osD^vPX"
_LINES = ("-", "--", "-.", ":")


def plots(rows: Sequence[Row], folder: Path) -> list[Path]:
    """One picture each for steps, single questions and memory; empty ones are left out."""
    seconds = seconds_by_pods(rows)
    steps = [item for item in seconds if not _a_question(item)]
    pictures = (
        ("scaling-seconds.png", "Whole steps", "seconds", steps),
        (
            "scaling-questions.png",
            "One question",
            "seconds",
            list(filter(_a_question, seconds)),
        ),
        ("scaling-memory.png", "Memory added", "bytes", memory_by_pods(rows)),
    )
    return [
        _drawn(folder / name, title, unit, series)
        for name, title, unit, series in pictures
        if series
    ]


def _a_question(series: Series) -> bool:
    return series.name.startswith("question")


def _drawn(path: Path, title: str, unit: str, series: Sequence[Series]) -> Path:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 6), layout="constrained")
    axes = figure.add_subplot()
    for number, item in enumerate(series):
        axes.loglog(
            item.pods,
            item.values,
            label=f"{item.name}: pods^{item.exponent:.2f}",
            color=_COLOURS[number % len(_COLOURS)],
            marker=_MARKERS[number % len(_MARKERS)],
            linestyle=_LINES[number % len(_LINES)],
        )
    axes.set_title(title)
    axes.set_xlabel("pods (workloads, for netsim list)")
    axes.set_ylabel(unit)
    axes.grid(visible=True, which="major", alpha=0.4)
    axes.legend(fontsize="small", loc="upper left", bbox_to_anchor=(1.0, 1.0))
    figure.savefig(path)
    return path
