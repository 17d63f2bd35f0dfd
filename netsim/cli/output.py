"""Prints: data to stdout, messages to stderr, colour only where it is wanted."""

import sys
from collections.abc import Iterator
from functools import cache

import click
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from netsim.report.formats import TABLE_FORMATS, VALUE_FORMATS
from netsim.report.shapes import Value
from netsim.results import Table

TABLE_OUTPUTS = ("table", "wide", "json", "yaml", "csv", "md")
TEXT_OUTPUTS = ("text", *TABLE_OUTPUTS)
_UNLIMITED = 100_000
_GAP = 3


@cache
def console(*, color: bool, err: bool = False) -> Console:
    """A console of the terminal's width; without a terminal, of any width."""
    stream = sys.stderr if err else sys.stdout
    width = None if stream.isatty() else _UNLIMITED
    return Console(
        stderr=err,
        no_color=not color,
        width=width,
        highlight=False,
        soft_wrap=False,
        emoji=False,
    )


def write(output: str, table: Table, value: Value, *, color: bool) -> None:
    """Prints an answer in one of the formats that tables have."""
    if output in VALUE_FORMATS:
        click.echo(VALUE_FORMATS[output](value), nl=False)
    elif output in TABLE_FORMATS:
        click.echo(TABLE_FORMATS[output](table), nl=False)
    else:
        print_table(table, color=color)


def print_table(table: Table, *, color: bool) -> None:
    """Aligned columns under a header; on a terminal long cells fold, nothing is cut off."""
    if not sys.stdout.isatty():
        click.echo("\n".join(_aligned(table)))
        return
    drawn = RichTable(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="bold")
    for column in table.columns:
        drawn.add_column(Text(column), overflow="fold")
    for row in table.rows:
        drawn.add_row(*(Text(str(cell)) for cell in row))
    out = console(color=color)
    with out.capture() as captured:
        out.print(drawn)
    for line in captured.get().splitlines():
        click.echo(line.rstrip(), color=True)


def _aligned(table: Table) -> Iterator[str]:
    """Plain lines for a pipe: a hundred thousand of them cost no more than they must."""
    rows = [table.columns, *([str(cell) for cell in row] for row in table.rows)]
    widths = [max(map(len, column)) + _GAP for column in zip(*rows, strict=True)]
    for row in rows:
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "".join(padded).rstrip()


def say(text: str, style: str = "", *, color: bool) -> None:
    """One line of data on stdout."""
    console(color=color).print(Text(text, style=style), soft_wrap=True)


def tell(text: str, style: str = "", *, color: bool) -> None:
    """One message on stderr."""
    console(color=color, err=True).print(Text(text, style=style), soft_wrap=True)
