"""Findings as JUnit XML: a test case for each finding, and one for each rule without any.

Errors and warnings are failures; notes pass and say what they have to say in `system-out`;
what somebody has answered for is skipped, with the reason.
"""

from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from netsim.report.findings import finding_lines
from netsim.report.formats import visible
from netsim.results import Finding, Findings, Severity


def as_junit(findings: Findings) -> str:
    """The text of a JUnit report with one suite."""
    failures = sum(item.severity is not Severity.NOTE for item in findings.found)
    told = [*findings.found, *(item.finding for item in findings.dismissed)]
    silent = [rule.id for rule in findings.rules if rule.id not in {it.rule for it in told}]
    figures = {
        "name": findings.command,
        "tests": str(len(told) + len(silent)),
        "failures": str(failures),
        "errors": "0",
        "skipped": str(len(findings.dismissed)),
    }
    root = Element("testsuites", {**figures})
    suite = SubElement(root, "testsuite", {**figures})
    for item in findings.found:
        _add(suite, item)
    for answered in findings.dismissed:
        case = _case(suite, answered.finding)
        SubElement(case, "skipped", {"message": visible(answered.reason)})
    for name in silent:
        SubElement(suite, "testcase", {"classname": name, "name": name})
    indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, "unicode")}\n'


def _add(suite: Element, item: Finding) -> None:
    case = _case(suite, item)
    if item.severity is Severity.NOTE:
        SubElement(case, "system-out").text = _text(finding_lines(item))
        return
    fields = {"message": visible(item.message), "type": item.severity.value}
    SubElement(case, "failure", fields).text = _text(finding_lines(item))


def _case(suite: Element, item: Finding) -> Element:
    fields = {"classname": item.rule, "name": visible(item.subject or item.message)}
    if item.place is not None:
        fields["file"] = visible(item.place.file)
        if item.place.line:
            fields["line"] = str(item.place.line)
    return SubElement(suite, "testcase", fields)


def _text(lines: Iterable[str]) -> str:
    return "".join(letter for letter in "\n".join(lines) if letter not in "\ufffe\uffff")
