"""How `list`, `who` and `reach` cut connections down and print them."""

from collections.abc import Iterable
from dataclasses import dataclass

from netsim.cli.session import EXIT_CODES, Session
from netsim.model.labels import Labels, LabelSelector
from netsim.model.workload import Endpoint
from netsim.names import parse_selector
from netsim.query.connections import Connection
from netsim.query.endpoints import selects
from netsim.query.verdict import Outcome
from netsim.report.shapes import connections_table, connections_value

SELECTOR_HELP = "Only rows with a source or target that has these labels."
_EXACT = ("wide", "csv")
"""Outputs that spell out every range of addresses."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which rows are shown: those with one end in the namespace and with the labels."""

    namespace: str | None
    selector: LabelSelector

    @classmethod
    def of(cls, session: Session, selector: str | None, *, everywhere: bool) -> "Narrowing":
        """From `-n`, `-A` and `-l`."""
        picked = parse_selector(selector) if selector else LabelSelector()
        return cls(None if everywhere else session.namespace, picked)

    def shows(self, namespace: str) -> bool:
        """Whether things of a namespace are asked for."""
        return self.namespace in {None, namespace}

    def takes(self, namespace: str, labels: Labels) -> bool:
        """Whether something of a namespace, with labels, is asked for."""
        return self.shows(namespace) and selects(self.selector, labels)

    def keeps(self, row: Connection) -> bool:
        """Whether one of the two ends is an endpoint that is asked for."""
        ends = [end for end in (row.source, row.target) if isinstance(end, Endpoint)]
        idle = self.namespace is None and not self.selector.requirements
        return idle or any(self.takes(end.namespace, end.labels) for end in ends)


def print_rows(
    session: Session, rows: Iterable[Connection], narrowing: Narrowing, output: str
) -> int:
    """Prints what is kept; the exit code says whether some of it is undecided."""
    shown = tuple(row for row in rows if narrowing.keeps(row))
    wide, exact = output == "wide", output in _EXACT
    session.write(
        output,
        lambda: connections_table(shown, wide=wide, exact=exact),
        lambda: connections_value(shown),
    )
    undecided = [row for row in shown if row.undecided]
    for reason in dict.fromkeys(reason for row in undecided for reason in row.undecided):
        session.screen.message(f"undecided: {reason}", "yellow")
    if not undecided:
        return EXIT_CODES[Outcome.ALLOWED]
    counted = f"{len(undecided)} of {len(shown)} rows say why they are undecided"
    session.screen.message(counted, "yellow")
    return EXIT_CODES[Outcome.UNDECIDED]
