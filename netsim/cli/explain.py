"""`netsim explain`: the answer with its reasons."""

import click

from netsim.cli.output import TEXT_OUTPUTS, say, write
from netsim.cli.session import EXIT_CODES, Session, with_session
from netsim.query.explanation import explanation_lines
from netsim.query.verdict import Outcome
from netsim.report.shapes import explanation_table, explanation_value

_STYLES = {Outcome.ALLOWED: "green", Outcome.DENIED: "red", Outcome.UNDECIDED: "yellow"}


@click.command()
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option(
    "-p", "--port", metavar="PORT", help="5432, 53/udp, 8000-8100/tcp, a name, or all."
)
@click.option(
    "--strict", is_flag=True, help="An answer that rests on an assumption is undecided."
)
@click.option("-o", "--output", type=click.Choice(TEXT_OUTPUTS), default="text")
@with_session
def explain(
    session: Session, *, source: str, target: str, port: str | None, strict: bool, output: str
) -> int:
    """Say why FROM can or cannot reach TO: both ends, the deciding rules, file and line.

    When an end denies, the rule that came nearest is shown with the one thing that is off.

    \b
    Examples:
      netsim explain shop/web shop/db --port 5432 -f manifests/
      netsim explain internet shop/svc/web -f manifests/ -o md

    Exit codes: 0 yes, 1 no, 2 wrong usage or unreadable input, 3 undecided.
    """
    explanation = session.cluster.explain(source, target, port, strict=strict)
    outcome = explanation.verdict.outcome
    if output == "text":
        first, *rest = explanation_lines(explanation)
        say(first, _STYLES[outcome], color=session.color)
        for line in rest:
            say(line, color=session.color)
    else:
        table, value = explanation_table(explanation), explanation_value(explanation)
        write(output, table, value, color=session.color)
    return EXIT_CODES[outcome]
