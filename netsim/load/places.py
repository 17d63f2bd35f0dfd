"""The way back: from a route inside a document to the line and column where it stands."""

import re
from functools import lru_cache
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from netsim.load.chunks import Chunk, chunks
from netsim.load.files import TextFile, kept_text, read_file
from netsim.load.json_values import json_values, looks_like_json
from netsim.load.yaml_values import composed
from netsim.source import Place, Source

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")

_Stamp = tuple[int, int]
"""Tells two states of a file apart: when it was written, and its size."""


def locate(source: Source) -> Place:
    """The line and column where a value stands, found by reading its document again.

    Where the very field is missing, the line of what should hold it; line 0 if the file is
    gone.
    """
    chunk = _chunk(source)
    node = _composed(chunk.text) if chunk is not None else None
    if chunk is None or node is None:
        return Place(source.file, 0)
    mark = _deepest(node, source.route).start_mark
    return Place(source.file, chunk.lines_above + mark.line + 1, mark.column + 1)


def _chunk(source: Source) -> Chunk | None:
    stamp = _stamp(source.file)
    found = _chunks(source.file, stamp) if stamp is not None else ()
    return found[source.document - 1] if 0 < source.document <= len(found) else None


def _stamp(name: str) -> _Stamp | None:
    kept = kept_text(name)
    if kept is not None:
        return hash(kept), len(kept)
    try:
        state = Path(name).stat()
    except (OSError, ValueError):
        return None
    return state.st_mtime_ns, state.st_size


@lru_cache(maxsize=16)
def _chunks(name: str, _: _Stamp) -> tuple[Chunk, ...]:
    text = kept_text(name)
    if text is None:
        read = read_file(Path(name))
        text = read.text if isinstance(read, TextFile) else ""
    return (_json_chunks(text) if looks_like_json(text) else ()) or tuple(chunks(text))


def _json_chunks(text: str) -> tuple[Chunk, ...]:
    """The JSON values of a text; none if it is not JSON."""
    try:
        found = list(json_values(text))
    except (ValueError, RecursionError):
        return ()
    return tuple(
        Chunk(number, _as_yaml(text[item.start : item.end]), text.count("\n", 0, item.start))
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
