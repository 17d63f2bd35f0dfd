"""Which files are read, in which order, and their text."""

import gzip
import os
import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from io import BufferedIOBase
from pathlib import Path

from netsim.errors import DocumentError
from netsim.load.chunks import unified
from netsim.load.git import PREFIX, read_commit
from netsim.source import Source

STDIN = "<stdin>"
LONG_FILE = 1 << 17
"""Bytes from which on a file may be worth reading in parts."""
SUFFIXES = (".yaml", ".yml", ".json", ".json.gz")

EXPECTATION_SUFFIXES = (".netsim.yaml", ".netsim.yml")
"""Of files that say what must hold; folders of manifests are read without them."""

_GZIP = b"\x1f\x8b"
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
    number: int = 1
    """Of its first document: a part of a long file may begin further down."""
    lines_above: int = 0
    to_come: int = 0
    """Bytes of the same file that were not read yet."""
    begins: tuple[int, ...] = ()
    """Where its documents begin, if that is known."""


class ReadWholeError(Exception):
    """A file that was being read in parts can only be read as a whole."""


_kept: dict[str, str] = {}
"""Text that cannot be read a second time to find a line: standard input and pipes."""


def kept_text(name: str) -> str | None:
    """The text of an input that can be read only once; None for files."""
    return _kept.get(name)


def read_files(
    paths: Sequence[str | os.PathLike[str]], *, again: bool = False, whole: bool = False
) -> Iterator[TextFile | Path | DocumentError]:
    """Every file that the paths lead to, folders in path order, no file twice.

    Long files come as paths, unless wanted `whole`. What can be read only once is taken from
    the first time where it is read `again`. What cannot be read comes as an error in its
    place.
    """
    seen: set[Path | str] = set()
    for path in paths:
        name = os.fspath(path)
        if name.startswith(PREFIX):
            yield from _committed(name, seen)
            continue
        for found in [STDIN] if name == "-" else _found(Path(name)):
            if isinstance(found, DocumentError):
                yield found
                continue
            real = found.resolve() if isinstance(found, Path) else found
            if real not in seen:
                seen.add(real)
                if not isinstance(found, Path):
                    yield _stdin(again=again)
                elif not whole and _is_long(found):
                    yield found
                else:
                    yield _once(found, again=again)


def _committed(name: str, seen: set[Path | str]) -> Iterator[TextFile | DocumentError]:
    for found in read_commit(name, _is_manifest):
        if isinstance(found, DocumentError):
            yield found
        elif found.name not in seen:
            seen.add(found.name)
            yield _keep(_unpacked(found.name, found.raw))


def _unpacked(name: str, raw: bytes) -> TextFile | DocumentError:
    if not raw.startswith(_GZIP):
        return _decoded(name, raw)
    try:
        return _decoded(name, gzip.decompress(raw))
    except (OSError, EOFError, zlib.error) as error:
        return _unreadable(Path(name), error)


def read_file(path: Path) -> TextFile | DocumentError:
    """A file's text, or why it has none."""
    try:
        with opened(path) as file:
            return _decoded(str(path), file.read())
    except (OSError, EOFError, zlib.error) as error:
        return _unreadable(path, error)


def opened(path: Path) -> BufferedIOBase:
    """A file's bytes, unpacked where it is compressed with gzip.

    Raises OSError; reading a compressed file may raise EOFError and zlib.error as well.
    """
    file = path.open("rb")
    if file.peek(len(_GZIP))[: len(_GZIP)] != _GZIP:
        return file
    file.close()
    return gzip.open(path, "rb")


def _is_long(path: Path) -> bool:
    try:
        packed = path.name.lower().endswith(".gz")
        return path.is_file() and (packed or path.stat().st_size >= LONG_FILE)
    except OSError:
        return False


