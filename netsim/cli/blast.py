"""`netsim blast`: workloads by how far an intruder in them would come."""

import click

from netsim.cli.options import TABLE_OUTPUTS, output_option, port_option
from netsim.cli.session import EXIT_CODES, Session, with_session
from netsim.query.verdict import Outcome
from netsim.report.path_shapes import blast_table, blast_value


@click.command()
@port_option("Only hops on these ports.")
@output_option(TABLE_OUTPUTS)
@with_session
def blast(session: Session, *, port: str | None, output: str) -> int:
    """Rank workloads by blast radius: how many others they reach hop by hop.

    DIRECT counts those reached in one hop, REACHED those reached in any number of hops, and
    OUTSIDE says whether an address outside the cluster is among what is reached.

    \b
    Examples:
      netsim blast -f manifests/
      netsim blast --port 22 -f manifests/ -o json

    Exit codes: 0, or 2 wrong usage or unreadable input, 3 undecided.
    """
    answer = session.cluster.blast_radius(port)
    session.write(output, lambda: blast_table(answer), lambda: blast_value(answer))
    for reason in answer.undecided:
        session.screen.message(f"undecided: {reason}", "yellow")
    return EXIT_CODES[Outcome.UNDECIDED if answer.undecided else Outcome.ALLOWED]
