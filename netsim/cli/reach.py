"""`netsim reach`: what a source can reach."""

import click

from netsim.cli.options import (
    TABLE_OUTPUTS,
    endpoint_argument,
    everywhere_option,
    output_option,
    port_option,
    selector_option,
    strict_option,
)
from netsim.cli.rows import SELECTOR_HELP, Narrowing, print_rows
from netsim.cli.session import Session, with_session


@click.command()
@endpoint_argument("source", "FROM")
@port_option("Only connections on these ports.")
@selector_option(SELECTOR_HELP)
@everywhere_option
@strict_option
@output_option(TABLE_OUTPUTS)
@with_session
def reach(
    session: Session,
    *,
    source: str,
    port: str | None,
    selector: str | None,
    everywhere: bool,
    strict: bool,
    output: str,
) -> int:
    """List what FROM can reach.

    \b
    Examples:
      netsim reach shop/web -f manifests/
      netsim reach internet --port 80-443 -f manifests/ -o csv

    Exit codes: 0, or 2 wrong usage or unreadable input, 3 if some row is undecided.
    """
    narrowing = Narrowing.of(session, selector, everywhere=everywhere)
    rows = session.cluster.connections(source=source, port=port, strict=strict)
    return print_rows(session, rows, narrowing, output)
