"""Findings about policies: facts of the compiled cluster, each with a place and a fix.

One file for each family of rules, one function for each rule; `CHECKS` is all of them.
"""

from collections.abc import Collection, Iterable

from netsim.inspection import RULES as ANSWERING
from netsim.inspection import sort_out
from netsim.inspection.choice import chosen
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
from netsim.model.written import WrittenObject
from netsim.query.directory import Directory
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


def told(
    directory: Directory,
    objects: tuple[WrittenObject, ...],
    said: tuple[Finding, ...],
    choice: tuple[Iterable[str], Iterable[str]],
    others: tuple[LintRule, ...] = (),
) -> tuple[Finding, ...]:
    """What rules selected and not ignored find, worst first, but for what is answered for.

    `said` is what the loader had to say, `choice` what to select and what to ignore, `others`
    the rules of other checks, of which an annotation may speak as well. Raises
    ValueError for an unknown rule, and where the objects of the policies are not at hand.
    """
    if directory.snapshot.policies and not objects:
        raise ValueError("lint reads policies as they are written: use a cluster from `load`")
    asked = chosen(RULES, *choice)
    found = lint(Context(directory, objects, said), {rule.id for rule in asked})
    return sort_out(found, objects, asked=asked, known=(*RULES, *others, *ANSWERING)).found
