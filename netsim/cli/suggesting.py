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
    patch: bool = False
    write: bool = False


def proposal_options(command: Callable[..., int]) -> Callable[..., int]:
    """--option, --output, --patch and --write; the command gets a Choice as `how`."""

    @wraps(command)
    def run(
        *words: object,
        number: int | None,
        output: str,
        patch: bool,
        write: bool,
        **rest: object,
    ) -> int:
        if patch and write:
            raise click.UsageError("--patch and --write exclude each other.")
        if (patch or write) and output in VALUE_FORMATS:
            raise click.UsageError(f"-o {output} goes neither with --patch nor with --write.")
        return command(*words, how=Choice(number, output, patch, write), **rest)

    for option in (
        output_option(("text", "json", "yaml")),
        click.option(
            "--write",
            is_flag=True,
            help="Edit the files that were read: comments and all else stay as they are.",
        ),
        click.option(
            "--patch",
            is_flag=True,
            help="Print what --write would do, for `git apply` or `patch -p1`.",
        ),
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


def put_proposals(session: Session, proposals: Sequence[Proposal], how: Choice) -> None:
    """Hands over what is suggested; a usage error where there is no option of that number.

    Raises RewriteError where files are to be edited that cannot be.
    """
    number, total = how.number, len(proposals)
    if number is not None and number > total:
        raise click.BadParameter(f"there are {total} options.", param_hint="--option")
    every = list(enumerate(proposals, start=1))
    chosen = every if number is None else every[number - 1 : number]
    if how.patch or how.write:
        if len(chosen) > 1:
            raise click.UsageError(f"there are {total} options: choose one with --option N.")
        for _, item in chosen:
            _put_in_files(session, item, how)
    elif how.output in VALUE_FORMATS:
        value = {**proposals_value(chosen), "faults": session.faults}
        session.screen.data(VALUE_FORMATS[how.output](value))
    else:
        session.screen.blocks(proposals_text(chosen, total))


def _put_in_files(session: Session, proposal: Proposal, how: Choice) -> None:
    from netsim.cli.rewriting import asides, changes, edits_told, write

    found = changes(session.cluster, proposal.edits)
    if how.patch:
        session.screen.octets(b"".join(change.patch() for change in found))
    else:
        write(found)
        for line in edits_told(found):
            session.screen.line(line)
    for line in asides(found):
        session.screen.message(line, "yellow")
