"""Reads manifests as they are in a commit, through the user's own git: `git:REF:PATH`."""

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from netsim.errors import DocumentError
from netsim.source import Source

PREFIX = "git:"
_LINK = "120000"


@dataclass(frozen=True, slots=True)
class Blob:
    """A file of a commit."""

    name: str
    """As `git:REF:PATH`."""
    raw: bytes


class _GitError(Exception):
    """What git said, in one line."""


def read_commit(name: str, is_wanted: Callable[[str], bool]) -> Iterator[Blob | DocumentError]:
    """The files at a path of a commit, sorted; a path is looked up below the current folder.

    Of a folder those whose names are wanted, none below a folder that starts with a dot.
    """
    ref, colon, path = name.removeprefix(PREFIX).partition(":")
    if not (colon and ref):
        yield DocumentError(Source(name), "not a commit's files: use git:REF:PATH")
        return
    try:
        yield from _files(name, ref, path.rstrip("/") or ".", is_wanted)
    except _GitError as error:
        yield DocumentError(Source(name), str(error))


def file_of(name: str) -> str:
    """The path in `git:REF:PATH`; any other name as it is."""
    return name.removeprefix(PREFIX).partition(":")[2] if name.startswith(PREFIX) else name


def merge_base(ref: str) -> str:
    """The commit where the current branch left another: `ref` itself if that is its tip.

    The abbreviated id of an older commit; `ref` too where the history is not there, as in a
    shallow clone. Raises DocumentError for what is no commit.
    """
    try:
        tip = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    except _GitError as error:
        raise DocumentError(Source(f"{PREFIX}{ref}:"), str(error)) from None
    try:
        found = _git("merge-base", tip.decode().strip(), "HEAD")
        if found == tip:
            return ref
        return _git("rev-parse", "--short=12", found.decode().strip()).decode().strip()
    except _GitError:
        return ref


def is_in_commit(ref: str, path: str) -> bool:
    """Whether a commit has a file or folder at a path, seen from the current folder."""
    try:
        return bool(_git("ls-tree", "--end-of-options", ref, "--", path.rstrip("/") or "."))
    except _GitError:
        return False


def _files(
    name: str, ref: str, path: str, is_wanted: Callable[[str], bool]
) -> Iterator[Blob | DocumentError]:
    _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    listed = _git("ls-tree", "-r", "-z", "--end-of-options", ref, "--", path).decode(
        errors="surrogateescape"
    )
    found: list[tuple[str, str]] = []
    for entry in filter(None, listed.split("\0")):
        about, _, file = entry.partition("\t")
        mode, kind, digest = about.split()
        if kind != "blob" or not (file == path or _is_wanted(file, path, is_wanted)):
            continue
        if mode == _LINK:
            yield DocumentError(
                Source(f"{PREFIX}{ref}:{file}"), "is a link, which is not followed in a commit"
            )
        else:
            found.append((file, digest))
    if not listed:
        yield DocumentError(Source(name), f"no such file or folder in {ref}")
    elif not found:
        yield DocumentError(
            Source(name), "this folder holds no .yaml, .yml, .json or .json.gz file"
        )
    for file, digest in sorted(found):
        yield Blob(f"{PREFIX}{ref}:{file}", _git("cat-file", "blob", digest))


def _is_wanted(file: str, path: str, is_wanted: Callable[[str], bool]) -> bool:
    parts = PurePosixPath(file).parts[len(PurePosixPath(path).parts) :]
    hidden = any(part.startswith(".") for part in parts[:-1])
    return is_wanted(PurePosixPath(file).name) and not hidden


def _git(*words: str) -> bytes:
    try:
        finished = subprocess.run(  # noqa: S603 - a list of words, no shell
            ["git", *words],  # noqa: S607 - the user's own git
            check=False,
            capture_output=True,
        )
    except OSError as error:
        raise _GitError(f"git cannot be run: {error.strerror}") from None
    if finished.returncode:
        said = finished.stderr.decode(errors="replace").strip().splitlines()
        default = "no such commit, branch or tag"
        raise _GitError(said[0].removeprefix("fatal: ") if said else default)
    return finished.stdout
