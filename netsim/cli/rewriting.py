"""Edits in files: as a patch, or written; either all of them or none."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import unified_diff
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile

from netsim.cluster import Cluster
from netsim.errors import RewriteError
from netsim.load import locate
from netsim.load.files import TextFile, kept_text
from netsim.load.json_values import looks_like_json
from netsim.suggest.edits import Edit
from netsim.suggest.placing import place_for
from netsim.suggest.rewriting import has_objects, new_file, rewritten

_MARK = b"\xef\xbb\xbf"
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Change:
    """A file before and after; None where there is none."""

    path: str
    before: bytes | None
    after: bytes | None

    def patch(self) -> bytes:
        """A unified diff for `git apply` and `patch -p1`, seen from the current folder.

        Links are followed, as both commands follow none. Raises RewriteError for a file outside
        the current folder, which neither of them touches.
        """
        name = os.path.relpath(os.path.realpath(self.path))
        if name.split(os.sep, 1)[0] == os.pardir:
            raise RewriteError(
                self.path,
                "is outside the current folder, where a patch changes nothing: "
                "start from a folder above, or use --write",
            )
        name = f"{name}\t" if " " in name else name
        old, new = (
            "/dev/null" if content is None else f"{side}/{name}"
            for side, content in (("a", self.before), ("b", self.after))
        )
        lines = unified_diff(_lines(self.before or b""), _lines(self.after or b""), old, new)
        return b"".join(map(_ended, lines))


def changes(cluster: Cluster, edits: Sequence[Edit]) -> list[Change]:
    """Every file that edits change, in order; raises RewriteError, and then none is made."""
    by_file: dict[str, list[Edit]] = {}
    for edit in edits:
        if edit.after is None:
            _check_alone(cluster, edit)
    for edit in _in_place(edits):
        by_file.setdefault(_file_of(edit, cluster), []).append(edit)
    made = (_change(path, tuple(found), cluster.namespace) for path, found in by_file.items())
    return sorted(made, key=lambda change: change.path)


def _in_place(edits: Sequence[Edit]) -> Iterator[Edit]:
    """An object that moves to another namespace keeps its place and its comments."""
    gone = {(it.ref.kind, it.ref.name): it for it in edits if it.after is None}
    moved = [it for it in edits if it.before is None and (it.ref.kind, it.ref.name) in gone]
    left = {id(gone[it.ref.kind, it.ref.name]) for it in moved}
    for edit in edits:
        if edit in moved:
            before = gone[edit.ref.kind, edit.ref.name].before
            yield Edit(edit.summary, before, edit.after)
        elif id(edit) not in left:
            yield edit


def write(found: Sequence[Change]) -> None:
    """Writes all files, each whole at once; raises RewriteError before the first is changed.

    Links stay links, and files keep their permissions.
    """
    ready: list[tuple[Path, Path | None]] = []
    try:
        for change in found:
            path = Path(change.path).resolve()
            ready.append((path, None))
            if change.after is not None:
                ready[-1] = (path, _beside(path, change.after))
        for path, temporary in ready:
            if temporary is None:
                path.unlink()
            else:
                temporary.replace(path)
    except OSError as error:
        for _, temporary in ready:
            if temporary is not None:
                with suppress(OSError):
                    temporary.unlink()
        raise RewriteError(str(path), f"cannot be written: {error.strerror}") from None


def _beside(path: Path, content: bytes) -> Path:
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        temporary = Path(file.name)
        try:
            file.write(content)
            if path.exists():
                shutil.copymode(path, temporary)
            else:
                temporary.chmod(0o666 & ~_umask())
        except OSError:
            temporary.unlink()
            raise
    return temporary


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _check_alone(cluster: Cluster, edit: Edit) -> None:
    """Of an object that is written twice one text would stay, and count."""
    for item in cluster.findings:
        before = edit.before
        if (
            item.rule == "object-repeated"
            and before is not None
            and item.source == before.source
        ):
            raise RewriteError(str(locate(before.source)), f"{edit.ref}: {item.message}")


def _file_of(edit: Edit, cluster: Cluster) -> str:
    if edit.before is not None:
        return edit.before.source.file
    return place_for(edit, cluster.objects, _is_open, lambda name: Path(name).exists())


def _is_open(name: str) -> bool:
    try:
        return not looks_like_json(_read(name)[1])
    except RewriteError:
        return False


def _change(path: str, edits: tuple[Edit, ...], namespace: str) -> Change:
    if all(edit.before is None for edit in edits) and not Path(path).exists():
        made = new_file(edit.after for edit in edits if edit.after is not None)
        return Change(path, None, made.encode())
    raw, text = _read(path)
    after = rewritten(TextFile(path, text), edits, namespace)
    mark = _MARK if raw.startswith(_MARK) else b""
    return Change(path, raw, mark + after.encode() if has_objects(after) else None)


def _read(name: str) -> tuple[bytes, str]:
    """A file's bytes and text."""
    refused = partial(RewriteError, name)
    if kept_text(name) is not None:
        raise refused("standard input, pipes and commits cannot be edited")
    try:
        raw = Path(name).read_bytes()
    except OSError as error:
        raise refused(f"cannot be read: {error.strerror}") from None
    if raw.startswith(_GZIP):
        raise refused("is compressed: a capture cannot be edited")
    try:
        return raw, raw.removeprefix(_MARK).decode()
    except UnicodeDecodeError:
        raise refused("is not UTF-8, and only that can be edited") from None


def _lines(content: bytes) -> list[str]:
    *whole, last = content.decode().split("\n")
    return [*(f"{line}\n" for line in whole), *filter(None, (last,))]


def _ended(line: str) -> bytes:
    if line.endswith("\n"):
        return line.encode()
    return f"{line}\n\\ No newline at end of file\n".encode()


def asides(found: Sequence[Change]) -> Iterator[str]:
    """What else is to be seen to, where files come or go."""
    for change in found:
        if change.before is None:
            yield f"{change.path} is new: a kustomization would have to name it"
        if change.after is None:
            yield f"{change.path} has no object left and goes: no kustomization may name it"
