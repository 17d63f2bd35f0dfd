"""`netsim suggest allow`: the smallest edits that let FROM reach TO."""

import click

from netsim.cli.options import endpoint_argument, port_option
from netsim.cli.session import Session, with_session
from netsim.cli.suggest_answers import put_answer
from netsim.cli.suggesting import Choice, proposal_options
from netsim.suggest.allow import allow as edits_that_allow


@click.command("allow")
@endpoint_argument("source", "FROM")
@endpoint_argument("target", "TO")
@port_option("5432, 53/udp, 8000-8100/tcp, a port's name, or all.")
@proposal_options
@with_session
def allow(session: Session, *, source: str, target: str, port: str | None, how: Choice) -> int:
    """Print the smallest edits after which FROM can reach TO on PORT.

    Each option is tried out and told with exactly what it opens and closes, the one that moves
    the least besides what was asked first. With sets on either side every pair passes after it.
    Standard output is YAML for `kubectl apply`; --option picks one.

    \b
    Examples:
      netsim suggest allow shop/web shop/db --port 5432 -f manifests/
      netsim suggest allow internet shop/svc/web --port http -f manifests/ --option 1

    Exit codes: 0 there is an option, or nothing is to be done; 1 no edit of a NetworkPolicy
    helps; 2 wrong usage or unreadable input; 3 undecided.
    """
    if port is None:
        raise click.UsageError(
            "name the port with --port, as in `--port 5432`, or `--port all`."
        )
    return put_answer(session, edits_that_allow(session.cluster, source, target, port), how)
