"""The text formats by themselves: what they escape, and that they read back."""

import csv
import io
import json
import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from netsim.report.formats import as_csv, as_json, as_markdown, as_yaml, visible
from netsim.report.values import Value
from netsim.results import Table

AWKWARD = [
    "a|b",
    "`code`",
    "<b>bold</b>",
    "[link](http://x)",
    "back\\slash",
    "*_~",
    'say "hi", twice',
    "=1+1",
    "two\nlines",
    "\x1b[31mred",
    "",
    "null",
    "no",
    "1e3",
    "é 漢字 🙂",
]
scalars = st.none() | st.booleans() | st.integers() | st.text()
values = st.dictionaries(st.text(), st.lists(scalars) | scalars, max_size=4)


@given(values)
def test_json_reads_back(value: dict[str, Value]) -> None:
    assert json.loads(as_json(value)) == value


@pytest.mark.parametrize("text", AWKWARD)
def test_yaml_reads_back(text: str) -> None:
    assert yaml.safe_load(as_yaml({"a": [text], text: None})) == {"a": [text], text: None}


def test_yaml_keeps_the_order_of_keys() -> None:
    assert as_yaml({"b": 1, "a": {"z": None, "x": []}}) == "b: 1\na:\n  z: null\n  x: []\n"


@given(st.lists(st.tuples(st.text(), st.text()), max_size=5))
def test_csv_reads_back_with_values_unaltered(rows: list[tuple[str, str]]) -> None:
    readable = [row for row in rows if "\r" not in "".join(row) and "\0" not in "".join(row)]
    text = as_csv(Table(("A", "B"), tuple(readable)))
    assert [tuple(row) for row in csv.reader(io.StringIO(text))] == [("A", "B"), *readable]


@pytest.mark.parametrize("text", AWKWARD)
def test_a_markdown_row_has_as_many_cells_as_the_table(text: str) -> None:
    header, rule, row = as_markdown(Table(("A", "B"), ((text, "x"),))).splitlines()
    assert header == "| A | B |"
    assert rule == "| --- | --- |"
    assert len(re.findall(r"(?<!\\)\|", row)) == 3


def test_markdown_escapes_what_it_would_read_as_markup() -> None:
    table = Table(("A",), (("a|b `c` <d> *e* [f](g)",),))
    assert r"a\|b \`c\` \<d\> \*e\* \[f\](g)" in as_markdown(table)


@given(st.text())
def test_visible_text_is_one_line_without_control_characters(text: str) -> None:
    assert len(visible(text).splitlines()) <= 1
    assert "\x1b" not in visible(text)
    visible(text).encode()


def test_visible_text_leaves_letters_alone() -> None:
    assert visible("é 漢字 🙂 a/b") == "é 漢字 🙂 a/b"
