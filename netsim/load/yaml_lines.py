"""YAML as kubectl and most people write it, read line by line: one key or item a line.

Every line that is decoded must match a strict pattern, and what is skipped is checked by
libyaml; any other text is refused, so that no text means something else here than in YAML.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache

from netsim.load.yaml_scanner import UnusualError, check_unread, deeper_than
from netsim.load.yaml_shapes import COMMON_WHOLE, WHOLE, Shape
from netsim.load.yaml_values import key_name, plain_value

_GAP = r"(?: *+(?:#[ -~]*)?\n)*+"
COMMENT = r"(?: +#[ -~]*)?"
_END = rf"{COMMENT} *(?:\n|\Z)"
KEY = r"[A-Za-z0-9_.][A-Za-z0-9_./-]{0,300}"
_WORD = r"[!-9;-~]*+(?::++[!-9;-~]++)*+"
_PLAIN = rf"(?:[A-Za-z0-9_./~+(<=^$;\\]|-(?=[A-Za-z0-9-])){_WORD}(?: +[!\"$-9;-~]{_WORD})*+"
_QUOTED = r"\"[ !#-\[\]-~]*\"|'[ -&(-~]*'"
_INNER = rf"(?:[A-Za-z0-9_./][A-Za-z0-9_./-]*|{_QUOTED})"
_LIST = rf"\[ *(?:{_INNER}(?: *, *{_INNER})* *)?\]"
_PAIR = rf"{KEY}: +{_INNER}"
_MAP = rf"\{{ *(?:{_PAIR}(?: *, *{_PAIR})* *)?\}}"
SCALAR = rf"{_PLAIN}|{_QUOTED}|{_LIST}|{_MAP}"
_LINE = rf"({KEY}):(?: +({SCALAR}))?{_END}"

_FIELD = re.compile(_LINE)
_ITEM = re.compile(rf"({SCALAR}){_END}")
_NEXT = re.compile(rf"{_GAP}( *)(-(?= ))?")
_IDLE = re.compile(r" *(?:#|\n)")
_NOTHING = re.compile(_GAP)
_INNER_VALUE = re.compile(rf"({_INNER})")
_INNER_PAIR = re.compile(rf"({KEY}): +({_INNER})")
_OPENING = re.compile(rf"{_GAP}(?:---(?: +#[ -~]*)? *\n)?")
_CLOSING = re.compile(rf"{_GAP}(?:\.\.\.{_END})?{_GAP}(?: *#[ -~]*| *)\Z")

_Piece = tuple[int, int, int]
"""Of a text: the column of its key, where that stands, and where its value ends."""

_MOST_SHARED = 1 << 10
_MOST_SOUND = 1 << 10
_LONGEST_SOUND = 1 << 11
_ALIKE = frozenset(
    {"podSelector", "namespaceSelector", "ingress", "egress", "from", "to", "ports"}
)
"""Keys under which policies that are read as a whole often say the same."""


@cache
def _any_field_at(column: int) -> re.Pattern[str]:
    return re.compile(rf"{_GAP} {{{column}}}({KEY}):(?: +(?:([|>][-+]?)|[^\n]*))?(?:\n|\Z)")


@cache
def under(column: int) -> re.Pattern[str]:
    """The lines of a key without a value in its line: deeper ones, or items below it."""
    deeper = rf" {{{column + 1}}}[^\n]*(?:\n|\Z)"
    item = rf" {{{column}}}-(?: [^\n]*)?(?:\n|\Z)"
    return re.compile(rf"(?:{deeper}|{item}| *+(?:#[^\n]*)?\n)*+")


_sound: set[str] = set()
"""Pieces that were checked: pods of one template have the same tolerations and volumes."""


def _remember_sound(pieces: Iterable[str]) -> None:
    if len(_sound) >= _MOST_SOUND:
        _sound.clear()
    _sound.update(piece for piece in pieces if len(piece) <= _LONGEST_SOUND)


_shared: dict[tuple[Shape, str], object] = {}
"""Values by the text they were read from: the pods of one template share theirs."""


def read_document(text: str, shape: Shape) -> dict[str, object]:
    """The wanted part of a document; raises UnusualError for anything out of the ordinary."""
    opening = _OPENING.match(text)
    lines = Lines(text, opening.end() if opening else 0)
    value = lines.fields(0, shape)
    lines.check()
    if not _CLOSING.match(text, lines.position):
        raise UnusualError
    return value


def has_content(text: str) -> bool:
    """Whether a document is more than comments and a line that opens it."""
    opening = _OPENING.match(text)
    return _CLOSING.match(text, opening.end() if opening else 0) is None


class Lines:
    """A position in a text, moved on by what is read."""

    __slots__ = ("_literals", "_unread", "position", "text")

    def __init__(self, text: str, position: int) -> None:
        self.text = text
        self.position = position
        self._unread: list[_Piece] = []
        self._literals: list[_Piece] = []

    def check(self) -> None:
        """Raises UnusualError if what was skipped so far could be at fault."""
        unread, literals = self._texts(self._unread), self._texts(self._literals)
        if unread or literals:
            check_unread(unread, literals)
            _remember_sound(unread)
        self._unread, self._literals = [], []

    def _texts(self, pieces: list[_Piece]) -> list[str]:
        texts = (" " * at + self.text[start:end] for at, start, end in pieces)
        return [text for text in texts if text not in _sound]

    def must_leave(self, column: int) -> None:
        """Raises UnusualError if the next line still belongs to what stands at a column."""
        if self.text.startswith(" " * (column + 1), self.position):
            raise UnusualError

    def fields(self, column: int, shape: Shape) -> dict[str, object]:
        """The object whose keys stand at a column, from the next line on."""
        seen: set[str] = set()
        first = self._field(column) or self._after_odd(column, shape.fields, seen)
        if first is None and not seen:
            raise UnusualError
        return self._fields(first, column, shape, seen)

    def items(self, column: int, shape: Shape) -> Iterator[object]:
        """The items of a list whose dashes stand at a column."""
        while self.to_item(column):
            yield self.item(column, shape)

    def dash(self) -> int | None:
        """The column of a list item in the next line."""
        found = _NEXT.match(self.text, self.position)
        return found.end(1) - found.start(1) if found and found[2] else None

    def to_item(self, column: int) -> bool:
        """Whether a list item begins in the next line, which then becomes the position."""
        dash = f"{' ' * column}- "
        if not self.text.startswith(dash, self.position):
            end = _end(_NOTHING, self.text, self.position)
            if not self.text.startswith(dash, end):
                return False
            self.position = end
        return True

    def item(self, column: int, shape: Shape) -> object:
        """What follows the dash of the list item at the position."""
        start = self.position + column + len("- ")
        found = _FIELD.match(self.text, start)
        if found is not None:
            return self._fields(found, column + len("- "), shape, set())
        simple = _ITEM.match(self.text, start)
        if simple is None:
            raise UnusualError
        self.position = simple.end()
        return scalar(simple[1])

    def _field(self, column: int) -> re.Match[str] | None:
        """The next line with a key at a column, and its value if that is a simple one."""
        indent = " " * column
        if self.text.startswith(indent, self.position):
            found = _FIELD.match(self.text, self.position + column)
            if found is not None:
                return found
        end = _end(_NOTHING, self.text, self.position)
        if end > self.position and self.text.startswith(indent, end):
            return _FIELD.match(self.text, end + column)
        return None

    def _fields(
        self, found: re.Match[str] | None, column: int, shape: Shape, seen: set[str]
    ) -> dict[str, object]:
        if shape.fields is None:
            return self._all_fields(found, column)
        text, indent, fields = self.text, " " * column, shape.fields
        result: dict[str, object] = {}
        while found is not None:
            key, token = found.groups()
            self.position = end = found.end()
            if key in seen:
                raise UnusualError
            seen.add(key)
            wanted = fields.get(key)
            if wanted is not None:
                result[key] = scalar(token) if token else self._under(column, wanted)
            elif token is None:
                self._skip(column, found.start(1), under(column))
            last, end = found, self.position
            found = _FIELD.match(text, end + column) if text.startswith(indent, end) else None
            if found is None and (text.startswith(indent, end) or _IDLE.match(text, end)):
                found = self._later(column, last, fields, seen)
        return result

    def _all_fields(self, found: re.Match[str] | None, column: int) -> dict[str, object]:
        """The same where everything is wanted, so that nothing may be odd."""
        text, indent = self.text, " " * column
        result: dict[str, object] = {}
        while found is not None:
            key, token = found.groups()
            self.position = end = found.end()
            name = key_of(key)
            if name in result:
                raise UnusualError
            if token:
                result[name] = scalar(token)
            else:
                result[name] = self._under(column, COMMON_WHOLE if key in _ALIKE else WHOLE)
                end = self.position
            found = _FIELD.match(text, end + column) if text.startswith(indent, end) else None
            if found is None and (text.startswith(indent, end) or _IDLE.match(text, end)):
                found = self._field(column)
        return result

    def _later(
        self,
        column: int,
        last: re.Match[str],
        wanted: Mapping[str, Shape] | None,
        seen: set[str],
    ) -> re.Match[str] | None:
        """The next simple line of an object, after blank ones and unwanted values."""
        if wanted is not None and last[2] is not None and last[1] not in wanted:
            self._skip(column, last.start(1), deeper_than(column))
        return self._field(column) or self._after_odd(column, wanted, seen)

    def _after_odd(
        self, column: int, wanted: Mapping[str, Shape] | None, seen: set[str]
    ) -> re.Match[str] | None:
        """The next simple line of an object, after unwanted values of any form."""
        found = None
        while found is None and wanted is not None:
            odd = _any_field_at(column).match(self.text, self.position)
            if odd is None or odd[1] in wanted:
                return None
            if odd[1] in seen:
                raise UnusualError
            seen.add(odd[1])
            end = _end(deeper_than(column), self.text, odd.end())
            pieces = self._unread if odd[2] is None else self._literals
            pieces.append((column, odd.start(1), end))
            self.position = end
            found = self._field(column)
        return found

    def _under(self, column: int, wanted: Shape) -> object:
        """The value of a key at a column that has none in its own line."""
        if not wanted.shared:
            return self._block(column, wanted)
        start, end = self.position, _end(under(column), self.text, self.position)
        key = (wanted, self.text[start:end])
        if key not in _shared:
            inner = Lines(self.text, start)
            value = inner._block(column, wanted)
            inner.check()
            if _end(_NOTHING, self.text, inner.position) != end:
                raise UnusualError
            if len(_shared) >= _MOST_SHARED:
                _shared.clear()
            _shared[key] = value
        self.position = end
        return _shared[key]

    def _block(self, column: int, wanted: Shape) -> object:
        following = _NEXT.match(self.text, self.position)
        start, end = following.span(1) if following else (0, 0)
        depth = end - start
        if following and following[2] and depth >= column:
            return list(self.items(depth, wanted.items or WHOLE))
        if depth <= column:
            return None
        first = _FIELD.match(self.text, end)
        if first is None:
            return self.fields(depth, wanted)
        return self._fields(first, depth, wanted, set())

    def _skip(self, column: int, start: int, rest: re.Pattern[str]) -> None:
        """Passes over an unwanted key's value, which remains to be checked."""
        end = _end(rest, self.text, self.position)
        if end > self.position:
            self._unread.append((column, start, end))
            self.position = end


def _end(pattern: re.Pattern[str], text: str, position: int) -> int:
    found = pattern.match(text, position)
    return found.end() if found else position


@lru_cache(maxsize=1 << 14)
def key_of(key: str) -> str:
    """A plain key as kubectl spells it."""
    return key_name(plain_value(key))


@lru_cache(maxsize=1 << 12)
def scalar(token: str) -> object:
    """The value of a simple scalar or collection; equal texts share it."""
    if token[0] in "\"'":
        return token[1:-1]
    if token[0] == "[":
        return [scalar(inner) for inner in _INNER_VALUE.findall(token)]
    return _pairs(token) if token[0] == "{" else plain_value(token)


def _pairs(token: str) -> dict[str, object]:
    pairs = _INNER_PAIR.findall(token)
    if len({key for key, _ in pairs}) != len(pairs):
        raise UnusualError
    return {key_of(key): scalar(value) for key, value in pairs}
