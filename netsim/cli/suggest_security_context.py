"""`netsim suggest security-context`: the patch that makes a workload restricted."""

from collections.abc import Iterator

import click

from netsim.cli.options import endpoint_argument
from netsim.cli.session import UNREADABLE, Session, with_session
from netsim.errors import ManifestError, UnknownEndpointError
from netsim.load import locate
from netsim.model.written import PodTemplate
from netsim.podsecurity.pods import PodFieldError
from netsim.podsecurity.suggestion import Suggestion, suggestion
from netsim.report.formats import as_yaml

_REMAINING = 1


@click.command("security-context")
@endpoint_argument("workload", "WORKLOAD")
@with_session
def security_context(session: Session, *, workload: str) -> int:
    """Print the security contexts that make WORKLOAD meet the restricted level.

    The YAML is a patch for `kubectl patch --patch-file` or kustomize: it holds what is to be
    changed and nothing else. What security contexts cannot mend, as hostNetwork or a hostPath
    volume, is told on stderr. Whether an image runs as another user than root is not known.

    \b
    Examples:
      netsim suggest security-context shop/web -f manifests/
      netsim suggest security-context shop/ -f manifests/ > patch.yaml

    Exit codes: 0 the patch is enough, or nothing is to be changed; 1 something remains; 2 wrong
    usage or unreadable input.
    """
    codes = [_print(session, item) for item in _templates(session, workload)]
    return max(codes, default=0)


def _templates(session: Session, workload: str) -> Iterator[PodTemplate]:
    templates = tuple(session.cluster.templates(workload))
    if not templates:
        raise UnknownEndpointError(workload, "workload with a pod template")
    yield from templates


def _print(session: Session, template: PodTemplate) -> int:
    screen, owner = session.screen, template.owner
    subject = f"{owner.kind} {owner.key}"
    try:
        found = suggestion(template, session.cluster.server)
    except PodFieldError as error:
        fault = ManifestError(owner.source, str(error), locate(owner.source), "Decode", subject)
        screen.message(str(fault), "red")
        return UNREADABLE
    if found.patch:
        screen.data(f"---\n{as_yaml(found.patch)}")
    for text in _told(found):
        screen.message(f"{subject}: {text}", "yellow")
    return _REMAINING if found.remaining else 0


def _told(found: Suggestion) -> Iterator[str]:
    if not found.patch and not found.remaining:
        yield "meets the restricted level already"
    if found.asks_for_root:
        yield "ran as root: make sure that its image runs as another user"
    if found.remaining:
        yield f"security contexts cannot mend: {found.remaining}"
