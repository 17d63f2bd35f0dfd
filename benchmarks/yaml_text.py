"""Plain values as YAML the way people and kubectl write it; equal bytes with every library."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

Value = object
_PLAIN = re.compile(r"[A-Za-z_/][\w./-]*")
_MEANING_MORE = frozenset({"true", "false", "yes", "no", "on", "off", "y", "n", "null"})


def yaml_lines(value: Value, indent: str = "") -> Iterator[str]:
    """The lines of a mapping or sequence in block style."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _entry(f"{indent}{_scalar(key)}:", part, indent)
    elif isinstance(value, Sequence):
        for part in value:
            lines = list(yaml_lines(part, f"{indent}  ")) if _nests(part) else []
            yield f"{indent}- {lines[0].lstrip() if lines else _scalar(part)}"
            yield from lines[1:]


def _entry(opening: str, part: Value, indent: str) -> Iterator[str]:
    if not _nests(part):
        yield f"{opening} {_scalar(part)}"
        return
    yield opening
    yield from yaml_lines(part, indent if isinstance(part, Sequence) else f"{indent}  ")


def _nests(value: Value) -> bool:
    return isinstance(value, Mapping | Sequence) and not isinstance(value, str) and bool(value)


def _scalar(value: Value) -> str:
    """Empty collections too, which have no block form."""
    if not isinstance(value, str):
        return json.dumps(value)
    if _PLAIN.fullmatch(value) and value.lower() not in _MEANING_MORE:
        return value
    return json.dumps(value)
