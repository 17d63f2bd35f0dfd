"""Compares two snapshots: every pair that differs, as rows with causes and grades."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from netsim.model.policy import Direction
from netsim.model.ports import ALL_PORTS, PortSet
from netsim.model.profile import Profile
from netsim.model.snapshot import Snapshot, UnmodelledPolicy
from netsim.query.causes import Causes, Piece
from netsim.query.connections import Connection, connections
from netsim.query.diff import Cause, Diff, FlowChange, Grade, Locate
from netsim.query.edge_algebra import combined, intersection
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
        _context=partial(_unchanged, sides),
    )


def _unchanged(sides: Sides, subjects: tuple[Subject, ...]) -> tuple[Connection, ...]:
    """What is open on both sides between some endpoints that both sides have."""
    wanted = set(subjects)
    units = [unit for unit in sides.units[: sides.inside] if unit.subject in wanted]
    left = [unit.before for unit in units if unit.before is not None]
    right = [unit.after for unit in units if unit.after is not None]
    before, after = (
        connections(worlds, sources=ends, targets=[(end, ALL_PORTS) for end in ends])
        for worlds, ends in ((sides.before, left), (sides.after, right))
    )
    return tuple(combined(after, before, intersection))


_Place = tuple[int, int, int]
"""Sorts rows: the source, the target, and among addresses outside the source again."""


class _Key(NamedTuple):
    """What a row says besides who its ends are; equal ones are one object."""

    ports: PortSet
    causes: tuple[Cause, ...]
    wide: frozenset[Direction]
    undecided: tuple[str, ...]


class _Said(NamedTuple):
    """With the grade, where that does not depend on addresses outside."""

    key: _Key
    graded: Graded


@dataclass(slots=True)
class _Half:
    """The rows of what opened, or of what closed."""

    opened: bool
    rows: list[tuple[_Place, FlowChange]] = field(default_factory=list)
    beyond: dict[tuple[int, bool, int], tuple[_Key, list[int]]] = field(default_factory=dict)
    """By the endpoint, whether it is the source, and what the row says: addresses outside."""
    known: dict[tuple[int, int, int, int], list[_Said]] = field(default_factory=dict)
    """By how both ends look to rules, and what was and is open: what is said of it."""


@dataclass(slots=True)
class _Rows:
    sides: Sides
    objects: Objects
    causes: Causes
    _keys: dict[tuple[object, ...], _Key] = field(default_factory=dict)
    _seen: dict[int, tuple[tuple[Cause, ...], tuple[Cause, ...]]] = field(default_factory=dict)
    _distinct: dict[tuple[Cause, ...], tuple[Cause, ...]] = field(default_factory=dict)
    _uncertain: bool = field(init=False)

    def __post_init__(self) -> None:
        self._uncertain = self.sides.uncertain

    def all(self) -> tuple[tuple[FlowChange, ...], tuple[FlowChange, ...]]:
        """What opened and what closed, in order; addresses with one answer share a row."""
        opened, closed = _Half(opened=True), _Half(opened=False)
        for move in moves(self.sides):
            self._add(opened, move)
            self._add(closed, move)
        return self._finished(opened), self._finished(closed)

    def _add(self, half: _Half, move: Move) -> None:
        inside, units = self.sides.inside, self.sides.units
        source, target = move.source, move.target
        for key, grade in self._said(half, move):
            if source < inside and target < inside:
                ends = units[source].subject, units[target].subject
                row = FlowChange(*ends, key.ports, key.causes, *grade, key.undecided)
                half.rows.append(((source, target, 0), row))
            else:
                outward = source < inside
                place, other = (source, target) if outward else (target, source)
                group = half.beyond.setdefault((place, outward, id(key)), (key, []))
                group[1].append(other)

    def _said(self, half: _Half, move: Move) -> list[_Said]:
        """Worked out once for all pairs that rules see alike, before as after."""
        looks = self.causes.look(move.source), self.causes.look(move.target)
        alike = self.causes.told_by_rules(move.source, move.target)
        if looks[0] is None or looks[1] is None or self._uncertain or not alike:
            return list(self._found(half, move))
        # equal sets of ports are one object as long as their rows are compared
        at = (looks[0], looks[1], id(move.before), id(move.after))
        found = half.known.get(at)
        if found is None:
            found = half.known[at] = list(self._found(half, move))
        return found

    def _found(self, half: _Half, move: Move) -> Iterator[_Said]:
        ports = move.after - move.before if half.opened else move.before - move.after
        if not ports:
            return
        units = self.sides.units
        ends = units[move.source].subject, units[move.target].subject
        pieces = self.causes.pieces(move.source, move.target, ports, opened=half.opened)
        for made in _joined(pieces, self._undecided(move)):
            causes = self._same(made.causes)
            at = (made.ports, id(causes), made.wide, made.undecided)
            key = self._keys.setdefault(at, made._replace(causes=causes))
            yield _Said(key, self._graded(half, ends, key))

    def _same(self, causes: tuple[Cause, ...]) -> tuple[Cause, ...]:
        """The one object for equal causes; each object is compared with others only once."""
        found = self._seen.get(id(causes))
        if found is None:
            same = self._distinct.setdefault(causes, causes)
            found = self._seen[id(causes)] = (causes, same)
        return found[1]

    def _graded(self, half: _Half, ends: tuple[Subject, Subject], key: _Key) -> Graded:
        if not half.opened:
            return Grade.NONE, ()
        return graded(*ends, Piece(key.ports, key.causes, key.wide))

    def _finished(self, half: _Half) -> tuple[FlowChange, ...]:
        units, inside = self.sides.units, self.sides.inside
        for (place, outward, _), (key, others) in half.beyond.items():
            beyond = Outside.joined(
                it
                for it in (units[other].subject for other in others)
                if isinstance(it, Outside)
            )
            subject: Subject = units[place].subject
            ends: tuple[Subject, Subject] = (beyond, subject)
            if outward:
                ends = (subject, beyond)
            at = (place, others[0], 0) if outward else (inside, place, others[0])
            grade = self._graded(half, ends, key)
            row = FlowChange(*ends, key.ports, key.causes, *grade, key.undecided)
            half.rows.append((at, row))
        half.rows.sort(key=lambda item: item[0])
        return tuple(row for _, row in half.rows)

    def _undecided(self, move: Move) -> tuple[str, ...]:
        """Why either side cannot know what passes."""
        if not self._uncertain:
            return ()
        source, target = self.sides.units[move.source], self.sides.units[move.target]
        found: dict[str, None] = {}
        for world, one, other in (
            (self.sides.before, source.before, target.before),
            (self.sides.after, source.after, target.after),
        ):
            if one is not None and other is not None:
                found |= dict.fromkeys(undecided_reasons(one, other, world))
        return tuple(found)


def _joined(pieces: Iterator[Piece], undecided: tuple[str, ...]) -> list[_Key]:
    """Pieces with the same causes as one."""
    listed = list(pieces)
    if len(listed) == 1:
        (only,) = listed
        return [_Key(*only, undecided)]
    found: dict[tuple[tuple[Cause, ...], frozenset[Direction]], PortSet] = {}
    for piece in listed:
        key = (piece.causes, piece.wide)
        known = found.get(key)
        found[key] = piece.ports if known is None else known | piece.ports
    return [_Key(ports, *key, undecided) for key, ports in found.items()]


def _unknown(before: Snapshot, after: Snapshot) -> Iterator[str]:
    """Policies that netsim does not evaluate and that are not the same on both sides."""
    unread = ({it for it in some.unread if it.decisive} for some in (before, after))
    for kind in sorted(set.symmetric_difference(*unread), key=lambda it: it.title):
        yield f"{kind.why}: traffic of every namespace may have changed"
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
