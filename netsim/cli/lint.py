"""`netsim lint`: what is wrong with the policies, proved on the compiled cluster."""

import click

from netsim.audit import RULES as AUDITING
from netsim.cli.inspecting import Inspection, Terms, inspecting, report
from netsim.cli.session import EXIT_CODES, Session, with_session
from netsim.inspection import RULES as ANSWERING
from netsim.lint import RULES
from netsim.lint import lint as inspect
from netsim.lint.context import Context
from netsim.query.verdict import Outcome

_NOT_MODELLED = "kind-not-modelled"


@click.command()
@inspecting
@with_session
def lint(session: Session, *, terms: Terms) -> int:
    """Find mistakes in policies, each with file and line, a flow that shows it, and a fix.

    \b
    Findings are facts of the compiled cluster, over all policies together: DNS that another
    policy grants is granted. `netsim rules` lists the rules, `netsim rules ID` explains one.

    \b
    An annotation on the object that a finding speaks of answers for it:
      metadata:
        annotations:
          netsim/ignore: |
            port-not-declared: the exporter is injected

    \b
    Examples:
      netsim lint -f manifests/
      netsim lint --select 'peer-*' --fail-on note -f manifests/
      netsim lint --baseline lint.json --update-baseline -f manifests/
      netsim lint --baseline lint.json -o sarif -f manifests/ > lint.sarif

    Exit codes: 0 clean, 1 findings, 2 wrong usage or unreadable input, 3 nothing found, but a
    policy that netsim does not evaluate may hide something.
    """
    asked = terms.asked(RULES)
    cluster = session.cluster
    context = Context(cluster.worlds.directory, cluster.objects, cluster.findings)
    found = inspect(context, {rule.id for rule in asked})
    inspection = Inspection("netsim lint", asked, (*RULES, *AUDITING, *ANSWERING), found)
    code, told = report(session, inspection, terms)
    answered = any(item.finding.rule == _NOT_MODELLED for item in told.dismissed)
    if not code and session.cluster.snapshot.unmodelled and not answered:
        message = "policies that netsim does not evaluate may hide something"
        session.screen.message(f"undecided: {message}", "yellow")
        return EXIT_CODES[Outcome.UNDECIDED]
    return code
