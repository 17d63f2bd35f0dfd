"""Who can reach a workload, counting pods that do not exist yet; and whom it can reach.

Newcomers are compiled into the snapshot and asked about like pods. What they may do with a
workload is what their own policies let through, and what the workload's policies do.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import and_, or_

from netsim.compiler.classes import Faces, meetings
from netsim.compiler.scopes import scopes_of
from netsim.compiler.sets import ClassId
from netsim.graph import Graph
from netsim.model.labels import EVERYTHING, Labels
from netsim.model.policy import Direction
from netsim.model.ports import ALL_PORTS, NO_PORTS, PortSet
from netsim.model.profile import NodeLocal
from netsim.model.workload import Endpoint
from netsim.query.exposed import AnyPod, Crowd, Exposed, Exposure, Peer, peer_text
from netsim.query.label_space import Box, meet
from netsim.query.newcomers import Group, Landscape, Newcomers, members
from netsim.query.parties import Outside
from netsim.query.terms import Region, Term, Terms
from netsim.query.verdict import reasons_within
from netsim.query.worlds import Worlds

_Found = list[tuple[Peer, PortSet]]
_Extra = list[tuple[Endpoint, PortSet]]
_Alike = tuple[str, Labels, Faces]


def exposure(worlds: Worlds, subjects: Iterable[Endpoint], direction: Direction) -> Exposure:
    """The exposure of some running endpoints, in their order.

    INGRESS: who may open connections to them; EGRESS: to whom they may. A newcomer has no
    address and declares no port, as the profile's `unknown_addresses` has it.
    """
    wanted = tuple(subjects)
    asked = _Asked(worlds, wanted, direction)
    local = worlds.profile.node_local
    inward = direction is Direction.INGRESS and local is not NodeLocal.NONE
    rows = tuple(row for subject in wanted for row in asked.rows(subject))
    return Exposure(direction, inward or local is NodeLocal.BOTH, rows)


class _Asked:
    """One direction, with all the newcomers that its subjects need."""

    def __init__(
        self, worlds: Worlds, subjects: Sequence[Endpoint], direction: Direction
    ) -> None:
        self._worlds = worlds
        self._direction = direction
        self._own = _OPPOSITE[direction]
        compiled = worlds.graph.compiled
        scopes = scopes_of(worlds.snapshot.all_policies)
        self._newcomers = Newcomers(compiled, scopes, self._own)
        for subject in subjects:
            self._landscape(worlds.graph, compiled.faces_of(subject))
        whole, self._classes = self._newcomers.compiled()
        self._graph = Graph(whole)
        self._terms = Terms(self._newcomers)
        self._sides = _Sides(self._graph)
        self._by_faces: dict[Faces, tuple[_Found, _Extra]] = {}
        self._special_ones = self._special()

    def rows(self, subject: Endpoint) -> Iterator[Exposed]:
        """The rows of one subject."""
        faces = self._graph.compiled.faces_of(subject)
        known = self._by_faces.get(faces)
        if known is None:
            found = self._found(faces, subject)
            known = self._by_faces[faces] = (found, self._beyond(faces, found))
        for peer, ports in known[0]:
            yield Exposed(subject, peer, ports, self._undecided(subject, peer))
        for peer, ports in known[1]:
            if peer != subject and not self._settled(subject, peer):
                yield Exposed(subject, peer, ports, self._undecided(subject, peer))

    def _settled(self, subject: Endpoint, peer: Endpoint) -> bool:
        """Whether no rule has a say, as between a pod and its own node."""
        return self._worlds.graph.exemption(subject, peer) is not None

    def _found(self, faces: Faces, subject: Endpoint) -> _Found:
        """What is the same for all subjects that rules see alike."""
        landscape = self._landscape(self._graph, faces)
        terms = dict(self._terms.found(self._regions(faces, landscape), landscape))
        found = addresses(self._worlds, subject, self._direction)
        found[Crowd.NODES] = self._between(faces, self._graph.compiled.own_node)
        pods: dict[Peer, PortSet] = {self._any_pod(it): ports for it, ports in terms.items()}
        widest = (AnyPod(EVERYTHING, EVERYTHING, self._names(landscape.everywhere), new=True),)
        whole = (*widest, Crowd.ADDRESSES, Crowd.NODES)
        found.update(sorted(pods.items(), key=lambda item: _breadth(item[0])))
        anyone = reduce(and_, (found.get(crowd, NO_PORTS) for crowd in whole))
        rows: _Found = [(Crowd.ANYONE, anyone)] if anyone else []
        rows += ((peer, ports) for peer, ports in found.items() if not ports <= anyone)
        return rows

    def _regions(self, faces: Faces, landscape: Landscape) -> dict[Region, int]:
        """What is open to newcomers, and where; places where nothing is are left out."""
        found: dict[Region, int] = {}
        for own in landscape.own:
            left = [(box, self._own_ports(faces, number)) for box, number in own.parts]
            if not any(any(ports) for _, ports in left):
                continue
            for seen in landscape.seen:
                places = own.places & seen.places
                if places:
                    region = tuple(self._combined(faces, left, seen))
                    found[region] = found.get(region, 0) | places
        return found

    def _combined(
        self, faces: Faces, left: Iterable[tuple[Box, tuple[PortSet, ...]]], seen: Group
    ) -> Iterator[tuple[Box, PortSet]]:
        right = [(box, self._seen_ports(faces, number)) for box, number in seen.parts]
        for own_box, own_ports in left:
            for seen_box, seen_ports in right:
                box = meet(own_box, seen_box)
                if box is not None:
                    yield box, reduce(or_, map(and_, own_ports, seen_ports))

    def _own_ports(self, faces: Faces, newcomer: int) -> tuple[PortSet, ...]:
        """By face of the subject, what the newcomer's own policies let through."""
        own = self._classes[newcomer]
        return tuple(self._sides.ports(self._own, own, face.class_id) for face in faces)

    def _seen_ports(self, faces: Faces, newcomer: int) -> tuple[PortSet, ...]:
        """By face of the subject, what its policies let through."""
        peer = self._classes[newcomer]
        return tuple(self._sides.ports(self._direction, face.class_id, peer) for face in faces)

    def _between(self, faces: Faces, others: Faces) -> PortSet:
        """What passes between a subject and others, in the direction that is asked about."""
        found = NO_PORTS
        for subject, other in meetings(faces, others):
            one = self._sides.ports(self._direction, subject, other)
            found |= one & self._sides.ports(self._own, other, subject)
        return found

    def _any_pod(self, term: Term) -> AnyPod:
        return AnyPod(
            self._newcomers.pods.selector(term.pods),
            self._newcomers.namespaces.selector(term.namespaces),
            self._names(term.places),
            new=term.places >> len(self._newcomers.existing) > 0,
        )

    def _names(self, places: int) -> tuple[str, ...]:
        existing = self._newcomers.existing
        return tuple(existing[it].name for it in members(places & (1 << len(existing)) - 1))

    def _landscape(self, graph: Graph, faces: Faces) -> Landscape:
        """As the policies of a subject see it."""
        programs = graph.compiled.programs[self._direction]
        policies = {rule.ref.policy for it in faces for rule in programs[it.class_id]}
        return self._newcomers.landscape(policies, self._direction)

    def _special(self) -> list[tuple[_Alike, list[Endpoint]]]:
        """Existing endpoints that rules may tell from every newcomer, those alike together."""
        compiled = self._graph.compiled
        usual = {compiled.classes[it].signature for it in self._classes}
        groups: dict[_Alike, list[Endpoint]] = {}
        for endpoint in self._worlds.directory.running:
            faces = compiled.faces_of(endpoint)
            looks = [compiled.classes[face.class_id] for face in faces]
            named = self._direction is Direction.EGRESS and looks[0].port_numbers
            if named or looks[0].namespace is None or {it.signature for it in looks} - usual:
                key = (endpoint.namespace, endpoint.labels, faces)
                groups.setdefault(key, []).append(endpoint)
        return list(groups.items())

    def _beyond(self, faces: Faces, found: _Found) -> _Extra:
        """What existing endpoints can do that the rows found so far do not tell."""
        namespaces = self._worlds.snapshot.namespaces
        result: _Extra = []
        for (namespace, labels, others), endpoints in self._special_ones:
            ports = rest = self._between(faces, others)
            node = self._graph.compiled.classes[others[0].class_id].namespace is None
            for peer, known in found if ports else ():
                if _holds(peer, labels, namespaces[namespace].labels, node=node):
                    rest -= known
            if rest:
                result += ((endpoint, ports) for endpoint in endpoints)
        return result

    def _undecided(self, subject: Endpoint, peer: Peer) -> tuple[str, ...]:
        if not self._worlds.snapshot.unmodelled:
            return ()
        match peer:
            case Crowd.ANYONE:
                others: Iterable[str] = self._worlds.snapshot.namespaces
            case AnyPod():
                others = peer.existing
            case Endpoint():
                others = (peer.namespace,)
            case _:
                others = ()
        return reasons_within((subject.namespace, *others), self._worlds)


