"""What a review takes besides manifests: expectation files, and where its results go."""

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from netsim.cli.session import Reading
from netsim.errors import LoadError
from netsim.load.expectation_files import expectation_files_in, expectation_paths
from netsim.load.git import PREFIX, is_in_commit
from netsim.query.expectations.facts import ExpectationFile
from netsim.query.expectations.opening import Opened, opened

_SUFFIXES = {".txt": "text", ".xml": "junit"}


@dataclass(frozen=True, slots=True)
class Destination:
    """A file and the format that it gets."""

    output: str
    path: Path

    def write(self, text: str) -> None:
        """Writes the file whole; a usage error where that fails."""
        try:
            self.path.write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise click.UsageError(f"--output-file {self.path}: {error.strerror}.") from None


def destinations(texts: tuple[str, ...], formats: Collection[str]) -> tuple[Destination, ...]:
    """FORMAT=FILE, or a FILE whose suffix is a format; a usage error for anything else."""
    return tuple(_destination(text, formats) for text in texts)


def _destination(text: str, formats: Collection[str]) -> Destination:
    word, equals, path = text.partition("=")
    if equals and path and word in formats:
        return Destination(word, Path(path))
    suffix = Path(text).suffix
    output = _SUFFIXES.get(suffix, suffix.removeprefix("."))
    if equals or output not in formats:
        listed = ", ".join(formats)
        raise click.BadParameter(
            f"{text!r} is not FORMAT=FILE, with FORMAT one of {listed}.",
            param_hint="--output-file",
        )
    return Destination(output, Path(text))


def promises_for(
    files: tuple[str, ...], manifests: tuple[str, ...], reading: Reading
) -> list[Opened]:
    """The expectation files given or, without any, those in and beside manifests.

    Of those found, one that names its manifests is left out if none of them is among these.
    Raises LoadError.
    """
    namespace = reading.namespace or "default"
    if files:
        return [opened(path, namespace) for path in expectation_paths(files)]
    found = (opened(path, namespace) for path in dict.fromkeys(_near(manifests)))
    places = [Path(name).resolve() for name in manifests]
    return [item for item in found if _is_about(item, places)]


def former_promises(
    files: list[Opened], commit: str, reading: Reading
) -> list[ExpectationFile]:
    """The same files as they were in a commit; told of where one cannot be read."""
    found = []
    for file in files:
        path = os.path.relpath(file.path) if file.path.is_absolute() else str(file.path)
        if not is_in_commit(commit, path):
            continue
        try:
            former = opened(f"{PREFIX}{commit}:{path}", reading.namespace or "default")
        except LoadError as error:
            text = f"left out, as it cannot be read: {error.errors[0]}"
            reading.screen.message(text, "yellow")
        else:
            found.append(former.content)
    return found


def _near(manifests: tuple[str, ...]) -> Iterator[Path]:
    for name in manifests:
        path = Path(name)
        if path.is_dir():
            yield from expectation_files_in(path)
        beside = path.resolve().parent if path.name in {"", ".."} else path.parent
        yield from expectation_files_in(beside, deep=False)


def _is_about(item: Opened, places: list[Path]) -> bool:
    if not item.content.manifests:
        return True
    named = [path.resolve() for path in item.manifests()]
    return any(
        one.is_relative_to(other) or other.is_relative_to(one)
        for one in named
        for other in places
    )
