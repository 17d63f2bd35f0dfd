"""Log-log plots of growth; needs matplotlib, which the extra `plot` installs."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.growth import Series, memory_by_pods, seconds_by_pods
from benchmarks.row import Row

_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Told apart by everyone (Okabe and Ito); markers and line styles say it a second time."""
_MARKERS = "osD^vPX*"
_LINES = ("-", "--", "-.", ":")
_TITLES = {
    "steps": "Reading, compiling, listing",
    "questions": "One question, and one row",
    "all-pairs": "All pairs, and changes",
}
_STEPS = frozenset({"load", "compile", "netsim"})


def plots(rows: Sequence[Row], folder: Path) -> list[Path]:
    """A picture for each kind of measurement that was taken at two sizes or more."""
    seconds = seconds_by_pods(rows)
    pictures = [
        (f"scaling-{kind}.png", title, "seconds", [item for item in seconds if _is(kind, item)])
        for kind, title in _TITLES.items()
    ]
    pictures.append(("scaling-memory.png", "Memory added", "bytes", memory_by_pods(rows)))
    return [
        _drawn(folder / name, title, unit, series)
        for name, title, unit, series in pictures
        if series
    ]


def _is(kind: str, series: Series) -> bool:
    first = series.name.split()[0]
    kinds = {"question": "questions", "row": "questions"}
    return kind == kinds.get(first, "steps" if first in _STEPS else "all-pairs")


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
