"""`netsim test`: holds expectation files against manifests."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import wraps

import click

import netsim
from netsim.cli.options import output_option, profile_of, session_options, strict_option
from netsim.cli.output import Screen
from netsim.cluster import Cluster, load
from netsim.load import locate
from netsim.load.expectation_files import expectation_paths
from netsim.model.profile import Profile
from netsim.query.expectations.checking import check
from netsim.query.expectations.opening import Opened, opened
from netsim.query.expectations.outcomes import Checked, Status
from netsim.report.as_github import as_github
from netsim.report.as_sarif import as_sarif
from netsim.report.checked import as_junit, as_tap, as_text, findings_of, run_json
from netsim.results import Severity

OUTPUTS = ("text", "tap", "junit", "json", "github", "sarif")
_FORMATS: dict[str, Callable[[list[Checked]], str]] = {
    "tap": as_tap,
    "junit": as_junit,
    "json": run_json,
    "github": lambda run: as_github(findings_of(run, netsim.__version__)),
    "sarif": lambda run: as_sarif(findings_of(run, netsim.__version__)),
}
_HOLDS, _BROKEN, _UNREADABLE, _UNDECIDED = range(4)

_manifests_option = click.option(
    "-f",
    "--filename",
    "filenames",
    multiple=True,
    metavar="PATH",
    help="Manifests to test, in place of those that the files name. Repeatable.",
)


@dataclass(slots=True)
class _Plan:
    """How manifests are read; each set of them once."""

    filenames: tuple[str, ...]
    namespace: str
    profile: Profile
    screen: Screen
    quiet: bool
    lenient: bool
    unreadable: bool = False
    """Whether something could not be read, which every answer leaves out."""
    _clusters: dict[tuple[str, ...], Cluster] = field(default_factory=dict)

    def cluster(self, file: Opened) -> Cluster:
        """What a file is held against; a usage error where it names no manifests."""
        paths = self.filenames or tuple(map(str, file.manifests()))
        if not paths:
            raise click.UsageError(
                f"{file.path} names no manifests: add -f PATH, or write `manifests: [PATH]`."
            )
        if paths not in self._clusters:
            self._clusters[paths] = self._loaded(paths)
        return self._clusters[paths]

    def _loaded(self, paths: tuple[str, ...]) -> Cluster:
        cluster = load(*paths, namespace=self.namespace, profile=self.profile, lenient=True)
        for error in cluster.errors:
            self.screen.message(str(error), "red")
        self.unreadable |= bool(cluster.errors) and not self.lenient
        for item in () if self.quiet else cluster.findings:
            if item.severity is not Severity.NOTE:
                self.screen.message(str(item), "yellow")
        return cluster


def _with_plan(command: Callable[..., int]) -> Callable[..., int]:
    """Adds the options of every command that reads manifests, where none need be given."""

    @wraps(command)
    def run(
        *,
        filenames: tuple[str, ...],
        namespace: str | None,
        profile_name: str,
        assumed: tuple[str, ...],
        lenient: bool,
        quiet: bool,
        no_color: bool,
        **rest: object,
    ) -> int:
        profile = profile_of(profile_name, assumed)
        plan = _Plan(
            filenames, namespace or "default", profile, Screen(no_color), quiet, lenient
        )
        return command(plan, **rest)

    for option in reversed((_manifests_option, *session_options[1:])):
        run = option(run)
    return run


@click.command()
@click.argument("files", nargs=-1, metavar="[FILES]...")
@click.option("-k", "words", metavar="TEXT", help="Only tests whose name contains TEXT.")
@click.option("--fail-fast", is_flag=True, help="Stop at the first promise that is broken.")
@strict_option
@output_option(OUTPUTS)
@_with_plan
def test(
    plan: _Plan,
    *,
    files: tuple[str, ...],
    words: str | None,
    fail_fast: bool,
    strict: bool,
    output: str,
    verbose: bool,
) -> int:
    """Hold expectation files against manifests.

    FILES are *.netsim.yaml files or folders with such files; without any, the current folder.
    Each is tested on the manifests that it names, or on those given with -f. What fails is
    shown with one flow, the rules that decide it, and the lines of both.

    \b
    Examples:
      netsim test
      netsim test prod.netsim.yaml -f manifests/
      netsim test -k database --fail-fast -o junit > report.xml

    Exit codes: 0 every promise holds, 1 one is broken, 2 wrong usage or unreadable input,
    3 none is broken and one is undecided.
    """
    run = []
    for checked in _checked(plan, files or (".",), words or "", strict=strict):
        run.append(checked)
        if fail_fast and checked.broken:
            break
    if output == "text":
        plan.screen.data(as_text(run, everything=verbose))
    else:
        plan.screen.data(_FORMATS[output](run))
    if words and not run:
        plan.screen.message(f"no test has {words!r} in its name", "yellow")
    return _UNREADABLE if plan.unreadable else _exit_code(run)


def _checked(
    plan: _Plan, paths: tuple[str, ...], words: str, *, strict: bool
) -> Iterator[Checked]:
    files = [opened(path, plan.namespace) for path in expectation_paths(paths)]
    for file in files:
        chosen = [
            item
            for item in file.content.expectations
            if words.casefold() in item.name.casefold()
        ]
        worlds = plan.cluster(file).worlds if chosen else None
        for expectation in chosen:
            if worlds is not None:
                yield check(expectation, worlds, locate, strict=strict)


def _exit_code(run: list[Checked]) -> int:
    broken = {item.status for item in run if item.broken}
    if broken - {Status.UNDECIDED}:
        return _BROKEN
    return _UNDECIDED if broken else _HOLDS
