"""Answers that stand beside what was found: the annotation `netsim/ignore` of an object.

One line for each rule, `rule-id: reason`. It answers for findings of that rule which speak of
the object it stands on. A reason is not optional: who reads the object next year needs it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from netsim.model.written import WrittenObject
from netsim.results import Dismissed, Finding, LintRule, Severity
from netsim.source import Source

ANNOTATION = "netsim/ignore"

_Key = tuple[str, int, tuple[str | int, ...]]


def _example(text: str) -> str:
    return f"""\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: db
  namespace: shop
  annotations:
    {ANNOTATION}: |
      {text}
spec: {{podSelector: {{matchLabels: {{app: db}}}}}}
"""


_WITHOUT_REASON = LintRule(
    "suppression-without-reason",
    Severity.ERROR,
    f"An annotation {ANNOTATION} gives no reason, and so suppresses nothing",
    "Each line is a rule's id, a colon, and why the finding is no mistake here.",
    _example("policy-selects-nothing"),
    _example("policy-selects-nothing: the database comes next week"),
)
_UNKNOWN = LintRule(
    "suppression-unknown-rule",
    Severity.WARNING,
    f"An annotation {ANNOTATION} names a rule that does not exist",
    "A misspelt id suppresses nothing. `netsim rules` lists all ids.",
    _example("policy-selects-nobody: the database comes next week"),
    _example("policy-selects-nothing: the database comes next week"),
)
_UNUSED = LintRule(
    "suppression-unused",
    Severity.WARNING,
    f"An annotation {ANNOTATION} answers for something that is not found",
    "What it was written for is mended: the line can go, or it would hide the next mistake.",
    _example("peer-swallowed: both are meant"),
    _example("policy-selects-nothing: the database comes next week"),
)
RULES: tuple[LintRule, ...] = (_WITHOUT_REASON, _UNKNOWN, _UNUSED)
"""The pages of what can be wrong with an annotation."""


@dataclass(slots=True)
class _Line:
    """A line of the annotation on one object."""

    owner: WrittenObject
    rule: str
    reason: str
    used: bool = False

    @property
    def source(self) -> Source:
        return self.owner.source.at("metadata", "annotations", ANNOTATION)

    def finding(self, rule: LintRule, message: str) -> Finding:
        owner = self.owner
        name = owner.key if owner.kind == "NetworkPolicy" else f"{owner.kind} {owner.key}"
        return Finding(rule.id, rule.severity, message, self.source, subject=name)


@dataclass(slots=True)
class Suppressions:
    """The annotations of an input, by the object that they stand on."""

    _lines: dict[_Key, list[_Line]] = field(default_factory=dict)

    def add(self, owner: WrittenObject, text: str) -> None:
        """Takes in the annotation of an object."""
        source = owner.source
        lines = self._lines.setdefault((source.file, source.document, source.route), [])
        for line in filter(None, map(str.strip, text.splitlines())):
            rule, _, reason = line.partition(":")
            lines.append(_Line(owner, rule.strip(), reason.strip()))

    def applied(self, found: Iterable[Finding]) -> tuple[list[Finding], list[Dismissed]]:
        """What is left, and what is answered for."""
        left: list[Finding] = []
        dismissed: list[Dismissed] = []
        for item in found:
            answer = self._answer(item)
            if answer is None:
                left.append(item)
            else:
                answer.used = True
                dismissed.append(Dismissed(item, answer.reason))
        return left, dismissed

    def faults(self, known: Collection[str]) -> list[Finding]:
        """Lines without a reason, and of rules that do not exist."""
        from netsim.inspection.choice import unknown_rule

        found = []
        for line in self:
            if line.rule not in known:
                found.append(line.finding(_UNKNOWN, unknown_rule(line.rule, known)))
            elif not line.reason:
                message = f"{line.rule!r} is suppressed without a reason: write `rule: reason`"
                found.append(line.finding(_WITHOUT_REASON, message))
        return found

    def __iter__(self) -> Iterator[_Line]:
        return (line for lines in self._lines.values() for line in lines)

    def _answer(self, item: Finding) -> _Line | None:
        """The line on the object that a finding's place lies in."""
        source = item.source
        for end in range(len(source.route) + 1) if self._lines else ():
            for line in self._lines.get((source.file, source.document, source.route[:end]), ()):
                if line.rule == item.rule and line.reason:
                    return line
        return None


def suppressions(objects: Iterable[WrittenObject]) -> Suppressions:
    """Every annotation of some objects."""
    found = Suppressions()
    for item in objects:
        notes = item.at("metadata", "annotations")
        text = notes.get(ANNOTATION) if isinstance(notes, Mapping) else None
        if isinstance(text, str):
            found.add(item, text)
    return found


def unused(written: Suppressions, asked: Collection[str]) -> list[Finding]:
    """Lines of rules that were asked and found nothing there."""
    return [
        line.finding(_UNUSED, f"{line.rule} is not found here: the suppression can go")
        for line in written
        if line.rule in asked and line.reason and not line.used
    ]
