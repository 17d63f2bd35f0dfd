"""Finds and reads expectation files, and the manifests they name."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from yaml.nodes import MappingNode, SequenceNode

from netsim.errors import DocumentError, InputError, LoadError, ManifestError
from netsim.load.documents import Document, whole_documents
from netsim.load.files import EXPECTATION_SUFFIXES, SUFFIXES, TextFile, read_file, read_files
from netsim.load.git import PREFIX
from netsim.load.places import locate
from netsim.load.validation import shown
from netsim.load.yaml_values import composed
from netsim.source import Place, Source

_SKIPPED = frozenset({"node_modules", "__pycache__"})


def expectation_paths(paths: Sequence[str | os.PathLike[str]]) -> list[Path]:
    """Files as they are, and every `*.netsim.yaml` below folders, in path order, no file twice.

    Raises LoadError for what is not there, and for a folder without such a file.
    """
    found: dict[Path, Path] = {}
    errors: list[InputError] = []
    for name in paths:
        path = Path(name)
        inside = sorted(_below(path)) if path.is_dir() else [path]
        if not inside:
            errors.append(_fault(path, "this folder holds no *.netsim.yaml file"))
        elif not path.exists():
            errors.append(_fault(path, "no such file or folder"))
        for one in inside:
            found.setdefault(one.resolve(), one)
    if errors:
        raise LoadError(tuple(errors))
    return list(found.values())


def expectation_files_in(folder: Path, *, deep: bool = True) -> list[Path]:
    """Every `*.netsim.yaml` in a folder, in path order; `deep` for those further below too."""
    if deep:
        return sorted(_below(folder))
    return sorted(it for it in folder.iterdir() if it.is_file() and _is_expectations(it))


def expectation_document(path: Path) -> Document:
    """The one document of a file, or of a commit's as `git:REF:PATH`; raises LoadError."""
    read = _read(path)
    if not isinstance(read, TextFile):
        raise LoadError((read,))
    found = list(whole_documents(read))
    if len(found) == 1 and isinstance(found[0], Document):
        repeated = tuple(_repeated(read))
        if repeated:
            raise LoadError(repeated)
        return found[0]
    errors = tuple(item for item in found if isinstance(item, DocumentError))
    problem = f"must be one YAML document, not {len(found)}"
    raise LoadError(errors or (_fault(path, problem),))


def manifest_paths(file: str, patterns: Sequence[tuple[str, Source]]) -> list[Path]:
    """What patterns beside a file lead to: files, folders, and what globs find.

    Raises LoadError for a pattern that leads nowhere.
    """
    folder = Path(file).parent
    found: dict[Path, None] = {}
    errors: list[InputError] = []
    for pattern, source in patterns:
        matching = list(_matching(folder, pattern))
        if not matching:
            problem = f"no manifest at {pattern!r}, seen from {str(folder)!r}"
            errors.append(placed(ManifestError(source, problem)))
        found.update(dict.fromkeys(matching))
    if errors:
        raise LoadError(tuple(errors))
    return list(found)


def placed(error: InputError) -> InputError:
    """The same fault with its line."""
    place = locate(error.source)
    error.place = error.place or (place if place.line else None)
    return error


def _read(path: Path) -> TextFile | DocumentError:
    if not str(path).startswith(PREFIX):
        return read_file(path)
    found = next(read_files([str(path)], whole=True))
    return found if isinstance(found, TextFile) else _fault(path, str(found))


def _repeated(file: TextFile) -> Iterator[InputError]:
    """Keys that stand twice: all but the last would be lost without a word."""
    nodes = [composed(file.text)]
    while nodes:
        node = nodes.pop()
        if isinstance(node, SequenceNode):
            nodes += reversed(node.value)
        elif isinstance(node, MappingNode):
            nodes += reversed([value for _, value in node.value])
            seen: set[str] = set()
            for key, _ in node.value:
                if key.value in seen:
                    place = Place(file.name, key.start_mark.line + 1, key.start_mark.column + 1)
                    problem = f"key {shown(str(key.value))} stands twice in one object"
                    yield DocumentError(Source(file.name), problem, place)
                seen.add(str(key.value))


def _matching(folder: Path, pattern: str) -> Iterator[Path]:
    if not any(sign in pattern for sign in "*?["):
        path = Path(os.path.normpath(folder / pattern))
        if path.exists():
            yield path
        return
    start = Path(Path(pattern).anchor or folder)
    inside = str(Path(pattern).relative_to(Path(pattern).anchor))
    for found in sorted(start.glob(inside)):
        path = Path(os.path.normpath(found))
        named = path.name.lower().endswith(SUFFIXES) and not _is_expectations(path)
        if named and path.is_file():
            yield path


def _is_expectations(path: Path) -> bool:
    return path.name.lower().endswith(EXPECTATION_SUFFIXES)


def _below(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and name not in _SKIPPED
        )
        yield from (Path(place, name) for name in names if _is_expectations(Path(name)))


def _fault(path: Path, problem: str) -> DocumentError:
    return DocumentError(Source(str(path)), problem)
