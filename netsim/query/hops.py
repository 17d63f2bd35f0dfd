"""Who can be reached in one hop, as rows of bits; and from there hop by hop.

A hop is a connection on any of the ports that count. Endpoints with the same hops are one
spot, so a row has a bit for each spot, not for each pod. A chain of hops is an upper bound on
how far an intruder comes: it does not say that every program on the way can be taken over.
"""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_

import numpy as np

from netsim.compiler.classes import Faces, is_node, meetings
from netsim.compiler.sets import ClassId
from netsim.edges import PortRows, PortTable
from netsim.graph import Exemption
from netsim.matrix import Bools
from netsim.model.ports import PortSet
from netsim.model.workload import Endpoint
from netsim.query.parties import Subject, party_of
from netsim.query.worlds import Worlds

Bits = int
"""Bit `n` stands for spot `n`."""
_Key = tuple[Faces, str, bool]
_STRIP = 64
"""Bytes of a row that are turned at a time: bounds the memory."""


class Hops:
    """Everybody's hops on some ports; a row is worked out when it is first asked for."""

    def __init__(self, worlds: Worlds, ports: PortSet, others: Iterable[Subject] = ()) -> None:
        self.graph = worlds.graph
        self.ports = ports
        """Those that count."""
        self.members: list[list[Subject]] = []
        """By spot the endpoints, or addresses outside: from these nobody goes on."""
        self.spot_of: dict[Subject, int] = {}
        self._faces: list[Faces] = []
        self._rows: dict[int, Bits] = {}
        self._by_faces: dict[Faces, Bits] = {}
        self._counts: list[bool] = []
        self._beside: dict[int, Bits] = {}
        self._port_rows = PortRows(self.graph, PortTable())
        self._add_endpoints(worlds.directory.running)
        self.inside = len(self.members)
        """How many spots are of endpoints; the others come after them."""
        for item in (*worlds.directory.internet, *worlds.directory.private, *others):
            if item not in self.spot_of:
                self._add(item, self.graph.compiled.faces_of(party_of(item)))
        lone = [faces[0].class_id if _is_one(faces) else -1 for faces in self._faces]
        self._lone = np.array(lone, np.int64)
        self._several = [spot for spot, class_id in enumerate(lone) if class_id < 0]

    def row(self, spot: int) -> Bits:
        """The spots that one spot reaches in one hop; also its own, if pods of it may."""
        found = self._rows.get(spot)
        if found is None:
            faces = self._faces[spot]
            alike = self._by_faces.get(faces)
            if alike is None:
                alike = self._by_faces[faces] = self._row(faces)
            found = alike | self._beside.get(spot, 0)
            if spot >= self.inside:
                found &= (1 << self.inside) - 1
            self._rows[spot] = found
        return found

    def rows(self) -> list[Bits]:
        """By spot the row of endpoints, in order; without those of addresses outside."""
        return [self.row(spot) for spot in range(self.inside)]

    def joined(self, spots: Bits) -> Bits:
        """What some spots reach in one hop; addresses outside are not asked."""
        inside = members(spots & (1 << self.inside) - 1)
        return reduce(or_, map(self.row, inside), 0)

    def _row(self, faces: Faces) -> Bits:
        reached = {face.class_id: self._open(face.class_id) for face in faces}
        found = np.zeros(len(self.members), np.bool_)
        others: Iterable[int] = range(len(self.members))
        if _is_one(faces):
            lone = self._lone
            found = reached[faces[0].class_id][np.maximum(lone, 0)] & (lone >= 0)
            others = self._several
        for other in others:
            pairs = meetings(faces, self._faces[other])
            found[other] = any(reached[left][right] for left, right in pairs)
        return int.from_bytes(np.packbits(found, bitorder="little").tobytes(), "little")

    def _open(self, source: ClassId) -> Bools:
        """By class, whether some port that counts is open."""
        row = self._port_rows.row(source)
        new = self._port_rows.table.ports[len(self._counts) :]
        self._counts += (bool(it & self.ports) for it in new)
        found: Bools = np.array(self._counts, np.bool_)[row]
        return found

    def _add_endpoints(self, endpoints: Sequence[Endpoint]) -> None:
        """Endpoints of one look; on a node that is one itself, those of one place."""
        profile = self.graph.compiled.profile
        hosts = {it.node for it in endpoints if it.node and is_node(it, profile)}
        spots: dict[_Key, int] = {}
        on_node: dict[str, dict[int, Endpoint]] = {}
        for endpoint in endpoints:
            faces = self.graph.compiled.faces_of(endpoint)
            node = endpoint.node if endpoint.node in hosts else ""
            key = (faces, node, is_node(endpoint, profile))
            if key in spots:
                self._join(endpoint, spots[key])
            else:
                spots[key] = self._add(endpoint, faces)
            if node:
                on_node.setdefault(node, {}).setdefault(spots[key], endpoint)
        for beside in on_node.values():
            for spot, one in beside.items():
                for other, another in beside.items():
                    if is_node(one, profile) is not is_node(another, profile):
                        self._bind(one, spot, another, other)

    def _bind(self, one: Endpoint, spot: int, another: Endpoint, other: int) -> None:
        """A pod and its own node, where no rule has a say."""
        if self.graph.exemption(one, another) is Exemption.OWN_NODE:
            self._beside[spot] = self._beside.get(spot, 0) | 1 << other

    def _add(self, subject: Subject, faces: Faces) -> int:
        spot = self.spot_of[subject] = len(self.members)
        self.members.append([subject])
        self._faces.append(faces)
        return spot

    def _join(self, subject: Subject, spot: int) -> None:
        self.spot_of[subject] = spot
        self.members[spot].append(subject)


