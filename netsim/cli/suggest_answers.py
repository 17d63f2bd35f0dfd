"""Answers to questions for changes, on the screen and as exit codes."""

from netsim.cli.can import STYLES
from netsim.cli.session import EXIT_CODES, Session
from netsim.cli.suggesting import Choice, put_proposals
from netsim.report.formats import VALUE_FORMATS
from netsim.suggest.answers import Answer


def put_answer(session: Session, answer: Answer, how: Choice) -> int:
    """Hands over the options, or says why there are none; returns the exit code."""
    if answer.proposals:
        put_proposals(session, answer.proposals, how)
        return EXIT_CODES[answer.outcome]
    if how.output in VALUE_FORMATS:
        put_proposals(session, (), Choice(None, how.output), answer.reasons)
    for reason in answer.reasons:
        session.screen.message(reason, STYLES[answer.outcome])
    return EXIT_CODES[answer.outcome]
