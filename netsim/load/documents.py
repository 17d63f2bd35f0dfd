"""Text to documents: YAML or JSON, each document on its own."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from json import JSONDecodeError

import msgspec
import yaml

from netsim.errors import DocumentError
from netsim.load.chunks import Chunk, chunks
from netsim.load.files import TextFile
from netsim.load.json_values import JsonValue, json_values, looks_like_json
from netsim.load.yaml_lists import ListItems, list_items
from netsim.load.yaml_objects import read_object
from netsim.load.yaml_scanner import UnusualError
from netsim.load.yaml_values import RepeatedKey, UnknownTagError, decoded
from netsim.source import Place, Source

_TOO_DEEP = "maximum nesting depth"
"""How newer versions of libyaml refuse what would exhaust the stack."""
_ALIAS = re.compile(r"(found undefined alias) '.*'")
"""What stands behind the `*` may be a password, and is not told."""
_SECRET = re.compile(r"^[ \t-]*kind:[ \t]*[\"']?\w*Secret\b", re.MULTILINE)
"""A document in which `!…` may be a password."""
_TEMPLATES = {
    "{{": "; looks like a Helm/Go template: render it first",
    "{%": "; looks like a Jinja template: render it first",
}


class Document(msgspec.Struct, frozen=True):
    """A decoded document; `value` is what JSON could hold. A struct is made quickly."""

    source: Source
    value: object
    repeated: tuple[RepeatedKey, ...] = ()


@dataclass(frozen=True, slots=True)
class TaggedDocument:
    """A document with a tag that no Kubernetes manifest has, and its text."""

    source: Source
    reason: str
    place: Place
    text: str


Read = Document | TaggedDocument | DocumentError


def documents(file: TextFile) -> Iterator[Read]:
    """A file's documents in order; a broken one is an error and the others still come.

    Documents without content are counted but not yielded.
    """
    if file.number == 1 and looks_like_json(file.text):
        found = _json_documents(file)
        if found is not None:
            yield from found
            return
    yield from _yaml_file(file)


def whole_documents(file: TextFile) -> Iterator[Read]:
    """The same with every field, also those that no manifest has."""
    for chunk in chunks(file.text):
        yield from _plain_documents(file, chunk)


def _json_documents(file: TextFile) -> list[Read] | None:
    """The JSON values of a text, or None when it is not JSON and YAML should be tried."""
    found: list[Read] = []
    try:
        for value in json_values(file.text):
            source = Source(file.name, len(found) + 1)
            found.append(Document(source, value.value, _repeated(value, file.text)))
    except RecursionError:
        found.append(_too_deep(Source(file.name, len(found) + 1)))
    except ValueError as error:
        return _unless_yaml(file, found, error)
    return found


def _repeated(value: JsonValue, text: str) -> tuple[RepeatedKey, ...]:
    """The places of repeated keys, which only the YAML reader tells."""
    if not value.repeated:
        return ()
    try:
        ((_, keys),) = decoded(text[value.start : value.end])
    except (yaml.YAMLError, RecursionError, ValueError):
        return tuple(RepeatedKey(key, 0, 0) for key in value.repeated)
    return moved(keys, text.count("\n", 0, value.start))


def _unless_yaml(file: TextFile, found: list[Read], error: ValueError) -> list[Read] | None:
    """YAML is a superset of JSON: what only YAML reads is no fault, even in a .json file."""
    if not isinstance(error, JSONDecodeError) or not file.name.lower().endswith(".json"):
        return None
    read = list(_yaml_file(file))
    if not any(isinstance(item, DocumentError) for item in read):
        return read
    place = Place(file.name, error.lineno, error.colno)
    problem = f"not JSON: {error.msg[:1].lower()}{error.msg[1:]}"
    return [*found, DocumentError(Source(file.name, len(found) + 1), problem, place)]


def _yaml_file(file: TextFile) -> Iterator[Read]:
    for chunk in chunks(file.text, file.number, file.lines_above, file.begins):
        yield from _yaml_documents(file, chunk)


def _yaml_documents(file: TextFile, chunk: Chunk) -> Iterable[Read]:
    items = list_items(chunk.text)
    if items is not None:
        return _items(file, chunk, items)
    try:
        value = read_object(chunk.text)
    except (UnusualError, RecursionError):
        return _plain_documents(file, chunk)
    return () if value is None else (Document(Source(file.name, chunk.number), value),)


def _items(file: TextFile, chunk: Chunk, items: ListItems) -> Iterator[Read]:
    for index, above in enumerate(items.lines):
        value, repeated = items.item(chunk.text, index)
        source = Source(file.name, chunk.number, ("items", index))
        yield Document(source, value, moved(repeated, chunk.lines_above + above))


def _plain_documents(file: TextFile, chunk: Chunk) -> Iterator[Read]:
    """The slow way, which knows all of YAML and tells what is wrong."""
    source = Source(file.name, chunk.number)
    try:
        found = decoded(chunk.text)
    except UnknownTagError as error:
        place = _place(source, chunk, error.problem_mark)
        problem = "unknown tag" if _SECRET.search(chunk.text) else str(error.problem)
        yield TaggedDocument(source, problem, place, chunk.text)
    except RecursionError:
        yield _too_deep(source)
    except (yaml.YAMLError, ValueError) as error:
        yield _too_deep(source) if _TOO_DEEP in str(error) else _fault(source, chunk, error)
    else:
        for value, repeated in found:
            if value is not None:
                yield Document(source, value, moved(repeated, chunk.lines_above))


def moved(repeated: Iterable[RepeatedKey], above: int) -> tuple[RepeatedKey, ...]:
    """Repeated keys in the lines where they stand, some lines further down."""
    return tuple(replace(key, line=key.line + above) for key in repeated)


def _too_deep(source: Source) -> DocumentError:
    return DocumentError(source, "nested too deeply to be a manifest")


def _fault(source: Source, chunk: Chunk, error: Exception) -> DocumentError:
    mark = getattr(error, "problem_mark", None)
    reason = getattr(error, "problem", None) or _first_line(error)
    reason = _ALIAS.sub(r"\1: a text that begins with * is written in quotes", reason)
    hint = next((hint for sign, hint in _TEMPLATES.items() if sign in chunk.text), "")
    if mark is not None and _stands_on_tab(chunk.text, mark):
        hint = "; a tab may not indent: use spaces"
    return DocumentError(source, f"not YAML: {reason}{hint}", _place(source, chunk, mark))


def _first_line(error: Exception) -> str:
    """What libyaml says of characters has no mark, only words."""
    return re.sub(r"\s+", " ", str(error).partition("\n")[0])


def _place(source: Source, chunk: Chunk, mark: yaml.Mark | None) -> Place:
    if mark is None:
        return Place(source.file, chunk.lines_above + 1)
    return Place(source.file, chunk.lines_above + mark.line + 1, mark.column + 1)


def _stands_on_tab(text: str, mark: yaml.Mark) -> bool:
    lines = text.split("\n")
    return mark.line < len(lines) and lines[mark.line][mark.column : mark.column + 1] == "\t"
