"""Which pairs have other ports open than before, found by asking only where it may be so."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from netsim.model.policy import Direction
from netsim.model.ports import ALL_PORTS, NO_PORTS, PortSet
from netsim.query.class_rows import PortSets
from netsim.query.parties import Subject
from netsim.query.table import Answer, Table
from netsim.query.units import Sides, Unit, affected
from netsim.query.worlds import Worlds


@dataclass(frozen=True, slots=True)
class Move:
    """A pair of units and what is open between them on either side."""

    source: int
    target: int
    before: PortSet
    after: PortSet


def moves(sides: Sides) -> Iterator[Move]:
    """Every pair of units that differs, source by source; never two addresses outside.

    A workload and itself stands for two of its pods, however many there are.
    """
    units, port_sets = sides.units, PortSets()
    sources, targets = (affected(sides, way) for way in (Direction.EGRESS, Direction.INGRESS))
    apart, everyone = set(sources), range(len(units))
    inside = range(sides.inside)
    beyond = [place for place in targets if place < sides.inside]
    blocks = (
        ([it for it in sources if it < sides.inside], everyone),
        ([it for it in inside if it not in apart], targets),
        ([it for it in sources if it >= sides.inside], inside),
        ([it for it in everyone if it >= sides.inside and it not in apart], beyond),
    )
    for some, others in blocks:
        if some and others:
            yield from _Block(sides, some, others, port_sets).moves()


_Changes = Sequence[tuple[int, PortSet, PortSet]]


class _Block:
    """Some sources with some targets."""

    def __init__(
        self, sides: Sides, sources: Iterable[int], targets: Sequence[int], known: PortSets
    ) -> None:
        self._units = sides.units
        self._sources = list(sources)
        ends = [(place, sides.units[place]) for place in targets]
        self._before = _Side(
            sides.before,
            [(place, unit.before) for place, unit in ends if unit.before is not None],
            [it for it in (self._units[place].before for place in self._sources) if it],
            known,
        )
        self._after = _Side(
            sides.after,
            [(place, unit.after) for place, unit in ends if unit.after is not None],
            [it for it in (self._units[place].after for place in self._sources) if it],
            known,
        )
        self._shared: dict[tuple[int, int], _Changes] = {}

    def moves(self) -> Iterator[Move]:
        for source in self._sources:
            unit = self._units[source]
            for target, old, new in self._changes(unit):
                if not (target == source and unit.alone):
                    yield Move(source, target, old, new)

    def _changes(self, unit: Unit) -> _Changes:
        old, new = self._before.answer(unit.before), self._after.answer(unit.after)
        said = self._before.settled(unit.before), self._after.settled(unit.after)
        if any(said):
            pairs = zip((old, new), said, strict=True)
            return list(_changed(*({**rules, **fixed} for rules, fixed in pairs)))
        key = (id(old), id(new))
        found = self._shared.get(key)
        if found is None:
            found = self._shared[key] = list(_changed(old, new))
        return found


@dataclass(slots=True)
class _Side:
    """One world's answers, by the numbers of units."""

    worlds: Worlds
    targets: Sequence[tuple[int, Subject]]
    sources: Sequence[Subject]
    known: PortSets
    _table: Table = field(init=False)
    _of_units: dict[int, Answer] = field(default_factory=dict)
    _nothing: Answer = field(default_factory=dict)

    def __post_init__(self) -> None:
        asked = [(subject, ALL_PORTS) for _, subject in self.targets]
        self._table = Table(self.worlds.graph, self.sources, asked, self.known)

    def answer(self, source: Subject | None) -> Answer:
        """What rules say; the same object for sources with the same answer."""
        if source is None:
            return self._nothing
        said = self._table.answer(source)
        found = self._of_units.get(id(said))
        if found is None:
            found = {self.targets[place][0]: ports for place, ports in said.items()}
            self._of_units[id(said)] = found
        return found

    def settled(self, source: Subject | None) -> Answer:
        """What identity settles; of a workload and itself only that it has finished."""
        if source is None:
            return self._nothing
        return {
            self.targets[place][0]: ports
            for place, ports in self._table.settled(source).items()
            if not ports or self.targets[place][1] is not source
        }


def _changed(old: Answer, new: Answer) -> Iterator[tuple[int, PortSet, PortSet]]:
    for target in sorted({*old, *new}):
        before, after = old.get(target, NO_PORTS), new.get(target, NO_PORTS)
        if before != after:
            yield target, before, after
