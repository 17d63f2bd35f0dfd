"""Writes expectation files: small flow-style YAML, as a person would."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence

from netsim.model.ports import ALL_PORTS, PortSet

_PLAIN = re.compile(r"[a-z0-9][A-Za-z0-9_./=-]*( -> [a-z0-9][A-Za-z0-9_./=:-]*)?")
_NOT_TEXT = re.compile(r"[0-9.:eExXoO_-]+|true|false|yes|no|on|off|null|y|n", re.IGNORECASE)

Written = str | Sequence[str]


def scalar(text: str) -> str:
    """A text as YAML, in quotes where YAML would take it for something else.

    >>> print(scalar("shop/web"), scalar("*"), scalar("10.0.0.7"))
    shop/web "*" "10.0.0.7"
    """
    if _PLAIN.fullmatch(text) and not _NOT_TEXT.fullmatch(text):
        return text
    return json.dumps(text, ensure_ascii=False)


def flow_mapping(fields: Mapping[str, Written]) -> str:
    """`{from: shop/web, port: [80/tcp, 443/tcp]}`; empty fields are left out."""
    parts = (f"{key}: {_value(value)}" for key, value in fields.items() if value)
    return f"{{{', '.join(parts)}}}"


def port_texts(ports: PortSet) -> list[str]:
    """Ports as files write them; none where it is all of them."""
    if ports == ALL_PORTS:
        return []
    return [str(span).lower() for span in ports]


def one_or_list(texts: Sequence[str]) -> Written:
    """A list of one is written without brackets."""
    return texts[0] if len(texts) == 1 else list(texts)


def comment(text: str, indent: str = "") -> str:
    """A line that only people read."""
    return f"{indent}# {' '.join(text.split())}"


def file_text(parts: Iterable[tuple[str, Sequence[str]]]) -> str:
    """A whole file from the lines under each key; keys without lines are left out."""
    lines = ["version: 1"]
    for key, under in parts:
        if under:
            lines += ["", f"{key}:", *under]
    return "\n".join(lines) + "\n"


def _value(value: Written) -> str:
    if isinstance(value, str):
        return scalar(value)
    return f"[{', '.join(map(scalar, value))}]"
