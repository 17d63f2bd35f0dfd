"""YAML as kubectl reads it: what a plain scalar means, and keys that are written twice.

kubectl decodes YAML 1.1 through its Go library and then JSON. It differs from PyYAML: `y` and
`n` are booleans, `12e34` is a number, `12:30` and `2024-01-01` are strings.
"""

import math
import re
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.constructor import ConstructorError, SafeConstructor
from yaml.nodes import MappingNode, Node, ScalarNode

from netsim.load.yaml_limits import check_expansion, may_be_deep, may_have_aliases
from netsim.load.yaml_repeats import IDENTITY, looked_into

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
TRUTHS = frozenset({"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"})
LIES = frozenset({"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"})

_INTEGER = re.compile(
    r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[oO]?([0-7]+)|0[bB]([01]+)|(0|[1-9][0-9]*))"
)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INFINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_NUMERIC_START = "+-.0123456789"
_LONGEST_INTEGER = 80
_WHOLE_BELOW = 1e21


@dataclass(frozen=True, slots=True)
class RepeatedKey:
    """A key that stands twice in one mapping; line and column count from 1."""

    key: str
    line: int
    column: int


def plain_value(text: str) -> object:
    """The value of an unquoted scalar, as kubectl understands it.

    >>> [plain_value(text) for text in ("y", "12e3", "12:30", "010", "~", "web")]
    [True, 12000.0, '12:30', 8, None, 'web']
    """
    if text in NULLS:
        return None
    if text in TRUTHS:
        return True
    if text in LIES:
        return False
    return _number(text) if text[0] in _NUMERIC_START else text


def _number(text: str) -> object:
    bare = text.replace("_", "")
    found = _INTEGER.fullmatch(bare) if len(bare) <= _LONGEST_INTEGER else None
    if found:
        value = _integer(found)
        if -(1 << 63) <= value < 1 << 64:
            return value
    if _FLOAT.fullmatch(bare) and math.isfinite(float(bare)):
        return float(bare)
    if _INFINITE.fullmatch(text):
        return float(text.replace(".", "", 1))
    return text


def _integer(found: re.Match[str]) -> int:
    sign, hexadecimal, octal, binary, decimal = found.groups()
    bases = ((hexadecimal, 16), (octal, 8), (binary, 2), (decimal, 10))
    return next(int(sign + digits, base) for digits, base in bases if digits is not None)


class UnknownTagError(ConstructorError):
    """A tag such as `!Ref` or `!vault`, which no Kubernetes manifest has."""


_TAG = "tag:yaml.org,2002:"
_PLAIN_TAG = "tag:netsim,2024:plain"
_TYPED: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "null": (type(None),),
}


class _KubernetesConstructor(SafeConstructor):
    """Scalars by `plain_value`, keys as strings, repeats remembered, unknown tags refused."""

    repeated: list[tuple[Node, RepeatedKey]]

    def construct_mapping(self, node: Node, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
        if not isinstance(node, MappingNode):
            raise ConstructorError(None, None, "expected a mapping", node.start_mark)
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, ScalarNode):
                raise ConstructorError(None, None, "a key must be a scalar", key.start_mark)
            if key.value in seen and key.value != "<<":
                mark = key.start_mark
                found = RepeatedKey(key.value, mark.line + 1, mark.column + 1)
                self.repeated.append((node, found))
            seen.add(key.value)
        self.flatten_mapping(node)
        return {
            key_name(self.construct_object(key, deep=True)): self.construct_object(
                value, deep=deep
            )
            for key, value in node.value
        }

    def construct_plain(self, node: ScalarNode) -> object:
        return plain_value(node.value)

    def construct_typed(self, node: ScalarNode) -> object:
        """What `!!int` and the like say must be so."""
        name = node.tag.removeprefix(_TAG)
        value = plain_value(self.construct_scalar(node))
        if not isinstance(value, _TYPED[name]):
            raise ConstructorError(None, None, f"this is no {name}", node.start_mark)
        return value

    def construct_text(self, node: ScalarNode) -> str:
        text: str = self.construct_scalar(node)
        return text

    def construct_base64(self, node: ScalarNode) -> str:
        return self.construct_yaml_binary(node).decode(errors="replace")

    def refuse(self, node: Node) -> object:
        tag = f"unknown tag {node.tag}"
        raise UnknownTagError(None, None, tag, node.start_mark)


