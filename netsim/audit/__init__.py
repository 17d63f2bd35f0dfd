"""Findings about what stands beside policies and decides whether isolation holds.

One file for each family of rules, made as lint's are; `CHECKS` is all of them.
"""

from collections.abc import Collection, Iterable

from netsim.audit import (
    bypasses,
    dependencies,
    hooks,
    plain_text,
    pod_security,
    scripts,
    sealing,
    secrets,
    security_contexts,
    workloads,
)
from netsim.lint.context import Context
from netsim.lint.rule import Check
from netsim.results import Finding, LintRule

CHECKS: tuple[Check, ...] = (
    *pod_security.CHECKS,
    *bypasses.CHECKS,
    *security_contexts.CHECKS,
    *secrets.CHECKS,
    *plain_text.CHECKS,
    *sealing.CHECKS,
    *dependencies.CHECKS,
    *scripts.CHECKS,
    *hooks.CHECKS,
    *workloads.CHECKS,
)
RULES: tuple[LintRule, ...] = tuple(check.rule for check in CHECKS)
"""The page of every rule."""


def audit(context: Context, asked: Collection[str] | None = None) -> Iterable[Finding]:
    """What the rules of some ids find, or all of them; without places."""
    for check in CHECKS:
        if asked is None or check.rule.id in asked:
            yield from check.findings(context)
