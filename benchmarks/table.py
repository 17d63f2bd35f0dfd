"""Rows as a table: for the terminal, and as Markdown."""

import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table

from benchmarks.row import MEMORY, Row

COLUMNS = (
    "measurement",
    "cluster",
    "pods",
    "policies",
    "seconds",
    "memory",
    "classes",
    "rules",
    "ratios",
    "note",
)
_UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "us"), (1e-9, "ns"))
_WIDTH = 180
_SIZES = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1.0, "B"))


def printed(rows: Iterable[Row]) -> Table:
    """For the terminal."""
    table = Table(*COLUMNS, title="netsim benchmarks")
    for number in range(2, 8):
        table.columns[number].justify = "right"
        table.columns[number].no_wrap = True
    for row in rows:
        table.add_row(*cells(row))
    return table


def markdown(rows: Sequence[Row]) -> str:
    """A pipe table."""
    lines = [COLUMNS, ("---", "---", *["---:"] * 6, "---", "---"), *map(cells, rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def cells(row: Row) -> tuple[str, ...]:
    """The text of each column; what was not measured is left blank."""
    return (
        row.name,
        row.cluster,
        f"{row.pods:,}",
        f"{row.policies:,}",
        seconds_text(row.seconds),
        "" if row.memory is None else size_text(row.memory),
        "" if row.classes is None else f"{row.classes:,}",
        "" if row.rules is None else f"{row.rules:,}",
        ", ".join(ratio_text(name, ratio) for name, ratio in row.ratios.items()),
        row.note,
    )


def seconds_text(seconds: float) -> str:
    """Three digits and the unit that fits them."""
    return _scaled(seconds, _UNITS)


def size_text(size: int) -> str:
    """Three digits and the unit that fits them."""
    return _scaled(size, _SIZES)


def ratio_text(name: str, ratio: float) -> str:
    """A share of the memory bandwidth, or how many times longer something else takes."""
    if name == MEMORY:
        return f"{ratio:.2g} of {MEMORY}"
    return f"{_rounded(ratio)}x {name}"


def _rounded(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.2g}"


def _scaled(number: float, units: Sequence[tuple[float, str]]) -> str:
    for factor, unit in units:
        if number >= factor:
            return f"{number / factor:.3g} {unit}"
    factor, unit = units[-1]
    return f"{number / factor:.3g} {unit}"


def console() -> Console:
    """Standard output, wide enough for the table where it is not a terminal."""
    return Console(width=None if sys.stdout.isatty() else _WIDTH)
