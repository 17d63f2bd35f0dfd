"""`netsim list`: every allowed connection."""

from collections.abc import Iterable

import click

from netsim.cli.options import endpoint_option
from netsim.cli.rows import rows_command
from netsim.cli.session import Session
from netsim.query.connections import Fan


@click.command("list")
@endpoint_option("--from", "source", "Only connections from here.")
@endpoint_option("--to", "target", "Only connections to here.")
@rows_command
def list_rows(
    session: Session, *, source: str | None, target: str | None, port: str | None, strict: bool
) -> Iterable[Fan]:
    """List every allowed connection: one row for each source and target, with its ports.

    Addresses outside the cluster are rows too; a pod and itself are not. With -n, rows that
    start or end in that namespace.

    \b
    Examples:
      netsim list -f manifests/
      netsim list -f manifests/ --to storage/ --port 5432 -o json
      netsim list -f manifests/ -n shop -l tier=data
      netsim list -f manifests/ -o mermaid --by namespace
      netsim list -f manifests/ -n shop -o png --output-file shop.png

    Exit codes: 0, or 2 wrong usage or unreadable input, 3 if some row is undecided.
    """
    return session.cluster.fans(source=source, target=target, port=port, strict=strict)
