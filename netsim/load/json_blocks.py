"""A long JSON List cut into blocks of whole items, so that it is never held whole.

A cut is guessed from how the first two items are parted, and proved by decoding: a block that
is a complete JSON list from one item's border on ends at an item's border as well.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BufferedIOBase
from typing import TypeVar

import msgspec

from netsim.load.files import ReadWholeError

Decoded = TypeVar("Decoded")

_BLOCK = 1 << 16
_HEAD = 1 << 16
_MOST_TRIES = 8
_BLANK = re.compile(r"[ \t\n\r]*")
_FIRST = re.compile(rb'[ \t\n\r]*\{[ \t\n\r]*"[^"\\]*"')


class NotACaptureError(ReadWholeError):
    """Not a List as `kubectl get -o json` and the API server write it: read it otherwise."""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before a List's items."""

    fields: dict[str, object]
    length: int
    """Bytes up to the opening bracket of the items, it included."""


def head_of(file: BufferedIOBase) -> Head | None:
    """The beginning of a List; None for any other text."""
    text = file.read(_HEAD).decode("latin-1")
    try:
        return _head(text)
    except (ValueError, RecursionError):
        return None


def _head(text: str) -> Head | None:
    decoder = json.JSONDecoder()
    fields: dict[str, object] = {}
    place, sign = _next(text, 0)
    while sign == ("," if fields else "{"):
        key, place = decoder.raw_decode(text, _after_blank(text, place))
        place, sign = _next(text, place)
        if not isinstance(key, str) or key in fields or sign != ":":
            return None
        if key == "items":
            place, sign = _next(text, place)
            return Head(fields, place) if sign == "[" and text[:place].isascii() else None
        fields[key], place = decoder.raw_decode(text, _after_blank(text, place))
        place, sign = _next(text, place)
    return None


def _next(text: str, place: int) -> tuple[int, str]:
    """The next sign, and the place after it."""
    place = _after_blank(text, place)
    return place + 1, text[place : place + 1]


def blocks(
    file: BufferedIOBase, head: Head, decode: Callable[[memoryview], list[Decoded]]
) -> Iterator[tuple[memoryview, list[Decoded]]]:
    """The items of a List in blocks: the text of each as a JSON list, and what it decodes to.

    `file` stands after the head; `decode` raises msgspec.DecodeError for what is no JSON list.
    A text is good until the next block is asked for. Raises NotACaptureError where the text is
    not a List after all or nests too deeply to be decoded, maybe after some blocks.
    """
    try:
        yield from _blocks(file, head, decode)
    except RecursionError as error:
        raise NotACaptureError from error


def _blocks(
    file: BufferedIOBase, head: Head, decode: Callable[[memoryview], list[Decoded]]
) -> Iterator[tuple[memoryview, list[Decoded]]]:
    held = bytearray(1 + _BLOCK)
    held[:1] = b"["
    end = 1 + _read(file, held, 1)
    border = _border(held)
    while end == len(held):
        cut = _cut(held, border, decode)
        if cut is None:
            # not in place: what is decoded may still look at it
            held = held + bytes(len(held))
        else:
            length, items = cut
            yield memoryview(held)[:length], items
            held[1 : end - length + 1] = held[length:end]
            end -= length - 1
        end += _read(file, held, end)
    fields, text, items = _last(held[:end], decode)
    if {"items", *head.fields} & fields.keys() or not _is_list(head.fields, fields):
        raise NotACaptureError
    yield text, items


def _read(file: BufferedIOBase, held: bytearray, start: int) -> int:
    """Fills what is free; how many bytes came, fewer only at the end of the file."""
    free = memoryview(held)[start:]
    count = 0
    while count < len(free) and (more := file.readinto(free[count:])):
        count += more
    return count


def _border(held: bytearray) -> bytes:
    """How items begin after the comma that parts them: as the first one does."""
    found = _FIRST.match(held, 1)
    if found is None:
        raise NotACaptureError
    return b"," + found[0]


def _cut(
    held: bytearray, border: bytes, decode: Callable[[memoryview], list[Decoded]]
) -> tuple[int, list[Decoded]] | None:
    """The longest part of whole items as a list of its own; None if more is needed.

    The list ends where the comma was after its last item.
    """
    end = len(held)
    for _ in range(_MOST_TRIES):
        end = held.rfind(border, 0, end)
        if end < 0:
            return None
        held[end : end + 1] = b"]"
        try:
            return end + 1, decode(memoryview(held)[: end + 1])
        except msgspec.DecodeError:
            held[end : end + 1] = b","
    raise NotACaptureError


def _last(
    held: bytearray, decode: Callable[[memoryview], list[Decoded]]
) -> tuple[dict[str, object], memoryview, list[Decoded]]:
    """The last items, and the fields after them."""
    end = len(held)
    for _ in range(_MOST_TRIES):
        end = held.rfind(b"]", 0, end)
        fields = _fields(held[end + 1 :]) if end >= 0 else None
        if fields is not None:
            text = memoryview(held)[: end + 1]
            try:
                return fields, text, decode(text)
            except msgspec.DecodeError as error:
                raise NotACaptureError from error
    raise NotACaptureError


def _fields(rest: bytearray) -> dict[str, object] | None:
    """The fields of an object whose beginning is missing; None where a key stands twice."""
    try:
        pairs = json.loads(b"{" + rest.strip().removeprefix(b","), object_pairs_hook=list)
    except (ValueError, RecursionError):
        return None
    fields = {key: value for key, value in pairs if isinstance(key, str)}
    return fields if len(fields) == len(pairs) else None


def _is_list(before: dict[str, object], after: dict[str, object]) -> bool:
    """A kind that comes after the items must give them none: they have been read by then."""
    kind = before.get("kind")
    if kind is None:
        return after.get("kind") == "List"
    return isinstance(kind, str) and kind.endswith("List")


def _after_blank(text: str, place: int) -> int:
    found = _BLANK.match(text, place)
    return found.end() if found else place
