"""Findings as workflow commands, which GitHub Actions shows beside the changed lines."""

from netsim.report.formats import visible
from netsim.results import Finding, Findings, Severity

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
_IN_MESSAGES = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTIES = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def as_github(findings: Findings) -> str:
    """One line for each finding, escaped as the runner reads it (actions/toolkit, command).

    >>> from netsim.source import Place, Source
    >>> item = Finding("a-rule", Severity.ERROR, "100%", Source("a,b"), Place("a,b", 3))
    >>> print(as_github(Findings("netsim lint", "0", (), (item,))), end="")
    ::error title=a-rule,file=a%2Cb,line=3::100%25
    """
    return "".join(f"{_line(item)}\n" for item in findings.found)


def _line(item: Finding) -> str:
    properties = {"title": item.rule}
    file = item.place.file if item.place is not None else item.source.file
    if file and not file.startswith("<"):
        properties["file"] = file
        if item.place is not None and item.place.line:
            properties["line"] = str(item.place.line)
            if item.place.column:
                properties["col"] = str(item.place.column)
    parts = [item.message]
    if item.witness:
        parts.append(f"flow: {item.witness}")
    if item.fix:
        parts.append(f"fix: {item.fix}")
    fields = ",".join(
        f"{name}={value.translate(_IN_PROPERTIES)}" for name, value in properties.items()
    )
    return f"::{_COMMANDS[item.severity]} {fields}::{_message(parts)}"


def _message(parts: list[str]) -> str:
    """Lines with their control characters spelt out: logs are shown as on a terminal."""
    lines = "\n".join(parts).split("\n")
    return "\n".join(map(visible, lines)).translate(_IN_MESSAGES)
