"""`netsim suggest minimize`: policies without what other rules allow anyway."""

import click

from netsim.cli.session import Session, with_session
from netsim.cli.suggesting import Choice, proposal_options, put_proposals
from netsim.query.endpoints import check_namespace
from netsim.suggest.minimize import minimized


@click.command()
@click.argument("only", metavar="[NS]", required=False)
@proposal_options
@with_session
def minimize(session: Session, *, only: str | None, how: Choice) -> int:
    """Drop policies, rules, peers and ports that others make needless.

    What is dropped is allowed by what stays: to every pod, with whatever labels, that exists
    or could be created, in whatever namespaces. So a rule that matches nothing today stays,
    unless another allows what it would; policies that only isolate stay too. The edits were
    simulated as well: no connection of the given pods opens or closes. NS, or -n, gives one
    namespace; else all are looked at.

    \b
    Examples:
      netsim suggest minimize -f manifests/
      netsim suggest minimize shop -f manifests/ --patch | git apply
      netsim suggest minimize -f manifests/ --write

    Exit codes: 0 also where nothing is to be dropped, 2 wrong usage, unreadable input, or files
    that cannot be edited.
    """
    namespace = only or session.namespace
    if namespace is not None:
        check_namespace(namespace, session.cluster.snapshot)
    proposal = minimized(session.cluster, namespace)
    if not proposal.edits:
        session.screen.message("nothing to drop: every rule allows something of its own", "dim")
    put_proposals(session, [proposal] if proposal.edits else [], how)
    return 0
