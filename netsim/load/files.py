"""Which files are read, in which order, and their text."""

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from netsim.errors import DocumentError
from netsim.source import Source

STDIN = "<stdin>"
SUFFIXES = frozenset({".yaml", ".yml", ".json"})

_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file that was read."""

    name: str
    text: str


def read_files(paths: Sequence[str | os.PathLike[str]]) -> Iterator[TextFile | DocumentError]:
    """Every file that the paths lead to, folders in path order, no file twice.

    What cannot be read comes as an error in its place.
    """
    seen: set[Path] = set()
    for path in paths:
        name = os.fspath(path)
        if name == "-":
            yield _decoded(STDIN, sys.stdin.buffer.read())
            continue
        for found in _found(Path(name)):
            if isinstance(found, DocumentError):
                yield found
            elif (real := found.resolve()) not in seen:
                seen.add(real)
                yield read_file(found)


def read_file(path: Path) -> TextFile | DocumentError:
    """A file's text, or why it has none."""
    try:
        return _decoded(str(path), path.read_bytes())
    except OSError as error:
        return DocumentError(Source(str(path)), f"cannot be read: {error.strerror}")


def _found(path: Path) -> Iterable[Path | DocumentError]:
    if path.is_dir():
        found = list(_within(path))
        if found:
            return found
        problem = "this folder holds no .yaml, .yml or .json file"
        return [DocumentError(Source(str(path)), problem)]
    if path.exists():
        return [path]
    problem = "no such file or folder"
    parent = path.parent
    near = get_close_matches(path.name, _names(parent), n=1)
    if near:
        problem += f"; did you mean {str(parent / near[0])!r}?"
    return [DocumentError(Source(str(path)), problem)]


def _names(folder: Path) -> list[str]:
    try:
        return sorted(item.name for item in folder.iterdir())
    except OSError:
        return []


def _within(folder: Path) -> Iterator[Path]:
    """Manifest files below a folder, sorted; a linked folder is entered once."""
    entered: set[Path] = set()
    found: list[Path] = []
    for place, folders, names in os.walk(folder, followlinks=True):
        real = Path(place).resolve()
        if real in entered:
            folders.clear()
            continue
        entered.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [
            Path(place, name)
            for name in names
            if not name.startswith(".") and Path(name).suffix.lower() in SUFFIXES
        ]
    return iter(sorted(path for path in found if path.is_file()))


def _decoded(name: str, raw: bytes) -> TextFile | DocumentError:
    encoding = next((code for mark, code in _BYTE_ORDER_MARKS if raw.startswith(mark)), "utf-8")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        problem = f"not a text file: byte {error.start} is not {error.encoding.upper()}"
        return DocumentError(Source(name), problem)
    if "\x00" in text:
        return DocumentError(Source(name), "not a text file: it has NUL characters")
    return TextFile(name, text)
