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
from yaml.constructor import ConstructorError, SafeConstructor
from yaml.nodes import MappingNode, Node, ScalarNode

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
TRUTHS = frozenset({"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"})
LIES = frozenset({"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"})

_INTEGER = re.compile(
    r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[oO]?([0-7]+)|0[bB]([01]+)|(0|[1-9][0-9]*))"
)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INFINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_NUMERIC_START = "+-.0123456789"


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
    found = _INTEGER.fullmatch(bare)
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
    for digits, base in ((hexadecimal, 16), (octal, 8), (binary, 2), (decimal, 10)):
        if digits is not None:
            return int(sign + digits, base)
    return 0


class _KubernetesConstructor(SafeConstructor):
    """Scalars by `plain_value`, keys as strings, repeats remembered, unknown tags refused."""

    repeated: list[RepeatedKey]

    def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - PyYAML's signature
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, ScalarNode) and key.value in seen and key.value != "<<":
                mark = key.start_mark
                self.repeated.append(RepeatedKey(key.value, mark.line + 1, mark.column + 1))
            seen.add(str(key.value))
        self.flatten_mapping(node)
        return {
            _key(self.construct_object(key, deep=True)): self.construct_object(value, deep=deep)
            for key, value in node.value
        }

    def construct_plain(self, node: ScalarNode) -> object:
        return plain_value(node.value)


def _key(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    return value if isinstance(value, str) else str(value)


def _construct_unknown(_: SafeConstructor, node: Node) -> object:
    problem = f"unknown tag {node.tag}"
    raise UnknownTagError(None, None, problem, node.start_mark)


class UnknownTagError(ConstructorError):
    """A tag such as `!Ref` or `!vault`, which no Kubernetes manifest has."""


class FastLoader(_KubernetesConstructor, yaml.CSafeLoader):
    """Over libyaml's parser."""


class SlowLoader(_KubernetesConstructor, yaml.SafeLoader):
    """Over the parser in Python, for the few texts that only it accepts."""


_PLAIN_TAG = "tag:netsim,2024:plain"


def _prepare(loader: Any) -> None:  # noqa: ANN401 - PyYAML's loaders have no common type
    plain = [(_PLAIN_TAG, re.compile(r"(?s).*"))]
    loader.yaml_implicit_resolvers = {None: plain}
    merge = [("tag:yaml.org,2002:merge", re.compile(r"^<<$")), *plain]
    loader.yaml_implicit_resolvers["<"] = merge
    loader.yaml_constructors = dict(loader.yaml_constructors)
    loader.add_constructor(_PLAIN_TAG, _KubernetesConstructor.construct_plain)
    loader.add_constructor("tag:yaml.org,2002:merge", SafeConstructor.construct_yaml_str)
    loader.add_constructor("tag:yaml.org,2002:timestamp", SafeConstructor.construct_yaml_str)
    loader.add_constructor("tag:yaml.org,2002:value", SafeConstructor.construct_yaml_str)
    loader.add_constructor(None, _construct_unknown)


for _loader in (FastLoader, SlowLoader):
    _prepare(_loader)


def decoded(
    text: str, loader: type[FastLoader | SlowLoader]
) -> list[tuple[object, list[RepeatedKey]]]:
    """Every document of a text with its repeated keys; raises yaml.YAMLError."""
    reader = loader(text)
    found: list[tuple[object, list[RepeatedKey]]] = []
    try:
        while reader.check_node():
            reader.repeated = []
            node = reader.get_node()
            found.append((reader.construct_document(node), reader.repeated))
    finally:
        reader.dispose()
    return found
