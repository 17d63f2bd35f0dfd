"""How commands read a live cluster: through kubectl, with progress on a terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from netsim.live.capture import Progress, Taken, Wanted, capture
from netsim.live.kubectl import Kubectl


def captured(path: Path, context: str | None, wanted: Wanted) -> Taken:
    """Writes a capture; raises LiveClusterError where it would not be whole."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    with _progress() as progress:
        return capture(path, Kubectl(context), wanted, now, progress)


@contextmanager
def _progress() -> Iterator[Progress]:
    """A line on standard error while kinds are read; nothing where that is no terminal."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading the cluster", total=None)

        def shown(kind: str, count: int, total: int) -> None:
            bar.update(task, description=f"reading {kind}", completed=count, total=total)

        yield shown
