"""`netsim who`: who can reach a target."""

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
@endpoint_argument("target", "TO")
@port_option("Only connections on these ports.")
@selector_option(SELECTOR_HELP)
@everywhere_option
@strict_option
@output_option(TABLE_OUTPUTS)
@with_session
def who(
    session: Session,
    *,
    target: str,
    port: str | None,
    selector: str | None,
    everywhere: bool,
    strict: bool,
    output: str,
) -> int:
    """List who can reach TO.

    \b
    Examples:
      netsim who storage/svc/postgresql-cluster-rw -f manifests/
      netsim who shop/db --port 5432 -f manifests/ -o md

    Exit codes: 0, or 2 wrong usage or unreadable input, 3 if some row is undecided.
    """
    narrowing = Narrowing.of(session, selector, everywhere=everywhere)
    rows = session.cluster.connections(target=target, port=port, strict=strict)
    return print_rows(session, rows, narrowing, output)
