"""How `list`, `who` and `reach` cut connections down and print them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING

from netsim.cli.graphs import Drawing, graph_options
from netsim.cli.options import (
    GRAPH_OUTPUTS,
    TABLE_OUTPUTS,
    assume_admitted_option,
    everywhere_option,
    output_option,
    port_option,
    selector_option,
    strict_option,
)
from netsim.cli.session import EXIT_CODES, Session, with_session
from netsim.model.labels import Labels, LabelSelector
from netsim.model.workload import Endpoint
from netsim.names import parse_selector
from netsim.query.chains import Transit
from netsim.query.connections import Connection, End, Fan
from netsim.query.endpoints import selects
from netsim.query.parties import Subject
from netsim.query.verdict import Outcome
from netsim.report.connection_text import connection_lines, connection_text
from netsim.report.formats import VALUE_FORMATS
from netsim.report.path_shapes import transit_table, transit_value
from netsim.report.shapes import connections_table

if TYPE_CHECKING:
    from netsim.query.port_counts import By
    from netsim.results import Network

_EXACT = "wide"
"""The table that spells out every range of addresses."""


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

    @property
    def idle(self) -> bool:
        """Whether everything is shown."""
        return self.namespace is None and not self.selector.requirements

    def shows(self, namespace: str) -> bool:
        """Whether things of a namespace are asked for."""
        return self.namespace in {None, namespace}

    def takes(self, namespace: str, labels: Labels) -> bool:
        """Whether something of a namespace, with labels, is asked for."""
        return self.shows(namespace) and selects(self.selector, labels)

    def kept(self, fans: Iterable[Fan]) -> Iterator[Fan]:
        """The rows of which one of the two ends is an endpoint that is asked for."""
        cut: dict[int, tuple[tuple[End, ...], tuple[End, ...]]] = {}
        for fan in fans:
            if self.idle or self.wants(fan.source):
                yield fan
                continue
            known = cut.get(id(fan.ends))
            if known is None:
                ends = tuple(end for end in fan.ends if self.wants(end[0]))
                known = cut[id(fan.ends)] = (fan.ends, ends)
            if known[1]:
                yield Fan(fan.source, known[1])

    def wants(self, subject: Subject) -> bool:
        """Whether one end is an endpoint that is asked for."""
        return isinstance(subject, Endpoint) and self.takes(subject.namespace, subject.labels)


def rows_command(command: Callable[..., Iterable[Fan] | Transit]) -> Callable[..., int]:
    """Adds the options that commands of rows share; what the command returns is printed."""

    @wraps(command)
    def run(
        session: Session,
        *,
        selector: str | None,
        everywhere: bool,
        assume_admitted: bool,
        output: str,
        by: str | None,
        path: Path | None,
        **rest: object,
    ) -> int:
        drawing = Drawing.of(output, by, path)
        session.cluster.assume_admitted = assume_admitted
        narrowing = Narrowing.of(session, selector, everywhere=everywhere)
        found = command(session, **rest)
        if isinstance(found, Transit):
            return _show_stops(session, narrowing, found, output, drawing)
        fans = tuple(narrowing.kept(found))
        if drawing is None:
            _print(session, fans, output)
        else:
            drawing.put(session.screen, lambda by: _network(fans, by))
        return _tell_undecided(session, fans)

    shown = graph_options(with_session(run))
    for option in reversed(_OPTIONS):
        shown = option(shown)
    return shown


_OPTIONS = (
    port_option("Only connections on these ports."),
    selector_option("Only rows with a source or target that has these labels."),
    everywhere_option,
    strict_option,
    assume_admitted_option,
    output_option((*TABLE_OUTPUTS, *GRAPH_OUTPUTS)),
)


def _network(fans: tuple[Fan, ...], by: "By") -> "Network":
    from netsim.report.networks import network_of_fans

    return network_of_fans(fans, by)


def _show_stops(
    session: Session,
    narrowing: Narrowing,
    found: Transit,
    output: str,
    drawing: Drawing | None,
) -> int:
    stops = [stop for stop in found.stops if narrowing.idle or narrowing.wants(stop.subject)]
    if drawing is not None:
        drawing.put_result(session.screen, replace(found, stops=tuple(stops)))
    else:
        session.write(
            output, lambda: transit_table(stops), lambda: transit_value(stops, found.undecided)
        )
    for reason in found.undecided:
        session.screen.message(f"undecided: {reason}", "yellow")
    return EXIT_CODES[Outcome.UNDECIDED if found.undecided else Outcome.ALLOWED]


def _print(session: Session, fans: tuple[Fan, ...], output: str) -> None:
    screen, marks = session.screen, session.cluster.soundness.marks
    if output in VALUE_FORMATS or output in ("csv", "md"):
        screen.blocks(connection_text(fans, output, session.faults, marks))
        return
    exact = output == _EXACT
    shown = connection_lines(fans, wide=exact, exact=exact, marks=marks)
    if exact or screen.fits(shown.width):
        screen.heading(shown.header)
        screen.blocks(shown.blocks)
    else:
        rows = tuple(Connection(fan.source, *end) for fan in fans for end in fan.rows)
        screen.table(connections_table(rows, marks=marks))
    if not fans:
        screen.message("nothing to show", "dim")


def _tell_undecided(session: Session, fans: tuple[Fan, ...]) -> int:
    """The exit code says whether some of the rows are undecided."""
    reasons = [end[2] for fan in fans for end in fan.rows if end[2]]
    if not reasons:
        return EXIT_CODES[Outcome.ALLOWED]
    for reason in dict.fromkeys(reason for some in reasons for reason in some):
        session.screen.message(f"undecided: {reason}", "yellow")
    count = sum(map(len, fans))
    counted = f"{len(reasons)} of {count} rows say why they are undecided"
    session.screen.message(counted, "yellow")
    return EXIT_CODES[Outcome.UNDECIDED]
