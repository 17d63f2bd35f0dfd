"""What the commands of `netsim suggest` that change policies share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps

import click

from netsim.cli.options import output_option
from netsim.cli.session import Session
from netsim.report.formats import VALUE_FORMATS, visible
from netsim.suggest.edits import Proposal
from netsim.suggest.texts import proposals_text, proposals_value, told


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


def put_proposals(
    session: Session, proposals: Sequence[Proposal], how: Choice, reasons: Sequence[str] = ()
) -> None:
    """Hands over what is suggested; a usage error where there is no option of that number.

    `reasons` are part of a document; for people they are to be told as messages. Raises
    RewriteError where files are to be edited that cannot be.
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
        value = {**proposals_value(chosen, reasons), "faults": session.faults}
        session.screen.data(VALUE_FORMATS[how.output](value))
    else:
        session.screen.blocks(proposals_text(chosen, total))


def _put_in_files(session: Session, proposal: Proposal, how: Choice) -> None:
    from netsim.cli.rewriting import asides, changes, write

    screen, found = session.screen, changes(session.cluster, proposal.edits)
    lines = list(told(proposal))  # with places that writing moves
    if how.patch:
        patch = b"".join(change.patch() for change in found)
        # what stands above the first file is no part of a patch
        screen.blocks(f"# {visible(line)}\n" for line in lines)
        screen.octets(patch)
    else:
        write(found)
        for line in lines:
            screen.line(line)
        for change in found:
            screen.line(f"{change.path} is {'removed' if change.after is None else 'written'}")
    for line in asides(found):
        screen.message(line, "yellow")
