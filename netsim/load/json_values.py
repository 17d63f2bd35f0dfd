"""JSON text to values: strict, several values in a row allowed, repeated keys remembered."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

_BLANK = re.compile(r"\s*")
_BLANKS = b" \t\n\r"
_ESCAPE = re.compile(
    r"\\(u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[dD][89a-fA-F][0-9a-fA-F]{2}|.)"
)
_SURROGATE = len("\\ud800")


@dataclass(frozen=True, slots=True)
class JsonValue:
    """One value of a text, where it stands, and the keys that stand twice in it."""

    value: object
    start: int
    end: int
    repeated: tuple[str, ...]


def looks_like_json(text: str) -> bool:
    """Whether the first character opens a JSON object or list; YAML may start so as well."""
    return text.lstrip()[:1] in {"{", "["}


def json_values(text: str) -> Iterator[JsonValue]:
    """Every value of a text; raises ValueError, or RecursionError where it is too deep."""
    repeats: list[str] = []
    decoder = json.JSONDecoder(
        object_pairs_hook=lambda pairs: _object(pairs, repeats), parse_constant=_refused
    )
    sound = _without_lone_surrogates(text)
    position = 0
    while (start := _after_blank(sound, position)) < len(sound):
        repeats.clear()
        value, position = decoder.raw_decode(sound, start)
        yield JsonValue(value, start, position, tuple(repeats))


def value_written_once(text: bytes) -> object:
    """The value of a text in which no key stands twice, told by writing it again.

    Raises ValueError for any other text, and for some that write a number or a letter in an
    unusual way: `json_values` reads those.
    """
    try:
        value: object = msgspec.json.decode(text)
        again = msgspec.json.encode(value)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError from error
    # but for blanks, also those within strings: as many keys are left as were written
    if again.translate(None, _BLANKS) != text.translate(None, _BLANKS):
        raise ValueError
    return value


def _object(pairs: list[tuple[str, object]], repeats: list[str]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) != len(pairs):
        repeats += [key for key, count in Counter(key for key, _ in pairs).items() if count > 1]
    return result


def _refused(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _after_blank(text: str, position: int) -> int:
    found = _BLANK.match(text, position)
    return found.end() if found else position


def _without_lone_surrogates(text: str) -> str:
    """Half characters become U+FFFD, as in Go; the length stays."""
    if "\\ud" not in text and "\\uD" not in text:
        return text
    return _ESCAPE.sub(_sound, text)


def _sound(escape: re.Match[str]) -> str:
    lone = len(escape[0]) == _SURROGATE and escape[1][0] == "u" and escape[1][1] in "dD"
    return "\\ufffd" if lone else escape[0]
