"""Tables in columns: aligned, folded between words, never cut."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from netsim.report.columns import laid_out
from netsim.results import Table

POLICIES = Table(
    ("NAMESPACE", "NAME", "POD SELECTOR", "PLACE"),
    (
        ("storage", "postgresql-policy", "app=db,tier=data", "clusters/storage/p.yaml:1:1"),
        ("shop", "web", "{}", "clusters/shop/p.yaml:14:1"),
    ),
)
names = st.text("ab-/.,= ", max_size=30)


def test_columns_are_as_wide_as_their_longest_cell() -> None:
    header, rows = laid_out(Table(("A", "LONG NAME"), (("abc", 1), ("d", ""))))
    assert header == ["A     LONG NAME"]
    assert rows == ["abc   1", "d"]


def test_an_empty_table_is_a_header() -> None:
    assert laid_out(Table(("A", "B"), ())) == (["A   B"], [])


def test_wide_characters_take_two_columns() -> None:
    _, rows = laid_out(Table(("A", "B"), (("漢字", "x"), ("abcd", "y"))))
    assert rows == ["漢字   x", "abcd   y"]


def test_without_a_width_nothing_is_folded() -> None:
    header, rows = laid_out(POLICIES)
    assert len(header) == 1
    assert len(rows) == 2


def test_a_width_that_is_enough_changes_nothing() -> None:
    whole = laid_out(POLICIES)
    assert laid_out(POLICIES, max(map(len, [*whole[0], *whole[1]]))) == whole


def test_cells_are_folded_after_commas_before_they_are_cut_inside_names() -> None:
    _, rows = laid_out(Table(("LABELS", "N"), (("app=db,tier=data-store", "x"),)), 20)
    assert rows == ["app=db,            x", "tier=data-store"]


def test_a_long_header_is_folded_rather_than_a_name() -> None:
    header, rows = laid_out(Table(("INGRESS RULES", "NAME"), ((1, "shop-web-guard"),)), 24)
    assert header == ["INGRESS  NAME", "RULES"]
    assert rows == ["1        shop-web-guard"]


def test_a_name_without_signs_is_cut_where_it_must_be() -> None:
    _, rows = laid_out(Table(("A", "B"), (("x" * 20, "y"),)), 13)
    assert "".join(rows).replace("y", "").replace(" ", "") == "x" * 20


@pytest.mark.parametrize("width", [50, 60, 70, 80])
def test_folded_tables_fit(width: int) -> None:
    header, rows = laid_out(POLICIES, width)
    assert max(map(len, [*header, *rows])) <= width


@given(st.lists(st.tuples(names, names, names), min_size=1, max_size=4), st.integers(40, 120))
def test_folding_loses_nothing(rows: list[tuple[str, str, str]], width: int) -> None:
    header, lines = laid_out(Table(("A", "B", "C"), tuple(rows)), width)
    written = "".join(cell for row in rows for cell in row)
    assert sorted(re.sub(r"\s", "", "".join(lines))) == sorted(re.sub(r"\s", "", written))
    assert max(map(cell_len, [*header, *lines])) <= width
