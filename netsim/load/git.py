"""Reads manifests as they are in a commit, through the user's own git: `git:REF:PATH`."""

import subprocess
from collections.abc import Iterator
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


def read_commit(name: str, suffixes: tuple[str, ...]) -> Iterator[Blob | DocumentError]:
    """The files at a path of a commit, sorted; a path is looked up below the current folder.

    Of a folder those with one of the suffixes, none below a folder that starts with a dot.
    """
    ref, colon, path = name.removeprefix(PREFIX).partition(":")
    if not (colon and ref):
        yield DocumentError(Source(name), "not a commit's files: use git:REF:PATH")
        return
    try:
        yield from _files(name, ref, path.rstrip("/") or ".", suffixes)
    except _GitError as error:
        yield DocumentError(Source(name), str(error))


def _files(
    name: str, ref: str, path: str, suffixes: tuple[str, ...]
) -> Iterator[Blob | DocumentError]:
    _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    listed = _git("ls-tree", "-r", "-z", "--end-of-options", ref, "--", path).decode(
        errors="surrogateescape"
    )
    found: list[tuple[str, str]] = []
    for entry in filter(None, listed.split("\0")):
        about, _, file = entry.partition("\t")
        mode, kind, digest = about.split()
        if kind != "blob" or not (file == path or _is_manifest(file, path, suffixes)):
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


def _is_manifest(file: str, path: str, suffixes: tuple[str, ...]) -> bool:
    parts = PurePosixPath(file).parts[len(PurePosixPath(path).parts) :]
    hidden = any(part.startswith(".") for part in parts[:-1])
    return file.lower().endswith(suffixes) and not hidden


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
