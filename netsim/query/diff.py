"""The shape of a diff: what opened, what closed, by which change, and how much it matters."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, ClassVar

from netsim.model.policy import PolicyRef
from netsim.model.ports import PortSet
from netsim.query.connections import Connection
from netsim.query.networks import Flow, multi_digraph
from netsim.query.parties import Subject, subject_name
from netsim.query.tidy import ENDS, PORTS, ends_record, port_records
from netsim.source import Place, Source
from netsim.views import Plotted, Record, Shown, Tidy

if TYPE_CHECKING:
    import networkx as nx

Locate = Callable[[Source], Place]


class Grade(Enum):
    """How much an opened connection matters, the least first."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """Grows with the grade."""
        return _RANKS[self.value]


_RANKS = {grade.value: place for place, grade in enumerate(Grade)}


@dataclass(frozen=True, slots=True)
class Site:
    """Where something is written: the field, and its file and line."""

    path: str
    """As `spec.ingress[0]`; empty for an object as a whole."""
    place: Place

    def __str__(self) -> str:
        return f"{self.path} ({self.place})" if self.path else str(self.place)


@dataclass(frozen=True, slots=True)
class Cause:
    """A change of the input that opened or closed something."""

    change: str
    """In words with dashes: `policy-added`, `rule-changed`, `labels-changed`, ..."""
    subject: str
    """What was changed: `policy shop/db-guard`, `Deployment shop/web`."""
    detail: str = ""
    """From what to what, where that is short: `app: web -> front`."""
    policy: PolicyRef | None = None
    """The policy, if it is one."""
    before: Site | None = None
    after: Site | None = None

    def __str__(self) -> str:
        what = self.change.replace("-", " ")
        sites = [str(site) for site in (self.before, self.after) if site is not None]
        text = f"{what}: {self.subject}"
        if self.detail:
            text += f", {self.detail}"
        return f"{text}, {' -> '.join(dict.fromkeys(sites))}" if sites else text


@dataclass(frozen=True, slots=True)
class FlowChange:
    """A source may now, or may no longer, open connections to a target on these ports."""

    source: Subject
    target: Subject
    ports: PortSet
    causes: tuple[Cause, ...] = ()
    """Empty where a side is a saved list of edges, which does not tell why."""
    grade: Grade = Grade.NONE
    """Of what opened; what closed has none."""
    reasons: tuple[str, ...] = ()
    """Why the grade is what it is."""
    undecided: tuple[str, ...] = ()
    """Why the ports may be wrong, on either side; empty when they are certain."""

    def __str__(self) -> str:
        source, target = subject_name(self.source), subject_name(self.target)
        return f"{source} -> {target} on {self.ports}"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a workload or namespace; None on the side where it is not there."""

    name: str
    """`labels.app`, `ports.http/TCP`, `hostNetwork`, `finished`."""
    before: str | None
    after: str | None

    def __str__(self) -> str:
        before, after = ("(none)" if it is None else it for it in (self.before, self.after))
        return f"{self.name}: {before} -> {after}"


@dataclass(frozen=True, slots=True)
class ObjectChange:
    """A workload or namespace that appeared, vanished or changed."""

    change: str
    """`appeared`, `vanished` or `changed`."""
    kind: str
    namespace: str
    """Empty for a namespace itself."""
    name: str
    fields: tuple[FieldChange, ...] = ()
    """What changed; empty for what appeared or vanished."""
    before: Place | None = None
    after: Place | None = None

    def __str__(self) -> str:
        place = f"{self.namespace}/{self.name}" if self.namespace else self.name
        return f"{self.kind} {place}"


