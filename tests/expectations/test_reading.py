"""The loader and the published JSON Schema accept and refuse the same files."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from netsim.errors import LoadError
from netsim.query.expectations.facts import ClosedWorld, ExpectationFile, Passing
from netsim.query.expectations.opening import opened

ROOT = Path(__file__).parents[2]
SCHEMA: dict[str, Any] = json.loads(
    (ROOT / "docs" / "schema" / "expectations.json").read_text(encoding="utf-8")
)


def one(test: str) -> str:
    """A file with one test."""
    return f"{{version: 1, tests: [{{{test}}}]}}"


ACCEPTED = [
    "version: 1",
    "{version: 1, manifests: null, tests: null, allowed: [], denied: null, define: {}}",
    "{version: 1, manifests: ['../k8s/**/*.yaml'], allowed: ['a/b -> c/:5432/tcp']}",
    "{version: 1, define: {web: a/app=web, c: {namespace: '*', labels: {x: z}}, d: [web, b/]}}",
    one("from: a/, to: [b/, internet], port: [80, 53/udp, all], expect: deny"),
    one("from: a/, to: b/, expect: deny, transitive: true, except: [c/d]"),
    one("from: a/, to: b/, expect: allow, transitive: false, port: null"),
    one("name: x, to: b/, only: [], severity: warning, xfail: soon"),
    one("from: b/, only: [{to: a/, port: http}], allow_empty: true"),
    one("invariant: isolated, target: a/, direction: egress"),
    one("invariant: dns-reachable, target: '*', undecided: ok"),
    "{version: 1, expect_diff: {added: [{from: a/, to: b/, port: 1}], removed: ['a/ -> b/']}}",
]
REFUSED = [
    ("{tests: []}", "version: is required: 1"),
    ("{version: 2}", "version: must be 1"),
    ("{version: 1, test: []}", "unknown field 'test': did you mean 'tests'?"),
    ("[]", "must be an object, not a list"),
    ("{version: 1, tests: {a: b}}", "tests: must be a list, not an object"),
    ("{version: 1, tests: [a]}", "a test is an object"),
    (one("from: a/, to: b/"), "expect: is required: allow or deny"),
    (one("from: a/, expect: deny"), "to: an endpoint is required"),
    (one("from: a/, to: b/, expect: denied"), "did you mean 'deny'?"),
    (one("from: a/, to: b/, expect: deny, prot: 1"), "did you mean 'port'?"),
    (one("from: a/, to: b/, expect: deny, only: []"), "exclude each other"),
    (one("from: a/, to: b/, only: []"), "only is about one end"),
    (one("to: b/, only: [{to: a/}]"), "unknown field 'to'"),
    (one("to: b/, only: null"), "a list is required"),
    (one("to: b/, only: [{port: 1}]"), "from: an endpoint is required"),
    (one("from: a/, to: b/, expect: allow, transitive: true"), "only what is"),
    (one("from: a/, to: b/, expect: deny, port: []"), "a port is required"),
    (one("from: a/, to: b/, expect: deny, port: true"), "must be a string"),
    (one("from: a/, to: b/, expect: deny, port: 0"), "from 1 to 65535"),
    (one("from: [], to: b/, expect: deny"), "an endpoint is required"),
    (one("from: [[a/]], to: b/, expect: deny"), "must be a string"),
    (one("from: {labels: {a: b}}, to: b/, expect: deny"), "namespace: is req"),
    (one("invariant: closed, target: a/"), "must be one of isolated"),
    (one("invariant: isolated"), "target: an endpoint is required"),
    (one("invariant: dns-reachable, target: a/, direction: egress"), "goes"),
    (one("invariant: isolated, target: a/, severity: bad"), "must be one of"),
    (one("invariant: isolated, target: a/, xfail: ''"), "a reason is requ"),
    (one("invariant: isolated, target: a/, undecided: yes"), "must be a str"),
    ("{version: 1, define: {dns: a/}}", "'dns' cannot be defined"),
    ("{version: 1, define: {a/b: a/}}", "'a/b' cannot be defined"),
    ("{version: 1, allowed: ['a/ b/']}", "not a flow"),
    ("{version: 1, allowed: [null]}", "a flow is required"),
    ("{version: 1, manifests: ['']}", "a file, folder or glob is required"),
    ("{version: 1, expect_diff: {add: []}}", "did you mean 'added'?"),
    ("{version: 1, expect_diff: {added: [{from: a/}]}}", "to: an endpoint is required"),
]
ONLY_THE_LOADER = [
    ("{version: 1, allowed: ['a/{b} -> c/']}", "is not a Kubernetes name"),
    (one("from: a/rs2/b, to: b/, expect: deny"), "unknown kind 'rs2'"),
    (one("from: a/, to: b/, expect: deny, port: 80/icmp"), "unknown protocol"),
    (one("from: a/, to: b/, expect: deny, port: 9-8"), "a range ascends"),
    ("{version: 1, version: 1}", "key 'version' stands twice"),
]  # fmt: skip
"""What is inside a notation is no matter of a schema."""


def fits_schema(text: str) -> bool:
    validator = jsonschema.Draft202012Validator(SCHEMA)
    return not list(validator.iter_errors(yaml.safe_load(text)))


def read(text: str, folder: Path) -> ExpectationFile:
    path = folder / "a.netsim.yaml"
    path.write_text(text, encoding="utf-8")
    return opened(path).content


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("text", ACCEPTED)
def test_both_accept(text: str, tmp_path: Path) -> None:
    assert fits_schema(text)
    read(text, tmp_path)


@pytest.mark.parametrize(("text", "problem"), REFUSED)
def test_both_refuse(text: str, problem: str, tmp_path: Path) -> None:
    assert not fits_schema(text)
    with pytest.raises(LoadError) as caught:
        read(text, tmp_path)
    assert problem in str(caught.value)
    assert str(caught.value).startswith(f"{tmp_path / 'a.netsim.yaml'}:1:")


@pytest.mark.parametrize(("text", "problem"), ONLY_THE_LOADER)
def test_the_loader_refuses_what_is_no_notation(
    text: str, problem: str, tmp_path: Path
) -> None:
    assert fits_schema(text)
    with pytest.raises(LoadError) as caught:
        read(text, tmp_path)
    assert problem in str(caught.value)


@pytest.mark.parametrize("path", sorted((ROOT / "fixtures").rglob("*.netsim.yaml")), ids=str)
def test_every_file_of_the_fixtures_fits_the_schema(path: Path) -> None:
    assert fits_schema(path.read_text(encoding="utf-8"))


def test_every_fault_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    text = "version: 1\ntests:\n  - {form: a/, to: b/, expect: deny}\n  - {to: c/, only: 5}\n"
    with pytest.raises(LoadError) as caught:
        read(text, tmp_path)
    lines = str(caught.value).splitlines()
    assert [line.partition("a.netsim.yaml:")[2].split(":")[0] for line in lines] == [
        "3",
        "3",
        "4",
    ]
    assert "did you mean 'from'?" in lines[0]


def test_defined_names_stand_for_endpoints_everywhere(tmp_path: Path) -> None:
    content = read(
        "version: 1\ndefine: {web: prod/app=web, all: [web, prod/db]}\n"
        "tests: [{name: t, from: all, to: web, expect: deny}]\nallowed: ['web -> all:80']\n"
        "expect_diff: {added: [{from: web, to: all}]}\n",
        tmp_path,
    )
    long, short = (item.claim for item in content.expectations)
    assert isinstance(long, Passing)
    assert isinstance(short, Passing)
    assert [str(it.text) for it in (long.flows.sources, long.flows.targets)] == ["all", "web"]
    assert long.flows.sources.notations == short.flows.targets.notations
    assert len(short.flows.targets.notations) == 2
    assert content.expect_diff is not None
    assert content.expect_diff.added[0].sources.notations == long.flows.targets.notations


def test_a_test_without_a_name_gets_one_from_what_it_says(tmp_path: Path) -> None:
    text = (
        "{version: 1, tests: [{from: a/, to: b/, port: [80, dns], expect: deny}, "
        "{to: b/, only: []}, {invariant: isolated, target: c/}], allowed: ['a/  -> b/']}"
    )
    names = [item.name for item in read(text, tmp_path).expectations]
    assert names == ["deny a/ -> b/:80, dns", "only these to b/", "isolated c/", "a/ -> b/"]


def test_a_closed_world_is_about_the_end_that_is_given(tmp_path: Path) -> None:
    text = one("to: a/, only: []}, {from: a/, only: []")
    claims = [item.claim for item in read(text, tmp_path).expectations]
    assert [claim.inward for claim in claims if isinstance(claim, ClosedWorld)] == [True, False]
