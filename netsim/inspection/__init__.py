"""What every inspection shares: which rules are asked, and which findings are answered for.

A check brings its rules and its findings; this says which of them are told. An annotation on
the object that a finding speaks of answers for it, with a reason; a baseline answers for what
was found when it was written.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from netsim.inspection.baseline import Baseline
from netsim.inspection.suppression import RULES, suppressions, unused
from netsim.model.written import WrittenObject
from netsim.results import Dismissed, Finding, LintRule, Severity
from netsim.source import Source

__all__ = ["RULES", "Sorted", "sort_out"]


@dataclass(frozen=True, slots=True)
class Sorted:
    """Findings that are told, and those that somebody answers for."""

    found: tuple[Finding, ...]
    """Worst first; without places."""
    dismissed: tuple[Dismissed, ...]
    stale: int = 0
    """How many findings of the baseline are found no more."""


_RANKS: Mapping[Severity, int] = {severity: rank for rank, severity in enumerate(Severity)}


def sort_out(
    findings: Iterable[Finding],
    objects: Iterable[WrittenObject],
    *,
    asked: Collection[LintRule],
    known: Collection[LintRule],
    baseline: Baseline | None = None,
) -> Sorted:
    """Takes out what annotations and the baseline answer for; adds what is wrong with those.

    `known` are the rules that an annotation may name, those of other checks included.
    """
    written = suppressions(objects)
    found, dismissed = written.applied(findings)
    found += written.faults({item.id for item in known})
    found += unused(written, {item.id for item in asked})
    stale = 0
    if baseline is not None:
        found, kept, stale = baseline.applied(found)
        dismissed += kept
    order = sorted(found, key=_order)
    return Sorted(tuple(order), tuple(dismissed), stale)


def _order(item: Finding) -> tuple[int, str, int, str, str, str]:
    return (
        _RANKS[item.severity],
        *_written(item.source),
        item.rule,
        item.subject,
        item.message,
    )


def _written(source: Source) -> tuple[str, int]:
    return source.file, source.document
