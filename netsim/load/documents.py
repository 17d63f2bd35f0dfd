"""Text to documents, and the way back: from a route inside a document to its line."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from netsim.errors import DocumentError
from netsim.load.files import STDIN, TextFile, read_file
from netsim.load.yaml_values import (
    FastLoader,
    RepeatedKey,
    SlowLoader,
    UnknownTagError,
    decoded,
)
from netsim.source import Place, Source

_MARKER = re.compile(r"^---(?=\s|$)", re.MULTILINE)
_POLICY = re.compile(r"^\s*kind:\s*['\"]?NetworkPolicy", re.MULTILINE)
_BLANK = re.compile(r"\s*")
_SLOW_LIMIT = 1_000_000

_kept: dict[str, str] = {}
"""Text of standard input, which cannot be read again to find a line."""


@dataclass(frozen=True, slots=True)
class Document:
    """A decoded document; `value` is what JSON could hold."""

    source: Source
    value: object
    repeated: tuple[RepeatedKey, ...] = ()


@dataclass(frozen=True, slots=True)
class SkippedDocument:
    """A document that is no manifest by its first look, with the reason."""

    source: Source
    reason: str
    place: Place


@dataclass(frozen=True, slots=True)
class _Chunk:
    """One document's text and how many lines stand above it."""

    number: int
    text: str
    lines_above: int


Read = Document | SkippedDocument | DocumentError


def documents(file: TextFile) -> Iterator[Read]:
    """A file's documents in order; a broken one is an error and the others still come.

    Documents without content are counted but not yielded.
    """
    if file.name == STDIN:
        _kept[STDIN] = file.text
    if _looks_like_json(file):
        found = _json_documents(file)
        if found is not None:
            yield from found
            return
    for chunk in _chunks(file.text):
        yield from _yaml_documents(file, chunk)


def locate(source: Source) -> Place:
    """The line and column where a value stands, found by reading its document again.

    Where the very field is missing, the line of what should hold it; line 0 if the file is
    gone.
    """
    text = _text_of(source.file)
    if text is None:
        return Place(source.file, 0)
    chunk = _chunk(text, source.document)
    node = _composed(chunk.text) if chunk is not None else None
    if chunk is None or node is None:
        return Place(source.file, 0)
    mark = _deepest(node, source.route).start_mark
    return Place(source.file, chunk.lines_above + mark.line + 1, mark.column + 1)


def _looks_like_json(file: TextFile) -> bool:
    return file.text.lstrip()[:1] in {"{", "["}


def _json_documents(file: TextFile) -> list[Read] | None:
    """The JSON values of a text, or None when it is not JSON and YAML should be tried."""
    found: list[Read] = []
    repeated: list[RepeatedKey] = []
    decoder = json.JSONDecoder(
        object_pairs_hook=lambda pairs: _object(pairs, repeated), parse_constant=_no_constant
    )
    text, position = file.text, 0
    while (start := _after_blank(text, position)) < len(text):
        repeated.clear()
        try:
            value, position = decoder.raw_decode(text, start)
        except RecursionError:
            found.append(_too_deep(file.name, len(found) + 1))
            break
        except ValueError as error:
            return _unless_yaml(file, found, error)
        found.append(Document(Source(file.name, len(found) + 1), value, tuple(repeated)))
    return found


def _unless_yaml(file: TextFile, found: list[Read], error: ValueError) -> list[Read] | None:
    chunks = _chunks(file.text)
    read = [item for chunk in chunks for item in _yaml_documents(file, chunk)]
    if not any(isinstance(item, DocumentError) for item in read):
        return None
    if not isinstance(error, json.JSONDecodeError) or not file.name.lower().endswith(".json"):
        return None
    place = Place(file.name, error.lineno, error.colno)
    problem = f"not JSON: {error.msg[:1].lower()}{error.msg[1:]}"
    return [*found, DocumentError(Source(file.name, len(found) + 1), problem, place)]


