"""Whole objects of a long JSON List, block by block, what many of them share held once.

Pods of one template differ in little: their equal parts become one value, and the name that
the API server gives to the volume of a pod's token, other in each pod, becomes one name.
"""

import re
from collections.abc import Iterator

import msgspec

from netsim.load.documents import Document
from netsim.load.json_blocks import NotACaptureError, blocks
from netsim.load.json_captures import CaptureFile, inherited
from netsim.load.written_parts import Wanted
from netsim.source import Source

_TOKEN_VOLUME = re.compile(rb'"kube-api-access-[a-z0-9]{5}"')
_RAW = msgspec.json.Decoder(list[msgspec.Raw])
_SHARED = frozenset({"metadata", "spec"})
_BOOKKEEPING = "managedFields"


def capture_documents(capture: CaptureFile, wanted: Wanted) -> Iterator[Document]:
    """The objects of a capture in order; raises NotACaptureError, maybe after some."""
    common = inherited(capture.head)
    known: dict[bytes, object] = {}
    index = 0
    with capture.path.open("rb") as file:
        file.seek(capture.head.length)
        for _, items in blocks(file, capture.head, _RAW.decode):
            for raw in items:
                source = Source(capture.name, 1, ("items", index))
                index += 1
                if wanted.item(source):
                    yield Document(source, {**common, **_value(raw, known)})


def _value(raw: msgspec.Raw, known: dict[bytes, object]) -> dict[str, object]:
    try:
        value = msgspec.json.decode(_TOKEN_VOLUME.sub(b'"kube-api-access"', bytes(raw)))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotACaptureError from error
    if not isinstance(value, dict):
        raise NotACaptureError
    for key in _SHARED & value.keys():
        value[key] = _shared(value[key], known)
    return value


def _shared(value: object, known: dict[bytes, object]) -> object:
    """The same value, each of its parts the first that was equal."""
    if not isinstance(value, dict):
        return value
    return {
        key: known.setdefault(msgspec.json.encode(item), item)
        if isinstance(item, (dict, list))
        else item
        for key, item in value.items()
        if key != _BOOKKEEPING
    }
