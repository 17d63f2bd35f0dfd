"""Connections in blocks: the text is the same as from a table or a value made row by row."""

import json
from collections.abc import Iterator

import pytest
import yaml
from hypothesis import given, settings

from netsim import strategies as kube
from netsim.model.profile import Profile
from netsim.model.snapshot import Snapshot
from netsim.query.connections import Connection, Fan, fans
from netsim.query.worlds import worlds_of
from netsim.report import connection_text as text
from netsim.report.columns import laid_out
from netsim.report.formats import as_csv, as_markdown
from netsim.report.shapes import connections_table
from netsim.report.values import Value, party_value, ports_value
from netsim.results import Table


def rows_of(found: tuple[Fan, ...]) -> list[Connection]:
    return [Connection(fan.source, *end) for fan in found for end in fan.rows]


def answers(snapshot: Snapshot, profile: Profile) -> Iterator[tuple[Fan, ...]]:
    worlds = worlds_of(snapshot, profile)
    for strict in (False, True):
        yield tuple(fans(worlds, strict=strict))
    yield ()


@settings(max_examples=50)
@given(kube.snapshots(), kube.profiles())
def test_columns_are_those_of_a_table(snapshot: Snapshot, profile: Profile) -> None:
    for found in answers(snapshot, profile):
        for wide in (False, True):
            shown = text.connection_lines(found, wide=wide, exact=wide)
            table = connections_table(rows_of(found), wide=wide, exact=wide)
            header, lines = laid_out(table)
            assert [shown.header] == header
            assert "".join(shown.blocks) == "".join(f"{line}\n" for line in lines)
            assert laid_out(table, shown.width) == (header, lines)


@settings(max_examples=50)
@given(kube.snapshots(), kube.profiles())
def test_csv_and_markdown_are_those_of_a_table(snapshot: Snapshot, profile: Profile) -> None:
    for found in answers(snapshot, profile):
        rows = rows_of(found)
        csv = "".join(text.connection_text(found, "csv"))
        assert csv == as_csv(connections_table(rows, exact=True))
        markdown = "".join(text.connection_text(found, "md"))
        assert markdown == as_markdown(connections_table(rows))


@settings(max_examples=30)
@given(kube.snapshots(), kube.profiles())
def test_json_and_yaml_hold_each_row(snapshot: Snapshot, profile: Profile) -> None:
    faults: list[Value] = [{"object": None, "problem": "- rows"}]
    for found in answers(snapshot, profile):
        expected = {
            "apiVersion": "netsim/v1",
            "kind": "Connections",
            "connections": [
                {
                    "source": party_value(row.source),
                    "target": party_value(row.target),
                    "ports": ports_value(row.ports),
                    "undecided": list(row.undecided),
                }
                for row in rows_of(found)
            ],
            "faults": faults,
        }
        written = "".join(text.connection_text(found, "json", faults))
        assert written == json.dumps(expected, indent=2, ensure_ascii=False) + "\n"
        as_yaml = "".join(text.connection_text(found, "yaml", faults))
        assert as_yaml == yaml.dump(expected, sort_keys=False, allow_unicode=True, width=10_000)


@pytest.mark.parametrize("cell", ["plain", "a,b", 'say "hi"', " blank ", "two\nlines", "=1"])
def test_a_csv_cell_is_quoted_as_a_writer_quotes_it(cell: str) -> None:
    assert as_csv_row(cell) == f"{text.csv_text(cell)},x\n"


def as_csv_row(cell: str) -> str:
    return as_csv(Table(("A", "B"), ((cell, "x"),))).removeprefix("A,B\n")
