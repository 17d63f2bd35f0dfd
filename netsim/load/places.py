"""The way back: from a route inside a document to the line and column where it stands."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from netsim.load.chunks import Chunk, chunks
from netsim.load.files import TextFile, kept_text, read_file
from netsim.load.json_values import json_values, looks_like_json
from netsim.load.yaml_events import read_events
from netsim.load.yaml_lists import list_items
from netsim.load.yaml_repeats import IDENTITY
from netsim.load.yaml_scanner import UnusualError
from netsim.load.yaml_shapes import WHOLE
from netsim.load.yaml_values import composed, decoded
from netsim.source import Place, Source

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")

_LARGE = 1 << 20

_Stamp = tuple[int, int]
"""Tells two states of a file apart: when it was written, and its size."""
_Route = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a file that can be composed alone, and where it begins."""

    text: str
    lines_above: int
    route: _Route
    """Of the value that is looked for, inside this piece."""
    column: int = 0
    """Of the first character."""


def locate(source: Source) -> Place:
    """The line and column where a value stands, found by reading its document again.

    Where the very field is missing, the line of what should hold it; line 0 if the file is
    gone.
    """
    part = _part(source)
    node = _composed(part.text) if part is not None else None
    if part is None or node is None:
        return Place(source.file, 0)
    mark = _deepest(node, part.route).start_mark
    column = mark.column if mark.line else mark.column + part.column
    return Place(source.file, part.lines_above + mark.line + 1, column + 1)


def can_be_read_again(name: str) -> bool:
    """Whether a file is still there, or its text."""
    return _stamp(name) is not None


def same_as_written(one: Source, other: Source) -> bool | None:
    """Whether two objects say the same, in what is not read as well; None if it is not known.

    What makes them what they are is left out: the items of a list need not say it.
    """
    parts = [_part(one), _part(other)]
    texts = [part.text for part in parts if part is not None and not part.route]
    if len(texts) != len(parts):
        return None
    if texts[0] == texts[1]:
        return True
    try:
        return _whole(texts[0]) == _whole(texts[1])
    except (yaml.YAMLError, RecursionError, ValueError):
        return None


def _whole(text: str) -> object:
    try:
        value = read_events(text, WHOLE)
    except UnusualError:
        ((value, _),) = decoded(text)
    if isinstance(value, dict):
        return {key: item for key, item in value.items() if key not in IDENTITY}
    return value


def _part(source: Source) -> _Part | None:
    """What to compose: of a list, which may be long, one item or what is around them."""
    stamp = _stamp(source.file)
    if stamp is None:
        return None
    found = (_large if stamp[1] > _LARGE else _small)(source.file, stamp)
    if not 0 < source.document <= len(found.chunks):
        return None
    chunk = found.chunks[source.document - 1]
    return (_json_part if found.is_json else _yaml_part)(chunk, source.route)


def _yaml_part(chunk: Chunk, route: _Route) -> _Part:
    items, above = list_items(chunk.text), chunk.lines_above
    if items is None:
        return _Part(chunk.text, above, route)
    index = _index(route, len(items.lines))
    if index is None:
        return _Part(items.around(chunk.text), above, route)
    return _Part(items.text(chunk.text, index), above + items.lines[index], route[2:])


def _json_part(chunk: Chunk, route: _Route) -> _Part:
    from netsim.load.json_lists import json_items

    items, text = json_items(chunk.text), chunk.text
    if items is None:
        return _Part(_as_yaml(text), chunk.lines_above, route)
    index = _index(route, len(items.starts))
    if index is None:
        return _Part(_as_yaml(items.around(text)), chunk.lines_above, route)
    start, end = items.starts[index], items.ends[index]
    above = chunk.lines_above + items.lines[index]
    column = start - text.rfind("\n", 0, start) - 1
    return _Part(_as_yaml(text[start:end]), above, route[2:], column)


def _index(route: _Route, count: int) -> int | None:
    """Of the item that a route leads into."""
    match route:
        case ("items", int(index), *_) if 0 <= index < count:
            return index
    return None


def _stamp(name: str) -> _Stamp | None:
    kept = kept_text(name)
    if kept is not None:
        return hash(kept), len(kept)
    try:
        state = Path(name).stat()
    except (OSError, ValueError):
        return None
    return state.st_mtime_ns, state.st_size


@dataclass(frozen=True, slots=True)
class _Chunks:
    """A file's documents."""

    chunks: tuple[Chunk, ...]
    is_json: bool


def _chunks(name: str, _: _Stamp) -> _Chunks:
    text = kept_text(name)
    if text is None:
        read = read_file(Path(name))
        text = read.text if isinstance(read, TextFile) else ""
    found = _json_chunks(text) if looks_like_json(text) else ()
    return (
        _Chunks(found, is_json=True) if found else _Chunks(tuple(chunks(text)), is_json=False)
    )


_small = lru_cache(maxsize=16)(_chunks)
_large = lru_cache(maxsize=1)(_chunks)


def _json_chunks(text: str) -> tuple[Chunk, ...]:
    """The JSON values of a text; none if it is not JSON."""
    from netsim.load.json_lists import is_one_value

    if is_one_value(text):
        start = len(text) - len(text.lstrip())
        return (Chunk(1, text[start:], text.count("\n", 0, start)),)
    try:
        found = list(json_values(text))
    except (ValueError, RecursionError):
        return ()
    return tuple(
        Chunk(number, text[item.start : item.end], text.count("\n", 0, item.start))
        for number, item in enumerate(found, start=1)
    )


def _as_yaml(json: str) -> str:
    """JSON that YAML can read, each value where it was: YAML knows no pairs of escapes."""
    return _SURROGATE.sub(r"\\u0020", json)


@lru_cache(maxsize=64)
def _composed(text: str) -> Node | None:
    try:
        return composed(text)
    except (yaml.YAMLError, RecursionError, ValueError):
        return None


def _deepest(node: Node, route: tuple[str | int, ...]) -> Node:
    """The node at the end of a route, or the last one on the way that exists."""
    for step in route:
        inner = _step(node, step)
        if inner is None:
            return node
        node = inner
    return node


def _step(node: Node, step: str | int) -> Node | None:
    if isinstance(node, SequenceNode) and isinstance(step, int):
        return node.value[step] if step < len(node.value) else None
    if isinstance(node, MappingNode):
        for key, value in reversed(node.value):
            if isinstance(key, ScalarNode) and key.value == step:
                return key if isinstance(value, ScalarNode) or not value.value else value
        for key, value in node.value:
            if isinstance(key, ScalarNode) and key.value == "<<":
                return _step(value, step)
    return None
