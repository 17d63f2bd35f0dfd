"""What a lint rule is: a function over the compiled cluster, and the page that explains it.

The first line of the function's docstring is the rule's summary, the rest says why.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from inspect import cleandoc

from netsim.lint.context import Context
from netsim.results import Finding, LintRule, Severity
from netsim.source import Source


@dataclass(frozen=True, slots=True)
class Observation:
    """What a rule's function has to say; the rule adds its name."""

    source: Source
    subject: str
    message: str
    witness: str = ""
    fix: str = ""
    severity: Severity | None = None
    """Where it differs from the rule's."""


_Look = Callable[[Context], Iterable[Observation]]


@dataclass(frozen=True, slots=True)
class Check:
    """A rule with the function that finds what it is about."""

    rule: LintRule
    look: _Look

    def findings(self, context: Context) -> Iterable[Finding]:
        """Everything that the rule finds in a cluster."""
        for item in self.look(context):
            yield Finding(
                self.rule.id,
                item.severity or self.rule.severity,
                item.message,
                item.source,
                subject=item.subject,
                witness=item.witness,
                fix=item.fix,
            )


def rule(
    name: str, severity: Severity, *, bad: str, good: str = ""
) -> Callable[[_Look], Check]:
    """Makes a function a rule of this name."""

    def made(look: _Look) -> Check:
        summary, _, why = cleandoc(look.__doc__ or "").partition("\n\n")
        page = LintRule(name, severity, summary.rstrip("."), why.strip(), bad, good)
        return Check(page, look)

    return made
