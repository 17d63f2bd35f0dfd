"""`netsim can`: yes, no or undecided."""

from dataclasses import dataclass
from functools import reduce
from operator import or_

import click

from netsim.cli.options import (
    TEXT_OUTPUTS,
    endpoint_argument,
    output_option,
    port_option,
    strict_option,
)
from netsim.cli.output import Screen
from netsim.cli.session import EXIT_CODES, Session, with_session
from netsim.model.ports import ALL_PORTS, NO_PORTS, PortRange
from netsim.names import PortName, parse_port
from netsim.query.verdict import Outcome, PairVerdict, Verdict
from netsim.report.shapes import short_name, verdict_table, verdict_value

STYLES = {Outcome.ALLOWED: "green", Outcome.DENIED: "red", Outcome.UNDECIDED: "yellow"}

_WORDS = {Outcome.ALLOWED: "yes", Outcome.DENIED: "no", Outcome.UNDECIDED: "undecided"}
_VERBS = {
    Outcome.ALLOWED: "can reach",
    Outcome.DENIED: "cannot reach",
    Outcome.UNDECIDED: "may or may not reach",
}
_MOST = 10


@click.command()
@endpoint_argument("source", "FROM")
@endpoint_argument("target", "TO")
@port_option("5432, 53/udp, 8000-8100/tcp, a port's name, or all.")
@strict_option
@output_option(TEXT_OUTPUTS)
@with_session
def can(
    session: Session, *, source: str, target: str, port: str | None, strict: bool, output: str
) -> int:
    """Answer whether FROM may open connections to TO.

    With sets on either side the answer is yes only if every pair passes, on every port named;
    without --port, if every pair has some open port. When it is no, the pairs that fail are
    named.

    \b
    Examples:
      netsim can shop/web shop/db --port 5432 -f manifests/
      netsim can '*' dns --port 53/udp -f manifests/
      netsim can internet shop/svc/web --port http -f manifests/ -o json

    Exit codes: 0 yes, 1 no, 2 wrong usage or unreadable input, 3 undecided.
    """
    verdict = session.cluster.verdict(source, target, port, strict=strict)
    if output == "text":
        _print(_Answer(source, target, _port_text(port, verdict), verdict), session.screen)
    else:
        question = f"{source} -> {target}" + (f" on {port}" if port else "")
        session.write(
            output, lambda: verdict_table(verdict), lambda: verdict_value(question, verdict)
        )
    return EXIT_CODES[verdict.outcome]


@dataclass(frozen=True, slots=True)
class _Answer:
    source: str
    target: str
    port: str
    """Empty when no port was named."""
    verdict: Verdict

    @property
    def sentence(self) -> str:
        """The answer in one line."""
        outcome = self.verdict.outcome
        verb = f"{_VERBS[outcome]} {self.target}"
        if self._partial:
            verb = f"can reach {self.target} only in part"
        return f"{_WORDS[outcome]}: {self.source} {verb}{self._on}"

    @property
    def _partial(self) -> bool:
        """Some of several pairs pass, and not all."""
        outcomes = {pair.outcome for pair in self.verdict.pairs}
        return {Outcome.ALLOWED, Outcome.DENIED} <= outcomes

    @property
    def _on(self) -> str:
        if self.port:
            return f" on {self.port}"
        match self.verdict.outcome:
            case Outcome.DENIED:
                return "" if self._partial else " on any port"
            case Outcome.UNDECIDED:
                return ""
            case Outcome.ALLOWED:
                return _on_common_ports(self.verdict.pairs)


def _on_common_ports(pairs: tuple[PairVerdict, ...]) -> str:
    """What every pair has open; pairs may each have other ports, and nothing in common."""
    common = ALL_PORTS
    for pair in pairs:
        common &= pair.allowed
    if common == ALL_PORTS:
        return " on all ports"
    return f" on {common}" if common else ", each pair on other ports"


def _print(answer: _Answer, screen: Screen) -> None:
    verdict = answer.verdict
    screen.line(answer.sentence, STYLES[verdict.outcome])
    pairs = verdict.pairs
    if len(pairs) == 1 and verdict.outcome is Outcome.DENIED and pairs[0].allowed:
        screen.line(f"  open on {pairs[0].allowed}")
    elif len(pairs) > 1:
        _print_pairs(pairs, screen)
    word = "because" if verdict.outcome is Outcome.UNDECIDED else "undecided in part:"
    for reason in verdict.reasons:
        screen.line(f"  {word} {reason}")
    for assumption in verdict.assumptions:
        screen.line(f"  assumes {assumption}")


def _print_pairs(pairs: tuple[PairVerdict, ...], screen: Screen) -> None:
    failing = [pair for pair in pairs if pair.outcome is not Outcome.ALLOWED]
    for pair in failing[:_MOST]:
        screen.line(f"  {_pair_text(pair)}")
    if len(failing) > _MOST:
        screen.line(f"  and {len(failing) - _MOST} pairs more (-o table shows all)")
    screen.line(f"  {len(pairs) - len(failing)} of {len(pairs)} pairs pass")


def _pair_text(item: PairVerdict) -> str:
    pair = item.pair
    text = f"{short_name(pair.source)} -> {short_name(pair.target)}: {item.outcome.value}"
    if pair.asked is not None and item.outcome is Outcome.DENIED and item.allowed:
        text += f" on {pair.asked - item.allowed}, open on {item.allowed}"
    return f"{text} (through {pair.via})" if pair.via else text


def _port_text(port: str | None, verdict: Verdict) -> str:
    match None if port is None else parse_port(port):
        case PortName() as name:
            asked = [pair.pair.asked for pair in verdict.pairs if pair.pair.asked]
            numbers = reduce(or_, asked, NO_PORTS)
            return f"{name} ({numbers})" if numbers else str(name)
        case PortRange() as span:
            return str(span)
        case None:
            return "" if port is None else "all ports"
