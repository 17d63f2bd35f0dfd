"""`netsim who`: who can reach a target."""

from collections.abc import Iterable

import click

from netsim.cli.options import endpoint_argument
from netsim.cli.rows import rows_command
from netsim.cli.session import Session
from netsim.query.connections import Fan


@click.command()
@endpoint_argument("target", "TO")
@rows_command
def who(session: Session, *, target: str, port: str | None, strict: bool) -> Iterable[Fan]:
    """List who can reach TO.

    \b
    Examples:
      netsim who storage/svc/postgresql-cluster-rw -f manifests/
      netsim who shop/db --port 5432 -f manifests/ -o md

    Exit codes: 0, or 2 wrong usage or unreadable input, 3 if some row is undecided.
    """
    return session.cluster.fans(target=target, port=port, strict=strict)
