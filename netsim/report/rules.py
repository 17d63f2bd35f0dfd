"""Rules as a table, as plain values, and each as a page."""

from collections.abc import Iterable, Sequence

from netsim.report.values import Value, envelope
from netsim.results import LintRule, Table


def rules_table(rules: Iterable[LintRule]) -> Table:
    """One row for each rule."""
    rows = tuple((rule.id, rule.severity.value, rule.summary) for rule in rules)
    return Table(("RULE", "SEVERITY", "SUMMARY"), rows)


def rules_value(rules: Iterable[LintRule]) -> dict[str, Value]:
    """Every page as plain values."""
    items: list[Value] = [
        {
            "id": rule.id,
            "severity": rule.severity.value,
            "summary": rule.summary,
            "why": rule.why,
            "bad": rule.bad,
            "good": rule.good,
        }
        for rule in rules
    ]
    return envelope("Rules", items=items)


def rule_page(rule: LintRule, level: int = 1) -> str:
    """A rule as Markdown, which is read as it is on a terminal."""
    parts = [
        f"{'#' * level} {rule.id}",
        f"{rule.summary}. Severity: {rule.severity.value}.",
        rule.why,
        f"Found:\n\n```yaml\n{rule.bad}```" if rule.bad else "",
        f"Not found:\n\n```yaml\n{rule.good}```" if rule.good else "",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def rules_document(rules: Sequence[LintRule], introduction: str) -> str:
    """All pages as one Markdown document, after a table of them."""
    rows = [f"| [{it.id}](#{it.id}) | {it.severity.value} | {it.summary} |" for it in rules]
    table = "\n".join(["| rule | severity | finds |", "| --- | --- | --- |", *rows])
    pages = [rule_page(rule, level=2) for rule in rules]
    return "\n".join([introduction, table, "", *pages])
