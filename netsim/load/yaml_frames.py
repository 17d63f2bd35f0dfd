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
_MOST_LINES = 1 << 12
_MOST_FORMS = 1 << 10
_MOST_ALIKE = 1 << 10
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
_Scalars = tuple[str, ...]
"""Of all lines, as they are written; empty where a line has none."""
_Build = Callable[[_Scalars], object]


class _Lines(dict[str, tuple[str, str]]):
    """The frame and the scalar of lines seen lately; raises UnusualError for an odd line."""

    def __missing__(self, line: str) -> tuple[str, str]:
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
        frames, scalars = zip(*cut, strict=True)
        build = _forms.get(frames)
        if build is None:
            build = _form(frames, read)
        return None if build is None else build(scalars)
    except UnusualError:
        return None


def _cut(line: str) -> tuple[str, str]:
    found = _FIELD.fullmatch(line) or _ITEM.fullmatch(line)
    if found is None:
        if _NO_VALUE.fullmatch(line) is None:
            raise UnusualError
        return intern(line), ""
    key, token = found.groups()
    if token is None:
        return intern(line), ""
    if key in _IDENTITY:
        if not _WORD.fullmatch(token):
            raise UnusualError
        return intern(line), ""
    start, end = found.span(2)
    return intern(f"{line[:start]}{_HOLE}{line[end:]}"), token


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


def _refuse(_: _Scalars) -> object:
    raise UnusualError


def _build(value: object) -> _Build:
    """From a value in which sentinels stand for the scalars of lines."""
    if isinstance(value, dict):
        return _object({key: (_place(item), item) for key, item in value.items()})
    if isinstance(value, list):
        return _list([_build(item) for item in value])
    place = _place(value)
    if place is not None:
        return lambda scalars: scalar(scalars[place])
    return lambda _: value


def _place(value: object) -> int | None:
    """The line whose scalar is meant."""
    found = _SENTINEL.fullmatch(value) if isinstance(value, str) else None
    return int(found[1]) if found else None


def _object(fields: dict[str, tuple[int | None, object]]) -> _Build:
    parts = [
        (key, place, _shared(item) if key in _ALIKE else _build(item))
        for key, (place, item) in fields.items()
    ]

    def build(scalars: _Scalars) -> object:
        return {
            key: inner(scalars) if place is None else scalar(scalars[place])
            for key, place, inner in parts
        }

    return build


def _list(items: list[_Build]) -> _Build:
    return lambda scalars: [item(scalars) for item in items]


def _shared(value: object) -> _Build:
    """The same value for equal scalars."""
    places = _places(value)
    build = _build(value)
    if not places:
        return build
    first, last = min(places), max(places) + 1
    known: dict[_Scalars, object] = {}

    def shared(scalars: _Scalars) -> object:
        key = scalars[first:last]
        found = known.get(key)
        if found is None:
            if len(known) >= _MOST_ALIKE:
                known.clear()
            found = known[key] = build(scalars)
        return found

    return shared


def _places(value: object) -> list[int]:
    if isinstance(value, dict):
        return [place for item in value.values() for place in _places(item)]
    if isinstance(value, list):
        return [place for item in value for place in _places(item)]
    place = _place(value)
    return [] if place is None else [place]
