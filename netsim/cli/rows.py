"""`netsim list`, `who` and `reach`: the allowed connections, whole or cut down."""

from collections.abc import Callable

import click

from netsim.cli.output import TABLE_OUTPUTS, tell, write
from netsim.cli.session import EXIT_CODES, Session, with_session
from netsim.model.labels import LabelSelector
from netsim.model.workload import Endpoint
from netsim.names import parse_selector
from netsim.query.connections import Connection
from netsim.query.endpoints import selects
from netsim.query.verdict import Outcome
from netsim.report.shapes import connections_table, connections_value

_port = click.option("-p", "--port", metavar="PORT", help="Only connections on these ports.")
_output = click.option("-o", "--output", type=click.Choice(TABLE_OUTPUTS), default="table")
_selector = click.option(
    "-l", "--selector", metavar="SELECTOR", help="Only rows with an end that has these labels."
)


@click.command("list")
@click.option("--from", "source", metavar="FROM", help="Only connections from here.")
@click.option("--to", "target", metavar="TO", help="Only connections to here.")
@_port
@_selector
@_output
@with_session
def list_rows(
    session: Session,
    *,
    source: str | None,
    target: str | None,
    port: str | None,
    selector: str | None,
    output: str,
) -> int:
    """List every allowed connection: one row for each source and target, with its ports.

    Addresses outside the cluster are rows too; a pod and itself are not.

    \b
    Examples:
      netsim list -f manifests/
      netsim list -f manifests/ --to storage/ --port 5432 -o json
      netsim list -f manifests/ -n shop -l tier=data

    Exit codes: 0, or 2 wrong usage or unreadable input, 3 if some row is undecided.
    """
    rows = session.cluster.connections(source=source, target=target, port=port)
    return _print(session, rows, selector, output)


@click.command()
@click.argument("target", metavar="TO")
@_port
@_selector
@_output
@with_session
def who(
    session: Session, *, target: str, port: str | None, selector: str | None, output: str
) -> int:
    """List who can reach TO.

    \b
    Examples:
      netsim who storage/svc/postgresql-cluster-rw -f manifests/
      netsim who shop/db --port 5432 -f manifests/ -o md
    """
    return _print(session, session.cluster.who_can_reach(target, port), selector, output)


@click.command()
@click.argument("source", metavar="FROM")
@_port
@_selector
@_output
@with_session
def reach(
    session: Session, *, source: str, port: str | None, selector: str | None, output: str
) -> int:
    """List what FROM can reach.

    \b
    Examples:
      netsim reach shop/web -f manifests/
      netsim reach internet --port 80-443 -f manifests/ -o csv
    """
    return _print(session, session.cluster.reachable_from(source, port), selector, output)


def _print(
    session: Session, rows: tuple[Connection, ...], selector: str | None, output: str
) -> int:
    shown = tuple(row for row in rows if _wanted(session, selector)(row))
    table = connections_table(shown, wide=output == "wide")
    write(output, table, connections_value(shown), color=session.color)
    reasons = dict.fromkeys(reason for row in shown for reason in row.undecided)
    for reason in reasons:
        tell(f"undecided: {reason}", "yellow", color=session.color)
    return EXIT_CODES[Outcome.UNDECIDED] if reasons else 0


def _wanted(session: Session, text: str | None) -> Callable[[Connection], bool]:
    selector = parse_selector(text) if text else LabelSelector()

    def wanted(row: Connection) -> bool:
        ends = [end for end in (row.source, row.target) if isinstance(end, Endpoint)]
        return any(
            session.narrowed in {None, end.namespace} and selects(selector, end.labels)
            for end in ends
        )

    return wanted
