"""Where the items of a long JSON list stand, so that one can be looked at without the rest."""

import json
import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

_BLANK = re.compile(r"[ \t\r\n]*")
_MOST_KNOWN = 16
_DECODER = json.JSONDecoder()


class _Outer(msgspec.Struct):
    items: list[msgspec.Raw]


@dataclass(frozen=True, slots=True)
class JsonItems:
    """Where the items of a list stand in its text."""

    starts: "array[int]" = field(default_factory=lambda: array("Q"))
    ends: "array[int]" = field(default_factory=lambda: array("Q"))
    lines: "array[int]" = field(default_factory=lambda: array("Q"))
    """How many lines stand above the first character of each."""

    def around(self, text: str) -> str:
        """The list without its items, all else in its place."""
        first, last = self.starts[0], self.ends[-1]
        gone = text[first + 1 : last]
        newlines, last_line = gone.count("\n"), gone[gone.rfind("\n") + 1 :]
        blank = "\n" * newlines + " " * len(last_line)
        return f"{text[:first]}0{blank}{text[last:]}"


def is_one_value(text: str) -> bool:
    """Whether a text is one JSON value and nothing else, found out without decoding it."""
    try:
        msgspec.json.decode(text, type=msgspec.Raw)
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return False
    return True


_known: dict[tuple[int, int], JsonItems | None] = {}


def json_items(text: str) -> JsonItems | None:
    """The items of an object that has a list of that name; None if there are none."""
    key = (hash(text), len(text))
    if key not in _known:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        try:
            _known[key] = _found(text)
        except (msgspec.MsgspecError, RecursionError, ValueError):
            _known[key] = None
    return _known[key]


def _found(text: str) -> JsonItems | None:
    pieces = msgspec.json.decode(text, type=_Outer).items
    found: JsonItems | None = None
    position = _after_blank(text, _after_blank(text, 0) + len("{"))
    while text[position] != "}":
        key, position = _DECODER.raw_decode(text, position)
        position = _after_blank(text, _after_blank(text, position) + len(":"))
        if key != "items":
            position = _DECODER.raw_decode(text, position)[1]
        elif found is None and pieces:
            found = _items(text, position, pieces)
            position = _after_blank(text, found.ends[-1]) + len("]")
        else:
            return None
        position = _after_blank(text, position)
        if text[position] == ",":
            position = _after_blank(text, position + 1)
    return found


def _items(text: str, position: int, pieces: Sequence[msgspec.Raw]) -> JsonItems:
    found = JsonItems()
    above, counted = 0, 0
    for piece in pieces:
        written = str(piece, "utf-8")
        position = _after_blank(text, position + len(","))
        if not text.startswith(written, position):
            raise ValueError
        above += text.count("\n", counted, position)
        counted = position
        found.lines.append(above)
        found.starts.append(position)
        position += len(written)
        found.ends.append(position)
        position = _after_blank(text, position)
    return found


def _after_blank(text: str, position: int) -> int:
    found = _BLANK.match(text, position)
    return found.end() if found else position
