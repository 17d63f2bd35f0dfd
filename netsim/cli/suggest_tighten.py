"""`netsim suggest tighten`: policies cut down to what a log or expectations need."""

import click

from netsim.cli.session import Session, with_session
from netsim.cli.suggest_needed import (
    hand_over,
    needs_options,
    sayings_of,
    told,
)
from netsim.cli.suggesting import Choice, proposal_options
from netsim.query.endpoints import check_namespace
from netsim.suggest.tighten import tightened

_WHY = "labels and addresses do not tell it apart, or no policy of these governs it"
_SHORT = 1


@click.command()
@click.argument("place", required=False, metavar="[NAMESPACE]")
@needs_options
@proposal_options
@with_session
def tighten(
    session: Session,
    *,
    place: str | None,
    flows: tuple[str, ...],
    expectations: tuple[str, ...],
    how: Choice,
) -> int:
    """Print the policies of NAMESPACE, or all, cut down to what is needed.

    Needed is what --flows has seen and what --expectations allow. Rules, peers and ports that
    nothing needs go; broad ones become labels, addresses and ports. Nothing opens, and what is
    needed and passes today stays open: both are proved by simulation. What is needed and
    denied today is told on stderr and not opened; so is what stays open without being needed.
    NAMESPACE, or -n, gives one namespace.

    \b
    Examples:
      netsim suggest tighten --flows flows.csv -f manifests/
      hubble observe -o json > flows.json; netsim suggest tighten shop --flows flows.json --live
      netsim suggest tighten shop --expectations prod.netsim.yaml -f manifests/

    Exit codes: 0 printed, or nothing to do; 1 something needed is denied today; 2 wrong
    usage, unreadable input, or files that cannot be edited.
    """
    if not flows and not expectations:
        raise click.UsageError(
            "nothing says what is needed: add --flows FILE or --expectations FILE."
        )
    namespace = session.namespace if place is None else place.removesuffix("/")
    if namespace is not None:
        check_namespace(namespace, session.cluster.snapshot)
    found = tightened(session.cluster, sayings_of(session, flows, expectations), namespace)
    reasons = told(found.needs, found.remaining, _WHY)
    hand_over(session, found.proposal, how, reasons)
    if found.proposal is None:
        session.screen.message("nothing to tighten: these policies allow what is needed only")
    return _SHORT if found.needs.refused else 0
