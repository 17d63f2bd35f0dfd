"""Findings in every format: they read back, meet the format's own schema, and escape."""

import json
import unicodedata
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sarif_kit.validate import validation_errors

from netsim.report.as_github import as_github
from netsim.report.as_junit import as_junit
from netsim.report.as_sarif import as_sarif
from netsim.report.finding_formats import FINDING_FORMATS
from netsim.report.findings import finding_lines, summary_line
from netsim.report.formats import visible
from netsim.results import Dismissed, Finding, Findings, LintRule, Severity
from netsim.source import Place, Source

RULE = LintRule("peer-selects-nothing", Severity.WARNING, "A peer", "Because.", "a: 1", "a: 2")
SILENT = LintRule("policy-redundant", Severity.NOTE, "A policy")
SOURCE = Source("policies.yaml", 1, ("spec", "ingress", 0))


def finding(**fields: object) -> Finding:
    known: dict[str, Any] = {
        "rule": RULE.id,
        "severity": Severity.WARNING,
        "message": "peer selects nothing",
        "source": SOURCE,
        "place": Place("policies.yaml", 7, 5),
        "subject": "shop/db-guard",
    }
    return Finding(**{**known, **fields})


def findings(*found: Finding, dismissed: tuple[Dismissed, ...] = ()) -> Findings:
    return Findings("netsim lint", "1.2.3", (RULE, SILENT), found, dismissed)


texts = st.text(max_size=12)
generated = st.builds(
    Finding,
    st.sampled_from(["peer-selects-nothing", "a-rule"]),
    st.sampled_from(list(Severity)),
    texts,
    st.builds(Source, texts),
    st.none() | st.builds(Place, texts, st.integers(0, 9), st.integers(0, 9)),
    texts,
    texts,
    texts,
)
many = st.lists(generated, max_size=4).map(lambda items: findings(*items))


def sarif(value: Findings) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(as_sarif(value))
    assert validation_errors(log) == []
    run: dict[str, Any] = log["runs"][0]
    return run


@given(many)
def test_sarif_meets_the_official_schema_whatever_is_found(value: Findings) -> None:
    assert {item["ruleId"] for item in sarif(value)["results"]} == {
        item.rule for item in value.found
    }


def test_the_schema_refuses_what_is_no_sarif() -> None:
    log = json.loads(as_sarif(findings(finding())))
    log["runs"][0]["results"][0]["level"] = "fatal"
    assert validation_errors(log)


def test_sarif_has_one_result_for_each_rule_and_subject() -> None:
    found = [finding(), finding(message="another"), finding(subject="shop/web-guard")]
    first, second = sarif(findings(*found))["results"]
    assert first["message"]["text"] == "peer selects nothing\nanother"
    assert [item["message"]["text"] for item in first["relatedLocations"]] == ["another"]
    assert "relatedLocations" not in second


def test_the_fingerprint_stays_when_lines_move_and_changes_with_the_subject() -> None:
    moved = finding(place=Place("policies.yaml", 99), message="other words")
    other = finding(subject="shop/web-guard")
    marks = [
        sarif(findings(item))["results"][0]["partialFingerprints"]
        for item in (finding(), moved, other)
    ]
    assert marks[0] == marks[1] != marks[2]


def test_the_worst_finding_of_a_result_gives_its_level() -> None:
    found = findings(finding(severity=Severity.NOTE), finding(severity=Severity.ERROR))
    assert sarif(found)["results"][0]["level"] == "error"


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("a b/ü.yaml", "a%20b/%C3%BC.yaml"),
        ("/srv/a b.yaml", "file:///srv/a%20b.yaml"),
        ("plain.yaml", "plain.yaml"),
    ],
)
def test_sarif_writes_files_as_uris(file: str, uri: str) -> None:
    (result,) = sarif(findings(finding(place=Place(file, 1))))["results"]
    physical = result["locations"][0]["physicalLocation"]
    assert physical == {"artifactLocation": {"uri": uri}, "region": {"startLine": 1}}


