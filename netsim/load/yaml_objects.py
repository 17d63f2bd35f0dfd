"""Objects of Kubernetes from YAML text, read in the quickest way that is exact for it."""

import re

from netsim.load.yaml_blocks import read_blocks
from netsim.load.yaml_events import read_events
from netsim.load.yaml_lines import read_document
from netsim.load.yaml_scanner import UnusualError
from netsim.load.yaml_shapes import Shape, fitting, shape_of

_HEAD = re.compile(r"(?:---\n)?apiVersion: +(\S+) *\n *kind: +([A-Za-z0-9]+) *\n")
_WORD = re.compile(r"[^\s\"']+")


def read_object(text: str) -> object:
    """The wanted part of a text's one document; UnusualError where no quick way is exact."""
    value, shape = _in_shape(text, guessed_shape(text))
    better = fitting(value)
    if better is not None and better is not shape:
        value, _ = _in_shape(text, better)
    return value


def _in_shape(text: str, shape: Shape) -> tuple[object, Shape]:
    for read in (read_blocks, read_document):
        try:
            return read(text, shape), shape
        except (UnusualError, RecursionError):
            pass  # the next way is slower and knows more of YAML
    return read_events(text, shape), shape


def guessed_shape(text: str, start: int = 0, end: int | None = None, column: int = 0) -> Shape:
    """What an object is by the look of its text, to be verified when it is read."""
    head = _HEAD.match(text, start + column)
    if head is not None:
        return shape_of(head[2], head[1])
    last = len(text) if end is None else end
    kind, version = (
        _word(text, range(start, last), column, key) for key in ("kind", "apiVersion")
    )
    return shape_of(kind, version)


def _word(text: str, part: range, column: int, key: str) -> str:
    """What a key at a column seems to say, in the first line or in a later one."""
    place = part.start + column
    if not text.startswith(f"{key}: ", place):
        place = text.find(f"\n{' ' * column}{key}: ", part.start, part.stop) + 1 + column
        if place == column:
            return ""
    found = _WORD.match(text, place + len(f"{key}: "))
    return found[0] if found else ""
