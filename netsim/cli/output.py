"""Prints: data to stdout, messages to stderr, colour only where it is wanted."""

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import IO, TYPE_CHECKING, AnyStr, TextIO

import click

from netsim.report.columns import laid_out
from netsim.report.formats import visible
from netsim.results import Table

if TYPE_CHECKING:
    from rich.console import Console

_UNWRITABLE, _CLOSED_PIPE = 2, 141


@dataclass(frozen=True, slots=True)
class Screen:
    """The two streams of the process; rich decides on colour, NO_COLOR included."""

    plain: bool = False
    """No colour at all, whatever the environment says."""

    def data(self, text: str) -> None:
        """Text that is already in its format."""
        _put(text, sys.stdout)

    def line(self, text: str, style: str = "") -> None:
        """One line of an answer, never cut or folded."""
        _put(self._styled(text, style, sys.stdout), sys.stdout)

    def blocks(self, texts: Iterable[str]) -> None:
        """Text that is already in its format, a part at a time."""
        for text in texts:
            _put(text, sys.stdout)

    def octets(self, content: bytes) -> None:
        """A file's content, as it is."""
        _put(content, sys.stdout.buffer)

    def heading(self, text: str) -> None:
        """The line above the rows of a table."""
        self.line(text, "bold")

    def fits(self, width: int) -> bool:
        """Whether lines of a width need not be folded; without a terminal none need."""
        return not sys.stdout.isatty() or width <= _console(sys.stdout, plain=self.plain).width

    def table(self, table: Table, *, folded: bool = True) -> None:
        """Aligned columns, folded to the terminal's width where there is a terminal."""
        narrow = folded and sys.stdout.isatty()
        width = _console(sys.stdout, plain=self.plain).width if narrow else None
        header, rows = laid_out(table, width)
        lines = [self._styled(line, "bold", sys.stdout) for line in header]
        _put("".join([*lines, *(f"{line}\n" for line in rows)]), sys.stdout)

    def message(self, text: str, style: str = "") -> None:
        """One line for the person, not for the next program."""
        _put(self._styled(text, style, sys.stderr), sys.stderr)

    def _styled(self, text: str, style: str, stream: TextIO) -> str:
        safe = visible(text)
        if _is_colourless(stream):
            return f"{safe}\n"
        console = _console(stream, plain=self.plain)
        if console.no_color or console.color_system is None:
            return f"{safe}\n"
        from rich.style import Style

        return f"{Style.parse(style).render(safe)}\n"


def _is_colourless(stream: TextIO) -> bool:
    """Whether there is no need to ask rich: no terminal, and none that is claimed."""
    return not stream.isatty() and not {"FORCE_COLOR", "TTY_COMPATIBLE"} & os.environ.keys()


@cache
def _console(stream: TextIO, *, plain: bool) -> "Console":
    """Only asked what it found out: colours, and the width of the terminal."""
    from rich.console import Console

    return Console(file=stream, no_color=plain or None)


def _put(text: AnyStr, stream: IO[AnyStr]) -> None:
    """Writes at once; where nobody reads any more the process ends without a word."""
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        _silence(stream)
        sys.exit(_CLOSED_PIPE)
    except OSError as error:
        _silence(stream)
        click.echo(f"error: the answer cannot be written: {error.strerror}", err=True)
        sys.exit(_UNWRITABLE)


def _silence(stream: IO[AnyStr]) -> None:
    """Keeps the interpreter from trying again, and complaining, when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
