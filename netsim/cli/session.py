"""What every command that reads manifests shares: the load, its messages, the exit code."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import TypeVar

import click

from netsim.cli.options import profile_of, session_options
from netsim.cli.output import Screen
from netsim.cluster import Cluster, load
from netsim.errors import InputError, ManifestError, UndecidedError
from netsim.load import locate
from netsim.model.profile import Profile
from netsim.query.verdict import Outcome
from netsim.report.findings import counted
from netsim.report.formats import TABLE_FORMATS, VALUE_FORMATS
from netsim.report.values import Value, fault_value
from netsim.results import Finding, Severity, Table

UNREADABLE = 2
EXIT_CODES = {Outcome.ALLOWED: 0, Outcome.DENIED: 1, Outcome.UNDECIDED: 3}

_NO_MANIFESTS = (
    "no manifests given: add -f PATH, where PATH is a file, a folder or - for stdin, as in "
    "`{command} -f manifests/`, or --live for the cluster of your kubeconfig."
)


@dataclass(frozen=True, slots=True)
class Session:
    """A loaded cluster and how to speak of it."""

    cluster: Cluster
    namespace: str | None
    """What was given with `-n`."""
    screen: Screen

    @property
    def faults(self) -> list[Value]:
        """What could not be read, which is part of every value: a kept file tells of it."""
        return [fault_value(error) for error in self.cluster.errors]

    def write(
        self, output: str, table: Callable[[], Table], value: Callable[[], dict[str, Value]]
    ) -> None:
        """Prints an answer in one of the formats that tables have."""
        put(self.screen, output, table, lambda: {**value(), "faults": self.faults})


def put(
    screen: Screen,
    output: str,
    table: Callable[[], Table],
    value: Callable[[], dict[str, Value]],
) -> None:
    """Prints an answer as a table or as a document, whichever the format wants."""
    if output in VALUE_FORMATS:
        screen.data(VALUE_FORMATS[output](value()))
    elif output in TABLE_FORMATS:
        screen.data(TABLE_FORMATS[output](table()))
    else:
        shown = table()
        screen.table(shown, folded=output != "wide")
        if not shown.rows:
            screen.message("nothing to show", "dim")


@dataclass(frozen=True, slots=True)
class Reading:
    """How manifests are read, and what was read so far."""

    filenames: tuple[str, ...]
    """What was given with `-f`."""
    namespace: str | None
    profile: Profile
    screen: Screen
    lenient: bool
    quiet: bool
    verbose: bool
    faults: list[InputError]
    """Everything that could not be read."""

    def loaded(self, *paths: str) -> Cluster:
        """Reads files and folders; nothing is told yet."""
        place = self.namespace or "default"
        return load(*paths, namespace=place, profile=self.profile, lenient=True)

    def told(self, cluster: Cluster, known: Cluster | None = None) -> Cluster:
        """Tells the faults and findings of a cluster, but for those that are known."""
        errors = _beyond(cluster.errors, known.errors if known else ())
        self.faults.extend(errors)
        tell_faults(errors, self.screen)
        if not self.quiet:
            findings = _beyond(cluster.findings, known.findings if known else ())
            _tell_findings(findings, self.screen, verbose=self.verbose)
        return cluster

    def session(self) -> Session:
        """The cluster that `-f` gives."""
        _check(self.filenames, self.screen)
        return Session(self.told(self.loaded(*self.filenames)), self.namespace, self.screen)


Known = TypeVar("Known")


def _beyond(items: tuple[Known, ...], known: tuple[Known, ...]) -> tuple[Known, ...]:
    texts = set(map(str, known))
    return tuple(item for item in items if str(item) not in texts)


def with_reading(command: Callable[..., int]) -> Callable[..., int]:
    """Adds the shared options; the command gets a Reading in their place."""

    @wraps(command)
    def run(
        *,
        filenames: tuple[str, ...],
        live: bool,
        context: str | None,
        namespace: str | None,
        profile_name: str,
        assumed: tuple[str, ...],
        lenient: bool,
        quiet: bool,
        verbose: bool,
        no_color: bool,
        **rest: object,
    ) -> int:
        if context is not None and not live:
            raise click.UsageError("--context goes with --live.")
        with _with_live(filenames, context, live=live) as paths:
            reading = Reading(
                paths,
                namespace,
                profile_of(profile_name, assumed),
                Screen(plain=no_color),
                lenient,
                quiet,
                verbose,
                [],
            )
            try:
                answer = command(reading, **rest)
            except UndecidedError as error:
                reading.screen.message(str(error), "yellow")
                answer = EXIT_CODES[Outcome.UNDECIDED]
        return UNREADABLE if reading.faults and not lenient else answer

    for option in reversed(session_options):
        run = option(run)
    return run


def with_session(command: Callable[..., int]) -> Callable[..., int]:
    """Adds the shared options; the command gets a Session in their place."""

    @wraps(command)
    def run(reading: Reading, **rest: object) -> int:
        return command(reading.session(), **rest)

    return with_reading(run)


@contextmanager
def _with_live(
    filenames: tuple[str, ...], context: str | None, *, live: bool
) -> Iterator[tuple[str, ...]]:
    """What to read; a capture made now is kept until lines of it have been looked up."""
    if not live:
        yield filenames
        return
    from tempfile import TemporaryDirectory

    from netsim.cli.live import captured
    from netsim.live.capture import Wanted

    with TemporaryDirectory(prefix="netsim-") as folder:
        path = Path(folder, "live-cluster.json.gz")
        captured(path, context, Wanted())
        yield (*filenames, str(path))


def _check(filenames: tuple[str, ...], screen: Screen) -> None:
    if not filenames:
        path = click.get_current_context().command_path
        raise click.UsageError(_NO_MANIFESTS.format(command=path))
    if "-" in filenames and sys.stdin.isatty():
        screen.message("reading manifests from the terminal; Ctrl-D ends them", "dim")


def tell_faults(errors: tuple[InputError, ...], screen: Screen) -> None:
    """Every fault on its line, then how much the answer leaves out."""
    for error in errors:
        screen.message(str(error), "red")
    objects = {
        (error.source.file, error.source.document, error.subject)
        for error in errors
        if isinstance(error, ManifestError)
    }
    files = {error.source.file for error in errors if not isinstance(error, ManifestError)}
    lost = [(len(objects), "object"), (len(files), "file")]
    text = " and ".join(counted(number, what) for number, what in lost if number)
    if text:
        screen.message(f"the answer leaves out {text} that could not be read", "red")


def _tell_findings(findings: Iterable[Finding], screen: Screen, *, verbose: bool) -> None:
    notes = 0
    for item in findings:
        if item.severity is not Severity.NOTE:
            screen.message(str(_placed(item)), "yellow")
        elif verbose:
            screen.message(str(_placed(item)), "dim")
        else:
            notes += 1
    if notes:
        screen.message(f"{counted(notes, 'note')} on the input (-v shows them)", "dim")


def _placed(item: Finding) -> Finding:
    if item.place is not None:
        return item
    place = locate(item.source)
    return replace(item, place=place) if place.line else item
