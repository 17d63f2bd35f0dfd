"""A YAML document as spans of its text: where each value begins and where its last sign ends.

Composed nodes do not tell where a block ends, and an alias stands in them as what it means.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

_Events = Iterator[yaml.Event]


@dataclass(frozen=True, slots=True)
class Node:
    """Any value: the part of the text that is its own, anchor and tag included."""

    start: int
    end: int
    """After the last sign; blanks and comments below a block are outside of it."""
    anchored: bool


@dataclass(frozen=True, slots=True)
class Scalar(Node):
    """A text, number or word; `start` and `end` are the same where nothing is written."""

    text: str


@dataclass(frozen=True, slots=True)
class Alias(Node):
    """`*name`: what it means stands elsewhere."""


@dataclass(frozen=True, slots=True)
class Listed(Node):
    """A list, with dashes or in brackets."""

    flow: bool
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Mapped(Node):
    """A mapping, in lines or in braces."""

    flow: bool
    pairs: tuple[tuple[Node, Node], ...]

    def value(self, key: str) -> Node | None:
        """What stands under a key."""
        return next((value for it, value in self.pairs if key_text(it) == key), None)


def key_text(node: Node) -> str | None:
    """A key as it is written; None for one that is no scalar."""
    return node.text if isinstance(node, Scalar) else None


def spans(text: str) -> Node | None:
    """The one document of a text; None where it has no content. Raises yaml.YAMLError."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    events = iter(yaml.parse(text, Loader=loader))
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            found = _node(next(events), events, text)
            return None if isinstance(found, Scalar) and not found.text else found
    return None


def _node(event: yaml.Event, events: _Events, text: str) -> Node:
    start, end = _marks(event)
    anchored = getattr(event, "anchor", None) is not None
    match event:
        case yaml.AliasEvent():
            return Alias(start, end, anchored=False)
        case yaml.ScalarEvent(value=value):
            # of a text in lines the blank ones below it are not its own
            return Scalar(start, max(start, _last_sign(text, start, end)), anchored, value)
        case yaml.SequenceStartEvent():
            items: list[Node] = []
            while not isinstance(inner := next(events), yaml.SequenceEndEvent):
                items.append(_node(inner, events, text))
            ends = [end, *(item.end for item in items)]
            flow = bool(event.flow_style)
            whole = _marks(inner)[1] if flow else max(ends)
            return Listed(start, whole, anchored, flow, tuple(items))
        case _:
            pairs: list[tuple[Node, Node]] = []
            while not isinstance(inner := next(events), yaml.MappingEndEvent):
                key = _node(inner, events, text)
                pairs.append((key, _node(next(events), events, text)))
            ends = [end, *(_end_of_pair(key, value, text) for key, value in pairs)]
            flow = bool(getattr(event, "flow_style", False))
            whole = _marks(inner)[1] if flow else max(ends)
            return Mapped(start, whole, anchored, flow, tuple(pairs))


def _marks(event: yaml.Event) -> tuple[int, int]:
    start, end = event.start_mark, event.end_mark
    assert start is not None  # noqa: S101 - every event of a text has its marks
    assert end is not None  # noqa: S101
    return start.index, end.index


def _last_sign(text: str, start: int, end: int) -> int:
    return start + len(text[start:end].rstrip())


def _end_of_pair(key: Node, value: Node, text: str) -> int:
    if value.start < value.end:
        return value.end
    colon = text.find(":", key.end)
    return max(key.end, colon + 1)
