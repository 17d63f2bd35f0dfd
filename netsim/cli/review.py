"""`netsim review`: what a pull request moves, breaks and newly gets wrong."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click

import netsim
from netsim.cli.options import Word
from netsim.cli.reviewed import destinations, former_promises, promises_for
from netsim.cli.session import UNREADABLE, Reading, with_reading
from netsim.cluster import Cluster
from netsim.query.review import Outlook, Review
from netsim.report.as_github import as_github
from netsim.report.as_sarif import as_sarif
from netsim.report.formats import as_json
from netsim.report.review_markdown import review_markdown
from netsim.report.review_text import review_lines, review_text
from netsim.report.reviews import findings_of, review_junit, review_value
from netsim.report.values import Value, fault_value

_VERSION = netsim.__version__
_OUTPUTS = ("text", "md", "json", "sarif", "junit", "github")
_EXIT_CODES = {Outlook.CLEAN: 0, Outlook.OBJECTIONS: 1, Outlook.UNDECIDED: 3}


@click.command()
@click.argument("files", nargs=-1, metavar="[FILES]...")
@click.option(
    "--base",
    required=True,
    metavar="REF",
    help="The branch, tag or commit to compare with; the comparison is with the commit where "
    "the current branch left it.",
)
@click.option("-o", "--output", type=Word(_OUTPUTS), default="text", help="Default: text.")
@click.option(
    "--output-file",
    "files_out",
    multiple=True,
    metavar="FORMAT=FILE",
    help="Write the review to a file as well, as in sarif=review.sarif. Repeatable.",
)
@with_reading
def review(
    reading: Reading,
    *,
    files: tuple[str, ...],
    base: str,
    output: str,
    files_out: tuple[str, ...],
) -> int:
    """Review a change: what it opens and closes, which promises it breaks, what lint finds new.

    -f is the state after the change, --base a commit with the state before, read through git.
    FILES are *.netsim.yaml files or folders with such files; without any, those in and beside
    the manifests that are about them. Their `expect_diff` says what may open and close: all
    that moves besides is reported.

    \b
    Examples:
      netsim review --base origin/main -f k8s/
      netsim review --base HEAD -f k8s/ prod.netsim.yaml
      netsim review --base origin/main -f k8s/ -o github --output-file md=comment.md

    Exit codes: 0 clean, 1 a promise is broken, something moved that nobody expected, or lint
    has a new finding; 2 wrong usage or unreadable input, 3 undecided.
    """
    written = destinations(files_out, _OUTPUTS)
    paths = _local(reading.filenames)
    after = reading.session().cluster
    promises = promises_for(files, paths, reading)
    commit, before = _before(reading, base, paths)
    former = former_promises(promises, commit, reading)
    if reading.faults and not reading.lenient:
        text = "no review of manifests that cannot be read; --lenient leaves them out"
        reading.screen.message(text, "red")
        return UNREADABLE

    from netsim.reviewing import review as reviewed

    found = reviewed(
        before, after, [item.content for item in promises], former=former, base=commit
    )
    found = replace(found, unread=tuple(map(str, reading.faults)))
    formats = _formats([fault_value(error) for error in reading.faults])
    if output == "text":
        for text, style in review_lines(found):
            reading.screen.line(text, style)
    else:
        reading.screen.data(formats[output](found))
    for item in written:
        item.write(formats[item.output](found))
        reading.screen.message(f"wrote {item.path}", "dim")
    return _EXIT_CODES[found.outlook]


def _formats(faults: list[Value]) -> dict[str, Callable[[Review], str]]:
    return {
        "text": review_text,
        "md": review_markdown,
        "json": lambda found: as_json({**review_value(found, _VERSION), "faults": faults}),
        "sarif": lambda found: as_sarif(findings_of(found, _VERSION)),
        "junit": lambda found: review_junit(found, _VERSION),
        "github": lambda found: as_github(findings_of(found, _VERSION)),
    }


def _local(names: tuple[str, ...]) -> tuple[str, ...]:
    """Paths as seen from here, as git wants them; a usage error for what is no path."""
    if click.get_current_context().params["live"]:
        raise click.UsageError("--live: a review needs files or folders of a checkout.")
    for name in names:
        if name == "-" or name.startswith("git:"):
            raise click.UsageError(f"-f {name}: a review needs files or folders of a checkout.")
    return tuple(os.path.relpath(name) if Path(name).is_absolute() else name for name in names)


def _before(reading: Reading, base: str, paths: tuple[str, ...]) -> tuple[str, Cluster]:
    """What it is compared with, and the cluster there; raises DocumentError for no commit."""
    from netsim.load.git import is_in_commit, merge_base

    commit = merge_base(base)
    if commit != base:
        reading.screen.message(f"comparing with {commit}, where HEAD left {base}", "dim")
    known = [path for path in paths if is_in_commit(commit, path)]
    for path in paths:
        if path not in known:
            reading.screen.message(f"{path} is not in {commit}: all of it is new", "dim")
    before = reading.loaded(*(f"git:{commit}:{path}" for path in known))
    reading.told(replace(before, findings=()))
    return commit, before
