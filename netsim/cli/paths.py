"""`netsim paths`: chains of connections from one party to another."""

from pathlib import Path

import click

from netsim.cli.graphs import Drawing, graph_options
from netsim.cli.options import (
    GRAPH_OUTPUTS,
    TABLE_OUTPUTS,
    endpoint_argument,
    output_option,
    port_option,
)
from netsim.cli.session import EXIT_CODES, Session, with_session
from netsim.query.verdict import Outcome
from netsim.report.path_shapes import choke_table, choke_value, paths_table, paths_value


@click.command()
@endpoint_argument("source", "FROM")
@endpoint_argument("target", "TO")
@click.option("--max-hops", type=click.IntRange(1), help="No chain longer than this.")
@click.option(
    "-k", "--most", type=click.IntRange(1), default=5, help="How many chains (default: 5)."
)
@click.option("--choke", is_flag=True, help="Only what cuts every chain.")
@port_option("Only hops on these ports.")
@output_option((*TABLE_OUTPUTS, *GRAPH_OUTPUTS))
@graph_options
@with_session
def paths(
    session: Session,
    *,
    source: str,
    target: str,
    max_hops: int | None,
    most: int,
    choke: bool,
    port: str | None,
    output: str,
    by: str | None,
    path: Path | None,
) -> int:
    """List the shortest chains of connections from FROM to TO.

    A chain goes through pods, each of which the one before may open a connection to. ALIKE
    counts the endpoints that would do as well in a pod's place.

    With --choke the workloads and rules are listed that every chain goes through: without one
    of them no chain is left. Where that takes several workloads, the fewest that do it together
    are listed as a cut.

    \b
    Examples:
      netsim paths internet shop/db -f manifests/
      netsim paths shop/web shop/db --max-hops 2 -k 10 -f manifests/
      netsim paths internet shop/db --choke -f manifests/
      netsim paths internet shop/db -f manifests/ -o mermaid

    Exit codes: 0 there is a chain, or with --choke such a point, 1 there is none, 2 wrong
    usage or unreadable input, 3 undecided.
    """
    drawing = Drawing.of(output, by, path)
    if choke and drawing is not None:
        raise click.UsageError(f"--choke lists points, of which -o {output} shows nothing.")
    if choke:
        return _choke(session, (source, target), max_hops, port, output)
    answer = session.cluster.paths(source, target, most_hops=max_hops, most=most, port=port)
    if drawing is not None:
        drawing.put_result(session.screen, answer)
    else:
        session.write(output, lambda: paths_table(answer), lambda: paths_value(answer))
    for reason in answer.undecided:
        session.screen.message(f"undecided: {reason}", "yellow")
    found = Outcome.ALLOWED if answer.paths else Outcome.DENIED
    return EXIT_CODES[Outcome.UNDECIDED if answer.undecided else found]


def _choke(
    session: Session,
    ends: tuple[str, str],
    max_hops: int | None,
    port: str | None,
    output: str,
) -> int:
    answer = session.cluster.choke_points(*ends, most_hops=max_hops, port=port)
    session.write(output, lambda: choke_table(answer), lambda: choke_value(answer))
    for reason in answer.undecided:
        session.screen.message(f"undecided: {reason}", "yellow")
    found = (
        Outcome.ALLOWED if answer.endpoints or answer.rules or answer.cut else Outcome.DENIED
    )
    return EXIT_CODES[Outcome.UNDECIDED if answer.undecided else found]
