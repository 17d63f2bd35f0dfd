"""How commands write networks: as text of other programs' formats, and as pictures."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from netsim.cli.options import GRAPH_OUTPUTS, Word
from netsim.cli.output import Screen

if TYPE_CHECKING:
    from netsim.query.port_counts import By
    from netsim.results import Network

_Run = TypeVar("_Run", bound=Callable[..., object])


def graph_options(command: _Run) -> _Run:
    """--by and --output-file."""
    by = click.option(
        "--by",
        type=Word(("workload", "namespace")),
        help=f"With -o {', '.join(GRAPH_OUTPUTS)}: one node for each (default: workload).",
    )
    file = click.option(
        "--output-file",
        "path",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="With the same formats: the file to write instead of stdout.",
    )
    return by(file(command))


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a network was asked for."""

    output: str
    by: "By"
    path: Path | None

    @classmethod
    def of(cls, output: str, by: str | None, path: Path | None) -> "Drawing | None":
        """None where no network was asked for.

        A usage error where an option would have no effect, or bytes would go to a terminal.
        """
        if output not in GRAPH_OUTPUTS:
            for name, value in (("--by", by), ("--output-file", path)):
                if value is not None:
                    raise click.UsageError(f"{name} goes with -o {', '.join(GRAPH_OUTPUTS)}.")
            return None
        if output == "png" and path is None and sys.stdout.isatty():
            raise click.UsageError(
                "a picture is no text for a terminal: add --output-file FILE."
            )
        return cls(output, "namespace" if by == "namespace" else "workload", path)

    def put_result(self, screen: Screen, result: object) -> None:
        """Writes the network of a result."""
        from netsim.report.networks import network_of

        self.put(screen, lambda by: network_of(result, by))

    def put(self, screen: Screen, network: "Callable[[By], Network]") -> None:
        """Writes a network to the file, or to stdout where none is given."""
        content = self._content(network(self.by))
        if self.path is None:
            screen.octets(content)
            return
        try:
            self.path.write_bytes(content)
        except OSError as error:
            raise click.BadParameter(
                f"{str(self.path)!r} cannot be written: {error.strerror}.",
                param_hint="--output-file",
            ) from error
        screen.message(f"{self.path}: {len(content):,} bytes", "dim")

    def _content(self, network: "Network") -> bytes:
        from netsim.report.graph_formats import GRAPH_FORMATS, PICTURE_FORMATS

        if self.output in PICTURE_FORMATS:
            return PICTURE_FORMATS[self.output](network)
        return GRAPH_FORMATS[self.output](network).encode(errors="backslashreplace")
