"""A long JSON List, as captures of clusters are: read block by block, never held whole.

Pods are decoded straight into what is read of them, everything else into plain values. What
is out of the ordinary raises NotACaptureError: then the plain way reads the file.
"""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
from msgspec import UNSET, Raw

from netsim.load.documents import Document
from netsim.load.files import opened
from netsim.load.json_blocks import Head, NotACaptureError, blocks, head_of
from netsim.load.json_pods import Item, PodReader
from netsim.load.json_values import json_values, value_written_once
from netsim.load.pods import LivePod
from netsim.load.quick import quick_maker
from netsim.source import Source

_ITEMS = msgspec.json.Decoder(list[Item])
_ITEM = msgspec.json.Decoder(Item)
_RAW = msgspec.json.Decoder(list[Raw])
_quick_source = quick_maker(Source)


@dataclass(frozen=True, slots=True)
class CaptureFile:
    """A file that begins as a List does."""

    name: str
    path: Path
    head: Head


def as_capture(path: Path) -> CaptureFile | None:
    """The file if it begins as a List; None for any other."""
    try:
        with opened(path) as file:
            head = head_of(file)
    except (OSError, EOFError, zlib.error):
        return None
    return CaptureFile(str(path), path, head) if head is not None else None


def capture_items(capture: CaptureFile) -> Iterator[LivePod | Document]:
    """The objects of a capture in order; raises NotACaptureError, maybe after some."""
    try:
        yield from _items(capture)
    except (OSError, EOFError, zlib.error) as error:
        raise NotACaptureError from error


def _items(capture: CaptureFile) -> Iterator[LivePod | Document]:
    reader = PodReader()
    common = inherited(capture.head)
    index = 0
    with opened(capture.path) as file:
        file.seek(capture.head.length)
        for text, items in blocks(file, capture.head, _decoded):
            raws: list[Raw] | None = None
            for place, item in enumerate(items):
                source = _quick_source(capture.name, 1, ("items", index + place))
                if type(item) is Item and item.kind == "Pod" and item.apiVersion == "v1":
                    pod = reader.read(item, source)
                else:
                    pod = _unusual_pod(item, common, reader, source)
                if pod is not None:
                    yield pod
                    continue
                if raws is None:
                    raws = _RAW.decode(text)
                yield Document(source, {**common, **_value(raws[place])})
            index += len(items)


def _decoded(text: memoryview) -> list[Item | Raw]:
    """Typed, or where one item does not fit as plain texts."""
    try:
        _check(text)
        return [*_ITEMS.decode(text)]
    except msgspec.ValidationError:
        return [*_RAW.decode(text)]
    except UnicodeDecodeError as error:
        raise NotACaptureError from error


def _check(text: memoryview) -> None:
    """What the decoder passes over where it decodes nothing: NUL, and bytes of no encoding."""
    held = text.obj
    if not isinstance(held, bytearray) or held.find(b"\0", 0, len(text)) >= 0:
        raise NotACaptureError
    if not held.isascii():
        bytes(text).decode()


def _unusual_pod(
    item: Item | Raw, inherited: Mapping[str, object], reader: PodReader, source: Source
) -> LivePod | None:
    """A pod that does not say that it is one, or stands beside an item that does not fit."""
    if isinstance(item, Raw):
        try:
            item = _ITEM.decode(item)
        except msgspec.ValidationError:
            return None
    kind = inherited.get("kind") if item.kind is UNSET else item.kind
    version = inherited.get("apiVersion") if item.apiVersion is UNSET else item.apiVersion
    return reader.read(item, source) if (kind, version) == ("Pod", "v1") else None


def inherited(head: Head) -> dict[str, object]:
    """What the items of a PodList are that do not say it themselves; of a List nothing."""
    kind = str(head.fields.get("kind", "List")).removesuffix("List")
    return {"kind": kind, "apiVersion": head.fields.get("apiVersion")} if kind else {}


def _value(raw: Raw) -> dict[str, object]:
    text = bytes(raw)
    try:
        value = value_written_once(text)
    except ValueError:
        (found,) = json_values(text.decode())
        if found.repeated:
            raise NotACaptureError from None
        value = found.value
    if not isinstance(value, dict):
        raise NotACaptureError
    return value