@dataclass(frozen=True, slots=True)
class Diff(Shown, Plotted, Tidy):
    """What differs between two clusters; false if nothing does.

    `opened` and `closed` are disjoint in ports for each source and target, in the order of
    sources, then targets, addresses outside last.
    """

    COLUMNS: ClassVar = {
        "change": str,
        **ENDS,
        **PORTS,
        "grade": str,
        "reasons": str,
        "causes": str,
        "undecided": str,
    }

    opened: tuple[FlowChange, ...] = ()
    closed: tuple[FlowChange, ...] = ()
    appeared: tuple[ObjectChange, ...] = ()
    vanished: tuple[ObjectChange, ...] = ()
    changed: tuple[ObjectChange, ...] = ()
    undecided: tuple[str, ...] = ()
    """What may have changed besides, and cannot be known."""
    notes: tuple[str, ...] = ()
    """What the two sides could not tell, such as causes where a side has only edges."""
    _covering: "Covering | None" = field(default=None, repr=False, compare=False)
    _context: "Context | None" = field(default=None, repr=False, compare=False)

    def __bool__(self) -> bool:
        return bool(
            self.opened or self.closed or self.appeared or self.vanished or self.changed
        )

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why rows may be wrong or missing, without repeats; empty if all is certain."""
        rows = (*self.opened, *self.closed)
        found = (reason for row in rows for reason in row.undecided)
        return tuple(dict.fromkeys((*self.undecided, *found)))

    @property
    def differs(self) -> bool:
        """Whether some difference is certain."""
        rows = (*self.opened, *self.closed)
        objects = self.appeared or self.vanished or self.changed
        return bool(objects) or any(not row.undecided for row in rows)

    @property
    def grade(self) -> Grade:
        """The highest grade of what opened."""
        grades = (row.grade for row in self.opened)
        return max(grades, key=lambda grade: grade.rank, default=Grade.NONE)

    def outside(self, expected: "Diff | Iterable[str]") -> "Diff":
        """What moved besides what was expected; false if nothing else did.

        Expected is another diff, or flows as `shop/web -> shop/api:8080/tcp`, opened or
        closed, in names of either side. Rows are cut down to the ports and addresses that
        nobody expected. Workloads, namespaces and labels are left out, as they were not
        asked about. Raises NotationError, and UnknownEndpointError where neither side has
        the name.
        """
        from netsim.query.expected import beyond_flows, beyond_rows

        if isinstance(expected, Diff):
            opened = beyond_rows(self.opened, expected.opened)
            closed = beyond_rows(self.closed, expected.closed)
        else:
            flows = [expected] if isinstance(expected, str) else list(expected)
            opened, closed = (
                beyond_flows(rows, flows, self._covering) for rows in (self.opened, self.closed)
            )
        return replace(self, opened=opened, closed=closed, appeared=(), vanished=(), changed=())

    def to_dicts(self) -> list[dict[str, object]]:
        """One flat dictionary of plain values for each opened and closed row.

        The keys are `change` (`opened` or `closed`), `source`, `target`, `ports`, `grade`,
        `reasons`, `causes` and `undecided`; all values are texts or lists of texts.
        """
        return [{"change": change, **_fields(row)} for change, row in self.flows()]

    def flows(self) -> Iterator[tuple[str, FlowChange]]:
        """What opened and then what closed, each row with that word."""
        yield from (("opened", row) for row in self.opened)
        yield from (("closed", row) for row in self.closed)

    def unchanged(self) -> tuple[Connection, ...]:
        """What is open on both sides between the workloads that rows of the diff name.

        Empty where a side is a saved list of edges. Addresses outside are left out.
        """
        rows = [row for _, row in self.flows()]
        ends = dict.fromkeys(end for row in rows for end in (row.source, row.target))
        return self._context(tuple(ends)) if self._context is not None else ()

    def to_networkx(self) -> "nx.MultiDiGraph[str]":
        """One node for each end of a row, one edge for each range of ports.

        Nodes have `kind`, `namespace`, `name`, `labels` and `replicas`; edges have `protocol`,
        `first`, `last` (both included), and as texts `change`, `grade` and `undecided`.
        """
        return multi_digraph(_flow(change, row) for change, row in self.flows())

    def _records(self) -> Iterator[Record]:
        for change, row in self.flows():
            said = (
                *(row.grade.value, "; ".join(row.reasons)),
                *("; ".join(map(str, row.causes)), "; ".join(row.undecided)),
            )
            for ports in port_records(row.ports):
                yield change, *ends_record(row.source, row.target), *ports, *said

    def __str__(self) -> str:
        lines = [f"+ {row}" for row in self.opened]
        lines += [f"- {row}" for row in self.closed]
        for what, items in _OBJECTS.items():
            lines += [f"{what}: {item}" for item in items(self)]
        return "\n".join([*lines, *(f"undecided: {it}" for it in self.undecided)])


Context = Callable[[tuple[Subject, ...]], tuple[Connection, ...]]
"""For some subjects what is open between them on both sides."""
Covering = Callable[[str], "Sequence[tuple[tuple[Subject, ...], dict[Subject, PortSet]]]"]
"""For a flow's text, on either side: its sources, and its targets with their ports."""

_OBJECTS: dict[str, Callable[[Diff], tuple[ObjectChange, ...]]] = {
    "appeared": lambda diff: diff.appeared,
    "vanished": lambda diff: diff.vanished,
    "changed": lambda diff: diff.changed,
}


def _flow(change: str, row: FlowChange) -> Flow:
    said: dict[str, str | int] = {
        "change": change,
        "grade": row.grade.value,
        "undecided": "; ".join(row.undecided),
    }
    return row.source, row.target, row.ports, said


def _fields(row: FlowChange) -> dict[str, object]:
    return {
        "source": subject_name(row.source),
        "target": subject_name(row.target),
        "ports": str(row.ports),
        "grade": row.grade.value,
        "reasons": list(row.reasons),
        "causes": [str(cause) for cause in row.causes],
        "undecided": list(row.undecided),
    }
