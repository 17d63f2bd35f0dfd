"""The command that lets a denied flow pass, where a NetworkPolicy can."""

import shlex

from netsim.query.explanation import Explanation, Status
from netsim.query.verdict import Outcome

_ANY_PORT = "PORT"
"""Stands for a port where none was asked about."""


def remedy(explanation: Explanation, source: str, target: str, port: int | str | None) -> str:
    """`netsim suggest allow ...` for a flow that is denied; empty where no policy helps.

    None helps where an end has finished or the Admin tier denies, and where it is undecided.
    """
    verdict = explanation.verdict
    if verdict.outcome is not Outcome.DENIED or verdict.reasons:
        return ""
    denied = [part for part in explanation.parts if not part.allowed]
    ends = [end for part in denied for end in (part.egress, part.ingress)]
    if not all(end.is_mendable for end in ends if end.status is Status.DENIED):
        return ""
    asked = _ANY_PORT if port is None else str(port)
    return shlex.join(["netsim", "suggest", "allow", source, target, "--port", asked])
