"""`netsim test` and `netsim expectations`."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Run

SHOP = ROOT / "fixtures" / "clusters" / "shop"
TESTS = f"""version: 1
manifests: [{SHOP}/manifests/*.yaml]
tests:
  - {{name: holds, from: shop/web, to: shop/api, port: 8080, expect: allow}}
  - {{name: "broken #1", from: shop/web, to: shop/db, port: 5432, expect: allow}}
  - {{name: unknown, from: shop/web, to: apiserver, expect: deny}}
  - {{name: later, from: shop/web, to: shop/db, expect: allow, xfail: soon}}
  - {{name: mild, from: shop/web, to: shop/api, expect: deny, severity: warning}}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.netsim.yaml"
    path.write_text(TESTS, encoding="utf-8")
    return path


def test_text_tells_what_fails_with_both_lines_and_counts(run: Run, file: Path) -> None:
    finished = run("test", file)
    assert finished.code == 1
    lines = finished.out.splitlines()
    assert lines[0] == f"FAILED {file}:5:5: broken #1"
    assert lines[1] == "  shop/web -> shop/db on 5432/TCP is denied"
    assert any(f"{SHOP}/manifests/policies.yaml:30:3" in line for line in lines)
    assert f"UNDECIDED {file}:6:5: unknown" in lines
    assert f"WARNING (failed) {file}:8:5: mild" in lines
    assert lines[-1] == "2 failed, 1 undecided, 1 xfailed, 1 passed"
    told = run("test", file, "-v").out.splitlines()
    assert {f"PASSED {file}:4:5: holds", f"XFAILED {file}:7:5: later"} <= set(told)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["-k", "HOLDS"], 0),
        (["-k", "unknown"], 3),
        (["-k", "mild"], 0),
        (["-k", "later"], 0),
        (["--fail-fast"], 1),
        ([], 1),
    ],
)
def test_the_exit_code_is_the_worst_of_the_promises(
    run: Run, file: Path, words: list[str], code: int
) -> None:
    assert run("test", file, *words).code == code


def test_fail_fast_stops_at_the_first(run: Run, file: Path) -> None:
    assert run("test", file, "--fail-fast").out.splitlines()[-1] == "1 failed, 1 passed"


def test_manifests_on_the_command_line_win(run: Run) -> None:
    asked = "test", SHOP / "shop.netsim.yaml", "-k", "internet -> shop/web:8080"
    assert run(*asked).code == 0
    platform = ROOT / "fixtures" / "clusters" / "ai-security-platform" / "manifests"
    other = run(*asked, "-f", platform)
    assert other.code == 1
    assert "no namespace 'shop' in the input" in other.out


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("version: 1\ntest: []\n", "a.netsim.yaml:2:1: test: unknown field 'test'"),
        ("version: 1\nallowed: [a/ -> b/]\n", "names no manifests: add -f PATH"),
        (
            "version: 1\nmanifests: ['*.yml']\nallowed: [a/ -> b/]\n",
            "a.netsim.yaml:2:13: manifests[0]: no manifest at '*.yml'",
        ),
        ("version: [\n", "not YAML"),
        ("", "must be one YAML document, not 0"),
    ],
)
def test_what_cannot_be_read_exits_2_with_its_line(
    run: Run, tmp_path: Path, text: str, problem: str
) -> None:
    (tmp_path / "a.netsim.yaml").write_text(text, encoding="utf-8")
    finished = run("test", tmp_path)
    assert finished.code == 2
    assert problem in finished.err


def test_a_folder_without_such_files_exits_2(run: Run, tmp_path: Path) -> None:
    finished = run("test", tmp_path)
    assert finished.code == 2
    assert "holds no *.netsim.yaml file" in finished.err


def test_junit_lists_every_test_and_counts_right(run: Run, file: Path) -> None:
    root = ET.fromstring(run("test", file, "-o", "junit").out)  # noqa: S314 - our own text
    (suite,) = root
    assert root.tag == "testsuites"
    assert suite.get("name") == str(file)
    figures = {key: suite.get(key) for key in ("tests", "failures", "errors", "skipped")}
    assert figures == {"tests": "5", "failures": "1", "errors": "1", "skipped": "1"}
    kinds = {case.get("name"): [part.tag for part in case] for case in suite}
    assert kinds == {
        "holds": [],
        "broken #1": ["failure"],
        "unknown": ["error"],
        "later": ["skipped"],
        "mild": ["system-out"],
    }
    assert [case.get("line") for case in suite] == ["4", "5", "6", "7", "8"]


def test_tap_marks_what_may_fail(run: Run, file: Path) -> None:
    lines = run("test", file, "-o", "tap").out.splitlines()
    assert lines[:2] == ["TAP version 13", "1..5"]
    assert [line for line in lines if line.startswith(("ok", "not ok"))] == [
        "ok 1 - holds",
        "not ok 2 - broken \\#1",
        "not ok 3 - unknown",
        "not ok 4 - later # TODO soon",
        "not ok 5 - mild # TODO severity warning",
    ]


def test_json_has_every_outcome_with_its_reasons(run: Run, file: Path) -> None:
    value = json.loads(run("test", file, "-o", "json").out)
    assert value["kind"] == "TestRun"
    assert value["counts"]["failed"] == 2
    broken = value["tests"][1]
    assert (broken["line"], broken["status"]) == (5, "failed")
    assert broken["witness"]["flow"] == "shop/web -> shop/db on 5432/TCP"
    assert broken["witness"]["explanation"]["parts"][0]["allowed"] is False


def test_annotations_and_sarif_tell_what_fails(run: Run, file: Path) -> None:
    lines = run("test", file, "-o", "github").out.splitlines()
    assert [line.split(",")[0] for line in lines] == [
        "::error title=expectation-failed",
        "::error title=expectation-undecided",
        "::warning title=expectation-failed",
    ]
    (log,) = json.loads(run("test", file, "-o", "sarif").out)["runs"]
    assert [item["ruleId"] for item in log["results"]] == [
        "expectation-failed",
        "expectation-undecided",
        "expectation-failed",
    ]


def test_init_writes_a_file_that_passes_where_it_lies(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "first.netsim.yaml"
    made = run("expectations", "init", "-f", SHOP / "proposed", "-o", path)
    assert made.code == 0
    assert run("test", path).code == 0
    again = run("expectations", "init", "-f", SHOP / "proposed", "-o", path)
    assert again.code == 2
    assert "is there already" in again.err


def test_import_tells_what_it_leaves_out(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "netassert.yaml"
    path.write_text("k8s: {deployment: {a: {b: 80, example.org: 443}}}", encoding="utf-8")
    finished = run("expectations", "import", path)
    assert finished.code == 0
    assert finished.out.endswith("  - default/deploy/a -> default/svc/b:80/tcp\n")
    assert "left out: default/deploy/a -> example.org" in finished.err
    path.write_text("k8s: {deploy: {}}", encoding="utf-8")
    assert run("expectations", "import", path).code == 2
