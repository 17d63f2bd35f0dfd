"""The ports from any source to a list of targets, in one world.

Rows of classes are spread over the targets. Sources with the same rows share one answer, and
only what identity settles (a pod's own node, a pod that has finished) is added one by one.
"""

from collections.abc import Iterable, Mapping, Sequence

from netsim.compiler.classes import Faces
from netsim.compiler.sets import ClassId
from netsim.graph import Graph
from netsim.model.flow import OwnNode
from netsim.model.ports import ALL_PORTS, PortSet
from netsim.model.workload import Endpoint
from netsim.query.class_rows import ClassRows, PortSets, Row
from netsim.query.parties import Subject, party_of

Target = tuple[Subject, PortSet]
"""With the ports that are asked about on it."""
Answer = Mapping[int, PortSet]
"""Open ports by the target's place in the list, ascending; closed targets are left out."""
_View = dict[ClassId, list[int]]


class Table:
    """Answers for sources that were announced when the table was made."""

    def __init__(
        self,
        graph: Graph,
        sources: Iterable[Subject],
        targets: Sequence[Target],
        port_sets: PortSets,
    ) -> None:
        self._graph = graph
        self._targets = targets
        self._port_sets = port_sets
        self._asked = {
            place: asked for place, (_, asked) in enumerate(targets) if asked != ALL_PORTS
        }
        self._faces = [graph.compiled.faces_of(party_of(target)) for target, _ in targets]
        self._source_faces = {
            id(source): graph.compiled.faces_of(party_of(source)) for source in sources
        }
        self._rows = ClassRows(
            graph,
            sources=_classes(self._source_faces.values()),
            targets=_classes(self._faces),
            port_sets=port_sets,
        )
        self._views: dict[tuple[frozenset[int], int], _View] = {}
        self._answers: dict[tuple[int, ...], Answer] = {}
        self._alike: dict[Faces, Answer] = {}
        self._delicate = _Delicate(targets)

    def answer(self, source: Subject) -> Answer:
        """What the rules say; the same object for sources with the same answer."""
        faces = self._source_faces[id(source)]
        found = self._alike.get(faces)
        if found is None:
            families = frozenset(face.family for face in faces)
            parts = [
                (self._rows.row(face.class_id), self._view(families, face.family))
                for face in faces
            ]
            key = tuple(id(item) for part in parts for item in part)
            found = self._answers.get(key)
            if found is None:
                found = self._answers[key] = self._spread(parts)
            self._alike[faces] = found
        return found

    def settled(self, source: Subject) -> Answer:
        """What identity settles, whatever the rules say; mostly nothing."""
        found: dict[int, PortSet] = {}
        for place in self._delicate.places(source):
            target, asked = self._targets[place]
            exemption = self._graph.exemption(party_of(source), party_of(target))
            if exemption is not None:
                passes = self._graph.ports(party_of(source), party_of(target))
                found[place] = self._port_sets.same(asked & passes)
        return found

    def _spread(self, parts: list[tuple[Row, _View]]) -> Answer:
        found: dict[int, PortSet] = {}
        for row, view in parts:
            for class_id, ports in row.items():
                for place in view.get(class_id, ()):
                    known = found.get(place)
                    found[place] = (
                        ports if known is None else self._port_sets.either(known, ports)
                    )
        if self._asked:
            found = dict(self._cut(found))
        return {place: found[place] for place in sorted(found)}

    def _cut(self, found: dict[int, PortSet]) -> Iterable[tuple[int, PortSet]]:
        for place, ports in found.items():
            left = ports
            if place in self._asked:
                left = self._port_sets.same(ports & self._asked[place])
            if left:
                yield place, left

    def _view(self, families: frozenset[int], family: int) -> _View:
        """Which targets meet a source's face under which classes.

        Faces meet in every family that both parties have; where there is none, all meet.
        """
        found = self._views.get((families, family))
        if found is not None:
            return found
        view: _View = {}
        for place, faces in enumerate(self._faces):
            shared = families.intersection(face.family for face in faces) - {0}
            meeting = [face for face in faces if not shared or face.family == family in shared]
            for class_id in dict.fromkeys(face.class_id for face in meeting):
                view.setdefault(class_id, []).append(place)
        self._views[families, family] = view
        return view


class _Delicate:
    """Targets whose traffic with some source identity may settle."""

    def __init__(self, targets: Sequence[Target]) -> None:
        self._count = len(targets)
        self._always: list[int] = []
        self._on_node: dict[str, list[int]] = {}
        self._hosts_on_node: dict[str, list[int]] = {}
        for place, (target, _) in enumerate(targets):
            if isinstance(target, OwnNode) or (
                isinstance(target, Endpoint) and target.finished
            ):
                self._always.append(place)
            elif isinstance(target, Endpoint) and target.node:
                self._on_node.setdefault(target.node, []).append(place)
                if target.host_network:
                    self._hosts_on_node.setdefault(target.node, []).append(place)

    def places(self, source: Subject) -> Iterable[int]:
        """The targets to ask about one by one, ascending."""
        if isinstance(source, OwnNode) or (isinstance(source, Endpoint) and source.finished):
            return range(self._count)
        if not isinstance(source, Endpoint):
            return self._always
        on_node = self._on_node if source.host_network else self._hosts_on_node
        return sorted([*self._always, *on_node.get(source.node, ())])


def _classes(faces: Iterable[Faces]) -> set[ClassId]:
    return {face.class_id for some in faces for face in some}
