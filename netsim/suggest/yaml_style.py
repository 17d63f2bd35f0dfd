"""How a document is indented, and values written in that way."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from netsim.load.yaml_values import plain_value
from netsim.suggest.yaml_spans import Listed, Mapped, Node

_PLAIN = re.compile(r"[A-Za-z0-9_./][A-Za-z0-9_./-]*")


@dataclass(frozen=True, slots=True)
class Style:
    """Columns between a value and what holds it."""

    step: int = 2
    """From a key to the keys below it."""
    offset: int = 0
    """From a key to the dashes below it."""
    dash: int = 2
    """From a dash to what it lists."""

    def block(self, value: object) -> list[str]:
        """The lines of a mapping or list that is not empty, the first one not indented."""
        if isinstance(value, Mapping):
            return [line for key, item in value.items() for line in self._pair(key, item)]
        assert isinstance(value, Sequence)  # noqa: S101 - nothing else is written in lines
        return [line for item in value for line in self.item(item)]

    def item(self, value: object) -> list[str]:
        """The lines of an item of a list, its dash included."""
        first, *rest = self.block(value) if in_lines(value) else [flow(value)]
        blank = " " * self.dash
        return [f"-{blank[1:]}{first}", *(f"{blank}{line}" for line in rest)]

    def pair(self, key: object, value: object) -> list[str]:
        """The lines of a key and its value."""
        return list(self._pair(key, value))

    def below(self, value: object) -> str:
        """The blanks in front of a value's lines, seen from its key."""
        return " " * (self.step if isinstance(value, Mapping) else self.offset)

    def _pair(self, key: object, value: object) -> Iterator[str]:
        if not in_lines(value):
            yield f"{flow(key)}: {flow(value)}"
            return
        yield f"{flow(key)}:"
        for line in self.block(value):
            yield self.below(value) + line


def in_lines(value: object) -> bool:
    """Whether a value is written in lines of its own: a mapping or list that is not empty."""
    return isinstance(value, Mapping | list | tuple) and bool(value)


def flow(value: object) -> str:
    """A value on one line.

    >>> flow({"a": ["y", "web", 80]})
    '{a: ["y", web, 80]}'
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{flow(key)}: {flow(it)}" for key, it in value.items()) + "}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(flow, value))}]"
    if isinstance(value, str) and _PLAIN.fullmatch(value) and plain_value(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False)


def style_of(root: Node, text: str) -> Style:
    """How a document is written; where it shows nothing, as kubectl writes."""
    steps, offsets, dashes = list[int](), list[int](), list[int]()
    for holder in _all(root):
        if isinstance(holder, Mapped) and not holder.flow:
            for key, value in holder.pairs:
                wide = column(text, value.start) - column(text, key.start)
                if isinstance(value, Mapped) and not value.flow:
                    steps.append(wide)
                elif isinstance(value, Listed) and not value.flow:
                    offsets.append(wide)
        elif isinstance(holder, Listed) and not holder.flow:
            left = column(text, holder.start)
            dashes += (column(text, it.start) - left for it in holder.items if it.end)
    default = Style()
    return Style(
        _usual(steps, default.step, least=1),
        _usual(offsets, default.offset, least=0),
        _usual(dashes, default.dash, least=2),
    )


def column(text: str, position: int) -> int:
    """Counted from 0."""
    return position - text.rfind("\n", 0, position) - 1


def _all(node: Node) -> Iterator[Node]:
    yield node
    inner: list[Node] = []
    if isinstance(node, Mapped):
        inner += (value for _, value in node.pairs)
    elif isinstance(node, Listed):
        inner += node.items
    for item in inner:
        yield from _all(item)


def _usual(found: list[int], default: int, *, least: int) -> int:
    """What is found most often, of equals the first."""
    sound = [number for number in found if number >= least]
    return max(sound, key=sound.count) if sound else default
