"""Findings as text, as a Markdown page, as a table and as plain values.

Every format is written against `Findings`, whose findings have their places already.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from netsim.report.formats import markdown_text, visible
from netsim.report.values import Value, envelope, place_value
from netsim.results import Dismissed, Finding, Findings, Severity, Table

_HEADINGS = {
    Severity.ERROR: "Errors",
    Severity.WARNING: "Warnings",
    Severity.NOTE: "Notes",
}


def counted(number: int, what: str) -> str:
    """A number with its noun.

    >>> counted(1, "note"), counted(0, "error")
    ('1 note', '0 errors')
    """
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def summary_line(findings: Findings) -> str:
    """How many of each severity, and how many are answered for.

    >>> summary_line(Findings("netsim lint", "0", (), ()))
    'no findings'
    """
    counts = Counter(item.severity for item in findings.found)
    told = [counted(counts[it], it.value) for it in Severity if counts[it]]
    text = ", ".join(told) or "no findings"
    inside = sum(item.in_source for item in findings.dismissed)
    kept = len(findings.dismissed) - inside
    if inside:
        text += f"; {inside} suppressed"
    if kept:
        text += f"; {kept} in the baseline"
    return text


def finding_lines(item: Finding) -> tuple[str, ...]:
    """The finding on a line with its place first, then what shows it and what mends it."""
    lines = [str(item)]
    if item.witness:
        lines.append(f"  flow: {item.witness}")
    lines += (f"  {line}" for line in _fix_lines(item.fix))
    return tuple(visible(line) for line in lines)


def findings_table(findings: Findings) -> Table:
    """One row for each finding."""
    rows = tuple(
        (
            item.severity.value,
            item.rule,
            item.subject,
            item.message,
            str(item.place or item.source.file),
            item.witness,
            item.fix,
        )
        for item in findings.found
    )
    columns = ("SEVERITY", "RULE", "SUBJECT", "MESSAGE", "PLACE", "FLOW", "FIX")
    return Table(columns, rows)


def findings_markdown(findings: Findings) -> str:
    """A page for a pull request: a line of figures, then a list under each severity."""
    lines = [f"**{findings.command}**: {summary_line(findings)}"]
    for severity, heading in _HEADINGS.items():
        chosen = [item for item in findings.found if item.severity is severity]
        if chosen:
            lines += ["", f"### {heading}", ""]
            lines += (line for item in chosen for line in markdown_item(item))
    if findings.dismissed:
        lines += ["", "### Answered for", ""]
        lines += (_markdown_dismissed(item) for item in findings.dismissed)
    return "\n".join(lines) + "\n"


def findings_value(findings: Findings) -> dict[str, Value]:
    """Everything as plain values."""
    return envelope(
        "Findings",
        command=findings.command,
        findings=[_finding_value(item) for item in findings.found],
        dismissed=[
            {
                **_finding_value(item.finding),
                "reason": item.reason,
                "by": "annotation" if item.in_source else "baseline",
            }
            for item in findings.dismissed
        ],
    )


def _finding_value(item: Finding) -> dict[str, Value]:
    return {
        "rule": item.rule,
        "severity": item.severity.value,
        "subject": item.subject or None,
        "message": item.message,
        "witness": item.witness or None,
        "fix": item.fix or None,
        "path": item.source.path or None,
        **place_value(item.place, item.source.file),
    }


def markdown_item(item: Finding) -> Iterator[str]:
    """An item of a list, with what shows it and what mends it below."""
    place = markdown_text(str(item.place or item.source.file))
    yield f"- **{markdown_text(item.rule)}** {markdown_text(item.message)} ({place})"
    if item.witness:
        yield f"  - flow: {markdown_text(item.witness)}"
    fix = item.fix.strip("\n").split("\n")
    if len(fix) > 1:
        yield "  - fix:"
        yield from _indented(["", "```yaml", *map(visible, fix), "```"], "    ")
    elif item.fix:
        yield f"  - fix: {markdown_text(item.fix)}"


def _markdown_dismissed(item: Dismissed) -> str:
    found = item.finding
    text = f"{markdown_text(found.rule)}: {markdown_text(found.subject or found.message)}"
    return f"- {text}: {markdown_text(item.reason)}"


def _fix_lines(fix: str) -> Iterator[str]:
    first, *rest = fix.strip("\n").split("\n")
    if rest:
        yield "fix:"
        yield from _indented([first, *rest], "  ")
    elif first:
        yield f"fix: {first}"


def _indented(lines: Iterable[str], margin: str) -> Iterator[str]:
    return (f"{margin}{line}" if line else "" for line in lines)
