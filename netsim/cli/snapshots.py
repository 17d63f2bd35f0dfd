"""Saved snapshots as commands read and write them, and the states that a diff takes."""

from pathlib import Path

from netsim.cli.session import Reading
from netsim.cluster import Cluster
from netsim.errors import DocumentError, LoadError
from netsim.query.edge_set import EdgeSet, looks_saved, read_edge_set
from netsim.source import Source

Side = Cluster | EdgeSet


def opened_side(reading: Reading, path: str) -> Side:
    """A cluster, or what a saved snapshot holds.

    Raises DocumentError for a broken snapshot, and LoadError where nothing can be read.
    """
    text = saved_text(Path(path)) if path != "-" and Path(path).is_file() else None
    if text is not None and looks_saved(text):
        return read_edge_set(text, path)
    cluster = reading.loaded(path)
    if cluster.errors and not cluster.counts:
        raise LoadError(cluster.errors)  # next to a state that is not there all would be new
    return reading.told(cluster)


def saved_text(path: Path) -> str | None:
    """The text of a file; None where it is no UTF-8 text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None
    except OSError as error:
        raise DocumentError(Source(str(path)), f"cannot be read: {error.strerror}") from None


def write_saved(path: Path, text: str) -> None:
    """Writes a file whole; raises DocumentError where that fails."""
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise DocumentError(Source(str(path)), f"cannot be written: {error.strerror}") from None
