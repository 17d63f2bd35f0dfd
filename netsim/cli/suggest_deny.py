"""`netsim suggest deny`: the smallest edits that keep FROM from reaching TO."""

import click

from netsim.cli.options import endpoint_argument, port_option
from netsim.cli.session import Session, with_session
from netsim.cli.suggest_answers import put_answer
from netsim.cli.suggesting import Choice, proposal_options
from netsim.suggest.deny import deny as edits_that_deny


@click.command("deny")
@endpoint_argument("source", "FROM")
@endpoint_argument("target", "TO")
@port_option("Only these ports: 5432, 53/udp, 8000-8100/tcp, a port's name. Default: all.")
@proposal_options
@with_session
def deny(session: Session, *, source: str, target: str, port: str | None, how: Choice) -> int:
    """Print the smallest edits after which FROM cannot reach TO.

    NetworkPolicies have no rule that denies: rules that allow are narrowed, and what nothing
    isolates is isolated by a policy that allows all else. Each option is tried out and told
    with exactly what it closes, the one that closes the least besides first.

    \b
    Examples:
      netsim suggest deny shop/api shop/db --port 5432 -f manifests/
      netsim suggest deny internet shop/ -f manifests/ --option 1

    Exit codes: 0 there is an option, or nothing is to be done; 1 no edit of a NetworkPolicy
    helps; 2 wrong usage or unreadable input; 3 undecided.
    """
    answer = edits_that_deny(session.cluster, source, target, "all" if port is None else port)
    return put_answer(session, answer, how)
