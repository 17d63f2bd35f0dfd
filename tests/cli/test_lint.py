"""`netsim lint` and `netsim rules`: what they tell, how, and with which exit code."""

import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
import yaml
from sarif_kit.validate import validation_errors

from tests.cli.conftest import Run
from tests.cli.test_output import described

SHOP = "fixtures/clusters/shop/manifests"
PLATFORM = "fixtures/clusters/ai-security-platform/manifests"
POD = """
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop, labels: {app: db}}
spec: {containers: [{name: db}]}
"""
POLICY = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop, annotations: {netsim/ignore: "%s"}}
spec: {podSelector: {matchLabels: {app: postgres}}}
"""
OTHER_KIND = """
apiVersion: crd.projectcalico.org/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec: {}
"""
ONLY = ("--select", "policy-selects-nothing")
Write = Callable[..., Path]


def test_findings_have_line_flow_and_fix(run: Run) -> None:
    finished = run("lint", "--select", "half-open", "-f", PLATFORM)
    assert "30-networkpolicies.yaml:45:5: warning: " in finished.out
    assert "flow: storage/" in finished.out
    assert "fix: allow it" in finished.out
    assert finished.code == 1


def test_nothing_found_is_clean(run: Run) -> None:
    finished = run("lint", *ONLY, "-f", SHOP)
    assert (finished.code, finished.out) == (0, "no findings\n")


@pytest.mark.parametrize(("least", "code"), [("note", 1), ("warning", 0), ("never", 0)])
def test_the_exit_code_follows_the_least_severity(run: Run, least: str, code: int) -> None:
    words = ("lint", "--select", "internet-ingress", "--fail-on", least)
    assert run(*words, "-f", SHOP).code == code


def test_a_suppression_with_a_reason_dismisses(run: Run, write: Write) -> None:
    where = write(POD, POLICY % "policy-selects-nothing: it comes next week")
    finished = run("lint", *ONLY, "-f", where)
    assert (finished.code, finished.out) == (0, "no findings; 1 suppressed\n")
    value = json.loads(run("lint", *ONLY, "-f", where, "-o", "json").out)
    assert value["dismissed"][0]["reason"] == "it comes next week"
    assert value["dismissed"][0]["by"] == "annotation"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("policy-selects-nothing", "suppression-without-reason"),
        ("policy-selects-nothing:", "suppression-without-reason"),
        ("policy-selects-nobody: why", "suppression-unknown-rule"),
    ],
)
def test_a_faulty_suppression_is_told_and_suppresses_nothing(
    run: Run, write: Write, text: str, rule: str
) -> None:
    finished = run("lint", *ONLY, "-f", write(POD, POLICY % text), "-o", "json")
    found = {item["rule"] for item in json.loads(finished.out)["findings"]}
    assert found == {"policy-selects-nothing", rule}


def test_an_unused_suppression_is_told_only_where_its_rule_was_asked(
    run: Run, write: Write
) -> None:
    where = write(POD, (POLICY % "policy-selects-nothing: why").replace("postgres", "db"))
    assert "[suppression-unused]" in run("lint", *ONLY, "-f", where).out
    assert run("lint", "--select", "half-open", "-f", where).out == "no findings\n"


def test_a_baseline_keeps_what_is_known_and_tells_what_is_new(
    run: Run, write: Write, tmp_path: Path
) -> None:
    file = tmp_path / "known.json"
    first = write(POD, POLICY % "")
    updated = run("lint", *ONLY, "-f", first, "--baseline", file, "--update-baseline")
    assert (updated.code, updated.out) == (0, "")
    assert f"1 finding written to {file}" in updated.err
    again = run("lint", *ONLY, "-f", first, "--baseline", file)
    assert (again.code, again.out) == (0, "no findings; 1 in the baseline\n")
    more = write(POD, POLICY % "", (POLICY % "").replace("name: db", "name: too"))
    new = run("lint", *ONLY, "-f", more, "--baseline", file)
    assert new.code == 1
    assert "shop/too selects no pod" in new.out
    assert "shop/db selects no pod" not in new.out


def test_what_the_baseline_holds_and_is_gone_is_told(
    run: Run, write: Write, tmp_path: Path
) -> None:
    file = tmp_path / "known.json"
    run("lint", *ONLY, "-f", write(POD, POLICY % ""), "--baseline", file, "--update-baseline")
    finished = run("lint", *ONLY, "-f", SHOP, "--baseline", file)
    assert "1 finding of the baseline found no more" in finished.err


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "not JSON"),
        ("[]", "kind Baseline"),
        ('{"kind": "Baseline"}', "apiVersion"),
        ('{"kind": "Baseline", "apiVersion": "netsim/v1"}', "findings[0]"),
        (None, "no such file"),
    ],
)
def test_a_faulty_baseline_is_wrong_usage(
    run: Run, tmp_path: Path, text: str | None, problem: str
) -> None:
    file = tmp_path / "known.json"
    if text is not None:
        file.write_text(text)
    finished = run("lint", "-f", SHOP, "--baseline", file)
    assert finished.code == 2
    assert problem in finished.err


def test_update_without_a_file_is_wrong_usage(run: Run) -> None:
    assert run("lint", "-f", SHOP, "--update-baseline").code == 2


def test_an_unknown_rule_is_answered_with_the_nearest(run: Run) -> None:
    finished = run("lint", "--select", "half-opn", "-f", SHOP)
    assert finished.code == 2
    assert "did you mean 'half-open'?" in finished.err


def test_nothing_found_beside_a_policy_that_is_not_evaluated_is_undecided(
    run: Run, write: Write
) -> None:
    where = write(POD, OTHER_KIND)
    assert run("lint", *ONLY, "-f", where).code == 3
    assert run("lint", "-f", where).code == 1


def test_unreadable_input_is_told_by_the_exit_code(run: Run, write: Write) -> None:
    assert run("lint", *ONLY, "-f", write("kind: [x\n")).code == 2


@pytest.mark.parametrize("output", ["json", "yaml"])
def test_values_meet_their_schema(run: Run, output: str) -> None:
    value = yaml.safe_load(run("lint", "-f", PLATFORM, "-o", output).out)
    jsonschema.validate(value, described("Findings"))
    assert value["findings"]
    value = yaml.safe_load(run("rules", "-o", output).out)
    jsonschema.validate(value, described("Rules"))


def test_sarif_of_the_platform_meets_the_official_schema(run: Run) -> None:
    log = json.loads(run("lint", "-f", PLATFORM, "-o", "sarif").out)
    assert validation_errors(log) == []
    assert log["runs"][0]["results"]


@pytest.mark.parametrize("output", ["text", "md", "csv", "junit", "github"])
def test_other_formats_tell_the_rule(run: Run, output: str) -> None:
    finished = run("lint", "-f", PLATFORM, "-o", output)
    assert "half-open" in finished.out.replace("\\", "")


def test_a_page_has_both_examples(run: Run) -> None:
    out = run("rules", "half-open").out
    assert out.startswith("# half-open\n")
    assert out.index("\nFound:\n") < out.index("\nNot found:\n")


def test_an_unknown_page_is_answered_with_the_nearest(run: Run) -> None:
    finished = run("rules", "half-opn")
    assert finished.code == 2
    assert "did you mean 'half-open'?" in finished.err


def test_the_list_names_every_rule_once(run: Run) -> None:
    names = [line.split()[0] for line in run("rules").out.splitlines()[1:]]
    assert len(names) == len(set(names)) > 30
