"""The text of a file after some edits: all that they do not concern stays, byte by byte."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

import yaml

from netsim.errors import MissingExtraError, RewriteError
from netsim.load import locate
from netsim.load.chunks import chunks
from netsim.load.files import TextFile
from netsim.load.json_values import looks_like_json
from netsim.load.written import written_in
from netsim.model.written import WrittenObject
from netsim.suggest.edits import Edit
from netsim.suggest.round_trip import round_tripped
from netsim.suggest.splices import (
    Splice,
    Splicer,
    UnusualTextError,
    canonical,
    spliced,
)
from netsim.suggest.yaml_spans import Listed, Mapped, Node, spans
from netsim.suggest.yaml_style import Style, style_of

_NOT_AS_READ = "the file is not what it was"
_Found = Mapping[tuple[str, str, str, str], str]
"""Objects by identity, with all that they say."""


def rewritten(file: TextFile, edits: Sequence[Edit], namespace: str = "default") -> str:
    """A file's text with edits of its objects made, and new objects at its end.

    The result was read again: edited objects say what they are to say, all others what they
    said. Raises RewriteError where that cannot be had.
    """
    if looks_like_json(file.text):
        raise RewriteError(file.name, "is JSON, and only YAML can be edited")
    changed = _Lines(file.text).spliced(_splices(file, edits))
    result = _with_new(changed, [it.after for it in edits if it.before is None and it.after])
    _check(file, result, edits, namespace)
    return result


def new_file(manifests: Iterable[Mapping[str, object]]) -> str:
    """The text of a file with new objects and nothing else."""
    return _with_new("", manifests)


def has_objects(text: str) -> bool:
    """Whether anything but blanks and separators is left of a text."""
    return any(line.strip() not in {"", "---", "..."} for line in text.split("\n"))


class _Lines:
    """A text with whatever ends its lines, edited as if all of them ended as in Unix."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._dropped: list[int] = []
        position = text.find("\r\n")
        while position >= 0:
            self._dropped.append(position - len(self._dropped))
            position = text.find("\r\n", position + 2)
        self._end = "\r\n" if 2 * len(self._dropped) > text.count("\n") else "\n"

    def spliced(self, splices: Iterable[Splice]) -> str:
        """Places count in the unified text, in which a line has one sign at its end."""
        moved = (
            Splice(self._at(it.start), self._at(it.end), it.text.replace("\n", self._end))
            for it in splices
        )
        return spliced(self._text, list(moved))

    def _at(self, position: int) -> int:
        return position + bisect_right(self._dropped, position - 1)


def _splices(file: TextFile, edits: Iterable[Edit]) -> Iterator[Splice]:
    pieces = list(chunks(file.text))
    starts = list(accumulate((len(it.text) for it in pieces), initial=0))
    by_document: dict[int, list[tuple[WrittenObject, Edit]]] = {}
    for edit in edits:
        if edit.before is not None:
            number = edit.before.source.document
            by_document.setdefault(number, []).append((edit.before, edit))
    for number, found in sorted(by_document.items()):
        piece = pieces[number - 1].text if 0 < number <= len(pieces) else ""
        try:
            here = list(_in_document(piece, found))
        except UnusualTextError as error:
            here = [Splice(0, len(piece), _as_a_whole(piece, found, str(error)))]
        except yaml.YAMLError as error:
            raise RewriteError(str(locate(found[0][0].source)), str(error)) from None
        start = starts[number - 1]
        yield from (Splice(it.start + start, it.end + start, it.text) for it in here)


def _as_a_whole(text: str, found: Sequence[tuple[WrittenObject, Edit]], problem: str) -> str:
    """A document that cannot be spliced, written anew with its comments; RewriteError."""
    place = str(locate(found[0][0].source))
    if any(edit.after is None for _, edit in found):
        raise RewriteError(place, problem)
    try:
        return round_tripped(text, found, _last_style(text))
    except MissingExtraError as error:
        raise RewriteError(place, f"{problem}; {error}") from None
    except (LookupError, TypeError, ValueError):
        raise RewriteError(place, problem) from None


