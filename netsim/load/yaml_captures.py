"""A long List in YAML, as `kubectl get -o yaml` prints it: read as it comes, never held whole.

Only a list whose items all say what they are is read so. What is out of the ordinary raises
ReadWholeError, maybe after some items: then the plain way reads the file.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path

from netsim.load.documents import Document, moved
from netsim.load.files import ReadWholeError, decoded_lines, opened
from netsim.load.yaml_lines import Lines
from netsim.load.yaml_lists import ITEMS, Reading, first_reading, inherited_of, outer
from netsim.load.yaml_repeats import IDENTITY
from netsim.load.yaml_scanner import UnusualError
from netsim.load.yaml_shapes import fitting
from netsim.source import Source

_HEAD = 1 << 16
_BLOCK = 1 << 15


@dataclass(frozen=True, slots=True)
class YamlCapture:
    """A file that begins as a List does."""

    name: str
    path: Path
    head: str
    """All that stands above the items."""
    column: int
    """Of their dashes."""


def as_yaml_capture(path: Path) -> YamlCapture | None:
    """The file if it begins as a List; None for any other."""
    try:
        with opened(path) as file:
            text = file.read(_HEAD).decode("ascii", "replace")
        return _capture(path, text)
    except (OSError, EOFError, zlib.error, UnusualError, RecursionError):
        return None


def _capture(path: Path, text: str) -> YamlCapture | None:
    place = text.find(f"\n{ITEMS}\n") + 1
    if place == 0 and not text.startswith(f"{ITEMS}\n"):
        return None
    outer(text[:place])
    begin = place + len(f"{ITEMS}\n")
    column = Lines(text, begin).dash()
    head = text[:begin]
    if column is None or not head.isascii() or not text.startswith(f"{' ' * column}- ", begin):
        return None
    return YamlCapture(str(path), path, head, column)


def capture_documents(capture: YamlCapture) -> Iterator[Document]:
    """The items of a capture in order; raises ReadWholeError, maybe after some."""
    try:
        with opened(capture.path) as file:
            file.seek(len(capture.head))
            yield from _documents(capture, file)
    except (OSError, EOFError, zlib.error, ValueError, UnusualError, RecursionError) as error:
        raise ReadWholeError from error


def _documents(capture: YamlCapture, file: BufferedIOBase) -> Iterator[Document]:
    index, above = 0, capture.head.count("\n")
    for text, is_last in _blocks(file, f"\n{' ' * capture.column}- "):
        lines, counted = Lines(text, 0), 0
        while lines.to_item(capture.column):
            start = lines.position
            above += text.count("\n", counted, start)
            counted = start
            reading = _sure_reading(text, start, capture.column)
            source = Source(capture.name, 1, ("items", index))
            yield Document(source, reading.value, moved(reading.repeated, above))
            lines = Lines(text, reading.end)
            index += 1
        above += text.count("\n", counted)
        if is_last:
            inherited_of(
                outer(capture.head[: -len(f"{ITEMS}\n")]), outer(text[lines.position :])
            )
        elif lines.position != len(text):
            raise UnusualError


def _sure_reading(text: str, start: int, column: int) -> Reading:
    """An item that says what it is: what stands below all items cannot make it another."""
    reading = first_reading(text, start, column)
    is_told = all(isinstance(reading.value.get(key), str) for key in IDENTITY)
    if not is_told or fitting(reading.value) not in {None, reading.shape}:
        raise UnusualError
    return reading


def _blocks(file: BufferedIOBase, border: str) -> Iterator[tuple[str, bool]]:
    """Texts of whole items; the last one, which is marked, ends with what stands below."""
    text, line = "", b""
    while block := file.read(max(_BLOCK, len(text))):
        lines, end, line = (line + block).rpartition(b"\n")
        text += decoded_lines(lines + end)
        place = text.rfind(border) + 1
        if place:
            yield text[:place], False
            text = text[place:]
    yield text + decoded_lines(line), True
