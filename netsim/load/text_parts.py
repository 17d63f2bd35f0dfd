"""A long YAML file in parts of whole documents, so that its text is never held whole.

A part begins where a document does in the whole text as well, and knows what stands above it.
"""

import zlib
from collections.abc import Iterator
from io import BufferedIOBase
from pathlib import Path

from netsim.errors import DocumentError
from netsim.load.chunks import beginnings
from netsim.load.files import (
    ReadWholeError,
    TextFile,
    decoded_lines,
    has_mark,
    opened,
    read_file,
)
from netsim.load.json_values import looks_like_json

_PART = 1 << 17


def text_parts(path: Path) -> Iterator[TextFile | DocumentError]:
    """A file's text: in parts where it is YAML of many documents, and else whole.

    Raises ReadWholeError after the first part where only the whole text tells what is wrong.
    """
    begun = False
    try:
        with opened(path) as file:
            for part in _parts(path, file):
                begun = True
                yield part
    except (OSError, EOFError, zlib.error, ValueError) as error:
        if begun:
            raise ReadWholeError from error
        yield read_file(path)


def _parts(path: Path, file: BufferedIOBase) -> Iterator[TextFile]:
    """Raises ValueError where the text cannot be read in parts."""
    number, above, text, line = 1, 0, "", b""
    size = path.stat().st_size
    while block := file.read(max(_PART, len(text))):
        lines, end, line = (line + block).rpartition(b"\n")
        text += decoded_lines(lines + end)
        *begins, place = beginnings(text)
        count = len(begins)
        if number == 1 and (not count or has_mark(lines) or looks_like_json(text)):
            raise ValueError
        if count:
            left = max(0, size - file.tell())
            yield TextFile(str(path), text[:place], number, above, left, tuple(begins))
            number, above = number + count, above + text.count("\n", 0, place)
            text = text[place:]
    yield TextFile(str(path), text + decoded_lines(line), number, above)
