"""Reads a whole cluster, or one namespace of it, into one file that `-f` takes.

The file is a List as `kubectl get -o json` writes it. Its first item says of which server it
is, when it was taken, and what could not be read.
"""

import gzip
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copyfileobj
from typing import IO

from netsim.live.discovery import served_policies
from netsim.live.kubectl import CallError, Fault, Kubectl
from netsim.live.paging import Reader
from netsim.live.pruning import pruned
from netsim.live.resources import BUILT_IN, NAMESPACES, Resource
from netsim.model.capture import HEADER_KIND, HEADER_VERSION

DEFAULT_CHUNK = 500
_IN_MEMORY = 32 << 20
"""Bytes of one kind that are held before they go to a temporary file."""
_LEVEL = 5

Progress = Callable[[str, int, int], None]
"""Called with a kind, how many of it were read, and how many there are in all."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to read."""

    namespace: str | None = None
    """One namespace; None for all."""
    chunk: int = DEFAULT_CHUNK
    """Objects that one answer of the server may hold."""
    secret_names: bool = False
    """Whether names of Secrets are read, as a table without their values."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a capture holds."""

    counts: dict[str, int] = field(default_factory=dict)
    """Objects by kind."""
    unread: tuple[tuple[str, str], ...] = ()
    """`Kind (apiVersion)` and why it could not be read."""


@dataclass(slots=True)
class _Spool:
    """Items of all kinds read so far, as JSON texts."""

    file: IO[bytes]
    unread: list[dict[str, str]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)


def capture(
    path: Path, kubectl: Kubectl, wanted: Wanted, taken_at: str, progress: Progress
) -> Taken:
    """Writes the file when everything was read, or raises LiveClusterError and writes nothing.

    A kind that the user may not list is left out and told of in the file. `taken_at` is an
    RFC 3339 time. The file is compressed unless its name ends in `.json`.
    """
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
        spool = _Spool(file)
        version = _version(kubectl)
        served = served_policies(kubectl)
        for group, reason in served.undiscovered:
            spool.unread.append({"kind": "", "apiVersion": group, "reason": reason})
        reader = Reader(kubectl, wanted.chunk)
        for resource in (*BUILT_IN, *served.policies):
            _read(resource, reader, wanted, spool, progress)
        if wanted.secret_names:
            _read_secret_names(kubectl, wanted.namespace, spool)
        header: dict[str, object] = {
            "apiVersion": HEADER_VERSION,
            "kind": HEADER_KIND,
            "metadata": {"name": kubectl.context or "current-context"},
            "spec": {
                "takenAt": taken_at,
                "serverVersion": version,
                "namespace": wanted.namespace or "",
                "counts": spool.counts,
                "unread": spool.unread,
            },
        }
        file.seek(0)
        _write(path, header, file)
    told = ((_title(item), item["reason"]) for item in spool.unread)
    return Taken(spool.counts, tuple(told))


def _title(item: dict[str, str]) -> str:
    return f"{item['kind'] or 'kinds of'} ({item['apiVersion']})"


def _version(kubectl: Kubectl) -> str:
    try:
        found = json.loads(kubectl.raw("/version"))
    except CallError as error:
        if error.fault is Fault.FORBIDDEN:
            return "unknown"
        raise kubectl.failed("the server's version", error) from error
    except ValueError:
        return "unknown"
    return str(found.get("gitVersion", "unknown")) if isinstance(found, dict) else "unknown"


def _read(
    resource: Resource, reader: Reader, wanted: Wanted, spool: _Spool, progress: Progress
) -> None:
    """Adds all objects of one kind, or a word on why not."""
    start = spool.file.tell()
    try:
        if resource is NAMESPACES and wanted.namespace:
            count = _one_namespace(reader.kubectl, wanted.namespace, spool)
        else:
            count = _list(resource, reader, wanted.namespace, spool, progress)
    except CallError as error:
        spool.file.seek(start)
        spool.file.truncate()
        reason = _reason(error, resource)
        if reason is None:
            raise reader.kubectl.failed(resource.title, error) from error
        if reason:
            spool.unread.append(
                {"kind": resource.kind, "apiVersion": resource.api_version, "reason": reason}
            )
        return
    if count:
        spool.counts[resource.kind] = spool.counts.get(resource.kind, 0) + count


def _reason(error: CallError, resource: Resource) -> str | None:
    """Why a kind is left out; empty where the cluster has none; None where that may not be."""
    if error.fault is Fault.FORBIDDEN:
        return f"forbidden: {error.reason}"
    gone = error.fault is Fault.NOT_SERVED and resource not in BUILT_IN
    return "" if gone else None


def _list(
    resource: Resource,
    reader: Reader,
    namespace: str | None,
    spool: _Spool,
    progress: Progress,
) -> int:
    start = spool.file.tell()
    expired: CallError | None = None
    for pages in reader.attempts(resource.path(namespace)):
        count = 0
        try:
            for page in pages:
                for item in page.items:
                    _put(pruned(item, resource), spool)
                count += len(page.items)
                progress(resource.kind, count, count + page.remaining)
        except CallError as error:
            if error.fault is not Fault.EXPIRED:
                raise
            expired = error
            spool.file.seek(start)
            spool.file.truncate()
        else:
            return count
    raise expired or AssertionError("a list is begun at least once")


def _one_namespace(kubectl: Kubectl, name: str, spool: _Spool) -> int:
    body = json.loads(kubectl.raw(f"/api/v1/namespaces/{name}"))
    _put(pruned(body, NAMESPACES), spool)
    return 1


def _read_secret_names(kubectl: Kubectl, namespace: str | None, spool: _Spool) -> None:
    """From the table that the server makes of them, which has no values."""
    where = ("-n", namespace) if namespace else ("-A",)
    try:
        printed = kubectl.run("get", "secrets", *where, "--no-headers")
    except CallError as error:
        if error.fault is not Fault.FORBIDDEN:
            raise kubectl.failed("names of Secrets", error) from error
        reason = f"forbidden: {error.reason}"
        spool.unread.append({"kind": "Secret", "apiVersion": "v1", "reason": reason})
        return
    names = [line.split() for line in printed.decode().splitlines() if line.strip()]
    for words in names:
        place, name = (namespace, words[0]) if namespace else (words[0], words[1])
        metadata = {"name": name, "namespace": place}
        _put({"apiVersion": "v1", "kind": "Secret", "metadata": metadata}, spool)
    spool.counts["Secret"] = len(names)


def _put(item: dict[str, object], spool: _Spool) -> None:
    spool.file.write(b",\n")
    spool.file.write(json.dumps(item, separators=(",", ":")).encode())


def _write(path: Path, header: dict[str, object], items: IO[bytes]) -> None:
    """All of it or nothing: the name is given only to a complete file."""
    with _complete_or_nothing(path) as file:
        file.write(b'{"apiVersion":"v1","kind":"List","metadata":{},"items":[\n')
        file.write(json.dumps(header, separators=(",", ":")).encode())
        copyfileobj(items, file, 1 << 20)
        file.write(b"\n]}\n")


@contextmanager
def _complete_or_nothing(path: Path) -> Iterator[IO[bytes]]:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as plain:
            if path.suffix == ".json":
                yield plain
            else:
                with gzip.GzipFile("", "wb", _LEVEL, plain, mtime=0) as packed:
                    yield packed  # type: ignore[misc]
        os.replace(name, path)  # noqa: PTH105 - the other end is a name too
    except BaseException:
        os.unlink(name)  # noqa: PTH108
        raise
