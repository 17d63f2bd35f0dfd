"""libyaml's parser, and the proof that text which is not decoded would be no fault.

The parser is a private class of PyYAML: it is used here only, and without it every document
is read the plain way.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from yaml._yaml import CParser


class UnusualError(Exception):
    """A text that a quick reader does not take on; it says nothing about the text."""


def parser(text: str) -> "CParser":
    """The event parser of libyaml; raises UnusualError where PyYAML has none."""
    try:
        from yaml._yaml import CParser
    except ImportError:  # pragma: no cover - PyYAML without libyaml
        raise UnusualError from None
    return CParser(text)


_TAG = re.compile(r"!(?<![^\s\[{,:?]!)")
_ALIAS = re.compile(r"\*(?<![^\s\[{,:?]\*)(?=[\w-])")
_QUESTION = re.compile(r"\?(?<![^\s\[{,:-]\?)(?=\s|\Z)")
_WORD = r"[A-Za-z0-9_./][A-Za-z0-9_./-]*"
_TEXT = rf"(?:{_WORD}|\"[^\"\\\n]*\"|'[^'\n]*')"
_LIST = re.compile(
    rf"\[(?<!\S\[)(?!(?:[^\[\]{{}}\n\"']*| *{_TEXT}(?: *, *{_TEXT})* *)\](?!\s*:))"
)
_MAP = re.compile(r"\{(?<!\S\{)(?![^\[\]{}\n\"']*\}(?!\s*:))")
"""A list or map in one line that is not obviously one of scalars; each begins with its sign."""
_BREAK = re.compile("[\x85\u2028\u2029]")
"""Ends a line in YAML 1.1, but not where lines are counted."""
_DEEP = " " * 200
_DASHES = re.compile(r"-(?: +-){20}")
_BLOCK_SCALAR = re.compile(r": [|>][-+]?\n")
_HEADER = re.compile(r"( *)((?:- )?)[\w./-]+")
_CLOSED = re.compile(
    r"(?:(?<=[:-] )|^ *)(?:\"(?:[^\"\\\n]|\\.)*+\"|'(?:[^'\n]|'')*+')(?= *$| +#|:(?:\s|$))",
    re.MULTILINE,
)
_QUOTE = re.compile(r"(?:^ *|[:-] +)[\"']", re.MULTILINE)


@cache
def deeper_than(column: int) -> re.Pattern[str]:
    """All lines that are indented by more than a column, with what stands between them."""
    deeper = rf" {{{column + 1}}}[^\n]*(?:\n|\Z)"
    return re.compile(rf"(?:{deeper}| *+(?:#[^\n]*)?\n)*+")


def check_unread(pieces: Sequence[str], literals: Sequence[str]) -> None:
    """Passes over pieces of YAML, each complete, in which nothing could be at fault.

    A tag may be unknown, an alias undefined, a key no scalar: such pieces are not passed. Of
    literals it is known that each is a key with a block scalar and nothing else.
    """
    text = "\n---\n".join(pieces)
    if any(not part.isascii() and _BREAK.search(part) for part in (text, *literals)):
        raise UnusualError
    if _may_be_at_fault(text) and _may_be_at_fault(_without_literals(text)):
        raise UnusualError
    text = "\n---\n".join((text, *literals))
    reader = parser(text)
    try:
        reader.raw_parse()
    except yaml.YAMLError:
        raise UnusualError from None
    finally:
        reader.dispose()


def _may_be_at_fault(text: str) -> bool:
    """False only where well-formed text is also sound.

    The patterns begin with a character, for which a text is searched quickly.
    """
    if "\t" in text or "<<" in text or _DEEP in text or _DASHES.search(text):
        return True
    if any(sign.search(text) for sign in (_TAG, _ALIAS, _QUESTION, _LIST)):
        return True
    return _MAP.search(text.replace(" {}\n", "\n")) is not None


def _without_literals(text: str) -> str:
    """The same without block scalars, whose text means nothing.

    What looks like one is one, unless a quoted scalar goes over several lines.
    """
    parts, done = [], 0
    for found in _BLOCK_SCALAR.finditer(text):
        if found.start() < done:
            continue
        line = text.rfind("\n", 0, found.start()) + 1
        header = _HEADER.fullmatch(text, line, found.start())
        if header is None:
            raise UnusualError
        parts.append(text[done : found.start() + 1])
        rest = deeper_than(header.end(2) - line).match(text, found.end())
        done = rest.end() - 1 if rest else found.end()
    bare = "".join((*parts, text[done:]))
    if _QUOTE.search(_CLOSED.sub("", bare)):
        raise UnusualError
    return bare
