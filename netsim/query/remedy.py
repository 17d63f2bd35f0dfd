"""The command that lets a denied flow pass, where a NetworkPolicy can."""

import shlex

from netsim.compiler.classes import is_node
from netsim.model.flow import OwnNode
from netsim.model.profile import Profile
from netsim.model.workload import Endpoint
from netsim.query.explanation import Explanation, PairExplanation, Status
from netsim.query.parties import Subject
from netsim.query.verdict import Outcome

_ANY_PORT = "PORT"
"""Stands for a port where none was asked about."""


def remedy(
    explanation: Explanation, words: tuple[str, str, int | str | None], profile: Profile
) -> str:
    """`netsim suggest allow ...` for a flow that is denied; empty where no policy helps.

    None helps where an end has finished, the Admin tier denies, or no peer can mean the other
    end, and none is known to help where it is undecided.
    """
    source, target, port = words
    verdict = explanation.verdict
    if verdict.outcome is not Outcome.DENIED or verdict.reasons:
        return ""
    denied = [part for part in explanation.parts if not part.allowed]
    if not all(_is_mendable(part, profile) for part in denied):
        return ""
    asked = _ANY_PORT if port is None else str(port)
    return shlex.join(["netsim", "suggest", "allow", source, target, "--port", asked])


def _is_mendable(part: PairExplanation, profile: Profile) -> bool:
    ends = (part.egress, part.pair.target), (part.ingress, part.pair.source)
    return all(
        end.is_mendable and _can_be_peer(other, profile)
        for end, other in ends
        if end.status is Status.DENIED
    )


def _can_be_peer(subject: Subject, profile: Profile) -> bool:
    """A node is meant by its addresses alone, which must be known."""
    if isinstance(subject, OwnNode):
        return False
    if isinstance(subject, Endpoint) and is_node(subject, profile):
        return bool(subject.addresses)
    return True
