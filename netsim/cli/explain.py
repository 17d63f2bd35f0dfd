"""`netsim explain`: the answer with its reasons."""

from dataclasses import replace

import click

from netsim.cli.can import STYLES
from netsim.cli.options import (
    TEXT_OUTPUTS,
    assume_admitted_option,
    endpoint_argument,
    inputs_as_typed,
    output_option,
    port_option,
    strict_option,
)
from netsim.cli.session import EXIT_CODES, Session, with_session
from netsim.query.explanation import explanation_lines
from netsim.report.explanations import explanation_table, explanation_value
from netsim.report.shapes import short_name


@click.command()
@endpoint_argument("source", "FROM")
@endpoint_argument("target", "TO")
@port_option("5432, 53/udp, 8000-8100/tcp, a port's name, or all.")
@strict_option
@assume_admitted_option
@output_option(TEXT_OUTPUTS)
@with_session
def explain(
    session: Session,
    *,
    source: str,
    target: str,
    port: str | None,
    strict: bool,
    assume_admitted: bool,
    output: str,
) -> int:
    """Say why FROM can or cannot reach TO: both ends, the deciding rules, file and line.

    When an end denies, the rule that came nearest is shown with the one thing that is off.
    Notes tell of pods that Pod Security would refuse and of those that go around policies.
    The last line is the command that prints which policy would let it pass, if one can.

    \b
    Examples:
      netsim explain shop/web shop/db --port 5432 -f manifests/
      netsim explain internet shop/svc/web -f manifests/ -o md

    Exit codes: 0 yes, 1 no, 2 wrong usage or unreadable input, 3 undecided.
    """
    session.cluster.assume_admitted = assume_admitted
    explanation = session.cluster.explain(source, target, port, strict=strict)
    if explanation.suggestion:
        command = f"{explanation.suggestion}{inputs_as_typed()}"
        explanation = replace(explanation, suggestion=command)
    outcome = explanation.verdict.outcome
    if output == "text":
        first, *rest = explanation_lines(explanation, short_name)
        session.screen.line(first, STYLES[outcome])
        for line in rest:
            session.screen.line(line)
    else:
        session.write(
            output,
            lambda: explanation_table(explanation),
            lambda: explanation_value(explanation),
        )
    return EXIT_CODES[outcome]
