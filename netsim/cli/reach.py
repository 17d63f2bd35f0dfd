"""`netsim reach`: what a source can reach, at once or hop by hop."""

from collections.abc import Iterable

import click

from netsim.cli.options import endpoint_argument
from netsim.cli.rows import rows_command
from netsim.cli.session import Session
from netsim.query.chains import Transit
from netsim.query.connections import Fan


@click.command()
@endpoint_argument("source", "FROM")
@click.option("--transitive", is_flag=True, help="Hop by hop, with the number of hops.")
@click.option("--max-hops", type=click.IntRange(1), help="With --transitive: no more hops.")
@rows_command
def reach(
    session: Session,
    *,
    source: str,
    port: str | None,
    strict: bool,
    transitive: bool,
    max_hops: int | None,
) -> Iterable[Fan] | Transit:
    """List what FROM can reach.

    With --transitive everybody that is reached hop by hop is listed, the nearest first, each
    with one of the shortest ways: VIA is where the last hop starts.

    \b
    Examples:
      netsim reach shop/web -f manifests/
      netsim reach internet --port 80-443 -f manifests/ -o csv
      netsim reach shop/web --transitive --max-hops 3 -f manifests/

    Exit codes: 0, or 2 wrong usage or unreadable input, 3 if some row is undecided.
    """
    if not transitive:
        if max_hops is not None:
            raise click.UsageError("--max-hops goes with --transitive.")
        return session.cluster.fans(source=source, port=port, strict=strict)
    if strict:
        raise click.UsageError("--strict does not go with --transitive.")
    return session.cluster.transit(source, most_hops=max_hops, port=port)
