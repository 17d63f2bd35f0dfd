"""Compares two snapshots: every pair that differs, as rows with causes and grades."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from netsim.model.policy import Direction
from netsim.model.ports import PortSet
from netsim.model.profile import Profile
from netsim.model.snapshot import Snapshot, UnmodelledPolicy
from netsim.query.causes import Causes, Piece
from netsim.query.diff import Cause, Diff, FlowChange, Grade, Locate
from netsim.query.expected import covering
from netsim.query.moves import Move, moves
from netsim.query.object_changes import Objects
from netsim.query.parties import Outside, Subject
from netsim.query.risk import Graded, graded
from netsim.query.units import Sides, sides_of
from netsim.query.verdict import undecided_reasons


def diff_of(
    before: Snapshot,
    after: Snapshot,
    profile: Profile,
    locate: Locate,
    namespace: str = "default",
) -> Diff:
    """What opened and closed between two snapshots under one profile.

    Both are compiled over the union of their classes, so that ports and addresses are exact.
    `namespace` is where names without one are looked up by `Diff.outside`.
    """
    sides = sides_of(before, after, profile)
    objects = Objects(sides, locate)
    opened, closed = _Rows(sides, objects, Causes(sides, objects, locate)).all()
    changes = tuple(objects.all())
    return Diff(
        opened=opened,
        closed=closed,
        appeared=tuple(it for it in changes if it.change == "appeared"),
        vanished=tuple(it for it in changes if it.change == "vanished"),
        changed=tuple(it for it in changes if it.change == "changed"),
        undecided=tuple(_unknown(before, after)),
        _covering=partial(covering, sides, namespace),
    )


_Key = tuple[PortSet, tuple[Cause, ...], frozenset[Direction], tuple[str, ...]]
_Place = tuple[int, int, int]
"""Sorts rows: the source, the target, and among addresses outside the source again."""


@dataclass(slots=True)
class _Half:
    """The rows of what opened, or of what closed."""

    opened: bool
    rows: list[tuple[_Place, FlowChange]] = field(default_factory=list)
    beyond: dict[tuple[int, bool, _Key], list[int]] = field(default_factory=dict)
    """By the endpoint, whether it is the source, and what the row says: addresses outside."""


@dataclass(slots=True)
class _Rows:
    sides: Sides
    objects: Objects
    causes: Causes

    def all(self) -> tuple[tuple[FlowChange, ...], tuple[FlowChange, ...]]:
        """What opened and what closed, in order; addresses with one answer share a row."""
        opened, closed = _Half(opened=True), _Half(opened=False)
        for move in moves(self.sides):
            undecided = self._undecided(move)
            self._add(opened, move, move.after - move.before, undecided)
            self._add(closed, move, move.before - move.after, undecided)
        return self._finished(opened), self._finished(closed)

    def _add(self, half: _Half, move: Move, ports: PortSet, undecided: tuple[str, ...]) -> None:
        if not ports:
            return
        inside = self.sides.inside
        found = self.causes.pieces(move.source, move.target, ports, opened=half.opened)
        for key in _joined(found, undecided):
            if move.source < inside and move.target < inside:
                units = self.sides.units
                ends = units[move.source].subject, units[move.target].subject
                row = self._row(half, ends, key)
                half.rows.append(((move.source, move.target, 0), row))
            else:
                outward = move.source < inside
                ends_at = move.source if outward else move.target
                other = move.target if outward else move.source
                half.beyond.setdefault((ends_at, outward, key), []).append(other)

    def _finished(self, half: _Half) -> tuple[FlowChange, ...]:
        units, inside = self.sides.units, self.sides.inside
        for (place, outward, key), others in half.beyond.items():
            beyond = Outside.joined(
                it
                for it in (units[other].subject for other in others)
                if isinstance(it, Outside)
            )
            subject: Subject = units[place].subject
            ends = (subject, beyond) if outward else (beyond, subject)
            at = (place, others[0], 0) if outward else (inside, place, others[0])
            half.rows.append((at, self._row(half, ends, key)))
        half.rows.sort(key=lambda item: item[0])
        return tuple(row for _, row in half.rows)

    def _row(self, half: _Half, ends: tuple[Subject, Subject], key: _Key) -> FlowChange:
        ports, causes, wide, undecided = key
        grade: Graded = (Grade.NONE, ())
        if half.opened:
            grade = graded(*ends, Piece(ports, causes, wide))
        return FlowChange(*ends, ports, causes, *grade, undecided)

    def _undecided(self, move: Move) -> tuple[str, ...]:
        """Why either side cannot know what passes."""
        source, target = self.sides.units[move.source], self.sides.units[move.target]
        found: dict[str, None] = {}
        for world, one, other in (
            (self.sides.before, source.before, target.before),
            (self.sides.after, source.after, target.after),
        ):
            if world.snapshot.unmodelled and one is not None and other is not None:
                found |= dict.fromkeys(undecided_reasons(one, other, world))
        return tuple(found)


def _joined(pieces: Iterator[Piece], undecided: tuple[str, ...]) -> list[_Key]:
    """Pieces with the same causes as one."""
    found: dict[tuple[tuple[Cause, ...], frozenset[Direction]], PortSet] = {}
    for piece in pieces:
        key = (piece.causes, piece.wide)
        known = found.get(key)
        found[key] = piece.ports if known is None else known | piece.ports
    return [(ports, *key, undecided) for key, ports in found.items()]


def _unknown(before: Snapshot, after: Snapshot) -> Iterator[str]:
    """Policies that netsim does not evaluate and that are not the same on both sides."""
    left, right = ({_identity(it): it for it in some.unmodelled} for some in (before, after))
    for key in sorted({*left, *right}):
        one, other = left.get(key), right.get(key)
        policy = other or one
        if policy is None or (one and other and one.content == other.content):
            continue
        word = "was changed" if one and other else "was added" if other else "was removed"
        name = f"{policy.namespace}/{policy.name}" if policy.namespace else policy.name
        reach = f"namespace {policy.namespace}" if policy.namespace else "every namespace"
        yield (
            f"{policy.kind} {name} ({policy.api_version}) {word} and is not evaluated: "
            f"traffic of {reach} may have changed"
        )


def _identity(policy: UnmodelledPolicy) -> tuple[str, str, str, str]:
    return policy.namespace, policy.name, policy.kind, policy.api_version
