"""Objects of every kind with all their fields: a second reading, for those who look at them.

Reachability needs a few fields of a few kinds, and reads no more. Audits need the rest, and
ask for it here. What is at fault was told when the input was read the first time, and is
passed over.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import yaml

from netsim.collector import collector_paused
from netsim.load.chunks import chunks
from netsim.load.documents import Document
from netsim.load.fields import Field, Report
from netsim.load.files import TextFile, read_file, read_files
from netsim.load.json_blocks import NotACaptureError
from netsim.load.json_captures import as_capture
from netsim.load.json_values import json_values, looks_like_json
from netsim.load.kinds import Manifest, manifests
from netsim.load.metadata import read_name, read_namespace
from netsim.load.roles import SERVED
from netsim.load.written_captures import capture_documents
from netsim.load.written_parts import CLUSTER_WIDE, UNWANTED, Wanted, as_kept
from netsim.load.yaml_events import read_events
from netsim.load.yaml_lines import read_document
from netsim.load.yaml_lists import list_items
from netsim.load.yaml_scanner import UnusualError
from netsim.load.yaml_shapes import WHOLE
from netsim.load.yaml_values import decoded
from netsim.model.written import WrittenObject
from netsim.source import Source

_Identity = tuple[str, str, str, str]


def written_objects(
    paths: Sequence[str | os.PathLike[str]],
    *,
    namespace: str = "default",
    places: frozenset[Source] | None = None,
) -> tuple[WrittenObject, ...]:
    """Every object of files, folders and `-`, in input order; the last of a name wins.

    `namespace` is for objects that name none. Values of secrets are not kept. Where `places`
    are given, only the documents and list items that hold them are decoded.
    """
    found, wanted = _Objects(namespace), Wanted.of(places)
    with collector_paused():
        for item in read_files(paths, again=True):
            if isinstance(item, TextFile | Path):
                for document in _file(item, wanted):
                    found.add(document)
    return found.all()


def written_from_objects(
    objects: Iterable[Mapping[str, object]],
    *,
    file: str = "<objects>",
    namespace: str = "default",
) -> tuple[WrittenObject, ...]:
    """The same from decoded manifests; document numbers are positions, from 1."""
    found = _Objects(namespace)
    for number, value in enumerate(objects, start=1):
        found.add(Document(Source(file, number), value))
    return found.all()


def written_in(file: TextFile, *, namespace: str = "default") -> tuple[WrittenObject, ...]:
    """The objects of one text that need not be in a file yet."""
    found = _Objects(namespace)
    for document in _documents(file, Wanted.of(None)):
        found.add(document)
    return found.all()


class _Objects:
    """Objects by what no two of them share."""

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace
        self._report = Report()
        self._found: dict[_Identity, WrittenObject] = {}

    def add(self, document: Document) -> None:
        """Keeps what a document holds."""
        for manifest in manifests(document, self._report):
            if manifest.kind not in UNWANTED:
                self._add(manifest)

    def _add(self, manifest: Manifest) -> None:
        whole = Field(manifest.value, manifest.source, manifest.kind, self._report)
        metadata = whole.get("metadata")
        name = (
            read_name(whole) if manifest.kind in SERVED else metadata.get("name").text() or ""
        )
        if _is_cluster_wide(manifest.kind):
            namespace = ""
        elif not metadata.get("namespace").missing or manifest.kind in SERVED:
            namespace = read_namespace(whole, self._namespace)
        else:
            namespace = self._namespace
        identity = (manifest.group, manifest.kind, namespace, name or str(manifest.source))
        self._found[identity] = WrittenObject(
            manifest.kind,
            manifest.api_version,
            namespace,
            name,
            as_kept(manifest.kind, manifest.value),
            manifest.source,
        )

    def all(self) -> tuple[WrittenObject, ...]:
        """Everything kept, in input order."""
        return tuple(self._found.values())


def _is_cluster_wide(kind: str) -> bool:
    return kind in CLUSTER_WIDE or (kind.startswith("Cluster") and kind != "Cluster")


def _file(item: TextFile | Path, wanted: Wanted) -> Iterator[Document]:
    name = item.name if isinstance(item, TextFile) else str(item)
    if not wanted.file(name):
        return
    if isinstance(item, TextFile):
        yield from _documents(item, wanted)
        return
    capture = as_capture(item)
    if capture is not None:
        try:
            yield from capture_documents(capture, wanted)
        except (NotACaptureError, OSError):
            pass
        else:
            return
    text = read_file(item)
    if isinstance(text, TextFile):
        yield from _documents(text, wanted)


def _documents(file: TextFile, wanted: Wanted) -> Iterator[Document]:
    if looks_like_json(file.text):
        found = _json(file)
        if found is not None:
            yield from found
            return
    for chunk in chunks(file.text):
        source = Source(file.name, chunk.number)
        if wanted.document(source):
            yield from _chunk(source, chunk.text, wanted)


def _chunk(source: Source, text: str, wanted: Wanted) -> Iterator[Document]:
    items = list_items(text)
    if items is None:
        yield from (Document(source, value) for value in _yaml(text))
        return
    for index in range(len(items.lines)):
        place = source.at("items", index)
        for value in _yaml(items.text(text, index)) if wanted.item(place) else ():
            if isinstance(value, Mapping):
                yield Document(place, {**items.inherited, **value})


def _json(file: TextFile) -> list[Document] | None:
    try:
        return [
            Document(Source(file.name, number), found.value)
            for number, found in enumerate(json_values(file.text), start=1)
        ]
    except (ValueError, RecursionError):
        return None


def _yaml(text: str) -> list[object]:
    """The values of a text, read in the quickest way that is exact for it."""
    for read in (read_document, read_events):
        try:
            value = read(text, WHOLE)
        except (UnusualError, RecursionError):
            continue
        return [] if value is None else [value]
    try:
        return [value for value, _ in decoded(text) if value is not None]
    except (yaml.YAMLError, RecursionError, ValueError):
        return []