def _is_one(faces: Faces) -> bool:
    """Whether a party is the same to rules in whatever family it is met."""
    return all(face.class_id == faces[0].class_id for face in faces)


def members(bits: Bits) -> list[int]:
    """The numbers of the bits that are set, ascending."""
    octets = np.frombuffer(bits.to_bytes(-(-bits.bit_length() // 8), "little"), np.uint8)
    found: list[int] = np.flatnonzero(np.unpackbits(octets, bitorder="little")).tolist()
    return found


def closure(rows: Sequence[Bits]) -> list[Bits]:
    """By spot everything that it reaches by one hop or more; what has no row goes nowhere.

    Spots that reach each other share one answer, worked out after those that they lead to
    (Kosaraju's algorithm on bit rows: a step costs a row, however many hops there are).
    """
    within = (1 << len(rows)) - 1
    columns = _turned(rows)
    found, unseen = [0] * len(rows), within
    for root in _leaders(columns, within):
        if not unseen >> root & 1:
            continue
        component, layer = 0, 1 << root
        while layer:
            component |= layer
            layer = _joined(rows, layer) & within & unseen & ~component
        unseen &= ~component
        reached = _joined(rows, component)
        for other in members(reached & within & ~component):
            reached |= found[other]
        for spot in members(component):
            found[spot] = reached
    return found


def _leaders(rows: Sequence[Bits], unseen: Bits) -> list[int]:
    """Every spot, those last finished by a depth-first walk first."""
    order: list[int] = []
    for start in range(len(rows)):
        if not unseen >> start & 1:
            continue
        unseen &= ~(1 << start)
        stack = [start]
        while stack:
            left = rows[stack[-1]] & unseen
            if left:
                other = (left & -left).bit_length() - 1
                unseen &= ~(1 << other)
                stack.append(other)
            else:
                order.append(stack.pop())
    return order[::-1]


def _joined(rows: Sequence[Bits], spots: Bits) -> Bits:
    return reduce(or_, (rows[spot] for spot in members(spots)), 0)


def _turned(rows: Sequence[Bits]) -> list[Bits]:
    """By spot those that have it in their row."""
    width = -(-len(rows) // 8)
    within = (1 << len(rows)) - 1
    octets = b"".join((row & within).to_bytes(width, "little") for row in rows)
    packed = np.frombuffer(octets, np.uint8).reshape(len(rows), width)
    found: list[Bits] = []
    for start in range(0, width, _STRIP):
        strip = np.unpackbits(packed[:, start : start + _STRIP], axis=1, bitorder="little")
        columns = np.packbits(strip.T, axis=1, bitorder="little")
        found += (int.from_bytes(column.tobytes(), "little") for column in columns)
    return found[: len(rows)]
