"""`netsim report`: one HTML file to look at, offline."""

from pathlib import Path

import click

import netsim
from netsim.cli.options import assume_admitted_option
from netsim.cli.session import Reading, with_reading
from netsim.cli.snapshots import opened_side
from netsim.comparison import diff
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
    "--before",
    metavar="STATE",
    help="An earlier state, as a folder, file, snapshot or git:REF:PATH: what changed since is "
    "shown too.",
)
@click.option(
    "--title", metavar="TEXT", help="The heading; by default the paths that were read."
)
@assume_admitted_option
@with_reading
def report(
    reading: Reading,
    *,
    path: Path,
    before: str | None,
    title: str | None,
    assume_admitted: bool,
) -> int:
    """Write one self-contained HTML file: overview, connections, matrix, one workload.

    The file needs no network and no server, and works on the keyboard and with a screen reader.

    \b
    Examples:
      netsim report -f manifests/ --output-file report.html
      netsim report -f k8s/ --before git:main:k8s/ --output-file change.html
      netsim report -f prod.json.gz --output-file report.html --title "Production"

    Exit codes: 0, or 2 wrong usage, unreadable input or a file that cannot be written.
    """
    from netsim.report.as_page import as_page
    from netsim.report.page_values import PageFacts, changes_value, page_value

    given = click.get_current_context().params.get("filenames") or ("the live cluster",)
    heading = title or f"Reachability of {', '.join(given)}"
    earlier = opened_side(reading, before) if before is not None else None
    cluster = reading.session().cluster
    cluster.assume_admitted = assume_admitted
    facts = PageFacts(cluster.worlds, cluster.soundness.marks, locate)
    value = page_value(heading, netsim.__version__, facts)
    if earlier is not None:
        value["changes"] = changes_value(diff(earlier, cluster))
    text = as_page(value)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.BadParameter(
            f"{str(path)!r} cannot be written: {error.strerror}.", param_hint="--output-file"
        ) from error
    reading.screen.message(f"{path}: {len(text) / 1e6:.1f} MB", "dim")
    return 0
