"""Every command in every format: it reads back, meets its schema, and is the same each time."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.cli.conftest import ROOT, Run

SHOP = Path("fixtures/clusters/shop/manifests")
PLATFORM = Path("fixtures/clusters/ai-security-platform/manifests")
SCHEMAS = ROOT / "docs" / "schema"
OF_OUTPUT = sorted(set(SCHEMAS.glob("*.json")) - {SCHEMAS / "expectations.json"})
"""All but the one of files that people write."""

QUESTIONS = {
    "can": ["can", "shop/web", "shop/svc/db", "-p", "5432"],
    "can sets": ["can", "*", "shop/"],
    "can node": ["can", "node", "shop/web"],
    "explain": ["explain", "internet", "shop/", "-p", "8080"],
    "explain all": ["explain", "shop/", "*"],
    "list": ["list"],
    "who": ["who", "shop/db"],
    "reach": ["reach", "node"],
    "exposure": ["exposure"],
    "exposure outward": ["exposure", "--direction", "egress"],
    "paths": ["paths", "internet", "shop/db"],
    "choke points": ["paths", "shop/web", "shop/db", "--choke"],
    "transit": ["reach", "shop/web", "--transitive"],
    "blast": ["blast"],
    "diff": ["diff", "--without", "shop/default-deny", "--without", "shop/web"],
    "drift": ["drift", "fixtures/clusters/shop/proposed"],
    "pods": ["get", "pods"],
    "policies": ["get", "policies"],
    "namespaces": ["get", "namespaces"],
    "services": ["get", "services"],
    "kinds": ["get", "kinds"],
    "admit": ["admit", "fixtures/admission/cluster"],
}
ELSEWHERE = {"Findings", "Review", "Rules", "Suggestions"}
"""Kinds of commands whose formats are other ones: tests/cli/test_lint.py and others."""
IN_THE_PLATFORM = {
    "shop/default-deny": "storage/",
    "shop/": "storage/",
    "shop/web": "ai-apps/open-webui",
    "shop/db": "storage/postgresql-cluster-1",
    "shop/svc/db": "storage/svc/postgresql-cluster-rw",
}
BROKEN = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p, namespace: shop}
spec: {podSelctor: {}}
"""

each_question = pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)


def described(kind: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((SCHEMAS / f"{kind.lower()}.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return schema


@each_question
@pytest.mark.parametrize("output", ["json", "yaml"])
@pytest.mark.parametrize("where", [SHOP, PLATFORM], ids=["shop", "platform"])
def test_values_meet_the_schema_of_their_kind(
    run: Run, question: list[str], output: str, where: Path
) -> None:
    if where is PLATFORM:
        question = [IN_THE_PLATFORM.get(word, word) for word in question]
    out = run(*question, "-f", where, "-o", output).out
    value = json.loads(out) if output == "json" else yaml.safe_load(out)
    jsonschema.validate(value, described(value["kind"]))
    assert value["apiVersion"] == "netsim/v1"


@each_question
def test_yaml_and_json_hold_the_same(run: Run, question: list[str]) -> None:
    as_yaml = run(*question, "-f", SHOP, "-o", "yaml").out
    assert yaml.safe_load(as_yaml) == json.loads(run(*question, "-f", SHOP, "-o", "json").out)


@each_question
def test_csv_and_markdown_have_the_rows_of_the_table(run: Run, question: list[str]) -> None:
    table = run(*question, "-f", SHOP, "-o", "table").out.splitlines()
    rows = list(csv.reader(io.StringIO(run(*question, "-f", SHOP, "-o", "csv").out)))
    marked = run(*question, "-f", SHOP, "-o", "md").out.splitlines()
    assert len(table) == len(rows) == len(marked) - 1
    assert table[0].split() == " ".join(rows[0]).split()
    assert {len(row) for row in rows} == {len(rows[0])}
    assert all(line.startswith("| ") and line.endswith(" |") for line in marked)


@each_question
def test_the_output_is_the_same_from_run_to_run(run: Run, question: list[str]) -> None:
    assert run(*question, "-f", SHOP, "-o", "json") == run(*question, "-f", SHOP, "-o", "json")


@pytest.mark.parametrize("output", ["json", "yaml"])
def test_what_could_not_be_read_is_part_of_the_document(
    run: Run, write: Callable[..., Path], output: str
) -> None:
    where = write("kind: [unclosed\n", BROKEN)
    finished = run("list", "-f", where, "-f", SHOP, "-o", output)
    value = yaml.safe_load(finished.out)
    jsonschema.validate(value, described("Connections"))
    document, field = value["faults"]
    assert (document["file"], document["line"]) == (f"{where}/a.yaml", 2)
    assert document["object"] is None
    assert field["object"] == "NetworkPolicy shop/p"
    assert field["path"] == "spec.podSelctor"
    assert finished.code == 2


def test_every_schema_has_a_question(run: Run) -> None:
    kinds = {
        json.loads(run(*question, "-f", SHOP, "-o", "json").out)["kind"]
        for question in QUESTIONS.values()
    }
    kinds |= ELSEWHERE
    assert {path.stem for path in OF_OUTPUT} == {kind.lower() for kind in kinds}


def test_schemas_agree_on_what_they_share() -> None:
    shared: dict[str, object] = {}
    for path in OF_OUTPUT:
        for name, definition in json.loads(path.read_text())["$defs"].items():
            assert shared.setdefault(name, definition) == definition, f"{path}: {name}"
    assert {"ports", "party", "citation"} <= set(shared)


def test_schemas_know_every_field(run: Run) -> None:
    value = json.loads(run("explain", "shop/web", "shop/db", "-f", SHOP, "-o", "json").out)
    value["parts"][0]["egress"]["surprise"] = 1
    with pytest.raises(jsonschema.ValidationError, match="surprise"):
        jsonschema.validate(value, described("Explanation"))


def test_a_verdict_has_the_ports_asked_and_the_ports_open(run: Run) -> None:
    words = ["can", "shop/api", "shop/db", "-p", "5430-5440", "-f", str(SHOP), "-o", "json"]
    pair = json.loads(run(*words).out)["pairs"][0]
    assert pair["asked"] == [{"protocol": "TCP", "first": 5430, "last": 5440}]
    assert pair["allowed"] == [{"protocol": "TCP", "first": 5432, "last": 5432}]
    words = ["can", "shop/api", "shop/svc/db", "-f", str(SHOP), "-o", "json"]
    assert json.loads(run(*words).out)["pairs"][0]["via"] == "5432/TCP of shop/db"


def test_an_explanation_cites_policy_path_and_line(run: Run) -> None:
    words = ["explain", "shop/api", "shop/db", "-p", "5432", "-f", str(SHOP), "-o", "json"]
    part = json.loads(run(*words).out)["parts"][0]
    assert part["ingress"]["rule"] == {
        "policy": {"kind": "NetworkPolicy", "namespace": "shop", "name": "db-guard"},
        "tier": "NetworkPolicy",
        "priority": None,
        "path": "spec.ingress[0].from[0]",
        "file": f"{SHOP}/policies.yaml",
        "line": 58,
        "column": 14,
    }
    assert part["source"] == {
        "kind": "Endpoint",
        "namespace": "shop",
        "name": "api",
        "workload": "Deployment",
    }
