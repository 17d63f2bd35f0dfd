"""YAML in block style whose every line is plain: each distinct line is looked at once.

Most lines of manifests stand in many of them. A text is cut into lines, and what a line says
is remembered; then the lines are nested by their columns. Every line must match the strict
patterns of `yaml_lines`, so that each scalar is complete in its line: then no line can change
what another one means.
"""

import re
from sys import intern

from netsim.load.yaml_lines import COMMENT, KEY, SCALAR, key_of, scalar
from netsim.load.yaml_scanner import UnusualError
from netsim.load.yaml_shapes import WHOLE, Shape
from netsim.load.yaml_values import plain_value

_FIELD = re.compile(rf"( *)(- )?({KEY}):(?: +({SCALAR}))?{COMMENT} *")
_ITEM = re.compile(rf"( *)- ({SCALAR}){COMMENT} *")
_IDLE = re.compile(r" *(?:#[ -~]*)?")
_OPENING = re.compile(rf"---{COMMENT} *")
_SURE = re.compile(r"([A-Za-z][A-Za-z0-9._/-]*)|\"([ !#-\[\]-~]*)\"")
"""Scalars that most lines have."""

_Line = tuple[int, str, object]
"""Its place, its key and its value.

A place is twice the column, and one more at a dash: so what stands deeper has a greater one,
and the items of a list stand between a key in their column and whatever is deeper than that.
The key is empty for a scalar in a list; what follows a dash stands three places after it.
"""
_AFTER_DASH = 3
_BELOW = object()
"""The value of a key that has none in its line."""
_START: _Line = (-1, "---", None)
_END: _Line = (-1, "", None)

_LONGEST = 1 << 14
_MOST_LINES = 1 << 12


class _Lines(dict[str, _Line | None]):
    """The lines seen lately, None for idle ones; raises UnusualError for an odd one."""

    def __missing__(self, line: str) -> _Line | None:
        if len(self) >= _MOST_LINES:
            self.clear()
        found = self[line] = _cut(line)
        return found


_lines = _Lines()
_heads: dict[str, tuple[int, str]] = {}
"""Places and keys of lines seen lately, by all that stands before the colon."""


def read_blocks(text: str, shape: Shape) -> dict[str, object]:
    """The wanted part of the one document of a text; raises UnusualError for anything else."""
    if len(text) > _LONGEST:
        raise UnusualError
    lines = list(filter(None, map(_lines.__getitem__, text.split("\n"))))
    lines.append(_END)
    first = 1 if lines[0] is _START else 0
    if lines[first][0] != 0:
        raise UnusualError
    value, end = _fields(lines, first, 0, shape)
    if lines[end] is not _END:
        raise UnusualError
    return value


def _cut(line: str) -> _Line | None:
    head, _, token = line.partition(": ")
    known, sure = _heads.get(head), _SURE.fullmatch(token)
    if known is not None and sure is not None:
        return *known, plain_value(token) if sure[2] is None else sure[2]
    field = _FIELD.fullmatch(line)
    if field is not None:
        indent, dash, key, written = field.groups()
        place, name = 2 * len(indent) + (1 if dash else 0), intern(key_of(key))
        if written is None:
            return place, name, _BELOW
        if len(_heads) >= _MOST_LINES:
            _heads.clear()
        _heads[line[: field.end(3)]] = place, name
        return place, name, scalar(written)
    item = _ITEM.fullmatch(line)
    if item is not None:
        return 2 * len(item[1]) + 1, "", scalar(item[2])
    if _OPENING.fullmatch(line):
        return _START
    if _IDLE.fullmatch(line):
        return None
    raise UnusualError


def _fields(
    lines: list[_Line], index: int, place: int, shape: Shape
) -> tuple[dict[str, object], int]:
    """The object whose keys stand at a place, and the first line after it.

    The first key may stand after a dash instead.
    """
    fields = shape.fields
    result: dict[str, object] = {}
    unwanted: list[str] = []
    following, (_, key, value) = place, lines[index]
    while following == place:
        if key in result:
            raise UnusualError
        index += 1
        if value is _BELOW:
            inner = WHOLE if fields is None else fields.get(key, WHOLE)
            value, index = _below(lines, index, place, inner)
        result[key] = value
        if fields is not None and key not in fields:
            unwanted.append(key)
        following, key, value = lines[index]
    if following > place:
        raise UnusualError
    for key in unwanted:
        del result[key]
    return result, index


def _below(lines: list[_Line], index: int, place: int, shape: Shape) -> tuple[object, int]:
    """The value of a key at a place that has none in its line, and the first line after it."""
    below = lines[index][0]
    if below <= place:
        return None, index
    if below & 1:
        return _items(lines, index, below, shape.items or WHOLE)
    return _fields(lines, index, below, shape)


def _items(
    lines: list[_Line], index: int, place: int, shape: Shape
) -> tuple[list[object], int]:
    """The list whose dashes stand at a place, and the first line after it."""
    result: list[object] = []
    following = place
    while following == place:
        _, key, value = lines[index]
        if key:
            value, index = _fields(lines, index, place + _AFTER_DASH, shape)
        else:
            index += 1
        result.append(value)
        following = lines[index][0]
    if following > place:
        raise UnusualError
    return result, index
