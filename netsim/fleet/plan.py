"""Which captures a fleet is made of, and what each task has to do."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from netsim.errors import DocumentError
from netsim.source import Source

SUFFIXES = (".json.gz", ".json", ".yaml", ".yml")
DEFAULT_BLOCK = 5_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to find out about every cluster."""

    connections: bool = True
    expectations: tuple[str, ...] = ()
    """Files with expectations that every cluster must meet."""
    lint: bool = False
    before: str = ""
    """A folder with earlier captures of the same names, to compare with."""
    block: int = DEFAULT_BLOCK
    """Sources of connections that one task lists; bigger clusters are split."""


@dataclass(frozen=True, slots=True)
class Job:
    """One task: a cluster, or a block of the sources of one."""

    cluster: str
    """A name that no other capture of the fleet has."""
    path: str
    wanted: Wanted
    start: int = 0
    """The first source of the block; tasks after the first list connections only."""

    def rest(self, sources: int) -> tuple["Job", ...]:
        """The blocks after the first, for a cluster with so many sources."""
        block = self.wanted.block
        return tuple(replace(self, start=start) for start in range(block, sources, block))


def jobs(path: Path, wanted: Wanted) -> tuple[Job, ...]:
    """One for each capture of a folder, of a list, or for the one file that is given.

    A list is a text file with one path a line, relative to it; `#` begins a comment. Raises
    DocumentError where nothing is found.
    """
    found = tuple(_captures(path))
    if not found:
        problem = f"no capture is here: none ends in {', '.join(SUFFIXES)}"
        raise DocumentError(Source(str(path)), problem)
    stems = Counter(map(_stem, found))
    names = [_stem(it) if stems[_stem(it)] == 1 else _long_name(it) for it in found]
    return tuple(
        Job(name, str(capture), wanted) for name, capture in zip(names, found, strict=True)
    )


def _captures(path: Path) -> Iterable[Path]:
    if path.is_dir():
        return sorted(item for item in path.iterdir() if item.name.endswith(SUFFIXES))
    if path.name.endswith(SUFFIXES):
        return [path]
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        problem = f"cannot be read as a list of captures: {error}"
        raise DocumentError(Source(str(path)), problem) from error
    listed = (line.partition("#")[0].strip() for line in lines)
    return list(dict.fromkeys(path.parent / line for line in listed if line))


def _stem(path: Path) -> str:
    suffix = next((it for it in SUFFIXES if path.name.endswith(it)), "")
    return path.name.removesuffix(suffix) or path.name


def _long_name(path: Path) -> str:
    return "-".join(path.parts).strip("/-").replace("/", "-")
