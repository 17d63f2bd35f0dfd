"""What all classes accept in one direction, gathered for questions about all at once."""

from bisect import bisect_right
from dataclasses import dataclass

from netsim.compiler.entries import OPEN, Entry
from netsim.compiler.sets import ClassId, ClassSet
from netsim.graph import Graph
from netsim.model.policy import Direction


@dataclass(frozen=True, slots=True)
class Grant:
    """Some subjects accept some peers on some ports."""

    subjects: ClassSet
    peers: ClassSet
    boundaries: tuple[int, ...]
    """The ports, as in `PortSet`."""


@dataclass(frozen=True, slots=True)
class Grants:
    """Every grant of one direction; classes that nothing isolates need none."""

    grants: tuple[Grant, ...]
    unisolated: ClassSet
    """Those that accept everything."""

    def on(self, position: int) -> tuple[Grant, ...]:
        """The grants that hold a place of the port line."""
        return tuple(
            grant for grant in self.grants if bisect_right(grant.boundaries, position) & 1
        )


def grants_of(graph: Graph, direction: Direction) -> Grants:
    """Gathers what the classes accept; equal peers and ports make one grant."""
    subjects: dict[Entry, list[int]] = {}
    unisolated: list[int] = []
    for class_id in range(len(graph.compiled.classes)):
        entries = graph.entries(direction, ClassId(class_id))
        if entries is OPEN:
            unisolated.append(class_id)
            continue
        for entry in set(entries):
            subjects.setdefault(entry, []).append(class_id)
    return Grants(
        tuple(
            Grant(ClassSet.ascending(ids), ClassSet(first, octets), boundaries)
            for (first, _, octets, boundaries), ids in subjects.items()
        ),
        ClassSet.ascending(unisolated),
    )