def _object(pairs: list[tuple[str, object]], repeated: list[RepeatedKey]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                repeated.append(RepeatedKey(key, 0, 0))
            seen.add(key)
    return result


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _chunks(text: str) -> list[_Chunk]:
    """The text cut at `---` lines, which YAML allows nowhere inside a document."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    cuts = [match.start() for match in _MARKER.finditer(unified)]
    starts = [0, *(cuts[1:] if cuts and _is_prologue(unified[: cuts[0]]) else cuts)]
    chunks: list[_Chunk] = []
    lines_above = 0
    for start, end in pairwise([*starts, len(unified)]):
        chunks.append(_Chunk(len(chunks) + 1, unified[start:end], lines_above))
        lines_above += unified.count("\n", start, end)
    return chunks


def _is_prologue(text: str) -> bool:
    """Nothing but comments and directives: the marker below still opens the first document."""
    return all(line.strip()[:1] in {"", "#", "%"} for line in text.split("\n"))


def _after_blank(text: str, position: int) -> int:
    found = _BLANK.match(text, position)
    return found.end() if found else position


def _yaml_documents(file: TextFile, chunk: _Chunk) -> Iterator[Read]:
    source = Source(file.name, chunk.number)
    try:
        found = _decoded(chunk.text)
    except UnknownTagError as error:
        if _POLICY.search(chunk.text):
            yield _fault(source, chunk, error)
            return
        line = chunk.lines_above + (error.problem_mark.line + 1 if error.problem_mark else 1)
        yield SkippedDocument(source, str(error.problem), Place(file.name, line))
        return
    except RecursionError:
        yield _too_deep(file.name, chunk.number)
        return
    except (yaml.YAMLError, ValueError) as error:
        yield _fault(source, chunk, error)
        return
    for value, repeated in found:
        if value is not None:
            moved = tuple(replace(key, line=key.line + chunk.lines_above) for key in repeated)
            yield Document(source, value, moved)


def _decoded(text: str) -> list[tuple[object, list[RepeatedKey]]]:
    """By libyaml, or by Python where only that accepts the text."""
    try:
        return decoded(text, FastLoader)
    except UnknownTagError:
        raise
    except yaml.YAMLError:
        if len(text) > _SLOW_LIMIT:
            raise
        try:
            return decoded(text, SlowLoader)
        except yaml.YAMLError:
            pass
        raise


def _too_deep(name: str, number: int) -> DocumentError:
    return DocumentError(Source(name, number), "nested too deeply to be a manifest")


def _fault(source: Source, chunk: _Chunk, error: Exception) -> DocumentError:
    mark = getattr(error, "problem_mark", None)
    reason = getattr(error, "problem", None) or str(error).partition("\n")[0]
    line = chunk.lines_above + (mark.line + 1 if mark else 1)
    place = Place(source.file, line, mark.column + 1 if mark else 0)
    hint = "; looks like a Helm/Go template: render it first" if "{{" in chunk.text else ""
    if mark is not None and _stands_on_tab(chunk.text, mark):
        hint = "; a tab may not indent: use spaces"
    return DocumentError(source, f"not YAML: {reason}{hint}", place)


def _stands_on_tab(text: str, mark: yaml.Mark) -> bool:
    lines = text.split("\n")
    return mark.line < len(lines) and lines[mark.line][mark.column : mark.column + 1] == "\t"


def _text_of(name: str) -> str | None:
    if name in _kept:
        return _kept[name]
    read = read_file(Path(name))
    return read.text if isinstance(read, TextFile) else None


def _chunk(text: str, number: int) -> _Chunk | None:
    if text.lstrip()[:1] in {"{", "["}:
        return _json_chunk(text, number)
    chunks = _chunks(text)
    return chunks[number - 1] if number <= len(chunks) else None


def _json_chunk(text: str, number: int) -> _Chunk | None:
    decoder, start, position = json.JSONDecoder(), 0, 0
    try:
        for _ in range(number):
            start = _after_blank(text, position)
            _, position = decoder.raw_decode(text, start)
    except RecursionError:
        return None
    except ValueError:
        chunks = _chunks(text)
        return chunks[number - 1] if number <= len(chunks) else None
    return _Chunk(number, text[start:position], text.count("\n", 0, start))


@lru_cache(maxsize=64)
def _composed(text: str) -> Node | None:
    for loader in (yaml.CSafeLoader, yaml.SafeLoader):
        try:
            node: Node | None = yaml.compose(text, Loader=loader)
        except (yaml.YAMLError, RecursionError):
            continue
        return node
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
