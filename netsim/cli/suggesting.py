"""What the commands of `netsim suggest` that change policies share."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import click

from netsim.cli.options import output_option
from netsim.cli.session import Session
from netsim.report.formats import VALUE_FORMATS
from netsim.suggest.edits import Proposal
from netsim.suggest.texts import proposals_text, proposals_value

_Run = TypeVar("_Run", bound=Callable[..., object])


def proposal_options(command: _Run) -> _Run:
    """--option and --output."""
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
        command = option(command)
    return command


def put_proposals(
    session: Session, proposals: Sequence[Proposal], *, number: int | None, output: str
) -> None:
    """Prints what is suggested; a usage error where there is no option of that number."""
    if number is not None and number > len(proposals):
        raise click.BadParameter(f"there are {len(proposals)} options.", param_hint="--option")
    every = list(enumerate(proposals, start=1))
    chosen = every if number is None else every[number - 1 : number]
    if output in VALUE_FORMATS:
        value = {**proposals_value(chosen), "faults": session.faults}
        session.screen.data(VALUE_FORMATS[output](value))
    else:
        session.screen.blocks(proposals_text(chosen, len(proposals)))
