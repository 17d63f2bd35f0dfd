"""Two snapshots side by side: who of one is who of the other, and who may answer otherwise."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_network

from netsim.compiler import compile_together
from netsim.compiler.entries import entries_of
from netsim.compiler.programs import Program
from netsim.compiler.sets import ClassId
from netsim.graph import Graph
from netsim.model.policy import Direction
from netsim.model.profile import Profile
from netsim.model.snapshot import Snapshot
from netsim.model.workload import Endpoint
from netsim.query.directory import Directory
from netsim.query.parties import Outside, Subject, party_of
from netsim.query.worlds import Worlds

_EVERYWHERE = (ip_network("0.0.0.0/0"), ip_network("::/0"))
_Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Unit:
    """One party of either side; None on the side where it is not there."""

    subject: Subject
    """As it is printed: afterwards, or before where it is gone."""
    before: Subject | None
    after: Subject | None

    @property
    def alone(self) -> bool:
        """A pod that stands for itself or an address, which has no row with itself."""
        return not isinstance(self.subject, Endpoint) or self.subject.kind == "Pod"

    @property
    def split(self) -> bool:
        """One pod of what the other side does not tell apart from its like."""
        ends = [end for end in (self.before, self.after) if isinstance(end, Endpoint)]
        return len({end.kind for end in ends}) > 1


@dataclass(frozen=True, slots=True)
class Sides:
    """Both worlds, compiled over the same classes, and everyone of either."""

    before: Worlds
    after: Worlds
    units: tuple[Unit, ...]
    """Endpoints in order, then addresses that no pod of either side has."""
    inside: int
    """How many units are endpoints."""

    @property
    def uncertain(self) -> bool:
        """Whether something of a side is not evaluated or was not read."""
        return bool(self.before.snapshot.gaps or self.after.snapshot.gaps)


def sides_of(before: Snapshot, after: Snapshot, profile: Profile) -> Sides:
    """Compiles two snapshots together and pairs who is in them."""
    left, right = (Worlds(Graph(it)) for it in compile_together([before, after], profile))
    inside = tuple(paired(before.endpoints, after.endpoints))
    taken = left.directory.by_address
    apart = Directory(right.graph, taken=taken).outside(_EVERYWHERE)
    return Sides(left, right, (*inside, *(Unit(it, it, it) for it in apart)), len(inside))


def paired(before: Iterable[Endpoint], after: Iterable[Endpoint]) -> Iterator[Unit]:
    """Endpoints with one identity as one unit, in order.

    Where only one side tells the pods of a workload apart, each of them is a unit whose other
    end is the workload: there they all have the same answers.
    """
    left = {_key(item): item for item in before}
    right = {_key(item): item for item in after}
    whole = _wholes(left, right) | _wholes(right, left)
    for key in sorted({*left, *right} - whole):
        one, other = left.get(key), right.get(key)
        found = other or one
        if found is None:
            continue
        above = (found.namespace, found.workload[1], found.workload[0])
        if above in whole:
            one, other = one or left.get(above), other or right.get(above)
        yield Unit(found, one, other)


def _wholes(apart: Mapping[_Key, Endpoint], together: Mapping[_Key, Endpoint]) -> set[_Key]:
    """Workloads that are one endpoint on one side alone, and several on the other."""
    above = {
        (item.namespace, item.workload[1], item.workload[0])
        for item in apart.values()
        if item.workload[1]
    }
    return {key for key in above if key in together and key not in apart}


def _key(endpoint: Endpoint) -> _Key:
    return endpoint.namespace, endpoint.name, endpoint.kind


def affected(sides: Sides, direction: Direction) -> list[int]:
    """Units whose own side of a connection may answer otherwise than before."""
    changed = _changed_classes(sides.before.graph, sides.after.graph, direction)
    return [
        place
        for place, unit in enumerate(sides.units)
        if _moved(unit, sides) or not changed.isdisjoint(_classes(unit, sides))
    ]


def _moved(unit: Unit, sides: Sides) -> bool:
    """Whether rules or identity see it otherwise."""
    one, other = unit.before, unit.after
    if one is None or other is None:
        return True
    if isinstance(one, Endpoint) and isinstance(other, Endpoint):
        if (one.node, one.host_network, one.finished) != (
            *(other.node, other.host_network),
            other.finished,
        ):
            return True
        faces = sides.before.graph.compiled.faces_of(one)
        return faces != sides.after.graph.compiled.faces_of(other)
    return False


def _classes(unit: Unit, sides: Sides) -> set[ClassId]:
    """Of a unit that both sides see alike."""
    if unit.after is None or isinstance(unit.after, Outside):
        return set()  # no policy selects an address
    faces = sides.after.graph.compiled.faces_of(party_of(unit.after))
    return {face.class_id for face in faces}


def _changed_classes(before: Graph, after: Graph, direction: Direction) -> set[ClassId]:
    """Classes that obey something else, however it is written."""
    left, right = (it.compiled.programs[direction] for it in (before, after))
    known: dict[tuple[int, int], bool] = {}
    changed = set()
    for class_id in map(ClassId, range(len(before.compiled.classes))):
        one, other = left[class_id], right[class_id]
        same = known.get((id(one), id(other)))
        if same is None:
            same = _accepted(before, one) == _accepted(after, other)
            known[id(one), id(other)] = same
        if not same:
            changed.add(class_id)
    return changed


def _accepted(graph: Graph, program: Program) -> frozenset[object]:
    return frozenset(entries_of(program, graph.compiled.universe, graph.cells))
