"""`netsim suggest default-deny`: a namespace closed, but for what is needed and DNS."""

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
from netsim.query.parties import subject_name
from netsim.suggest.default_deny import default_denied

_WHY = "labels and addresses do not tell it apart"
_ASSUMED = (
    "no DNS pods in the input: they are taken to be labelled k8s-app=kube-dns in kube-system"
)
_SHORT = 1


@click.command("default-deny")
@click.argument("place", metavar="NAMESPACE")
@needs_options
@proposal_options
@with_session
def default_deny(
    session: Session,
    *,
    place: str,
    flows: tuple[str, ...],
    expectations: tuple[str, ...],
    how: Choice,
) -> int:
    """Print a default-deny for NAMESPACE, and the policies that keep what is needed.

    Kept is DNS, what --flows has seen and what --expectations allow: one policy for each
    workload, and one for DNS. Without either, what closes besides DNS is listed. Nothing
    opens, and what is needed and passes today stays open: both are proved by simulation.
    Pods that policies isolate already keep those policies as they are.

    \b
    Examples:
      netsim suggest default-deny shop --flows flows.csv -f manifests/
      netsim suggest default-deny shop --expectations prod.netsim.yaml -f manifests/
      netsim suggest default-deny shop -f manifests/ | kubectl diff -f -

    Exit codes: 0 printed, or nothing to do; 1 something needed is denied today, or no rule
    can keep it; 2 wrong usage, unreadable input, or files that cannot be edited.
    """
    namespace = place.removesuffix("/")
    check_namespace(namespace, session.cluster.snapshot)
    found = default_denied(session.cluster, namespace, sayings_of(session, flows, expectations))
    reasons = told(found.needs, found.remaining, _WHY)
    if found.assumed_dns:
        reasons.append(_ASSUMED)
    for source, target in found.unsaid:
        flow = f"{subject_name(source)} -> {subject_name(target)}"
        reasons.append(f"{flow} is needed and closes: no rule can name its other end")
    hand_over(session, found.proposal, how, reasons)
    if found.proposal is None:
        session.screen.message(f"nothing to do: every pod of {namespace} is isolated both ways")
    return _SHORT if found.unsaid or found.needs.refused else 0
