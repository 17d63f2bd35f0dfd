"""`netsim expectations`: writes a first expectation file, or takes one over from netassert."""

import os
from pathlib import Path

import click

from netsim.cli.output import Screen
from netsim.cli.session import Session, with_session
from netsim.errors import LoadError
from netsim.load import locate
from netsim.load.expectation_files import expectation_document, placed
from netsim.load.fields import Report
from netsim.query.expectations.drafting import draft
from netsim.query.expectations.netassert import imported

_output_option = click.option(
    "-o",
    "--output",
    "path",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="Write here, and refuse to overwrite; by default to stdout.",
)


@click.group()
def expectations() -> None:
    """Write or import an expectation file.

    \b
    Examples:
      netsim expectations init -f manifests/ -o prod.netsim.yaml
      netsim expectations import netassert.yaml -o prod.netsim.yaml
    """


@expectations.command("init")
@_output_option
@with_session
def init(session: Session, *, path: str | None) -> int:
    """Write a first expectation file from what is so today.

    It holds named invariants that are true of whole namespaces, and for every workload that
    some policy isolates who reaches it and that nobody else does. Everything in it passes.

    \b
    Examples:
      netsim expectations init -f manifests/
      netsim expectations init -f manifests/ -o prod.netsim.yaml

    Exit codes: 0, or 2 wrong usage or unreadable input.
    """
    context = click.get_current_context()
    given = context.params["filenames"]
    manifests = [_seen_from(name, path) for name in given if name != "-"]
    _write(draft(session.cluster.worlds, locate, manifests), path, session.screen)
    return 0


@expectations.command("import")
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False))
@_output_option
def import_netassert(file: str, path: str | None) -> int:
    """Take over the tests of netassert, in either of its formats.

    What cannot be taken over, such as hosts outside that are known by name alone, is told.

    \b
    Examples:
      netsim expectations import netassert.yaml -o prod.netsim.yaml

    Exit codes: 0, or 2 wrong usage or unreadable input.
    """
    report, screen = Report(), Screen()
    found = imported(expectation_document(Path(file)), report)
    if report.errors:
        raise LoadError(tuple(placed(error) for error in report.errors))
    _write(found.text, path, screen)
    for text in found.left_out:
        screen.message(f"left out: {text}", "yellow")
    return 0


def _seen_from(name: str, path: str | None) -> str:
    """A path as the new file must name it."""
    if Path(name).is_absolute():
        return name
    folder = Path(path).parent if path else Path()
    return Path(os.path.relpath(name, folder)).as_posix()


def _write(text: str, path: str | None, screen: Screen) -> None:
    if path is None:
        screen.data(text)
        return
    if Path(path).exists():
        raise click.UsageError(f"{path} is there already: remove it, or name another file.")
    Path(path).write_text(text, encoding="utf-8")
    screen.message(f"wrote {path}", "dim")
