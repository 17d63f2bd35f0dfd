"""`netsim diff`: what opens and what closes between two states."""

from pathlib import Path

import click

from netsim.cli.graphs import Drawing, graph_options
from netsim.cli.options import GRAPH_OUTPUTS, TEXT_OUTPUTS, output_option
from netsim.cli.session import EXIT_CODES, Reading, put, with_reading
from netsim.cli.snapshots import Side, opened_side
from netsim.comparison import diff as compared
from netsim.query.diff import Diff
from netsim.query.verdict import Outcome
from netsim.report.diffs import diff_lines, diff_table, diff_value
from netsim.report.values import fault_value

_USAGE = (
    "give two states, as in `{command} before/ after/`, or one with -f and what changes, as in "
    "`{command} -f manifests/ --with new.yaml --without shop/db-guard`."
)


@click.command()
@click.argument("states", metavar="[BEFORE AFTER]", nargs=-1)
@click.option(
    "--with",
    "added",
    multiple=True,
    metavar="PATH",
    help="After: manifests put in on top of -f, replacing what has their names. Repeatable.",
)
@click.option(
    "--without",
    "removed",
    multiple=True,
    metavar="NS/NAME",
    help="After: a policy (else a workload or pod) taken out of -f; ns/netpol/name "
    "and ns/deploy/name say which, ns/ is a namespace. Repeatable.",
)
@output_option((*TEXT_OUTPUTS, *GRAPH_OUTPUTS))
@graph_options
@with_reading
def diff(
    reading: Reading,
    *,
    states: tuple[str, ...],
    added: tuple[str, ...],
    removed: tuple[str, ...],
    output: str,
    by: str | None,
    path: Path | None,
) -> int:
    """Say what opens and closes between two states, by which change, and how grave it is.

    BEFORE and AFTER are folders, files, snapshots that `netsim snapshot` wrote, or
    git:REF:PATH for a commit of the user's repository. Or else -f is the state before, and
    --with and --without are what changes.

    \b
    Examples:
      netsim diff git:main:k8s/ k8s/
      netsim diff netsim.snapshot k8s/
      netsim diff -f manifests/ --with new-policy.yaml
      netsim diff -f manifests/ --without shop/db-guard -o md
      netsim diff before/ after/ -o svg --by namespace --output-file change.svg

    Exit codes: 0 nothing differs, 1 something does, 2 wrong usage or unreadable input, 3
    nothing differs for certain, and what may differ cannot be known.
    """
    drawing = Drawing.of(output, by, path)
    before, after = _sides(reading, states, added, removed)
    found = compared(before, after)
    screen = reading.screen
    if drawing is not None:
        drawing.put_result(screen, found)
    elif output == "text":
        for text, style in diff_lines(found):
            screen.line(text, style)
    else:
        exact = output in {"wide", "csv"}
        faults = [fault_value(error) for error in reading.faults]
        put(
            screen,
            output,
            lambda: diff_table(found, exact=exact),
            lambda: {**diff_value(found), "faults": faults},
        )
    for reason in found.reasons if output != "text" else ():
        screen.message(f"undecided: {reason}", "yellow")
    return _code(found)


def _sides(
    reading: Reading, states: tuple[str, ...], added: tuple[str, ...], removed: tuple[str, ...]
) -> tuple[Side, Side]:
    changes = bool(added or removed)
    two = len(states) == 2 and not reading.filenames and not changes  # noqa: PLR2004
    one = not states and reading.filenames and changes
    if two:
        before, after = (opened_side(reading, state) for state in states)
        return before, after
    if not one:
        path = click.get_current_context().command_path
        raise click.UsageError(_USAGE.format(command=path))
    cluster = reading.session().cluster
    changed = cluster.without(*removed) if removed else cluster
    if added:
        changed = changed.with_manifests(*added, lenient=True)
    return cluster, reading.told(changed, cluster)


def _code(found: Diff) -> int:
    if found.differs:
        return EXIT_CODES[Outcome.DENIED]
    return EXIT_CODES[Outcome.UNDECIDED if found.reasons else Outcome.ALLOWED]
