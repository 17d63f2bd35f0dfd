"""Rows of a diff told together: by what caused them, and then by who is at the ends.

One new policy may close a hundred rows; a person reads one sentence.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from netsim.model.workload import Endpoint
from netsim.query.diff import Cause, FlowChange, Grade
from netsim.query.parties import Outside, Subject, subject_name
from netsim.report.shapes import short_name

_FEW = 4
_Told = tuple[str, Grade, tuple[str, ...], tuple[str, ...]]
"""Ports, grade, its reasons, and why the row may be wrong."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """Rows of one direction with the same causes."""

    opened: bool
    causes: tuple[Cause, ...]
    rows: tuple[FlowChange, ...]

    @property
    def grade(self) -> Grade:
        """The highest of its rows."""
        return max((row.grade for row in self.rows), key=lambda grade: grade.rank)

    @property
    def subject(self) -> str:
        """The policy or object that was changed; empty where that is not known."""
        if not self.causes:
            return ""
        first = self.causes[0]
        return str(first.policy) if first.policy is not None else first.subject

    @property
    def headline(self) -> str:
        """What was changed, and where."""
        return "; ".join(map(str, self.causes)) or "cause unknown"

    def sentences(self) -> tuple[str, ...]:
        """Who can or can no longer reach whom, ends with the same answer in one sentence."""
        return tuple(_sentences(self.rows))


def bundles(opened: Iterable[FlowChange], closed: Iterable[FlowChange]) -> list[Bundle]:
    """Opened rows first, and of those the gravest; else in the order of the rows."""
    found: dict[tuple[bool, tuple[Cause, ...]], list[FlowChange]] = {}
    for is_open, rows in ((True, opened), (False, closed)):
        for row in rows:
            found.setdefault((is_open, row.causes), []).append(row)
    made = [Bundle(is_open, causes, tuple(rows)) for (is_open, causes), rows in found.items()]
    return sorted(made, key=lambda it: (not it.opened, -it.grade.rank))


def _sentences(rows: Sequence[FlowChange]) -> Iterator[str]:
    """By the end that has fewer members; ends that have the same peers share a sentence."""
    by_source = len({row.source for row in rows}) <= len({row.target for row in rows})
    peers: dict[tuple[Subject, _Told], list[Subject]] = {}
    for row in rows:
        ends = (row.source, row.target) if by_source else (row.target, row.source)
        told = (str(row.ports), row.grade, row.reasons, row.undecided)
        peers.setdefault((ends[0], told), []).append(ends[1])
    alike: dict[tuple[tuple[Subject, ...], _Told], list[Subject]] = {}
    for (end, told), others in peers.items():
        alike.setdefault((tuple(others), told), []).append(end)
    for (met, (ports, grade, reasons, undecided)), group in alike.items():
        texts = [several(group), several(met)]
        left, right = texts if by_source else reversed(texts)
        text = f"{left} -> {right} on {ports}"
        if reasons:
            text += f" ({grade.value}: {'; '.join(reasons)})"
        if undecided:
            text += f" (undecided: {'; '.join(undecided)})"
        yield text


def several(subjects: Sequence[Subject]) -> str:
    """All names while they are few, else how many in which namespaces."""
    if len(subjects) <= _FEW:
        return ", ".join(map(short_name, subjects))
    inside = [item for item in subjects if isinstance(item, Endpoint)]
    spaces = list(dict.fromkeys(item.namespace for item in inside))
    parts = []
    if inside:
        word = "namespace" if len(spaces) == 1 else f"{len(spaces)} namespaces"
        where = f"{word} {spaces[0]}" if len(spaces) == 1 else f"{word} ({', '.join(spaces)})"
        parts.append(f"{len(inside)} workloads in {where}")
    parts += (short_name(it) for it in subjects if isinstance(it, Outside))
    parts += (subject_name(it) for it in subjects if not isinstance(it, Endpoint | Outside))
    return " and ".join(parts)
