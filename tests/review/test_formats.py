"""A review in every format: it validates, it fits, and it is the same one tomorrow."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from junitparser import JUnitXml
from sarif_kit.validate import validation_errors

from netsim.cluster import Cluster, load
from netsim.query.review import Review
from netsim.report.review_markdown import LIMIT, MARKER, review_markdown
from netsim.reviewing import review
from tests.review.conftest import PLATFORM, ROOT, Repository
from tests.review.test_story import STORIES

SHOP = ROOT / "fixtures" / "clusters" / "shop"
FORMATS = ("text", "md", "json", "sarif", "junit", "github")

each_story = pytest.mark.parametrize("name", STORIES)


def printed(platform: Repository, name: str, output: str) -> str:
    platform.apply(*STORIES[name])
    return platform.review("-o", output, base="HEAD").out


def platform_to_proposed() -> Review:
    before, after = (load(PLATFORM / name) for name in ("manifests", "proposed"))
    return review(before, after)


@each_story
def test_sarif_meets_the_official_schema(platform: Repository, name: str) -> None:
    assert validation_errors(json.loads(printed(platform, name, "sarif"))) == []


def results(text: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(text)["runs"][0]["results"]
    return found


def test_sarif_has_one_result_for_each_rule_and_policy(platform: Repository) -> None:
    found = results(printed(platform, "one-dash", "sarif"))
    told = [
        (it["ruleId"], it["locations"][0]["logicalLocations"][0]["fullyQualifiedName"])
        for it in found
    ]
    assert told == [
        ("expectation-failed", "the database is for its applications and its operator"),
        ("connection-opened", "storage/postgresql-policy"),
        ("peer-selects-nothing", "storage/postgresql-policy"),
        ("peers-or-not-and", "storage/postgresql-policy"),
    ]


def test_fingerprints_stay_when_lines_move(platform: Repository) -> None:
    before = results(printed(platform, "dns-forgotten", "sarif"))
    path = platform.folder / "manifests" / "30-networkpolicies.yaml"
    path.write_text(f"# one\n# two\n{path.read_text()}")
    after = results(platform.review("-o", "sarif", base="HEAD").out)
    marks = [[it["partialFingerprints"] for it in found] for found in (before, after)]
    assert marks[0] == marks[1]
    assert before != after
    assert len({str(mark) for mark in marks[0]}) == len(marks[0])


@each_story
def test_places_are_files_of_the_checkout(platform: Repository, name: str) -> None:
    sarif = printed(platform, name, "sarif")
    files = set(re.findall(r'"uri": "([^"]*)"', sarif))
    github = platform.review("-o", "github", base="HEAD").out
    files |= set(re.findall(r",file=([^,:]+)", github))
    assert all(Path(file).is_file() for file in files)
    assert bool(files) is (name != "database-tightened")


def test_what_a_removed_policy_closes_is_placed_in_its_file(shop: Repository) -> None:
    path = shop.folder / "manifests" / "policies.yaml"
    text = path.read_text()
    path.write_text(re.sub(r"(?s)---\n(?:(?!---).)*name: db-guard.*?(?=---|\Z)", "", text))
    out = shop.review("-o", "github").out
    closed = [line for line in out.splitlines() if "connection-closed" in line]
    assert closed
    assert all(",file=manifests/policies.yaml::" in line for line in closed)


def test_annotations_have_file_and_line_of_policy_and_promise(platform: Repository) -> None:
    lines = printed(platform, "one-dash", "github").splitlines()
    start = "::error title=expectation-failed,file=platform.netsim.yaml,line=32,col=5::"
    assert lines[0].startswith(start)
    start = (
        "::warning title=connection-opened,file=manifests/30-networkpolicies.yaml,line=14,col=5"
    )
    assert lines[1].startswith(f"{start}::opens what nobody expected (rule changed: ")
    assert "%0Aauth/debug -> storage/postgresql-cluster-1" in lines[1]


@each_story
def test_junit_reads_back_and_counts_right(platform: Repository, name: str) -> None:
    report = JUnitXml.fromstring(printed(platform, name, "junit").encode())
    suites = list(report)
    assert [suite.name for suite in suites] == ["platform.netsim.yaml", "netsim review"]
    for suite in suites:
        told = suite.tests, suite.failures
        cases = list(suite)
        failed = [case for case in cases if case.result and case.is_failure]
        assert told == (len(cases), len(failed))
    assert report.tests == sum(suite.tests for suite in suites)
    assert bool(report.failures) is (name != "database-tightened")


@each_story
def test_json_meets_its_schema(platform: Repository, name: str) -> None:
    schema = json.loads((ROOT / "docs" / "schema" / "review.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(printed(platform, name, "json")), schema)


@pytest.mark.parametrize("output", FORMATS)
def test_a_review_is_the_same_each_time(platform: Repository, output: str) -> None:
    once = printed(platform, "init-job-moved", output)
    assert platform.review("-o", output, base="HEAD").out == once


def test_one_run_writes_every_format_to_a_file(platform: Repository) -> None:
    platform.apply("init-job-moved")
    named = [f"--output-file={name}=a.{name}" for name in FORMATS]
    by_suffix = ["--output-file=b.xml", "--output-file=b.txt", "--output-file=b.sarif"]
    finished = platform.review(*named, *by_suffix)
    assert finished.err.splitlines() == [
        *(f"wrote a.{name}" for name in FORMATS),
        *(f"wrote b.{suffix}" for suffix in ("xml", "txt", "sarif")),
    ]
    for name in FORMATS:
        printed_now = platform.review("-o", name).out
        assert (platform.folder / f"a.{name}").read_text() == printed_now
    for name, suffix in (("junit", "xml"), ("text", "txt"), ("sarif", "sarif")):
        written = (platform.folder / f"b.{suffix}").read_text()
        assert written == (platform.folder / f"a.{name}").read_text()


def test_the_comment_starts_with_its_marker() -> None:
    assert review_markdown(platform_to_proposed()).startswith(f"{MARKER}\n## netsim review: ")


def left_out(text: str) -> Iterator[int]:
    return map(int, re.findall(r"… and (\d+) more", text))


def test_a_comment_that_is_too_long_is_cut_and_counts_what_is_left_out() -> None:
    found = platform_to_proposed()
    whole = review_markdown(found, limit=10**9)
    assert not list(left_out(whole))
    rows = len(found.unexpected.opened) + len(found.unexpected.closed)
    for limit in (LIMIT, 20_000, 8_000, 4_000):
        text = review_markdown(found, limit=limit)
        assert len(text) <= limit
        assert text.count("<details>") == text.count("</details>")
        shown = len(re.findall(r"^\| (?:opened|closed) \|", text, re.MULTILINE))
        missing = re.findall(r"… and (\d+) more rows", text)
        assert shown + sum(map(int, missing)) == rows


def many_pods(policy: str = "") -> Cluster:
    objects: list[dict[str, Any]] = [
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": f"pod-{n}", "namespace": "a"}}
        for n in range(60)
    ]
    if policy:
        objects.append(
            {
                "apiVersion": "networking.k8s.io/v1",
                "kind": "NetworkPolicy",
                "metadata": {"name": policy, "namespace": "a"},
                "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
            }
        )
    from netsim.cluster import from_objects

    return from_objects(objects)


def test_thousands_of_rows_fit_into_a_comment_of_github() -> None:
    found = review(many_pods(), many_pods("closed"))
    rows = len(found.unexpected.closed)
    text = review_markdown(found)
    assert rows > 3000
    assert LIMIT - 200 < len(text) <= LIMIT
    shown = text.count("| closed |")
    assert list(left_out(text)) == [rows - shown]


def test_names_cannot_leave_the_blocks_they_stand_in(shop: Repository) -> None:
    name = "``` </details> <!-- x --> @team"
    test = {"name": name, "from": "shop/web", "to": "shop/db", "expect": "allow"}
    shop.write("x.netsim.yaml", json.dumps({"version": 1, "tests": [test]}))
    out = shop.review("-o", "md").out
    assert "\\`\\`\\` \\</details\\> \\<!-- x --\\> @team" in out
    assert "<!-- x" not in out.replace("\\<!-- x", "")
