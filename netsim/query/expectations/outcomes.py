"""What became of an expectation."""

from dataclasses import dataclass
from enum import Enum

from netsim.query.expectations.facts import Expectation
from netsim.query.explanation import Explanation
from netsim.results import Severity
from netsim.source import Place


class Status(Enum):
    """The five ways in which a test can end."""

    PASSED = "passed"
    FAILED = "failed"
    UNDECIDED = "undecided"
    """It cannot be known whether it holds; this counts as failed."""
    XFAILED = "xfailed"
    """It fails, as it says it would."""
    XPASSED = "xpassed"
    """It holds and says that it would not; this counts as failed."""

    @property
    def failed(self) -> bool:
        """Whether the promise is broken."""
        return self in {Status.FAILED, Status.UNDECIDED, Status.XPASSED}


@dataclass(frozen=True, slots=True)
class Witness:
    """One flow, or one pod, that shows why."""

    sentence: str
    """`shop/web -> shop/db on 5432/TCP is allowed`, without a full stop."""
    flow: str = ""
    """`shop/web -> shop/db on 5432/TCP`; empty where it is about no flow."""
    more: int = 0
    """How many other pairs show the same."""
    path: tuple[str, ...] = ()
    """The way through others, one flow a step."""
    explanation: Explanation | None = None

    @property
    def policy_place(self) -> Place | None:
        """Where the policy stands that decided the flow, or that came nearest."""
        if self.explanation is None:
            return None
        for part in self.explanation.parts:
            ends = part.egress, part.ingress
            places = [end.rule.place for end in ends if end.rule and part.allowed]
            places += [end.isolated_by[0].place for end in ends if end.isolated_by]
            if places:
                return places[0]
        return None


@dataclass(frozen=True, slots=True)
class Checked:
    """An expectation held against a cluster."""

    expectation: Expectation
    status: Status
    place: Place
    """Where the expectation is written."""
    witness: Witness | None = None
    """Why it failed, is undecided or was expected to fail; None where it holds."""

    @property
    def broken(self) -> bool:
        """Whether the promise is broken, and of a severity that fails a build."""
        return self.status.failed and self.expectation.severity is Severity.ERROR
