"""The edge: manifests to a Snapshot. Faults are collected, places kept, nothing dropped.

Reading never raises for what it finds in the input: a faulty object is left out and told of
in `errors`, and everything else is still read.
"""

import os
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import msgspec

from netsim.collector import collector_paused
from netsim.errors import DocumentError, InputError
from netsim.load.assemble import Assembly
from netsim.load.documents import Document, Read, TaggedDocument
from netsim.load.files import ReadWholeError, TextFile, read_files
from netsim.load.json_captures import CaptureFile, as_capture, capture_items
from netsim.load.kinds import Manifest, manifests, mentions_read_kind
from netsim.load.places import locate
from netsim.load.processes import in_turn
from netsim.load.removal import take_out
from netsim.load.text_parts import text_parts
from netsim.load.yaml_captures import YamlCapture, as_yaml_capture, capture_documents
from netsim.load.yaml_values import RepeatedKey
from netsim.model.profile import Profile
from netsim.model.snapshot import Snapshot
from netsim.results import Finding
from netsim.source import Place, Source

__all__ = ["Loaded", "load_changed", "load_snapshot", "locate", "snapshot_from_objects"]

_CHANGED = "<changed>"
"""The file of objects that were put in without one."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A snapshot with everything that was said while it was read."""

    snapshot: Snapshot
    findings: tuple[Finding, ...]
    """Warnings and notes, in input order; `locate` finds their lines when they are printed."""
    errors: tuple[InputError, ...]
    """Every fault, in input order, with its line."""
    counts: Mapping[str, int]
    """Objects seen, by kind, whether or not netsim reads that kind."""
    assembly: Assembly
    """The objects as they were read, from which changed loads are put together."""
    files: tuple[str, ...]
    """What was read, in order."""


def load_changed(
    loaded: Loaded,
    paths: Sequence[str | os.PathLike[str]] = (),
    *,
    without: Sequence[str] = (),
    objects: Iterable[Mapping[str, object]] = (),
) -> Loaded:
    """The same load with some objects taken out, and then others put in.

    Put in are decoded manifests, and then what more files have. An object replaces one of its
    kind, namespace and name. `without` are texts as `shop/db-guard`: see
    `netsim.load.removal`. Raises as that does.
    """
    with collector_paused():
        assembly = loaded.assembly.copy()
        for text in without:
            take_out(text, assembly)
        for number, value in enumerate(objects, start=1):
            _add(Document(Source(_CHANGED, number), value), assembly)
        try:
            return _loaded(paths, assembly.copy(), loaded.files)
        except ReadWholeError:
            return _loaded(paths, assembly.copy(), loaded.files, again=True)


def load_snapshot(
    paths: Sequence[str | os.PathLike[str]],
    *,
    namespace: str = "default",
    profile: Profile | None = None,
) -> Loaded:
    """Reads files, folders and `-`; `namespace` is for objects that name none."""
    settings = profile or Profile()
    with collector_paused():
        try:
            return _loaded(paths, Assembly(namespace, settings))
        except ReadWholeError:
            return _loaded(paths, Assembly(namespace, settings), again=True)


def _loaded(
    paths: Sequence[str | os.PathLike[str]],
    assembly: Assembly,
    earlier: Sequence[str] = (),
    *,
    again: bool = False,
) -> Loaded:
    order = list(earlier)
    with closing(in_turn(_inputs(paths, again=again))) as turns:
        for turn in turns:
            match turn.found:
                case CaptureFile() as capture:
                    order.append(capture.name)
                    _read_capture(capture, assembly)
                case YamlCapture() as capture:
                    order.append(capture.name)
                    _read_documents(capture_documents(capture), assembly)
                case TextFile(name):
                    if order[-1:] != [name]:
                        order.append(name)
                    _read_documents(turn.documents(), assembly)
                case error:
                    order.append(error.source.file)
                    assembly.report.errors.append(error)
    return _finished(assembly, order)


def _inputs(
    paths: Sequence[str | os.PathLike[str]], *, again: bool
) -> Iterator[CaptureFile | YamlCapture | TextFile | InputError]:
    for found in read_files(paths, again=again, whole=again):
        if isinstance(found, Path):
            capture = as_capture(found) or as_yaml_capture(found)
            yield from [capture] if capture is not None else text_parts(found)
        else:
            yield found


def _read_capture(capture: CaptureFile, assembly: Assembly) -> None:
    for item in capture_items(capture):
        if isinstance(item, Document):
            _add(item, assembly)
        else:
            assembly.add_pod(item)


def _read_documents(found: Iterable[Read], assembly: Assembly) -> None:
    for item in found:
        match item:
            case Document():
                _add(item, assembly)
            case TaggedDocument():
                _tell_of_tag(item, assembly)
            case _:
                assembly.report.errors.append(item)


def snapshot_from_objects(
    objects: Iterable[Mapping[str, object]],
    *,
    file: str = "<objects>",
    namespace: str = "default",
    profile: Profile | None = None,
) -> Loaded:
    """The same from decoded manifests; document numbers are positions, from 1."""
    assembly = Assembly(namespace, profile or Profile())
    for number, value in enumerate(objects, start=1):
        _add(Document(Source(file, number), value), assembly)
    return _finished(assembly, [file])


def _add(document: Document, assembly: Assembly) -> None:
    found: Iterable[Manifest] = manifests(document, assembly.report)
    if document.repeated:
        found = _with_repeats(document, list(found))
    for manifest in found:
        assembly.add(manifest)


def _with_repeats(document: Document, found: list[Manifest]) -> list[Manifest]:
    """Each repeated key goes to the object that it stands in, the last to begin above it."""
    lines = [locate(manifest.source).line for manifest in found] if len(found) > 1 else [0]
    of: dict[int, list[RepeatedKey]] = {}
    for key in document.repeated:
        of.setdefault(max(0, bisect_right(lines, key.line) - 1), []).append(key)
    return [
        msgspec.structs.replace(manifest, repeated=tuple(of.get(index, ())))
        for index, manifest in enumerate(found)
    ]


def _tell_of_tag(document: TaggedDocument, assembly: Assembly) -> None:
    """Skipped with a note, unless that would leave out something that counts."""
    source, place = document.source, document.place
    if mentions_read_kind(document.text):
        assembly.report.errors.append(DocumentError(source, document.reason, place))
    else:
        message = f"document skipped: {document.reason}"
        assembly.report.note("unknown-tag", message, source, place)


def _finished(assembly: Assembly, files: list[str]) -> Loaded:
    kept = assembly.copy()
    snapshot = assembly.snapshot()
    ranks = {name: rank for rank, name in enumerate(dict.fromkeys(files))}

    def rank(item: InputError | Finding) -> tuple[int, int]:
        return ranks.get(item.source.file, len(ranks)), item.source.document

    report = assembly.report
    once: dict[tuple[Source, str, Place | None], InputError] = {}
    for error in report.errors:
        once.setdefault((error.source, error.problem, error.place), error)
    errors = sorted(once.values(), key=rank)
    for error in errors:
        error.place = error.place or _place(error.source)
    findings = sorted(report.findings, key=rank)
    counts = dict(sorted(assembly.counts.items()))
    return Loaded(snapshot, tuple(findings), tuple(errors), counts, kept, tuple(files))


def _place(source: Source) -> Place | None:
    place = locate(source)
    return place if place.line else None
