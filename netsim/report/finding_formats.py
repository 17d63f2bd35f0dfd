"""The formats of findings that are one text: what `-o` names, each to its writer."""

from collections.abc import Callable

from netsim.report.as_github import as_github
from netsim.report.as_junit import as_junit
from netsim.report.as_sarif import as_sarif
from netsim.report.findings import (
    finding_lines,
    findings_markdown,
    findings_table,
    findings_value,
    summary_line,
)
from netsim.report.formats import as_csv, as_json
from netsim.results import Findings


def findings_text(findings: Findings) -> str:
    """What a person reads; without findings nothing but the last line."""
    lines = [line for item in findings.found for line in finding_lines(item)]
    return "\n".join([*lines, summary_line(findings)]) + "\n"


def findings_json(findings: Findings) -> str:
    """A versioned document."""
    return as_json(findings_value(findings))


def findings_csv(findings: Findings) -> str:
    """One row for each finding."""
    return as_csv(findings_table(findings))


FINDING_FORMATS: dict[str, Callable[[Findings], str]] = {
    "text": findings_text,
    "json": findings_json,
    "sarif": as_sarif,
    "junit": as_junit,
    "github": as_github,
    "md": findings_markdown,
    "csv": findings_csv,
}