def _in_document(text: str, found: Sequence[tuple[WrittenObject, Edit]]) -> Iterator[Splice]:
    root = spans(text)
    if root is None:
        raise UnusualTextError(_NOT_AS_READ)
    splicer = Splicer(text, style_of(root, text))
    gone: dict[tuple[str | int, ...], list[int]] = {}
    for before, edit in found:
        route = before.source.route
        if edit.after is not None:
            yield from splicer.changed(_led(root, route), before.value, edit.after)
        elif route:
            gone.setdefault(route[:-1], []).append(int(route[-1]))
        else:
            yield _whole(text, root)
    for route, indices in gone.items():
        yield from _items_out(splicer, root, route, indices)


def _items_out(
    splicer: Splicer, root: Node, route: tuple[str | int, ...], gone: Iterable[int]
) -> Iterator[Splice]:
    """Takes objects out of a List."""
    holder, node, indices = _led(root, route[:-1]), _led(root, route), sorted(gone)
    if isinstance(node, Listed) and len(indices) < len(node.items):
        yield from splicer.without(node, indices)
    elif isinstance(holder, Mapped):
        yield from splicer.emptied(holder, str(route[-1]))


def _led(root: Node, route: Iterable[str | int]) -> Node:
    node: Node | None = root
    for step in route:
        match node, step:
            case Mapped(), str():
                node = node.value(step)
            case Listed(items=items), int() if step < len(items):
                node = items[step]
            case _:
                node = None
    if node is None:
        raise UnusualTextError(_NOT_AS_READ)
    return node


def _whole(text: str, root: Node) -> Splice:
    """A document with its separator; comments that are not its own stay.

    Its own are those between its separator and its end, and those directly above it where it
    has no separator.
    """
    above = text[: text.rfind("\n", 0, root.start) + 1].split("\n")[:-1]
    marks = [i for i, line in enumerate(above) if line.startswith("---")]
    kept = marks[0] if marks else len(above)
    while not marks and kept and above[kept - 1].startswith("#"):
        kept -= 1
    head = "".join(f"{line}\n" for line in above[:kept] if not line.startswith("%"))
    end = text.find("\n", root.end) + 1 or len(text)
    below = "".join(f"{line}\n" for line in text[end:].split("\n") if line.startswith("#"))
    return Splice(0, len(text), (head if has_objects(head) else "") + below)


def _with_new(text: str, manifests: Iterable[Mapping[str, object]]) -> str:
    """New objects as documents at the end, indented as the last one is."""
    end = "\r\n" if 2 * text.count("\r\n") > text.count("\n") else "\n"
    style = _last_style(text)
    for value in manifests:
        if text and not text.endswith("\n"):
            text += end
        lines = [*(["---"] if has_objects(text) else []), *style.block(value)]
        text += "".join(f"{line}{end}" for line in lines)
    return text


def _last_style(text: str) -> Style:
    for chunk in reversed(list(chunks(text))):
        try:
            root = spans(chunk.text)
        except (UnusualTextError, yaml.YAMLError):
            continue
        if root is not None:
            return style_of(root, chunk.text)
    return Style()


def _check(file: TextFile, result: str, edits: Iterable[Edit], namespace: str) -> None:
    """Reads what came out; raises RewriteError where it does not say what it should."""
    wanted = dict(_found(file, namespace))
    for edit in edits:
        if edit.before is not None:
            if wanted.get(edit.before.identity) != canonical(edit.before.value):
                place = str(locate(edit.before.source))
                raise RewriteError(place, f"{edit.ref} is not what it was, or not there")
            del wanted[edit.before.identity]
        if edit.after is not None:
            wanted[_identity(edit, edit.after)] = canonical(edit.after)
    read = _found(TextFile(file.name, result), namespace)
    for identity in sorted({*wanted, *read}):
        if wanted.get(identity) != read.get(identity):
            _, kind, place, name = identity
            what = f"{kind} {place}/{name}"
            problem = f"{what} would not be as wanted: the text is too unusual to be edited"
            raise RewriteError(file.name, problem)


def _identity(edit: Edit, after: Mapping[str, object]) -> tuple[str, str, str, str]:
    """What an object is afterwards, which may have been moved to another namespace."""
    group, slash, _ = str(after.get("apiVersion", "")).rpartition("/")
    metadata = after.get("metadata")
    named = metadata if isinstance(metadata, Mapping) else {}
    namespace = named.get("namespace") or edit.ref.namespace
    return (
        group if slash else "",
        str(after.get("kind")),
        str(namespace),
        str(named.get("name")),
    )


def _found(file: TextFile, namespace: str) -> _Found:
    return {
        item.identity: canonical(item.value) for item in written_in(file, namespace=namespace)
    }