def key_name(value: object) -> str:
    """A key as kubectl spells it: `1` and `y` are "1" and "true"."""
    match value:
        case str():
            return value
        case bool() | None:
            return {True: "true", False: "false", None: "null"}[value]
        case float() if value.is_integer() and abs(value) < _WHOLE_BELOW:
            return str(int(value))
        case _:
            return str(value)


class _Fast(_KubernetesConstructor, yaml.CSafeLoader):
    """Parsed and composed by libyaml."""


class _Careful(_KubernetesConstructor, Composer, yaml.CSafeLoader):
    """Parsed by libyaml, composed in Python, which notices deep nesting.

    It also lets an anchor be set twice, as kubectl does.
    """

    def __init__(self, text: str) -> None:
        yaml.CSafeLoader.__init__(self, text)
        Composer.__init__(self)

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:  # noqa: ANN401 - a key or a position
        event = self.peek_event()
        if not isinstance(event, yaml.AliasEvent):
            self.anchors.pop(getattr(event, "anchor", None), None)
        return super().compose_node(parent, index)


_Loader = type[_Fast] | type[_Careful]


def _prepare(loader: Any) -> None:  # noqa: ANN401 - PyYAML's loaders have no common type
    own = _KubernetesConstructor
    plain = [(_PLAIN_TAG, re.compile(r"(?s).*"))]
    merge = (f"{_TAG}merge", re.compile(r"^<<$"))
    loader.yaml_implicit_resolvers = {None: plain, "<": [merge, *plain]}
    loader.yaml_constructors = {_PLAIN_TAG: own.construct_plain, None: own.refuse}
    for names, construct in (
        (_TYPED, own.construct_typed),
        (("str", "timestamp", "value", "merge"), own.construct_text),
        (("binary",), own.construct_base64),
        (("map", "set"), own.construct_yaml_map),
        (("seq", "omap", "pairs"), own.construct_yaml_seq),
    ):
        for name in names:
            loader.add_constructor(_TAG + name, construct)


for _loader in (_Fast, _Careful):
    _prepare(_loader)


def decoded(text: str) -> list[tuple[object, list[RepeatedKey]]]:
    """Every document of a text with the repeated keys that are told.

    Raises yaml.YAMLError, ValueError, or RecursionError where it is nested too deeply.
    """
    if may_be_deep(text):
        return _decoded(text, _Careful)
    try:
        return _decoded(text, _Fast)
    except yaml.composer.ComposerError:
        return _decoded(text, _Careful)


def _decoded(text: str, loader: _Loader) -> list[tuple[object, list[RepeatedKey]]]:
    reader = loader(text)
    has_aliases = may_have_aliases(text)
    found: list[tuple[object, list[RepeatedKey]]] = []
    try:
        while reader.check_node():
            reader.repeated = []
            node = reader.get_node()
            if node is None:
                continue
            if has_aliases:
                check_expansion(node, len(text))
            every, few = looked_into(node, _typed)
            value = reader.construct_document(node)
            found.append((value, _told(reader.repeated, every, few)))
    finally:
        reader.dispose()
    return found


def _typed(node: ScalarNode) -> object:
    return plain_value(node.value) if node.tag == _PLAIN_TAG else node.value


def _told(
    repeated: list[tuple[Node, RepeatedKey]], every: frozenset[int], few: frozenset[int]
) -> list[RepeatedKey]:
    return [
        key
        for node, key in repeated
        if id(node) in every or (id(node) in few and key.key in IDENTITY)
    ]


def composed(text: str) -> Node | None:
    """The first document's nodes, which know their lines; raises as `decoded` does."""
    reader = (_Careful if may_be_deep(text) else _Fast)(text)
    try:
        node: Node | None = reader.get_node() if reader.check_node() else None
    finally:
        reader.dispose()
    return node
