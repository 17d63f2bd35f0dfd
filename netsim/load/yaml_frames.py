"""Documents that differ only in their scalars: how they are built is found out once.

Most objects of a kind have the same keys in the same lines. A text is cut into lines, and each
line into its frame and the scalar in it; texts of equal frames are one structure, filled in.
Every line must match the strict patterns of `yaml_lines`, so that each scalar is complete in
its line: then no scalar can change what the other lines mean.
"""

import re
from collections.abc import Callable
from sys import intern

from netsim.load.yaml_lines import COMMENT, KEY, SCALAR, scalar
from netsim.load.yaml_scanner import UnusualError

_FIELD = re.compile(rf" *(?:- )?({KEY}):(?: +({SCALAR}))?{COMMENT} *")
_ITEM = re.compile(rf" *- ()({SCALAR}){COMMENT} *")
_NO_VALUE = re.compile(rf"(?:---{COMMENT})? *|\.\.\.{COMMENT} *| *#[ -~]*")
_IDENTITY = frozenset({"apiVersion", "kind"})
"""What an object is decides what is read of it, and stays in the frame."""
_WORD = re.compile(r"[A-Za-z0-9./-]+")
_HOLE = "\0"
_SENTINEL = re.compile(r"<([0-9]+)>")

_LONGEST = 1 << 14
_MOST_LINES = 1 << 11
_MOST_FORMS = 1 << 10
_MOST_ALIKE = 1 << 8
_ALIKE = frozenset(
    {
        "labels",
        "ownerReferences",
        "containers",
        "template",
        "selector",
        "podSelector",
        "ingress",
        "egress",
    }
)
"""Keys under which many objects say the same: they share the value."""

_Frames = tuple[str, ...]
_Texts = tuple[str, ...]
"""The scalars of all lines, as they are written; empty where a line has none."""
_Values = tuple[object, ...]
"""What they mean."""
_Build = Callable[[_Texts, _Values], object]
_Line = tuple[str, str, object]
"""Its frame, its scalar, and what that means."""


class _Lines(dict[str, _Line]):
    """The lines seen lately; raises UnusualError for an odd one."""

    def __missing__(self, line: str) -> _Line:
        if len(self) >= _MOST_LINES:
            self.clear()
        found = self[line] = _cut(line)
        return found


_lines = _Lines()
_forms: dict[_Frames, _Build | None] = {}
"""How texts of equal frames are built; None where only one such text was seen."""


def read_framed(text: str, read: Callable[[str], object]) -> object:
    """What is wanted of a document whose like was seen before; None for any other.

    `read` reads a text of strict lines, or raises UnusualError.
    """
    if len(text) > _LONGEST:
        return None
    try:
        cut = [_lines[line] for line in text.split("\n")]
        frames, texts, values = zip(*cut, strict=True)
        build = _forms.get(frames)
        if build is None:
            build = _form(frames, read)
        return None if build is None else build(texts, values)
    except UnusualError:
        return None


def _cut(line: str) -> _Line:
    found = _FIELD.fullmatch(line) or _ITEM.fullmatch(line)
    if found is None:
        if _NO_VALUE.fullmatch(line) is None:
            raise UnusualError
        return intern(line), "", None
    key, token = found.groups()
    if token is None:
        return intern(line), "", None
    if key in _IDENTITY:
        if not _WORD.fullmatch(token):
            raise UnusualError
        return intern(line), "", None
    start, end = found.span(2)
    return intern(f"{line[:start]}{_HOLE}{line[end:]}"), token, scalar(token)


def _form(frames: _Frames, read: Callable[[str], object]) -> _Build | None:
    """How a text is built that has the frames of an earlier one; None for the first one."""
    if frames not in _forms:
        if len(_forms) >= _MOST_FORMS:
            _forms.clear()
        _forms[frames] = None
        return None
    lines = [frame.replace(_HOLE, f'"<{place}>"') for place, frame in enumerate(frames)]
    try:
        build = _build(read("\n".join(lines)))
    except (UnusualError, RecursionError):
        build = _refuse
    _forms[frames] = build
    return build


def _refuse(_: _Texts, __: _Values) -> object:
    raise UnusualError


def _build(value: object) -> _Build:
    """From a value in which sentinels stand for the scalars of lines."""
    if isinstance(value, dict):
        return _object({key: (_place(item), item) for key, item in value.items()})
    if isinstance(value, list):
        return _list([_build(item) for item in value])
    place = _place(value)
    if place is not None:
        return lambda _, values: values[place]
    return lambda _, __: value


def _place(value: object) -> int | None:
    """The line whose scalar is meant."""
    found = _SENTINEL.fullmatch(value) if isinstance(value, str) else None
    return int(found[1]) if found else None


def _object(fields: dict[str, tuple[int | None, object]]) -> _Build:
    parts = [
        (key, place, _shared(item) if key in _ALIKE else _build(item))
        for key, (place, item) in fields.items()
    ]

    def build(texts: _Texts, values: _Values) -> object:
        return {
            key: inner(texts, values) if place is None else values[place]
            for key, place, inner in parts
        }

    return build


def _list(items: list[_Build]) -> _Build:
    return lambda texts, values: [item(texts, values) for item in items]


def _shared(value: object) -> _Build:
    """The same value for equal scalars."""
    places = _places(value)
    build = _build(value)
    if not places:
        return build
    first, last = min(places), max(places) + 1
    known: dict[_Texts, object] = {}

    def shared(texts: _Texts, values: _Values) -> object:
        key = texts[first:last]
        found = known.get(key)
        if found is None:
            if len(known) >= _MOST_ALIKE:
                known.clear()
            found = known[key] = build(texts, values)
        return found

    return shared


def _places(value: object) -> list[int]:
    if isinstance(value, dict):
        return [place for item in value.values() for place in _places(item)]
    if isinstance(value, list):
        return [place for item in value for place in _places(item)]
    place = _place(value)
    return [] if place is None else [place]
