"""`netsim test`: holds expectation files against manifests."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import click

import netsim
from netsim.cli.options import output_option, strict_option
from netsim.cli.session import Reading, with_reading
from netsim.cluster import Cluster
from netsim.load import locate
from netsim.load.expectation_files import expectation_paths
from netsim.query.expectations.checking import check
from netsim.query.expectations.opening import Opened, opened
from netsim.query.expectations.outcomes import Checked, Status
from netsim.report.as_github import as_github
from netsim.report.as_sarif import as_sarif
from netsim.report.checked import as_junit, as_tap, as_text, findings_of, run_json

OUTPUTS = ("text", "tap", "junit", "json", "github", "sarif")
_FORMATS: dict[str, Callable[[list[Checked]], str]] = {
    "tap": as_tap,
    "junit": as_junit,
    "json": run_json,
    "github": lambda run: as_github(findings_of(run, netsim.__version__)),
    "sarif": lambda run: as_sarif(findings_of(run, netsim.__version__)),
}
_HOLDS, _BROKEN, _UNDECIDED = 0, 1, 3


@dataclass(frozen=True, slots=True)
class _Manifests:
    """What files are held against; each set of manifests is read once."""

    reading: Reading
    _clusters: dict[tuple[str, ...], Cluster] = field(default_factory=dict)

    def of(self, file: Opened) -> Cluster:
        """Those of `-f`, or those that a file names; a usage error where there are none."""
        paths = self.reading.filenames or tuple(map(str, file.manifests()))
        if not paths:
            raise click.UsageError(
                f"{file.path} names no manifests: add -f PATH, or write `manifests: [PATH]`."
            )
        if paths not in self._clusters:
            self._clusters[paths] = self.reading.told(self.reading.loaded(*paths))
        return self._clusters[paths]


@click.command()
@click.argument("files", nargs=-1, metavar="[FILES]...")
@click.option("-k", "words", metavar="TEXT", help="Only tests whose name contains TEXT.")
@click.option("--fail-fast", is_flag=True, help="Stop at the first promise that is broken.")
@strict_option
@output_option(OUTPUTS)
@with_reading
def test(
    reading: Reading,
    *,
    files: tuple[str, ...],
    words: str | None,
    fail_fast: bool,
    strict: bool,
    output: str,
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
    for checked in _checked(reading, files or (".",), words or "", strict=strict):
        run.append(checked)
        if fail_fast and checked.broken:
            break
    if output == "text":
        reading.screen.data(as_text(run, everything=reading.verbose))
    else:
        reading.screen.data(_FORMATS[output](run))
    if words and not run:
        reading.screen.message(f"no test has {words!r} in its name", "yellow")
    return _exit_code(run)


def _checked(
    reading: Reading, paths: tuple[str, ...], words: str, *, strict: bool
) -> Iterator[Checked]:
    namespace, manifests = reading.namespace or "default", _Manifests(reading)
    files = [opened(path, namespace) for path in expectation_paths(paths)]
    for file in files:
        chosen = [
            item
            for item in file.content.expectations
            if words.casefold() in item.name.casefold()
        ]
        worlds = manifests.of(file).worlds if chosen else None
        for expectation in chosen:
            if worlds is not None:
                yield check(expectation, worlds, locate, strict=strict)


def _exit_code(run: list[Checked]) -> int:
    broken = {item.status for item in run if item.broken}
    if broken - {Status.UNDECIDED}:
        return _BROKEN
    return _UNDECIDED if broken else _HOLDS
