"""Proposals that were tried out, and which of them is the better one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from netsim.cluster import Cluster
from netsim.comparison import diff
from netsim.query.diff import FlowChange
from netsim.query.expected import beyond_rows
from netsim.query.explanation import Explanation
from netsim.suggest.changes import Change, edits_of, title_of
from netsim.suggest.edits import Proposal
from netsim.suggest.simulation import applied

_Rows = Sequence[FlowChange]
_Weight = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Tried:
    """A proposal with all that it moves besides what is wanted."""

    proposal: Proposal
    beside: tuple[FlowChange, ...]
    """Opened beyond what is wanted where that is to open; closed where it is to close."""
    against: tuple[FlowChange, ...]
    """Moved the other way."""
    size: tuple[int, ...]
    """How many others the edited policies select, new objects, edits, what is done."""
    is_doubtful: bool = False
    """Whether it may do less than it should, for want of something in the input."""

    @property
    def rank(self) -> tuple[object, ...]:
        """Smaller is better: what surely helps, what moves besides, how much is edited."""
        return self.is_doubtful, *self.moves_besides, *self.size

    def is_outdone_by(self, other: "Tried") -> bool:
        """Whether a better one moves no more besides what is wanted, and edits no more.

        An edit of what there is and a new object are both worth showing.
        """
        _, new, *_ = self.size
        _, new_of_other, *_ = other.size
        if new != new_of_other or other.size > self.size:
            return False
        return _covers(self.beside, other.beside) and _covers(self.against, other.against)

    @property
    def moves_besides(self) -> tuple[_Weight, _Weight]:
        """How much moves that was not asked for, first what moves the other way."""
        return _weight(self.against), _weight(self.beside)


def asked_flows(explanation: Explanation) -> list[FlowChange]:
    """The flows that a question is about, as if all of them moved."""
    return [
        FlowChange(item.pair.source, item.pair.target, item.pair.asked)
        for item in explanation.verdict.pairs
        if item.pair.asked is not None
    ]


def tried(
    cluster: Cluster, changes: Sequence[Change], wanted: Sequence[FlowChange], *, opening: bool
) -> tuple[Cluster, Tried]:
    """What some changes do together, with the cluster as it then is."""
    edits = edits_of(changes)
    after = applied(cluster, edits)
    moved = diff(cluster, after)
    size = (
        sum(change.others for change in changes),
        sum(edit.before is None for edit in edits),
        len(edits),
        sum(change.size for change in changes),
    )
    proposal = Proposal(title_of(changes), edits, moved)
    along, against = (moved.opened, moved.closed) if opening else (moved.closed, moved.opened)
    return after, Tried(proposal, beyond_rows(along, wanted), against, size)


def best_of(found: Iterable[Tried], most: int) -> tuple[Proposal, ...]:
    """The best ones in order, without those that a better one outdoes or equals."""
    kept: list[Tried] = []
    for item in sorted(found, key=lambda item: item.rank):
        if not any(item.is_outdone_by(other) for other in kept):
            kept.append(item)
    return tuple(item.proposal for item in kept[:most])


def _weight(rows: _Rows) -> _Weight:
    grade = max((row.grade.rank for row in rows), default=0)
    return grade, len(rows), sum(len(row.ports) for row in rows)


def _covers(rows: _Rows, others: _Rows) -> bool:
    """Whether rows hold all that is in others."""
    return not beyond_rows([replace(row, causes=()) for row in others], list(rows))