def test_sarif_knows_no_file_of_standard_input() -> None:
    (result,) = sarif(findings(finding(place=Place("<stdin>", 3))))["results"]
    assert result["locations"] == [
        {"logicalLocations": [{"fullyQualifiedName": "shop/db-guard"}]}
    ]


def test_sarif_tells_of_rules_that_found_nothing_and_of_what_is_answered_for() -> None:
    run = sarif(findings(dismissed=(Dismissed(finding(), "known"),)))
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [RULE.id, SILENT.id]
    assert run["results"][0]["suppressions"] == [{"kind": "inSource", "justification": "known"}]


@given(many)
def test_junit_is_xml_and_counts_right(value: Findings) -> None:
    suite = ET.fromstring(as_junit(value).encode())[0]  # noqa: S314 - our own text
    cases = suite.findall("testcase")
    failures = suite.findall("testcase/failure")
    assert suite.get("tests") == str(len(cases))
    assert suite.get("failures") == str(len(failures))
    assert len(failures) == sum(item.severity is not Severity.NOTE for item in value.found)


def test_junit_has_a_passed_case_for_a_silent_rule_and_a_skipped_one() -> None:
    text = as_junit(findings(dismissed=(Dismissed(finding(), "known"),)))
    suite = ET.fromstring(text.encode())[0]  # noqa: S314 - our own text
    skipped, silent = suite.findall("testcase")
    assert skipped[0].attrib == {"message": "known"}
    assert (silent.get("name"), len(silent)) == (SILENT.id, 0)


def _unescaped(text: str) -> str:
    for code, sign in (("%3A", ":"), ("%2C", ","), ("%0A", "\n"), ("%0D", "\r"), ("%25", "%")):
        text = text.replace(code, sign)
    return text


@given(generated)
def test_a_workflow_command_is_one_line_that_reads_back(item: Finding) -> None:
    text = as_github(findings(item)).removesuffix("\n")
    assert "\n" not in text
    assert "\r" not in text
    head, _, message = text.removeprefix("::").partition("::")
    kind, _, fields = head.partition(" ")
    assert kind in {"error", "warning", "notice"}
    lines = map(visible, item.message.split("\n"))
    assert _unescaped(message).startswith("\n".join(lines))
    assert not any(unicodedata.category(sign) == "Cc" for sign in message)
    for field in fields.split(","):
        assert field.partition("=")[0] in {"title", "file", "line", "col"}


def test_a_workflow_command_names_the_place() -> None:
    assert as_github(findings(finding())) == (
        "::warning title=peer-selects-nothing,file=policies.yaml,line=7,col=5::"
        "peer selects nothing\n"
    )


def test_text_gives_the_flow_and_the_fix_below_the_finding() -> None:
    item = finding(witness="shop/web -> shop/db on 80/TCP", fix="a: 1\nb: 2\n")
    assert finding_lines(item) == (
        "policies.yaml:7:5: warning: peer selects nothing [peer-selects-nothing]",
        "  flow: shop/web -> shop/db on 80/TCP",
        "  fix:",
        "    a: 1",
        "    b: 2",
    )


def test_the_last_line_counts_by_severity_and_what_is_answered_for() -> None:
    dismissed = (Dismissed(finding(), "known"), Dismissed(finding(), "old", in_source=False))
    found = [finding(), finding(severity=Severity.ERROR), finding()]
    value = findings(*found, dismissed=dismissed)
    assert summary_line(value) == "1 error, 2 warnings; 1 suppressed; 1 in the baseline"


@given(many)
def test_every_format_takes_whatever_is_found(value: Findings) -> None:
    for write in FINDING_FORMATS.values():
        assert write(value).endswith("\n") or not value.found


def test_markdown_lists_by_severity_and_escapes() -> None:
    found = findings(finding(message="a|b *c*"), finding(severity=Severity.ERROR))
    text = FINDING_FORMATS["md"](found)
    assert text.index("### Errors") < text.index("### Warnings")
    assert r"a\|b \*c\*" in text


def test_json_reads_back() -> None:
    value = json.loads(FINDING_FORMATS["json"](findings(finding())))
    (item,) = value["findings"]
    assert (item["rule"], item["line"], item["path"]) == (RULE.id, 7, "spec.ingress[0]")
