"""Findings about policies: facts of the compiled cluster, each with a place and a fix.

One file for each family of rules, one function for each rule; `CHECKS` is all of them.
"""

from collections.abc import Collection, Iterable

from netsim.lint import (
    environment,
    half_open,
    isolation,
    needs,
    outside,
    peers,
    ports,
    redundancy,
    selection,
    spelling,
)
from netsim.lint.context import Context
from netsim.lint.rule import Check
from netsim.results import Finding, LintRule

CHECKS: tuple[Check, ...] = (
    *selection.CHECKS,
    *peers.CHECKS,
    *ports.CHECKS,
    *spelling.CHECKS,
    *half_open.CHECKS,
    *redundancy.CHECKS,
    *isolation.CHECKS,
    *needs.CHECKS,
    *outside.CHECKS,
    *environment.CHECKS,
)
RULES: tuple[LintRule, ...] = tuple(check.rule for check in CHECKS)
"""The page of every rule."""


def lint(context: Context, asked: Collection[str] | None = None) -> Iterable[Finding]:
    """What the rules of some ids find, or all of them, rule by rule; without places."""
    for check in CHECKS:
        if asked is None or check.rule.id in asked:
            yield from check.findings(context)
