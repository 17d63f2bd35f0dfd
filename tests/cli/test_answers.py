import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).parents[2]
SHOP = ROOT / "fixtures" / "clusters" / "shop" / "manifests"
Run = Callable[..., Any]

QUESTIONS = {
    "verdict": ["can", "shop/web", "shop/svc/db", "-p", "5432"],
    "explanation": ["explain", "internet", "shop/", "-p", "8080"],
    "connections": ["list"],
    "inventory": ["get", "pods"],
}


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["can", "shop/api", "shop/db", "-p", "5432"], 0),
        (["can", "shop/web", "shop/db", "-p", "5432"], 1),
        (["can", "shop/nobody", "shop/db"], 2),
        (["can", "shop/web", "shop/db", "-p", "http/x"], 2),
        (["can", "shop/web"], 2),
        (["explain", "shop/api", "shop/db", "-p", "5432"], 0),
        (["explain", "shop/web", "shop/db", "-p", "5432"], 1),
        (["list"], 0),
        (["who", "shop/db"], 0),
        (["reach", "shop/web"], 0),
        (["get", "policies"], 0),
        (["get", "nothing"], 2),
        (["lst"], 2),
    ],
)
def test_exit_codes_are_the_answer(run: Run, words: list[str], code: int) -> None:
    assert run(*words, "-f", SHOP).code == code


def test_the_answer_is_on_stdout_and_messages_on_stderr(run: Run) -> None:
    finished = run("can", "shop/web", "shop/db", "-p", "5432", "-f", SHOP)
    assert finished.out == "no: shop/web cannot reach shop/db on 5432\n"
    assert finished.err == ""


def test_a_partial_answer_names_the_pairs_that_fail(run: Run) -> None:
    out = run("can", "*", "shop/db", "-p", "5432", "-f", SHOP).out
    assert "shop/web -> shop/db: denied, open of 5432/TCP: none" in out
    assert "1 of 4 pairs pass" in out


@pytest.mark.parametrize("schema", QUESTIONS)
@pytest.mark.parametrize("output", ["json", "yaml"])
def test_values_meet_their_schema(run: Run, schema: str, output: str) -> None:
    finished = run(*QUESTIONS[schema], "-f", SHOP, "-o", output)
    value = json.loads(finished.out) if output == "json" else yaml.safe_load(finished.out)
    described = json.loads((ROOT / "docs" / "schema" / f"{schema}.json").read_text())
    jsonschema.Draft202012Validator.check_schema(described)
    jsonschema.validate(value, described)


@pytest.mark.parametrize("what", ["pods", "policies", "namespaces", "services", "kinds"])
def test_inventories_meet_their_schema(run: Run, what: str) -> None:
    value = json.loads(run("get", what, "-f", SHOP, "-o", "json").out)
    described = json.loads((ROOT / "docs" / "schema" / "inventory.json").read_text())
    jsonschema.validate(value, described)
    assert value["items"]


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_csv_and_markdown_have_the_rows_of_the_table(run: Run, question: list[str]) -> None:
    table = run(*question, "-f", SHOP, "-o", "table").out.splitlines()
    rows = list(csv.reader(io.StringIO(run(*question, "-f", SHOP, "-o", "csv").out)))
    marked = run(*question, "-f", SHOP, "-o", "md").out.splitlines()
    assert len(table) == len(rows) == len(marked) - 1
    assert table[0].split() == " ".join(rows[0]).split()
    assert all(line.startswith("| ") and line.endswith(" |") for line in marked)


def test_wide_has_more_columns(run: Run) -> None:
    assert "LABELS" in run("get", "pods", "-f", SHOP, "-o", "wide").out
    assert "SOURCE KIND" in run("list", "-f", SHOP, "-o", "wide").out


def test_lists_are_cut_down(run: Run) -> None:
    whole = run("list", "-f", SHOP).out.splitlines()
    narrowed = run("list", "-f", SHOP, "-n", "shop").out.splitlines()
    labelled = run("list", "-f", SHOP, "-l", "app=db").out.splitlines()
    ported = run("list", "-f", SHOP, "-p", "5432", "--from", "shop/").out.splitlines()
    assert len(labelled) < len(narrowed) < len(whole)
    assert all("shop/db" in line for line in labelled[1:])
    assert ported[1:] == ["shop/api   shop/db   5432/TCP"]


def test_names_without_a_namespace_are_looked_up_in_n(run: Run) -> None:
    assert run("can", "api", "db", "-p", "5432", "-n", "shop", "-f", SHOP).code == 0


def test_the_output_is_the_same_from_run_to_run(run: Run) -> None:
    assert run("list", "-f", SHOP, "-o", "json") == run("list", "-f", SHOP, "-o", "json")
