"""`netsim list`: every allowed connection."""

import click

from netsim.cli.options import (
    TABLE_OUTPUTS,
    endpoint_option,
    everywhere_option,
    output_option,
    port_option,
    selector_option,
    strict_option,
)
from netsim.cli.rows import SELECTOR_HELP, Narrowing, print_rows
from netsim.cli.session import Session, with_session


@click.command("list")
@endpoint_option("--from", "source", "Only connections from here.")
@endpoint_option("--to", "target", "Only connections to here.")
@port_option("Only connections on these ports.")
@selector_option(SELECTOR_HELP)
@everywhere_option
@strict_option
@output_option(TABLE_OUTPUTS)
@with_session
def list_rows(
    session: Session,
    *,
    source: str | None,
    target: str | None,
    port: str | None,
    selector: str | None,
    everywhere: bool,
    strict: bool,
    output: str,
) -> int:
    """List every allowed connection: one row for each source and target, with its ports.

    Addresses outside the cluster are rows too; a pod and itself are not. With -n, rows that
    start or end in that namespace.

    \b
    Examples:
      netsim list -f manifests/
      netsim list -f manifests/ --to storage/ --port 5432 -o json
      netsim list -f manifests/ -n shop -l tier=data

    Exit codes: 0, or 2 wrong usage or unreadable input, 3 if some row is undecided.
    """
    narrowing = Narrowing.of(session, selector, everywhere=everywhere)
    rows = session.cluster.connections(source=source, target=target, port=port, strict=strict)
    return print_rows(session, rows, narrowing, output)
