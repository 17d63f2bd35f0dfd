"""A YAML text cut into its documents, so that a broken one does not take the others along."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

_PROLOGUE = re.compile(r"(?:[^\S\n]*(?:[#%][^\n]*)?\n)*+[^\S\n]*(?:[#%][^\n]*)?")


class Chunk(NamedTuple):
    """One document's text, its number, and how many lines stand above it."""

    number: int
    text: str
    lines_above: int


def unified(text: str) -> str:
    """The text with the one kind of line end that is counted."""
    if "\r" not in text:
        return text
    return text.replace("\r\n", "\n").replace("\r", "\n")


def chunks(
    text: str, number: int = 1, lines_above: int = 0, begins: Sequence[int] = ()
) -> Iterator[Chunk]:
    r"""The text cut at `---` and after `...`, which YAML allows nowhere inside a document.

    Where its documents begin need not be found again if it is known.

    >>> [chunk.text for chunk in chunks("# note\n---\na: 1\n...\nb: 2\n---\n")]
    ['# note\n---\na: 1\n...\n', 'b: 2\n', '---\n']
    """
    lines = unified(text)
    edges = [*(begins or beginnings(lines)), len(lines)]
    for count, (start, end) in enumerate(pairwise(edges), start=number):
        yield Chunk(count, lines[start:end], lines_above)
        lines_above += lines.count("\n", start, end)


def beginnings(text: str) -> list[int]:
    """Where each document of a text of whole lines begins.

    Comments and directives above a document belong to it.
    """
    markers = set(_marks(text, "---"))
    edges = sorted({0, *markers, *(_after_line(text, mark) for mark in _marks(text, "..."))})
    if len(edges) == len(markers):
        return edges
    cuts: list[int] = []
    prologue: int | None = None
    for start, end in pairwise([*edges, len(text)]):
        begin = start if prologue is None else prologue
        if start not in markers and _is_prologue(text, start, end):
            prologue = begin
        else:
            cuts.append(begin)
            prologue = None
    return cuts or [0]


def _marks(text: str, mark: str) -> Iterator[int]:
    """Where lines begin that are a mark, or a mark, a blank and more."""
    above, *pieces = f"\n{text}".split(f"\n{mark}")
    place = len(above)
    for piece in pieces:
        if not piece or piece[0].isspace():
            yield place
        place += len("\n") + len(mark) + len(piece)


def _after_line(text: str, place: int) -> int:
    return text.find("\n", place) + 1 or len(text)


def _is_prologue(text: str, start: int, end: int) -> bool:
    """Nothing but comments and directives: the marker below still opens the first document."""
    return _PROLOGUE.fullmatch(text, start, end) is not None
