"""Writes a table or plain values as text: one small function a format."""

import csv
import io
import json
from collections.abc import Callable

from netsim.report.shapes import Value
from netsim.results import Table


def as_json(value: Value) -> str:
    """Indented JSON, keys in the order they were given."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def as_yaml(value: Value) -> str:
    """Block-style YAML, keys in the order they were given."""
    import yaml

    return str(yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=10_000))


def as_csv(table: Table) -> str:
    """Comma-separated values with a header line."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(table.rows)
    return text.getvalue()


def as_markdown(table: Table) -> str:
    """A table as GitHub draws it; pipes in values are escaped."""
    lines = [_line(table.columns), _line(tuple("---" for _ in table.columns))]
    return "\n".join([*lines, *(_line(row) for row in table.rows)]) + "\n"


def _line(row: tuple[object, ...]) -> str:
    return f"| {' | '.join(_cell(value) for value in row)} |"


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    for sign in ("\\", "|", "`", "<", "*", "_"):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", " ")


VALUE_FORMATS: dict[str, Callable[[Value], str]] = {"json": as_json, "yaml": as_yaml}
TABLE_FORMATS: dict[str, Callable[[Table], str]] = {"csv": as_csv, "md": as_markdown}
