"""Which of the keys that stand twice are told: those of objects that netsim looks into.

A NetworkPolicy is looked into as a whole, because the API server decodes it strictly. Of a
kind that is only counted, nothing matters but what makes it that kind.
"""

from collections.abc import Callable, Iterator

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from netsim.load.roles import KIND
from netsim.load.yaml_shapes import COUNTED, WHOLE, Shape, shape_of

_MERGE = "<<"
IDENTITY = ("apiVersion", "kind")
"""The keys that make an object what it is."""

_Said = dict[str, str]


def looked_into(
    document: Node, typed: Callable[[ScalarNode], object]
) -> tuple[frozenset[int], frozenset[int]]:
    """The ids of the mappings whose keys are all told, and of those whose identity is."""
    every: set[int] = set()
    few: set[int] = set()
    objects: list[tuple[Node, _Said]] = [(document, {})]
    while objects:
        node, inherited = objects.pop()
        if not isinstance(node, MappingNode):
            continue
        said = {**inherited, **_said(node, typed)}
        if not KIND.fullmatch(said.get("kind", "")):
            continue
        listed = _listed(node, said)
        if listed:
            every.add(id(node))
            objects += listed
            continue
        shape = shape_of(said.get("kind", ""), said.get("apiVersion", ""))
        if shape is COUNTED:
            few.add(id(node))
        else:
            every.update(id(mapping) for mapping in _mappings(node, shape))
    return frozenset(every), frozenset(few)


def _said(node: MappingNode, typed: Callable[[ScalarNode], object]) -> _Said:
    words = {
        key.value: typed(value) if isinstance(value, ScalarNode) else None
        for key, value in node.value
        if isinstance(key, ScalarNode) and key.value in IDENTITY
    }
    return {key: word if isinstance(word, str) else "" for key, word in words.items()}


def _listed(node: MappingNode, said: _Said) -> list[tuple[Node, _Said]]:
    """The items of a list, with what they are if they do not say it."""
    kind = said.get("kind", "")
    if not kind.endswith("List"):
        return []
    inherited = {**said, "kind": kind.removesuffix("List")} if kind != "List" else {}
    return [
        (item, inherited)
        for key, value in node.value
        if isinstance(key, ScalarNode) and key.value == "items"
        for item in (value.value if isinstance(value, SequenceNode) else ())
    ]


def _mappings(node: Node, shape: Shape) -> Iterator[MappingNode]:
    """Every mapping in the wanted part of an object."""
    left = [(node, shape)]
    while left:
        found, wanted = left.pop()
        if isinstance(found, SequenceNode):
            left += [(item, wanted.items or WHOLE) for item in found.value]
        elif isinstance(found, MappingNode):
            yield found
            left += _wanted(found, wanted)


def _wanted(node: MappingNode, shape: Shape) -> Iterator[tuple[Node, Shape]]:
    for key, value in node.value:
        name = key.value if isinstance(key, ScalarNode) else ""
        if shape.fields is None:
            yield value, WHOLE
        elif name == _MERGE:
            yield value, Shape(shape.fields, shape)
        elif name in shape.fields:
            yield value, shape.fields[name]
