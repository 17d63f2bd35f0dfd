"""What `expect_diff` of an expectation file says a change may open and close, as rows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from netsim.model.ports import PortSet
from netsim.query.diff import FlowChange
from netsim.query.expectations.facts import ExpectedDiff, FlowSet
from netsim.query.expectations.finding import Complaints, sources_of, targets_of
from netsim.query.expectations.sameness import said
from netsim.query.expected import beyond_rows
from netsim.query.parties import Subject
from netsim.query.worlds import Worlds
from netsim.source import Source


@dataclass(frozen=True, slots=True)
class ExpectedChange:
    """One line of `expect_diff`."""

    text: str
    added: bool
    rows: tuple[FlowChange, ...]
    """All that it covers, by the names of both sides; empty where it matches nothing."""
    source: Source
    complaint: str = ""
    """Why it matches nothing."""

    def moved(self, rows: Sequence[FlowChange]) -> bool:
        """Whether any of it is among the rows of a diff."""
        return beyond_rows(self.rows, rows) != self.rows


def expected_changes(
    expected: ExpectedDiff, sides: Sequence[Worlds]
) -> Iterator[ExpectedChange]:
    """Every line, with names that either side knows: one end may come as the other goes."""
    for added, flows in _lines(expected):
        yield _change(flows, sides, added=added)


def without_former(
    expected: ExpectedDiff, former: Iterable[ExpectedDiff]
) -> tuple[ExpectedDiff, int]:
    """What this change expects, and how many lines are left over from an earlier one."""
    known = {(added, said(flows)) for item in former for added, flows in _lines(item)}
    added, removed = (
        tuple(flows for flows in listed if (side, said(flows)) not in known)
        for side, listed in ((True, expected.added), (False, expected.removed))
    )
    left_over = len(expected.added) + len(expected.removed) - len(added) - len(removed)
    return ExpectedDiff(added, removed, expected.source), left_over


def _lines(expected: ExpectedDiff) -> Iterator[tuple[bool, FlowSet]]:
    for added, listed in ((True, expected.added), (False, expected.removed)):
        yield from ((added, flows) for flows in listed)


def _change(flows: FlowSet, sides: Sequence[Worlds], *, added: bool) -> ExpectedChange:
    sources: list[Subject] = []
    targets: list[tuple[Subject, PortSet]] = []
    complaints = Complaints.none()
    for worlds in sides:
        sources += sources_of(flows.sources, worlds.directory, complaints)
        found = targets_of(flows.targets, flows.ports, worlds.directory, complaints)
        targets += found.items()
    rows = tuple(
        FlowChange(source, target, ports) for source in sources for target, ports in targets
    )
    told = (*complaints.empty, *complaints.wrong, *complaints.undecided)
    ports = f":{flows.ports.text}" if flows.ports.text else ""
    text = f"{flows.sources.text} -> {flows.targets.text}{ports}"
    complaint = "; ".join(dict.fromkeys(told)) if not rows else ""
    return ExpectedChange(text, added, rows, flows.sources.source, complaint)
