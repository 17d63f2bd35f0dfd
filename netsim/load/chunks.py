"""A YAML text cut into its documents, so that a broken one does not take the others along."""

import re
from dataclasses import dataclass
from itertools import pairwise

_START = re.compile(r"^---(?=\s|$)", re.MULTILINE)
_END = re.compile(r"^\.\.\.(?=\s|$).*\n?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Chunk:
    """One document's text, its number, and how many lines stand above it."""

    number: int
    text: str
    lines_above: int


def chunks(text: str) -> tuple[Chunk, ...]:
    r"""The text cut at `---` and after `...`, which YAML allows nowhere inside a document.

    >>> [chunk.text for chunk in chunks("# note\n---\na: 1\n...\nb: 2\n---\n")]
    ['# note\n---\na: 1\n...\n', 'b: 2\n', '---\n']
    """
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    found: list[Chunk] = []
    lines_above = 0
    for start, end in pairwise([*_cuts(unified), len(unified)]):
        found.append(Chunk(len(found) + 1, unified[start:end], lines_above))
        lines_above += unified.count("\n", start, end)
    return tuple(found)


def _cuts(text: str) -> list[int]:
    """Where each document begins; comments and directives above one belong to it."""
    markers = {match.start() for match in _START.finditer(text)}
    edges = sorted({0, *markers, *(match.end() for match in _END.finditer(text))})
    cuts: list[int] = []
    prologue: int | None = None
    for start, end in pairwise([*edges, len(text)]):
        begin = start if prologue is None else prologue
        if start not in markers and _is_prologue(text[start:end]):
            prologue = begin
        else:
            cuts.append(begin)
            prologue = None
    return cuts or [0]


def _is_prologue(text: str) -> bool:
    """Nothing but comments and directives: the marker below still opens the first document."""
    return all(line.strip()[:1] in {"", "#", "%"} for line in text.split("\n"))
