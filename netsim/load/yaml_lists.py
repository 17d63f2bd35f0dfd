"""A List in YAML, one item at a time: however long it is, little of it is held."""

from array import array
from dataclasses import dataclass, field

import yaml

from netsim.load.roles import KIND
from netsim.load.yaml_events import read_events
from netsim.load.yaml_limits import may_have_aliases
from netsim.load.yaml_lines import Lines, has_content, read_document
from netsim.load.yaml_objects import guessed_shape
from netsim.load.yaml_scanner import UnusualError, deeper_than
from netsim.load.yaml_shapes import WHOLE, Shape, fitting
from netsim.load.yaml_values import RepeatedKey, decoded

ITEMS = "items:"
"""The line above the items."""
_INDENT = len("- ")
_MOST_KNOWN = 256

Item = tuple[dict[str, object], list[RepeatedKey]]
"""What is wanted of an item, and its repeated keys with lines that count from its first."""

_Probe = tuple[Shape, tuple[tuple[str, object], ...]]


@dataclass(slots=True)
class ListItems:
    """Where the items of a list stand in its text; each can be read without the others."""

    column: int
    """Of the dashes."""
    inherited: dict[str, object] = field(default_factory=dict)
    """What items are that do not say it themselves."""
    starts: "array[int]" = field(default_factory=lambda: array("Q"))
    """Where the line of each dash begins, and at last where the items end."""
    lines: "array[int]" = field(default_factory=lambda: array("Q"))
    """How many lines stand above each item."""
    odd: set[int] = field(default_factory=set)
    """Items that are not written line by line."""

    def text(self, text: str, index: int) -> str:
        """An item as a document of its own, each value in its column."""
        start, dash = self.starts[index], self.starts[index] + self.column
        return f"{text[start:dash]} {text[dash + 1 : self.starts[index + 1]]}"

    def around(self, text: str) -> str:
        """The list with a word for all its items, all else in its line."""
        first, last = self.starts[0], self.starts[-1]
        newlines = "\n" * text.count("\n", first, last)
        return f"{text[:first]}{' ' * self.column}- x{newlines}{text[last:]}"

    def item(self, text: str, index: int) -> Item:
        """An item, decoded from the text that this was made from."""
        start, end = self.starts[index], self.starts[index + 1]
        shape = guessed_shape(text, start, end, self.column + _INDENT)
        if index in self.odd:
            value, repeated = _odd(self.text(text, index), shape)
        else:
            value, repeated = _object(Lines(text, start).item(self.column, shape)), []
        return {**self.inherited, **value}, repeated


_known: dict[tuple[int, int], ListItems | None] = {}


def list_items(text: str) -> ListItems | None:
    """The items of a list that begin with a key each; None for any other text.

    All of the text is checked before the first item is read, as a fault anywhere is one of
    the whole document. What was found is remembered, but not the text.
    """
    place = text.find(f"\n{ITEMS}") + 1
    if place == 0 and not text.startswith(ITEMS):
        return None
    key = (hash(text), len(text))
    if key not in _known:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        try:
            _known[key] = _found(text, place)
        except (UnusualError, RecursionError):
            _known[key] = None
    return _known[key]


def _found(text: str, place: int) -> ListItems:
    head = outer(text[:place])
    begin = text.find("\n", place) + 1
    column = Lines(text, begin).dash()
    if column is None or text[place:begin].rstrip() != ITEMS:
        raise UnusualError
    found = ListItems(column)
    probes: set[_Probe] = set()
    end = _all_items(text, begin, found, probes)
    tail = outer(text[end:])
    found.inherited = inherited_of(head, tail)
    for shape, said in probes:
        if fitting({**found.inherited, **dict(said)}) not in {None, shape}:
            raise UnusualError
    return found


def _all_items(text: str, position: int, found: ListItems, probes: set[_Probe]) -> int:
    """Where the items end."""
    lines = Lines(text, position)
    above, counted = 0, 0
    while lines.to_item(found.column):
        start = lines.position
        above += text.count("\n", counted, start)
        counted = start
        found.starts.append(start)
        found.lines.append(above)
        lines = _item(text, start, found, probes)
    found.starts.append(lines.position)
    return lines.position


def _item(text: str, start: int, found: ListItems, probes: set[_Probe]) -> Lines:
    """Reads an item for the first time; the position after it."""
    reading = first_reading(text, start, found.column)
    if reading.is_odd:
        found.odd.add(len(found.lines) - 1)
    value = reading.value
    said = [(key, value[key]) for key in ("kind", "apiVersion") if key in value]
    if any(isinstance(word, (list, dict)) for _, word in said):
        raise UnusualError
    probes.add((reading.shape, tuple(said)))
    return Lines(text, reading.end)


@dataclass(frozen=True, slots=True)
class Reading:
    """An item that was read for the first time: all of it is sound."""

    value: dict[str, object]
    repeated: list[RepeatedKey]
    shape: Shape
    """What it was taken for by its look."""
    end: int
    is_odd: bool
    """Whether it is not written line by line."""


def first_reading(text: str, start: int, column: int) -> Reading:
    """The item whose dash stands at a column of the line at `start`; or UnusualError."""
    end = _end(text, start, column)
    shape = guessed_shape(text, start, end, column + _INDENT)
    lines = Lines(text, start)
    try:
        value = _object(lines.item(column, shape))
        lines.check()
        lines.must_leave(column)
    except (UnusualError, RecursionError):
        item = f"{text[start : start + column]} {text[start + column + 1 : end]}"
        value, repeated = _odd(item, shape)
        return Reading(value, repeated, shape, end, is_odd=True)
    return Reading(value, [], shape, lines.position, is_odd=False)


def _end(text: str, start: int, column: int) -> int:
    rest = deeper_than(column).match(text, text.find("\n", start) + 1 or len(text))
    return rest.end() if rest else len(text)


def _odd(text: str, shape: Shape) -> Item:
    try:
        return _object(read_events(text, shape)), []
    except UnusualError:
        if may_have_aliases(text):
            raise
    try:
        ((value, repeated),) = decoded(text)
    except (yaml.YAMLError, RecursionError, ValueError):
        raise UnusualError from None
    if "kind" not in _object(value):
        raise UnusualError
    return _object(value), repeated


def _object(value: object) -> dict[str, object]:
    """The item, which may be no list itself."""
    if not isinstance(value, dict) or (
        "items" in value and str(value.get("kind")).endswith("List")
    ):
        raise UnusualError
    return value


def outer(text: str) -> dict[str, object]:
    """What stands above or below the items; raises UnusualError."""
    return read_document(text, WHOLE) if has_content(text) else {}


def inherited_of(head: dict[str, object], tail: dict[str, object]) -> dict[str, object]:
    """The kind and version of items that do not say theirs; UnusualError for no list."""
    whole = {**head, **tail}
    kind = whole.get("kind")
    if len(whole) < len(head) + len(tail) or "items" in whole:
        raise UnusualError
    if not isinstance(kind, str) or not KIND.fullmatch(kind) or not kind.endswith("List"):
        raise UnusualError
    inherited = {"kind": kind.removesuffix("List"), "apiVersion": whole.get("apiVersion")}
    return inherited if inherited["kind"] else {}
