"""What commands that report findings share: which are told, how, and the exit code."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import click

import netsim
from netsim.cli.options import Word
from netsim.cli.session import Session
from netsim.inspection import Sorted, sort_out
from netsim.inspection.baseline import Baseline, BaselineError
from netsim.inspection.choice import UnknownRuleError, chosen
from netsim.load import locate
from netsim.report.findings import counted, finding_lines, findings_value, summary_line
from netsim.results import Finding, Findings, LintRule, Severity

_Run = TypeVar("_Run", bound=Callable[..., object])

FOUND = 1
OUTPUTS = ("text", "json", "yaml", "csv", "md", "sarif", "junit", "github")
_NEVER = "never"
_FAIL_ON = (*(severity.value for severity in Severity), _NEVER)
_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "dim"}
_RANKS = {severity: rank for rank, severity in enumerate(Severity)}

inspection_options = (
    click.option(
        "--select",
        multiple=True,
        metavar="RULE",
        help="Only these rules, by id or pattern as 'peer-*'. Repeatable, or with commas.",
    ),
    click.option("--ignore", multiple=True, metavar="RULE", help="Not these rules."),
    click.option(
        "--fail-on",
        type=Word(_FAIL_ON),
        default=Severity.WARNING.value,
        help="The least severity that makes the exit code 1. Default: warning.",
    ),
    click.option(
        "--baseline",
        "baseline_file",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Tell only what this file does not hold.",
    ),
    click.option(
        "--update-baseline",
        is_flag=True,
        help="Write all that is found to the file of --baseline, and tell nothing.",
    ),
    click.option("-o", "--output", type=Word(OUTPUTS), default="text", help="Default: text."),
)


def inspecting(command: _Run) -> _Run:
    """Adds the options; the command gets them as one Terms, named `terms`."""
    from functools import wraps

    @wraps(command)
    def run(
        *args: object,
        select: tuple[str, ...],
        ignore: tuple[str, ...],
        fail_on: str,
        baseline_file: Path | None,
        update_baseline: bool,
        output: str,
        **rest: object,
    ) -> object:
        terms = Terms(select, ignore, fail_on, baseline_file, update_baseline, output)
        return command(*args, terms=terms, **rest)

    shown: Callable[..., object] = run
    for option in reversed(inspection_options):
        shown = option(shown)
    return shown  # type: ignore[return-value]  # the same but for its keywords


@dataclass(frozen=True, slots=True)
class Terms:
    """What the options say."""

    select: tuple[str, ...]
    ignore: tuple[str, ...]
    fail_on: str
    baseline_file: Path | None
    update_baseline: bool
    output: str

    def asked(self, rules: Sequence[LintRule]) -> tuple[LintRule, ...]:
        """The rules that are asked; a usage error for an id that there is not."""
        if self.update_baseline and self.baseline_file is None:
            raise click.UsageError("--update-baseline needs --baseline FILE.")
        try:
            return chosen(rules, self.select, self.ignore)
        except UnknownRuleError as error:
            raise click.UsageError(f"{error}") from None


@dataclass(frozen=True, slots=True)
class Inspection:
    """A check's own part: its command's name, its rules, and what it found."""

    command: str
    asked: tuple[LintRule, ...]
    known: tuple[LintRule, ...]
    """Every rule that an annotation may name."""
    findings: Iterable[Finding]


def report(session: Session, inspection: Inspection, terms: Terms) -> tuple[int, Findings]:
    """Tells what was found in the way asked for; the exit code, and what was told."""
    sorted_out = sort_out(
        inspection.findings,
        session.cluster.objects,
        asked=inspection.asked,
        known=inspection.known,
        baseline=None if terms.update_baseline else _baseline(terms.baseline_file),
    )
    if terms.update_baseline and terms.baseline_file is not None:
        _update(session, terms.baseline_file, sorted_out)
        return 0, _findings(inspection, replace(sorted_out, found=()))
    findings = _findings(inspection, sorted_out)
    _print(session, findings, terms.output)
    if sorted_out.stale:
        text = f"{counted(sorted_out.stale, 'finding')} of the baseline found no more"
        session.screen.message(f"{text}: --update-baseline drops them", "dim")
    return _code(findings.found, terms.fail_on), findings


def _findings(inspection: Inspection, sorted_out: Sorted) -> Findings:
    """With places, by which those of one severity and file are in order."""
    found = sorted(
        (replace(item, place=locate(item.source)) for item in sorted_out.found),
        key=lambda item: (
            _RANKS[item.severity],
            item.place.file if item.place else "",
            item.place.line if item.place else 0,
        ),
    )
    dismissed = tuple(
        replace(item, finding=replace(item.finding, place=locate(item.finding.source)))
        for item in sorted_out.dismissed
    )
    version = netsim.__version__
    return Findings(inspection.command, version, inspection.asked, tuple(found), dismissed)


def _print(session: Session, findings: Findings, output: str) -> None:
    from netsim.report.finding_formats import FINDING_FORMATS
    from netsim.report.formats import VALUE_FORMATS

    screen = session.screen
    if output in VALUE_FORMATS:
        value = {**findings_value(findings), "faults": session.faults}
        screen.data(VALUE_FORMATS[output](value))
    elif output == "text":
        for item in findings.found:
            first, *rest = finding_lines(item)
            screen.line(first, _STYLES[item.severity])
            for line in rest:
                screen.line(line)
        screen.line(summary_line(findings), "bold")
    else:
        screen.data(FINDING_FORMATS[output](findings))


def _code(found: Iterable[Finding], fail_on: str) -> int:
    if fail_on == _NEVER:
        return 0
    least = _RANKS[Severity(fail_on)]
    return FOUND if any(_RANKS[item.severity] <= least for item in found) else 0


def _baseline(path: Path | None) -> Baseline | None:
    if path is None:
        return None
    try:
        return Baseline.read(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        problem = "there is no such file: --update-baseline writes it"
    except (OSError, UnicodeError, BaselineError) as error:
        problem = str(error)
    raise click.UsageError(f"--baseline {path}: {problem}.")


def _update(session: Session, path: Path, sorted_out: Sorted) -> None:
    try:
        path.write_text(Baseline.of(sorted_out.found).text(), encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"--baseline {path}: {error.strerror}.") from None
    told = counted(len(sorted_out.found), "finding")
    session.screen.message(f"{told} written to {path}")
