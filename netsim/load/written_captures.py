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
from netsim.source import Source

_TOKEN_VOLUME = re.compile(rb'"kube-api-access-[a-z0-9]{5}"')
_SHARED = frozenset({"metadata", "spec"})
_BOOKKEEPING = "managedFields"


def capture_documents(capture: CaptureFile) -> Iterator[Document]:
    """The objects of a capture in order; raises NotACaptureError, maybe after some."""
    common = inherited(capture.head)
    known: dict[bytes, object] = {}
    index = 0
    with capture.path.open("rb") as file:
        file.seek(capture.head.length)
        for _, items in blocks(file, capture.head, _decoded):
            for item in items:
                if not isinstance(item, dict):
                    raise NotACaptureError
                value = {**common, **item}
                for key in _SHARED & value.keys():
                    value[key] = _shared(value[key], known)
                yield Document(Source(capture.name, 1, ("items", index)), value)
                index += 1


def _decoded(text: memoryview) -> list[object]:
    found: list[object] = msgspec.json.decode(
        _TOKEN_VOLUME.sub(b'"kube-api-access"', text), type=list[object]
    )
    return found


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
