"""`netsim admit`: what Pod Security admission would say of new objects."""

from dataclasses import replace

import click

from netsim.cli.options import output_option
from netsim.cli.session import UNREADABLE, Session, tell_faults, with_session
from netsim.cluster import load
from netsim.errors import ManifestError
from netsim.load import locate
from netsim.podsecurity.levels import NEWEST, parse_version
from netsim.query.admit import Admission, admit, unknown_namespaces
from netsim.report.admissions import admission_lines, admissions_value
from netsim.report.formats import VALUE_FORMATS

_REFUSED = 1
_OUTPUTS = ("text", "json", "yaml")


def _minor(ctx: click.Context, param: click.Parameter, value: str | None) -> int | None:
    """The 30 of `v1.30` or `1.30`; None where nothing is given."""
    if value is None:
        return None
    found = parse_version(f"v{value.removeprefix('v')}")
    if found is None or found[0] is None:
        raise click.BadParameter(f"{value!r} is no version, as v1.30.", ctx, param)
    return found[0]


@click.command("admit")
@click.argument("file", metavar="FILE")
@click.option(
    "--k8s-version",
    "newest",
    callback=_minor,
    metavar="v1.x",
    help=f"The server's own version, which `latest` means. Default: v1.{NEWEST}.",
)
@output_option(_OUTPUTS)
@with_session
def admit_file(session: Session, *, file: str, newest: int | None, output: str) -> int:
    """Answer for the objects of FILE as `kubectl create --dry-run=server` does.

    FILE is a file, a folder or - for stdin; -f gives the cluster: its namespaces, whose labels
    ask for a Pod Security standard, and its pods. Only Pod Security is looked at. Namespaces
    of FILE count for the objects below them. What makes pods is accepted with a warning, and
    it is said when its pods would then be refused.

    \b
    Examples:
      netsim admit job.yaml -n storage -f manifests/
      netsim admit namespaces.yaml -f cluster.json --k8s-version v1.30
      kubectl get -o yaml pods | netsim admit - -f manifests/

    Exit codes: 0 everything would run, 1 something is refused, 2 wrong usage or unreadable
    input.
    """
    cluster = session.cluster
    given = load(file, namespace=cluster.namespace, lenient=True)
    tell_faults(given.errors, session.screen)
    _check_namespaces(session, [item.namespace for item in given.objects])
    for name in unknown_namespaces(given.objects, cluster.snapshot):
        session.screen.message(
            f"namespace {name} has no Namespace object in the input: taken to have no labels",
            "yellow",
        )
    server = cluster.server
    server = replace(server, newest=newest) if newest is not None else server
    found = tuple(admit(given.objects, cluster.snapshot, cluster.objects, server))
    _print(session, found, output)
    if given.errors or any(item.unreadable for item in found):
        return UNREADABLE
    return 0 if all(item.runs for item in found) else _REFUSED


def _check_namespaces(session: Session, named: list[str]) -> None:
    """Kubectl does not put an object elsewhere than `-n` says."""
    asked = session.namespace
    other = next((name for name in named if name and asked and name != asked), None)
    if other:
        raise click.UsageError(
            f'the namespace from the provided object "{other}" does not match the namespace '
            f"\"{asked}\". You must pass '--namespace={other}' to perform this operation."
        )


def _print(session: Session, found: tuple[Admission, ...], output: str) -> None:
    for item in found:
        if item.unreadable:
            subject = f"{item.written.kind} {item.written.key}"
            source = item.written.source
            error = ManifestError(source, item.unreadable, locate(source), "Decode", subject)
            session.screen.message(str(error), "red")
    if output != "text":
        value = {**admissions_value(found, locate), "faults": session.faults}
        session.screen.data(VALUE_FORMATS[output](value))
        return
    for item in found:
        style = "" if item.runs else "red"
        for line in admission_lines(item):
            session.screen.line(line, "yellow" if line.startswith("Warning") else style)
