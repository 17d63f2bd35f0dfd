"""`netsim report`: one HTML file to look at, offline."""

from pathlib import Path

import click

import netsim
from netsim.cli.session import Session, with_session
from netsim.load import locate


@click.command()
@click.option(
    "--output-file",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help="The file to write, as report.html.",
)
@click.option(
    "--title", metavar="TEXT", help="The heading; by default the paths that were read."
)
@with_session
def report(session: Session, *, path: Path, title: str | None) -> int:
    """Write one self-contained HTML file: overview, connections, matrix, one workload.

    The file needs no network and no server, and works on the keyboard and with a screen reader.

    \b
    Examples:
      netsim report -f manifests/ --output-file report.html
      netsim report -f prod.json.gz --output-file report.html --title "Production"

    Exit codes: 0, or 2 wrong usage, unreadable input or a file that cannot be written.
    """
    from netsim.report.as_page import as_page
    from netsim.report.page_values import page_value

    given = click.get_current_context().params.get("filenames") or ("the live cluster",)
    heading = title or f"Reachability of {', '.join(given)}"
    text = as_page(page_value(heading, netsim.__version__, session.cluster.worlds, locate))
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.BadParameter(
            f"{str(path)!r} cannot be written: {error.strerror}.", param_hint="--output-file"
        ) from error
    session.screen.message(f"{path}: {len(text) / 1e6:.1f} MB", "dim")
    return 0
