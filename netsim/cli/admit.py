"""`netsim admit`: what Pod Security admission would say of new objects."""

from dataclasses import replace

import click

from netsim.cli.options import TEXT_OUTPUTS, output_option
from netsim.cli.session import Reading, Session, tell_faults, with_reading
from netsim.errors import InputError, ManifestError
from netsim.load import locate
from netsim.podsecurity.levels import NEWEST, parse_version
from netsim.query.admit import Admission, admit, unknown_namespaces
from netsim.report.admissions import admission_lines, admissions_table, admissions_value

_REFUSED = 1


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
@output_option(TEXT_OUTPUTS)
@with_reading
def admit_file(reading: Reading, *, file: str, newest: int | None, output: str) -> int:
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
    session = reading.session()
    cluster, given = session.cluster, reading.loaded(file)
    _check_namespaces(session, [item.namespace for item in given.objects])
    for name in unknown_namespaces(given.objects, cluster.snapshot):
        session.screen.message(
            f"namespace {name} has no Namespace object in the input: taken to have no labels",
            "yellow",
        )
    server = cluster.server
    server = replace(server, newest=newest) if newest is not None else server
    found = tuple(admit(given.objects, cluster.snapshot, cluster.objects, server))
    faults = (*given.errors, *(_fault(item) for item in found if item.unreadable))
    tell_faults(faults, session.screen)
    reading.faults.extend(faults)
    cluster.errors += faults
    _print(session, found, output)
    return 0 if all(item.runs or item.unreadable for item in found) else _REFUSED


def _check_namespaces(session: Session, named: list[str]) -> None:
    """Kubectl does not put an object elsewhere than `-n` says."""
    asked = session.namespace
    other = next((name for name in named if name and asked and name != asked), None)
    if other:
        raise click.UsageError(
            f'the namespace from the provided object "{other}" does not match the namespace '
            f"\"{asked}\". You must pass '--namespace={other}' to perform this operation."
        )


def _fault(item: Admission) -> InputError:
    written = item.written
    subject, place = f"{written.kind} {written.key}", locate(written.source)
    return ManifestError(written.source, item.unreadable, place, "Decode", subject)


def _print(session: Session, found: tuple[Admission, ...], output: str) -> None:
    if output != "text":
        session.write(
            output, lambda: admissions_table(found), lambda: admissions_value(found, locate)
        )
        return
    for item in found:
        style = "" if item.runs else "red"
        for line in admission_lines(item):
            session.screen.line(line, "yellow" if line.startswith("Warning") else style)
