"""What `suggest tighten` and `suggest default-deny` share: where it is said what is needed."""

from collections.abc import Callable, Sequence

import click

from netsim.cli.session import Session
from netsim.cli.suggesting import Choice, put_proposals
from netsim.load.expectation_files import expectation_paths
from netsim.load.flow_logs import read_flow_log
from netsim.query.expectations.opening import opened
from netsim.suggest.edits import Proposal
from netsim.suggest.needs import Needs, Sayings
from netsim.suggest.needs_proof import Remaining


def needs_options(command: Callable[..., int]) -> Callable[..., int]:
    """--flows and --expectations."""
    for option in (
        click.option(
            "--expectations",
            multiple=True,
            metavar="FILE",
            help="What an expectation file allows is needed. Repeatable.",
        ),
        click.option(
            "--flows",
            multiple=True,
            metavar="FILE",
            help="What a log of flows has is needed: CSV (source,target,port,protocol), or "
            "`hubble observe -o json`. Repeatable.",
        ),
    ):
        command = option(command)
    return command


def sayings_of(session: Session, flows: Sequence[str], expectations: Sequence[str]) -> Sayings:
    """Reads logs and expectation files; raises LoadError."""
    namespace = session.namespace or "default"
    return Sayings(
        tuple(read_flow_log(path, namespace) for path in flows),
        tuple(opened(path, namespace).content for path in expectation_paths(expectations)),
    )


def told(needs: Needs, remaining: Sequence[Remaining], why: str) -> list[str]:
    """What a proposal does not say of itself."""
    return [
        *needs.notes,
        *(f"stays open, though not needed ({why}): {item}" for item in remaining),
        *(f"{refused}: it is not opened" for refused in needs.refused),
    ]


def hand_over(
    session: Session, proposal: Proposal | None, how: Choice, reasons: Sequence[str]
) -> None:
    """Prints a proposal, and what there is to know besides."""
    put_proposals(session, [] if proposal is None else [proposal], how, reasons)
    for reason in reasons:
        session.screen.message(reason, "yellow")
