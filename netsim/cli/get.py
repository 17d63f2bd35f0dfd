"""`netsim get`: what was understood of the input."""

from collections.abc import Callable
from dataclasses import dataclass

import click

from netsim.cli.options import (
    TABLE_OUTPUTS,
    Word,
    everywhere_option,
    output_option,
    selector_option,
)
from netsim.cli.rows import Narrowing
from netsim.cli.session import Session, with_session
from netsim.load import locate
from netsim.report import inventory, inventory_values
from netsim.report.values import Value
from netsim.results import Table

_SELECTABLE = ("pods", "namespaces")
_SHORT = {
    **dict.fromkeys(("po", "pod"), "pods"),
    **dict.fromkeys(("netpol", "networkpolicy", "networkpolicies", "policy"), "policies"),
    **dict.fromkeys(("ns", "namespace"), "namespaces"),
    **dict.fromkeys(("svc", "service"), "services"),
}
"""kubectl's other names."""


@click.command()
@click.argument("what", metavar="KIND", type=Word(inventory.NARROW, _SHORT))
@selector_option("Only pods, or namespaces, with these labels.")
@everywhere_option
@output_option(TABLE_OUTPUTS)
@with_session
def get(
    session: Session, *, what: str, selector: str | None, everywhere: bool, output: str
) -> int:
    """Show what was understood of the input.

    \b
    KIND is one of
      pods        workloads and pods, with the policies that isolate them
      policies    with what they select, how many rules they have, and where they stand
      namespaces  with their labels, and whether their object is in the input
      services    with the pods they lead to
      kinds       how many objects of each kind there are
    kubectl's short names (po, netpol, ns, svc) do as well.

    \b
    Examples:
      netsim get pods -f manifests/
      netsim get policies -n storage -f manifests/ -o wide
      netsim get namespaces -l team=sales -f manifests/

    Exit codes: 0, or 2 wrong usage or unreadable input.
    """
    if selector is not None and what not in _SELECTABLE:
        raise click.UsageError(f"-l goes with {' and '.join(_SELECTABLE)}.")
    narrowing = Narrowing.of(session, selector, everywhere=everywhere)
    answer = _ANSWERS[what](session, narrowing)
    shown = None if output == "wide" else inventory.NARROW[what]
    session.write(output, lambda: inventory.narrowed(answer.table(), shown), answer.value)
    return 0


@dataclass(frozen=True, slots=True)
class _Answer:
    """Both forms of an answer, each made only where it is printed."""

    table: Callable[[], Table]
    value: Callable[[], dict[str, Value]]


def _pods(session: Session, narrowing: Narrowing) -> _Answer:
    graph = session.cluster.worlds.graph
    chosen = [
        item
        for item in session.cluster.snapshot.endpoints
        if item.namespace and narrowing.takes(item.namespace, item.labels)
    ]
    return _Answer(
        lambda: inventory.pods_table(chosen, graph),
        lambda: inventory_values.pods_value(chosen, graph),
    )


def _policies(session: Session, narrowing: Narrowing) -> _Answer:
    graph, snapshot = session.cluster.worlds.graph, session.cluster.snapshot
    chosen = [
        item
        for item in snapshot.all_policies
        if not item.namespace or narrowing.shows(item.namespace)
    ]
    others = [
        item
        for item in snapshot.unmodelled
        if not item.namespace or narrowing.shows(item.namespace)
    ]
    return _Answer(
        lambda: inventory.policies_table(chosen, others, graph, locate),
        lambda: inventory_values.policies_value(chosen, others, graph, locate),
    )


def _namespaces(session: Session, narrowing: Narrowing) -> _Answer:
    snapshot = session.cluster.snapshot
    chosen = [
        item for item in snapshot.namespaces.values() if narrowing.takes(item.name, item.labels)
    ]
    return _Answer(
        lambda: inventory.namespaces_table(chosen, snapshot),
        lambda: inventory_values.namespaces_value(chosen, snapshot),
    )


def _services(session: Session, narrowing: Narrowing) -> _Answer:
    services = session.cluster.snapshot.services
    running = session.cluster.worlds.directory.running
    chosen = [item for item in services if narrowing.shows(item.namespace)]
    return _Answer(
        lambda: inventory.services_table(chosen, running),
        lambda: inventory_values.services_value(chosen, running),
    )


def _kinds(session: Session, _: Narrowing) -> _Answer:
    counts = session.cluster.counts
    return _Answer(
        lambda: inventory.kinds_table(counts), lambda: inventory_values.kinds_value(counts)
    )


_ANSWERS: dict[str, Callable[[Session, Narrowing], _Answer]] = {
    "pods": _pods,
    "policies": _policies,
    "namespaces": _namespaces,
    "services": _services,
    "kinds": _kinds,
}
