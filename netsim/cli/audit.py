"""`netsim audit`: what lets isolation fail beside policies."""

import click

from netsim.audit import RULES
from netsim.audit import audit as inspect
from netsim.cli.assuming import assume_secret_option, context_of
from netsim.cli.inspecting import Inspection, Terms, inspecting, report
from netsim.cli.session import Session, with_session
from netsim.inspection import RULES as ANSWERING
from netsim.lint import RULES as LINTING


@click.command()
@inspecting
@assume_secret_option
@with_session
def audit(session: Session, *, terms: Terms, assumed_secrets: tuple[str, ...]) -> int:
    """Find what lets isolation fail beside policies, each with file and line, and a fix.

    \b
    Policies bind the pods that run, and not all of them: a pod that Pod Security refuses
    never runs, a pod with its node's network or rights goes around policies, and a pod whose
    secret is missing does not start. Scripts, hooks, limits, probes and the Services that a
    workload is told of are looked at as well. `netsim
    rules` lists the rules, `netsim rules ID` explains one. Findings are answered for by
    annotations and baselines, as those of `netsim lint`.

    \b
    Examples:
      netsim audit -f manifests/
      netsim audit --select 'pod-security-*' -f manifests/
      netsim audit --baseline audit.json -o sarif -f manifests/ > audit.sarif

    Exit codes: 0 clean, 1 findings, 2 wrong usage or unreadable input.
    """
    asked = terms.asked(RULES)
    cluster = session.cluster
    context = context_of(cluster, assumed_secrets)
    found = inspect(context, {rule.id for rule in asked})
    known = (*LINTING, *RULES, *ANSWERING)
    return report(session, Inspection("netsim audit", asked, known, found), terms)[0]
