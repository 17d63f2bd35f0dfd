"""`netsim exposure`: who can reach each workload, counting pods that do not exist yet."""

import click

from netsim.cli.options import TABLE_OUTPUTS, Word, output_option
from netsim.cli.session import EXIT_CODES, Session, with_session
from netsim.model.policy import Direction
from netsim.query.verdict import Outcome
from netsim.report.exposure_shapes import exposure_table, exposure_value

_EXACT = ("wide", "csv")


@click.command()
@click.argument("only", metavar="[NS]", required=False)
@click.option(
    "--direction",
    type=Word(way.value for way in Direction),
    default=Direction.INGRESS.value,
    help="ingress: who can reach the workloads (default). egress: whom they can reach.",
)
@output_option(TABLE_OUTPUTS)
@with_session
def exposure(session: Session, *, only: str | None, direction: str, output: str) -> int:
    """Tell who can reach each workload, counting pods that could be created.

    Told are the internet and other addresses, nodes, and pods by their labels: every pod that
    exists or could be created in a namespace that exists or in a new one. No row is implied
    by another. NS, or -n, gives one namespace; else all are told.

    \b
    Examples:
      netsim exposure shop -f manifests/
      netsim exposure shop --direction egress -f manifests/
      netsim exposure -f manifests/ -o json

    Exit codes: 0, or 2 wrong usage or unreadable input, 3 if some row is undecided.
    """
    answer = session.cluster.exposure(only or session.namespace, direction=direction)
    session.write(
        output,
        lambda: exposure_table(answer, exact=output in _EXACT),
        lambda: exposure_value(answer),
    )
    reasons = dict.fromkeys(reason for row in answer.rows for reason in row.undecided)
    for reason in reasons:
        session.screen.message(f"undecided: {reason}", "yellow")
    return EXIT_CODES[Outcome.UNDECIDED if reasons else Outcome.ALLOWED]
