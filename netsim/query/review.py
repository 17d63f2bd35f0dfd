"""The shape of a review: what a change moves, breaks and newly gets wrong."""

from dataclasses import dataclass
from enum import Enum

from netsim.query.diff import Diff, FlowChange
from netsim.query.expectations.outcomes import Checked, Status
from netsim.query.explanation import Explanation
from netsim.results import Finding, LintRule, Severity
from netsim.source import Place
from netsim.views import Shown


class Outlook(Enum):
    """What a review comes to, the worst first."""

    OBJECTIONS = "objections"
    """A promise is broken, something moved that nobody expected, or a mistake is new."""
    UNDECIDED = "undecided"
    """Nothing is wrong for certain, and something cannot be known."""
    CLEAN = "clean"


@dataclass(frozen=True, slots=True)
class Promise:
    """An expectation after the change, and before it."""

    checked: Checked
    before: Status

    @property
    def newly_broken(self) -> bool:
        """Whether it is this change that breaks it."""
        return self.checked.status.failed and not self.before.failed


@dataclass(frozen=True, slots=True)
class Relocation:
    """A workload that is in another namespace than before, and what that costs it.

    What it could and can do all the same is no change, and is not among a review's rows.
    """

    kind: str
    name: str
    left: str
    """The namespace it was in."""
    entered: str
    lost: tuple[FlowChange, ...]
    """Under its new name."""
    gained: tuple[FlowChange, ...]
    places: tuple[Place | None, Place | None]
    why: Explanation | None = None
    """Why the first of what it lost is refused now; None where nothing is."""

    def __str__(self) -> str:
        return f"{self.kind} {self.name} moves from namespace {self.left} to {self.entered}"


@dataclass(frozen=True, slots=True)
class Unmoved:
    """Something that was expected to open or close, and did not."""

    text: str
    """`prod/cart -> prod/db:5432/tcp`."""
    added: bool
    """Whether it was expected to open."""
    place: Place
    reason: str = ""
    """Why it could not: what its names do not match; empty where they do."""

    def __str__(self) -> str:
        verb = "open" if self.added else "close"
        reason = f": {self.reason}" if self.reason else ""
        return f"{self.text} was expected to {verb}, and does not{reason}"


@dataclass(frozen=True, slots=True)
class Review(Shown):
    """Everything that is to be said of a change."""

    base: str
    """What it was compared with: `main`."""
    diff: Diff
    """All that moved."""
    unexpected: Diff
    """Opened and closed rows that nobody expected; a moved workload's under its new name."""
    expected: int
    """How many rows were expected, in part at least."""
    relocations: tuple[Relocation, ...]
    unmoved: tuple[Unmoved, ...]
    left_over: tuple[tuple[Place, int], ...]
    """Where lines of `expect_diff` are an earlier change's, and how many; they do not count."""
    promises: tuple[Promise, ...]
    """Every expectation that was checked."""
    withdrawn: tuple[Checked, ...]
    """Promises as they were before, dropped or reworded by the change and broken by it."""
    findings: tuple[Finding, ...]
    """Of lint, new with this change, worst first, with their places."""
    known: int
    """How many findings were there before."""
    mended: int
    """How many findings are there no more."""
    rules: tuple[LintRule, ...] = ()
    """The rules of lint."""
    unread: tuple[str, ...] = ()
    """What could not be read, and is left out of all this."""

    @property
    def broken(self) -> tuple[Promise, ...]:
        """Promises that do not hold after the change, those it breaks first."""
        failed = [item for item in self.promises if item.checked.status.failed]
        return tuple(sorted(failed, key=lambda item: not item.newly_broken))

    @property
    def outlook(self) -> Outlook:
        """What the review comes to; notes and promises of lesser severity count for nothing."""
        broken = {item.checked.status for item in self.promises if item.checked.broken}
        rows = (*self.unexpected.opened, *self.unexpected.closed)
        worse = any(item.severity is not Severity.NOTE for item in self.findings)
        if broken - {Status.UNDECIDED} or worse or any(not row.undecided for row in rows):
            return Outlook.OBJECTIONS
        if broken or rows or self.diff.undecided:
            return Outlook.UNDECIDED
        return Outlook.CLEAN
