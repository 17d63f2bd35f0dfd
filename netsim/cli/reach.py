"""`netsim reach`: what a source can reach."""

from collections.abc import Iterable

import click

from netsim.cli.options import endpoint_argument
from netsim.cli.rows import rows_command
from netsim.cli.session import Session
from netsim.query.connections import Fan


@click.command()
@endpoint_argument("source", "FROM")
@rows_command
def reach(session: Session, *, source: str, port: str | None, strict: bool) -> Iterable[Fan]:
    """List what FROM can reach.

    \b
    Examples:
      netsim reach shop/web -f manifests/
      netsim reach internet --port 80-443 -f manifests/ -o csv

    Exit codes: 0, or 2 wrong usage or unreadable input, 3 if some row is undecided.
    """
    return session.cluster.fans(source=source, port=port, strict=strict)
