"""`netsim checklist`: what must hold before a workload is deployed."""

import click

from netsim.audit.checklist import State, checklists
from netsim.cli.assuming import assume_secret_option, context_of
from netsim.cli.options import endpoint_argument, output_option
from netsim.cli.session import Session, with_session
from netsim.errors import UnknownEndpointError
from netsim.load import locate
from netsim.report.checklists import checklist_lines, checklist_markdown, checklists_value
from netsim.report.formats import VALUE_FORMATS

_OUTPUTS = ("text", "json", "yaml", "md")
_STYLES = {State.DONE: "green", State.OPEN: "red", State.NOT_NEEDED: "dim", None: ""}
_OPEN = 1


@click.command()
@endpoint_argument("workload", "WORKLOAD")
@output_option(_OUTPUTS)
@assume_secret_option
@with_session
def checklist(
    session: Session, *, workload: str, assumed_secrets: tuple[str, ...], output: str
) -> int:
    """Tick what a secure deployment of WORKLOAD needs: six boxes, each with reason and place.

    \b
    The boxes: Pod Security labels of the namespace; security context; NetworkPolicy, with DNS
    and the services that the workload is told of; secrets; requests and limits; health checks.
    A box is open where `netsim audit` or `netsim lint` has an error or a warning; an
    annotation netsim/ignore on the object answers for one here as well.

    \b
    Examples:
      netsim checklist storage/job/db-init -f manifests/
      netsim checklist shop/web -f manifests/ -o md > checklist.md
      netsim checklist shop/ -f manifests/ -o json

    Exit codes: 0 every required box is ticked, 1 some box is open, 2 wrong usage or unreadable
    input.
    """
    cluster = session.cluster
    templates = tuple(cluster.templates(workload))
    if not templates:
        raise UnknownEndpointError(workload, "workload with a pod template")
    context = context_of(cluster, assumed_secrets)
    found = list(checklists(context, templates))
    screen = session.screen
    if output in VALUE_FORMATS:
        value = {**checklists_value(found, locate), "faults": session.faults}
        screen.data(VALUE_FORMATS[output](value))
    elif output == "md":
        screen.data("\n".join(checklist_markdown(item, locate) for item in found))
    else:
        for item in found:
            for line, state in checklist_lines(item, locate):
                screen.line(line, _STYLES[state])
    return _OPEN if any(item.open for item in found) else 0
