"""`netsim get`: what was understood of the input."""

import click

from netsim.cli.output import TABLE_OUTPUTS, write
from netsim.cli.session import Session, with_session
from netsim.load import locate
from netsim.model.labels import LabelSelector
from netsim.names import parse_selector
from netsim.query.endpoints import selects
from netsim.report.inventory import (
    kinds_table,
    namespaces_table,
    pods_table,
    policies_table,
    services_table,
)
from netsim.report.shapes import table_value
from netsim.results import Table

_KINDS = {
    "pods": "Pods",
    "policies": "Policies",
    "namespaces": "Namespaces",
    "services": "Services",
    "kinds": "Kinds",
}


@click.command()
@click.argument("what", type=click.Choice(list(_KINDS)))
@click.option("-l", "--selector", metavar="SELECTOR", help="Only pods with these labels.")
@click.option("-o", "--output", type=click.Choice(TABLE_OUTPUTS), default="table")
@with_session
def get(session: Session, *, what: str, selector: str | None, output: str) -> int:
    """Show what was understood: which policies isolate each pod, what was synthesised.

    \b
    Examples:
      netsim get pods -f manifests/
      netsim get policies -n storage -f manifests/ -o wide
      netsim get kinds -f manifests/
    """
    if selector is not None and what != "pods":
        raise click.UsageError("-l goes with pods")
    table = _table(session, what, selector, wide=output == "wide")
    write(output, table, table_value(_KINDS[what], table), color=session.color)
    return 0


def _table(session: Session, what: str, selector: str | None, *, wide: bool) -> Table:
    cluster = session.cluster
    snapshot, graph = cluster.snapshot, cluster.worlds.graph
    picked = parse_selector(selector) if selector else LabelSelector()
    match what:
        case "pods":
            pods = (item for item in snapshot.endpoints if selects(picked, item.labels))
            return pods_table(
                tuple(item for item in pods if _is_shown(session, item.namespace)),
                graph,
                wide=wide,
            )
        case "policies":
            chosen = tuple(
                item for item in snapshot.policies if _is_shown(session, item.namespace)
            )
            return policies_table(chosen, snapshot.endpoints, locate)
        case "services":
            services = tuple(
                item for item in snapshot.services if _is_shown(session, item.namespace)
            )
            return services_table(services, snapshot.endpoints)
        case "namespaces":
            return namespaces_table(graph)
        case _:
            return kinds_table(cluster.counts)


def _is_shown(session: Session, namespace: str) -> bool:
    return session.narrowed in {None, namespace}
