"""What the commands of `netsim suggest` that change policies share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps

import click

from netsim.cli.options import output_option
from netsim.cli.session import Session
from netsim.report.formats import VALUE_FORMATS
from netsim.suggest.edits import Proposal
from netsim.suggest.texts import proposals_text, proposals_value


@dataclass(frozen=True, slots=True)
class Choice:
    """Which of the proposals is wanted, and in what form."""

    number: int | None
    """From 1; None where nobody chose."""
    output: str


def proposal_options(command: Callable[..., int]) -> Callable[..., int]:
    """--option and --output; the command gets a Choice as `how` in their place."""

    @wraps(command)
    def run(*words: object, number: int | None, output: str, **rest: object) -> int:
        return command(*words, how=Choice(number, output), **rest)

    for option in (
        output_option(("text", "json", "yaml")),
        click.option(
            "--option",
            "number",
            type=click.IntRange(min=1),
            metavar="N",
            help="Only this one of the options.",
        ),
    ):
        run = option(run)
    return run


def put_proposals(
    session: Session, proposals: Sequence[Proposal], how: Choice, reasons: Sequence[str] = ()
) -> None:
    """Hands over what is suggested; a usage error where there is no option of that number.

    `reasons` are part of a document; for people they are to be told as messages.
    """
    number = how.number
    if number is not None and number > len(proposals):
        raise click.BadParameter(f"there are {len(proposals)} options.", param_hint="--option")
    every = list(enumerate(proposals, start=1))
    chosen = every if number is None else every[number - 1 : number]
    if how.output in VALUE_FORMATS:
        value = {**proposals_value(chosen, reasons), "faults": session.faults}
        session.screen.data(VALUE_FORMATS[how.output](value))
    else:
        session.screen.blocks(proposals_text(chosen, len(proposals)))
