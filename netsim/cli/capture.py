"""`netsim capture`: a live cluster as one file."""

from pathlib import Path

import click

from netsim.cli.output import Screen
from netsim.live.capture import DEFAULT_CHUNK, Wanted

_SUFFIXES = (".json.gz", ".json")


@click.command()
@click.option(
    "-o",
    "--output-file",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help="The file to write: .json.gz, or .json for one that is not compressed.",
)
@click.option("--context", metavar="CONTEXT", help="A context of the kubeconfig.")
@click.option(
    "-n", "--namespace", metavar="NAMESPACE", help="Read one namespace instead of all."
)
@click.option(
    "--chunk-size",
    "chunk",
    type=click.IntRange(min=1),
    default=DEFAULT_CHUNK,
    show_default=True,
    metavar="N",
    help="Objects that one answer of the server may hold.",
)
@click.option(
    "--secrets-names",
    "secret_names",
    is_flag=True,
    help="Also read the names of Secrets, from a table without their values.",
)
@click.option("-q", "--quiet", is_flag=True, help="No summary on stderr.")
@click.option("--no-color", is_flag=True, help="No colour; NO_COLOR=1 does the same.")
def capture(
    path: Path,
    *,
    context: str | None,
    namespace: str | None,
    chunk: int,
    secret_names: bool,
    quiet: bool,
    no_color: bool,
) -> int:
    """Read a live cluster through kubectl into one file for -f.

    Only the kinds and fields that netsim looks at are kept; Secrets are never read, and values
    of environment variables, commands and arguments are left out. What you may not list is
    told of, in the file too, and answers that depend on it are undecided. The file is written
    only if everything else was read.

    \b
    Examples:
      netsim capture -o prod.json.gz
      netsim capture --context prod -n shop -o shop.json.gz
      netsim list -f prod.json.gz

    Exit codes: 0, or 2 wrong usage or a cluster that cannot be read.
    """
    from netsim.cli.live import captured

    if not path.name.endswith(_SUFFIXES):
        raise click.BadParameter(
            f"{path.name!r} must end in {' or '.join(_SUFFIXES)}.", param_hint="-o"
        )
    if not path.parent.is_dir():
        raise click.BadParameter(f"there is no folder {str(path.parent)!r}.", param_hint="-o")
    screen = Screen(plain=no_color)
    taken = captured(path, context, Wanted(namespace, chunk, secret_names))
    for title, reason in taken.unread:
        screen.message(f"not read: {title}: {reason}", "yellow")
    if not quiet:
        counted = ", ".join(f"{count:,} {kind}" for kind, count in taken.counts.items())
        screen.message(f"{path}: {counted or 'nothing'}", "dim")
    return 0