def _stdin(*, again: bool) -> TextFile | DocumentError:
    if again and STDIN in _kept:
        return TextFile(STDIN, _kept[STDIN])
    raw = sys.stdin.buffer.read() if sys.stdin is not None else b""
    return _keep(_decoded(STDIN, raw))


def _once(path: Path, *, again: bool) -> TextFile | DocumentError:
    """The file; a pipe, such as a shell's `<(...)`, is kept because it is empty afterwards."""
    if again and str(path) in _kept:
        return TextFile(str(path), _kept[str(path)])
    read = read_file(path)
    return read if path.is_file() else _keep(read)


def _keep(read: TextFile | DocumentError) -> TextFile | DocumentError:
    if isinstance(read, TextFile):
        _kept[read.name] = read.text
    return read


def _unreadable(path: Path, error: Exception) -> DocumentError:
    if isinstance(error, EOFError | zlib.error | gzip.BadGzipFile):
        problem = "is cut off or damaged: the compressed text does not end as it should"
        return DocumentError(Source(str(path)), problem)
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return DocumentError(Source(str(path)), f"cannot be read: {reason}")


def _found(path: Path) -> Iterable[Path | DocumentError]:
    try:
        if path.is_dir():
            return _folder(path)
        if path.exists():
            return [path]
    except OSError as error:
        return [_unreadable(path, error)]
    return [_missing(path)]


def _folder(path: Path) -> list[Path | DocumentError]:
    problem = "this folder holds no .yaml, .yml, .json or .json.gz file"
    return list(_within(path)) or [DocumentError(Source(str(path)), problem)]


def _missing(path: Path) -> DocumentError:
    problem = "no such file or folder"
    near = get_close_matches(path.name, _names(path.parent), n=3)
    if near:
        problem += (
            f"; did you mean {' or '.join(repr(str(path.parent / name)) for name in near)}?"
        )
    return DocumentError(Source(str(path)), problem)


def _names(folder: Path) -> list[str]:
    try:
        return sorted(item.name for item in folder.iterdir())
    except OSError:
        return []


def _within(folder: Path) -> Iterator[Path | DocumentError]:
    """Manifest files below a folder, sorted; a linked folder is entered once."""
    entered: set[Path] = set()
    found: list[Path] = []
    faults: list[OSError] = []
    for place, folders, names in os.walk(folder, onerror=faults.append, followlinks=True):
        real = Path(place).resolve()
        if real in entered:
            folders.clear()
            continue
        entered.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(place, name) for name in names if _is_manifest(name)]
    for path in sorted(found):
        yield path if path.is_file() else _no_file(path)
    for fault in faults:
        yield _unreadable(Path(str(fault.filename)), fault)


def _is_manifest(name: str) -> bool:
    """Expectation files stand beside manifests and are none."""
    lower = name.lower()
    return lower.endswith(SUFFIXES) and not lower.endswith(EXPECTATION_SUFFIXES)


def _no_file(path: Path) -> DocumentError:
    problem = "is a link to nothing" if path.is_symlink() else "is neither a file nor a folder"
    return DocumentError(Source(str(path)), problem)


def decoded_lines(raw: bytes) -> str:
    """Some whole lines of a file in UTF-8; raises ValueError where they are no such text."""
    text = raw.decode()
    if "\0" in text:
        raise ValueError
    return unified(text)


def has_mark(raw: bytes) -> bool:
    """Whether a text says how it is encoded."""
    return _marked(raw) is not None


def _marked(raw: bytes) -> str | None:
    return next((code for mark, code in _BYTE_ORDER_MARKS if raw.startswith(mark)), None)


def _decoded(name: str, raw: bytes) -> TextFile | DocumentError:
    encoding = _marked(raw) or "utf-8"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        problem = f"not a text file: byte {error.start} is not {error.encoding.upper()}"
        return DocumentError(Source(name), problem)
    if "\x00" in text:
        return DocumentError(Source(name), "not a text file: it has NUL characters")
    return TextFile(name, text)
