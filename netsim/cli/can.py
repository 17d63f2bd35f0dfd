"""`netsim can`: yes, no or undecided."""

import click

from netsim.cli.output import TEXT_OUTPUTS, say, write
from netsim.cli.session import EXIT_CODES, Session, with_session
from netsim.query.parties import subject_name
from netsim.query.verdict import Outcome, PairVerdict, Verdict
from netsim.report.shapes import verdict_table, verdict_value

_WORDS = {
    Outcome.ALLOWED: ("yes", "can reach", "green"),
    Outcome.DENIED: ("no", "cannot reach", "red"),
    Outcome.UNDECIDED: ("undecided", "may or may not reach", "yellow"),
}
_MOST = 10


@click.command()
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option(
    "-p", "--port", metavar="PORT", help="5432, 53/udp, 8000-8100/tcp, a name, or all."
)
@click.option(
    "--strict", is_flag=True, help="An answer that rests on an assumption is undecided."
)
@click.option("-o", "--output", type=click.Choice(TEXT_OUTPUTS), default="text")
@with_session
def can(
    session: Session, *, source: str, target: str, port: str | None, strict: bool, output: str
) -> int:
    """Answer whether FROM may open connections to TO.

    With sets on either side the answer is yes only if every pair passes, on every port named;
    without --port, if every pair has some open port.

    \b
    Examples:
      netsim can shop/web shop/db --port 5432 -f manifests/
      netsim can '*' dns --port 53/udp -f manifests/
      netsim can internet shop/svc/web --port http -f manifests/ -o json

    Exit codes: 0 yes, 1 no, 2 wrong usage or unreadable input, 3 undecided.
    """
    verdict = session.cluster.verdict(source, target, port, strict=strict)
    if output == "text":
        _print(f"{source} {{}} {target}", port, verdict, color=session.color)
    else:
        question = f"{source} -> {target}" + (f" on {port}" if port else "")
        value = verdict_value(question, verdict)
        write(output, verdict_table(verdict), value, color=session.color)
    return EXIT_CODES[verdict.outcome]


def _print(sentence: str, port: str | None, verdict: Verdict, *, color: bool) -> None:
    word, verb, style = _WORDS[verdict.outcome]
    text = f"{word}: {sentence.format(verb)}"
    if port:
        text += f" on {port}"
    elif len(verdict.pairs) == 1 and verdict.outcome is Outcome.ALLOWED:
        text += f" on {verdict.pairs[0].allowed}"
    say(text, style, color=color)
    if len(verdict.pairs) > 1 or _is_partial(verdict.pairs):
        _print_pairs(verdict, color=color)
    for reason in verdict.reasons:
        say(f"  because {reason}", color=color)
    for assumption in verdict.assumptions:
        say(f"  assumes {assumption}", color=color)


def _is_partial(pairs: tuple[PairVerdict, ...]) -> bool:
    return any(pair.outcome is Outcome.DENIED and pair.allowed for pair in pairs)


def _print_pairs(verdict: Verdict, *, color: bool) -> None:
    failing = [pair for pair in verdict.pairs if pair.outcome is not Outcome.ALLOWED]
    for item in failing[:_MOST]:
        asked = "" if item.pair.asked is None else f" of {item.pair.asked}"
        names = f"{subject_name(item.pair.source)} -> {subject_name(item.pair.target)}"
        say(f"  {names}: {item.outcome.value}, open{asked}: {item.allowed}", color=color)
    if len(failing) > _MOST:
        say(f"  and {len(failing) - _MOST} more pairs", color=color)
    say(
        f"  {len(verdict.pairs) - len(failing)} of {len(verdict.pairs)} pairs pass", color=color
    )
