"""What every command that reads manifests shares: its options, the load, the exit code."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps

import click

from netsim.cli.output import tell
from netsim.cluster import Cluster, load
from netsim.load import locate
from netsim.model.profile import PROFILES, Profile
from netsim.query.verdict import Outcome
from netsim.results import Finding, Severity

UNREADABLE = 2
EXIT_CODES = {Outcome.ALLOWED: 0, Outcome.DENIED: 1, Outcome.UNDECIDED: 3}

_OPTIONS = (
    click.option(
        "-f",
        "--filename",
        "filenames",
        multiple=True,
        required=True,
        metavar="PATH|-",
        help="Manifests: a file, a folder (read recursively) or - for stdin. Repeatable.",
    ),
    click.option(
        "-n",
        "--namespace",
        metavar="NS",
        help="The namespace of names and objects that give none (default: default). "
        "`list` and `get` show that namespace only.",
    ),
    click.option(
        "--profile", "profile_name", type=click.Choice(list(PROFILES)), default="default"
    ),
    click.option(
        "--assume",
        "assumed",
        multiple=True,
        metavar="SWITCH=VALUE",
        help="Settle a behaviour that Kubernetes leaves open. Repeatable.",
    ),
    click.option(
        "--lenient", is_flag=True, help="Unreadable input does not change the exit code."
    ),
    click.option("-q", "--quiet", is_flag=True, help="No warnings or notes on stderr."),
    click.option("-v", "--verbose", is_flag=True, help="Every note on stderr."),
    click.option("--no-color", is_flag=True, help="No colour; NO_COLOR does the same."),
)


@dataclass(frozen=True, slots=True)
class Session:
    """A loaded cluster and how to speak of it."""

    cluster: Cluster
    narrowed: str | None
    """The namespace that was asked for with `-n`."""
    lenient: bool
    color: bool

    def exit_code(self, answer: int) -> int:
        """The answer's code, unless something could not be read."""
        return UNREADABLE if self.cluster.errors and not self.lenient else answer


def with_session(command: Callable[..., int]) -> Callable[..., int]:
    """Adds the shared options; the command gets a Session in their place."""

    @wraps(command)
    def run(
        *,
        filenames: tuple[str, ...],
        namespace: str | None,
        profile_name: str,
        assumed: tuple[str, ...],
        lenient: bool,
        quiet: bool,
        verbose: bool,
        no_color: bool,
        **rest: object,
    ) -> int:
        profile = _profile(profile_name, assumed)
        place = namespace or "default"
        cluster = load(*filenames, namespace=place, profile=profile, lenient=True)
        session = Session(cluster, namespace, lenient, not no_color)
        _report(session, quiet=quiet, verbose=verbose)
        return session.exit_code(command(session, **rest))

    for option in reversed(_OPTIONS):
        run = option(run)
    return run


def _profile(name: str, assumed: tuple[str, ...]) -> Profile:
    profile = PROFILES[name]
    for text in assumed:
        switch, equals, setting = text.partition("=")
        if not equals:
            raise click.BadParameter(f"{text!r} is not SWITCH=VALUE", param_hint="--assume")
        try:
            profile = profile.with_setting(switch, setting)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--assume") from None
    return profile


def _report(session: Session, *, quiet: bool, verbose: bool) -> None:
    cluster = session.cluster
    for error in cluster.errors:
        tell(f"error: {error}", "red", color=session.color)
    notes = [item for item in cluster.findings if item.severity is Severity.NOTE]
    shown = () if quiet else (item for item in cluster.findings if verbose or item not in notes)
    for item in shown:
        style = "dim" if item.severity is Severity.NOTE else "yellow"
        tell(str(_placed(item)), style, color=session.color)
    if notes and not verbose and not quiet:
        plural = "" if len(notes) == 1 else "s"
        tell(
            f"{len(notes)} note{plural} on the input (-v shows them)",
            "dim",
            color=session.color,
        )
    if cluster.errors:
        count = len(cluster.errors)
        plural = "" if count == 1 else "s"
        text = f"the answer leaves out what {count} error{plural} made unreadable"
        tell(text, "red", color=session.color)


def _placed(item: Finding) -> Finding:
    if item.place is not None:
        return item
    place = locate(item.source)
    return replace(item, place=place) if place.line else item
