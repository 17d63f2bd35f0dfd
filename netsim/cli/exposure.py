"""`netsim exposure`: who can reach each workload, counting pods that do not exist yet."""

import click

from netsim.cli.options import TABLE_OUTPUTS, Word, assume_admitted_option, output_option
from netsim.cli.session import EXIT_CODES, Session, with_session
from netsim.model.policy import Direction
from netsim.query.soundness import permissive_namespaces
from netsim.query.verdict import Outcome
from netsim.report.exposure_shapes import Soundness, exposure_table, exposure_value

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
@assume_admitted_option
@with_session
def exposure(
    session: Session, *, only: str | None, direction: str, output: str, assume_admitted: bool
) -> int:
    """Tell who can reach each workload, counting pods that could be created.

    Told are the internet and other addresses, nodes, and pods by their labels: every pod that
    exists or could be created in a namespace that exists or in a new one. No row is implied
    by another. NS, or -n, gives one namespace; else all are told. Told too is who is not bound
    by policies: workloads that can go around them, and namespaces that let such pods in.

    \b
    Examples:
      netsim exposure shop -f manifests/
      netsim exposure shop --direction egress -f manifests/
      netsim exposure -f manifests/ -o json

    Exit codes: 0, or 2 wrong usage or unreadable input, 3 if some row is undecided.
    """
    cluster = session.cluster
    cluster.assume_admitted = assume_admitted
    answer = cluster.exposure(only or session.namespace, direction=direction)
    permissive = permissive_namespaces(cluster.snapshot, cluster.server)
    soundness = Soundness(cluster.soundness.marks, permissive)
    session.write(
        output,
        lambda: exposure_table(answer, soundness, exact=output in _EXACT),
        lambda: exposure_value(answer, soundness),
    )
    quiet = click.get_current_context().params.get("quiet")
    if not quiet and (said := soundness.sentence()):
        session.screen.message(said, "yellow")
    reasons = dict.fromkeys(reason for row in answer.rows for reason in row.undecided)
    for reason in reasons:
        session.screen.message(f"undecided: {reason}", "yellow")
    return EXIT_CODES[Outcome.UNDECIDED if reasons else Outcome.ALLOWED]
