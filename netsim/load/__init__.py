"""The edge: manifests to a Snapshot. Faults are collected, places kept, nothing dropped.

Reading never raises for what it finds in the input: a faulty object is left out and told of
in `errors`, and everything else is still read.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from netsim.errors import InputError, ManifestError
from netsim.load.assemble import Assembly
from netsim.load.documents import Document, SkippedDocument, documents, locate
from netsim.load.files import read_files
from netsim.load.kinds import Manifest, manifests
from netsim.load.yaml_values import RepeatedKey
from netsim.model.profile import Profile
from netsim.model.snapshot import Snapshot
from netsim.results import Finding
from netsim.source import Place, Source

__all__ = ["Loaded", "load_snapshot", "locate", "snapshot_from_objects"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A snapshot with everything that was said while it was read."""

    snapshot: Snapshot
    findings: tuple[Finding, ...]
    """Warnings and notes, in input order; their lines are found by `locate`."""
    errors: tuple[InputError, ...]
    """Every fault, in input order, with its line."""
    counts: Mapping[str, int]
    """Objects seen, by kind, whether or not netsim reads that kind."""


def load_snapshot(
    paths: Sequence[str | os.PathLike[str]],
    *,
    namespace: str = "default",
    profile: Profile | None = None,
) -> Loaded:
    """Reads files, folders and `-`; `namespace` is for objects that name none."""
    assembly = Assembly(namespace, profile or Profile())
    for file in read_files(paths):
        if isinstance(file, InputError):
            assembly.report.errors.append(file)
            continue
        for item in documents(file):
            match item:
                case Document():
                    _add(item, assembly)
                case SkippedDocument(source, reason, place):
                    message = f"document skipped: {reason}"
                    assembly.report.note("unknown-tag", message, source, place)
                case _:
                    assembly.report.errors.append(item)
    return _finished(assembly)


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
    return _finished(assembly)


def _add(document: Document, assembly: Assembly) -> None:
    found = list(manifests(document, assembly.report))
    for key in document.repeated:
        _report_repeated(document, key, found, assembly)
    for manifest in found:
        assembly.add(manifest)


def _report_repeated(
    document: Document, key: RepeatedKey, found: list[Manifest], assembly: Assembly
) -> None:
    """A repeated key is an error in a policy, where the server is strict, else a warning."""
    place = Place(document.source.file, key.line, key.column) if key.line else None
    message = f"key {key.key!r} stands twice in one object"
    if any(manifest.kind == "NetworkPolicy" for manifest in found):
        error = ManifestError(document.source, message, place, kind="Decode")
        assembly.report.errors.append(error)
    elif found:
        message += "; the last value is used"
        assembly.report.warn("duplicate-key", message, document.source, place)


def _finished(assembly: Assembly) -> Loaded:
    snapshot = assembly.snapshot()
    for error in assembly.report.errors:
        if error.place is None:
            place = locate(error.source)
            error.place = place if place.line else None
    counts = dict(sorted(assembly.counts.items()))
    report = assembly.report
    return Loaded(snapshot, tuple(report.findings), tuple(report.errors), counts)
