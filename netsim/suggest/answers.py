"""What a question for changes is answered with."""

from dataclasses import dataclass

from netsim.query.verdict import Outcome
from netsim.suggest.edits import Proposal


@dataclass(frozen=True, slots=True)
class Answer:
    """What can be done so that flows are as they are wanted."""

    outcome: Outcome
    """ALLOWED where something can be done, or nothing need be; else DENIED or UNDECIDED."""
    proposals: tuple[Proposal, ...] = ()
    """The best first; none where all is as wanted already, or cannot be."""
    reasons: tuple[str, ...] = ()
    """Why there are none."""