@dataclass(slots=True)
class _Sides:
    """What one end lets through from or to the other, each looked up once."""

    graph: Graph
    _known: dict[tuple[int, ClassId], PortSet] = field(default_factory=dict)

    def ports(self, direction: Direction, subject: ClassId, peer: ClassId) -> PortSet:
        """What the policies of a class say of another class."""
        program = self.graph.compiled.programs[direction][subject]
        if not program:
            return ALL_PORTS
        key = (id(program), peer)
        found = self._known.get(key)
        if found is None:
            cells = self.graph.cells(program)
            found = next((cell.ports for cell in cells if peer in cell.peers), NO_PORTS)
            self._known[key] = found
        return found


def addresses(worlds: Worlds, subject: Endpoint, direction: Direction) -> dict[Peer, PortSet]:
    """What passes between an endpoint and addresses outside, wide crowds before ranges."""
    public, private = (
        [(item, _with_outside(worlds.graph, subject, item, direction)) for item in items]
        for items in (worlds.directory.internet, worlds.directory.private)
    )
    everywhere, internet = _common([*public, *private]), _common(public)
    found: dict[Peer, PortSet] = {Crowd.ADDRESSES: everywhere}
    if not internet <= everywhere:
        found[Crowd.INTERNET] = internet
    by_ports: dict[PortSet, list[Outside]] = {}
    for items, wider in ((public, internet), (private, everywhere)):
        for item, ports in items:
            if not ports <= wider:
                by_ports.setdefault(ports, []).append(item)
    ranges = ((Outside.joined(items), ports) for ports, items in by_ports.items())
    found.update(sorted(ranges, key=lambda item: _breadth(item[0])))
    return found


def _with_outside(
    graph: Graph, subject: Endpoint, item: Outside, direction: Direction
) -> PortSet:
    if direction is Direction.INGRESS:
        return graph.ports(item.sample, subject)
    return graph.ports(subject, item.sample)


def _common(items: Iterable[tuple[Outside, PortSet]]) -> PortSet:
    sets = [ports for _, ports in items]
    return reduce(and_, sets) if sets else NO_PORTS


def _holds(peer: Peer, labels: Labels, namespace_labels: Labels, *, node: bool) -> bool:
    """Whether a row speaks of an existing endpoint too."""
    match peer:
        case Crowd():
            return peer is Crowd.ANYONE or (peer is Crowd.NODES and node)
        case AnyPod():
            return not node and peer.takes(labels, namespace_labels)
        case _:
            return False


def _breadth(peer: Peer) -> tuple[int, str]:
    """What has few conditions comes first."""
    if isinstance(peer, AnyPod):
        return len(peer.pods.requirements) + len(peer.namespaces.requirements), str(peer)
    return 0, peer_text(peer)


_OPPOSITE = {
    Direction.INGRESS: Direction.EGRESS,
    Direction.EGRESS: Direction.INGRESS,
}
