"""`netsim snapshot`: all allowed edges as text to keep beside the policies."""

from difflib import unified_diff
from pathlib import Path

import click

from netsim.cli.session import EXIT_CODES, Session, with_session
from netsim.cli.snapshots import saved_text, write_saved
from netsim.errors import DocumentError
from netsim.query.edge_set import looks_saved
from netsim.query.verdict import Outcome
from netsim.source import Source


@click.command()
@click.argument("file", metavar="FILE")
@click.option(
    "--check", is_flag=True, help="Write nothing; exit 1 if FILE is stale, and show the change."
)
@with_session
def snapshot(session: Session, *, file: str, check: bool) -> int:
    """Write every allowed edge to FILE, sorted, one a line, so that `git diff` is the review.

    Edges are by workload: the text is the same from run to run and machine to machine, and
    for any number of replicas. FILE is - for stdout. `netsim diff` takes FILE as a state.

    \b
    Examples:
      netsim snapshot netsim.snapshot -f manifests/
      netsim snapshot --check netsim.snapshot -f manifests/

    Exit codes: 0, or with --check 1 if FILE is stale, 2 wrong usage or unreadable input.
    """
    if check:
        return _checked(session, file)
    text = str(session.cluster.edge_set())
    if file == "-":
        session.screen.data(text)
    elif session.cluster.errors:
        session.screen.message(f"{file} is not written: some input could not be read", "red")
    else:
        write_saved(Path(file), text)
    return EXIT_CODES[Outcome.ALLOWED]


def _checked(session: Session, file: str) -> int:
    path = Path(file)
    if not path.is_file():
        problem = f"no such file: write it with `netsim snapshot {file}`"
        raise DocumentError(Source(file), problem)
    known = saved_text(path)
    if known is None or not looks_saved(known):
        raise DocumentError(Source(file), "not a file that `netsim snapshot` wrote")
    text = str(session.cluster.edge_set())
    if known == text:
        return EXIT_CODES[Outcome.ALLOWED]
    before, after = (it.splitlines(keepends=True) for it in (known, text))
    session.screen.blocks(unified_diff(before, after, file, "now", n=0))
    session.screen.message(f"{file} is stale: `netsim snapshot {file}` writes it anew", "red")
    return EXIT_CODES[Outcome.DENIED]
