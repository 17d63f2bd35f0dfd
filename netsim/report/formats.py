"""Writes a table or plain values as text: one small function a format."""

import csv
import io
import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from netsim.report.values import Value
from netsim.results import Cell, Table

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_MARKDOWN = re.compile(r"([\\`*_|<>\[\]~])")


def visible(text: str) -> str:
    r"""Text on one line, safe for a terminal: control characters are spelt out.

    >>> print(visible("a\x1b[31m\nb"))
    a\x1b[31m\nb
    """
    return _CONTROL.sub(lambda found: ascii(found[0])[1:-1], text)


def as_json(value: Value) -> str:
    """Indented JSON, keys in the order they were given."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def as_yaml(value: Value) -> str:
    """Block-style YAML, keys in the order they were given, texts quoted for kubectl too.

    >>> print(as_yaml({"a": ["y", "1e3", "web"]}), end="")
    a:
    - 'y'
    - '1e3'
    - web
    """
    import yaml

    return str(
        yaml.dump(value, Dumper=_dumper(), sort_keys=False, allow_unicode=True, width=10_000)
    )


@cache
def _dumper() -> Any:  # noqa: ANN401 - one of two classes of PyYAML
    """PyYAML's, quoting what kubectl would take for no text as well."""
    import yaml

    from netsim.load.yaml_values import plain_value

    def represent(dumper: Any, text: str) -> Any:  # noqa: ANN401 - PyYAML's protocol
        style = None if plain_value(text) == text else "'"
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    base = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    dumper: Any = type("Dumper", (base,), {})
    dumper.add_representer(str, represent)
    return dumper


def as_csv(table: Table) -> str:
    """Comma-separated values with a header line; values are quoted, never altered."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(table.rows)
    return text.getvalue()


def as_markdown(table: Table) -> str:
    """A table as GitHub draws it; what Markdown would read as markup is escaped."""
    lines = [_line(table.columns), _line(tuple("---" for _ in table.columns))]
    return "\n".join([*lines, *(_line(row) for row in table.rows)]) + "\n"


def cell_text(cell: Cell) -> str:
    """A cell as people read it."""
    return visible(str(cell))


def markdown_text(cell: Cell) -> str:
    """A cell without what Markdown would read as markup."""
    return _MARKDOWN.sub(r"\\\1", cell_text(cell))


def _line(row: tuple[Cell, ...]) -> str:
    return f"| {' | '.join(map(markdown_text, row))} |"


VALUE_FORMATS: dict[str, Callable[[Value], str]] = {"json": as_json, "yaml": as_yaml}
TABLE_FORMATS: dict[str, Callable[[Table], str]] = {"csv": as_csv, "md": as_markdown}
