"""Reachability as a graph over a compiled snapshot: who reaches whom, on exactly which ports.

A connection passes when the source's egress and the target's ingress both accept. Three
things are no matter of rules and are settled here by identity: a pod and itself, a pod and
its own node, a pod that has finished.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from netsim.addresses import AddressRange
from netsim.compiler import Compiled
from netsim.compiler.classes import is_node, meetings
from netsim.compiler.entries import Entries, Gate, Known, accepts, entries_of, gate_of
from netsim.compiler.programs import Cell, Program, accepting, cells_of, deciding
from netsim.compiler.rows import RowReader
from netsim.compiler.rules import Action, CompiledRule, Tier
from netsim.compiler.sets import ClassId
from netsim.handles import BEYOND_PLAIN, CLASS, IPV6, Handle, Handles, Sight
from netsim.model.flow import Flow, OwnNode, Party
from netsim.model.policy import Direction
from netsim.model.ports import ALL_PORTS, NO_PORTS, PortSet, line_position
from netsim.model.profile import NodeLocal, SelfTraffic, TerminalPods
from netsim.model.workload import Endpoint


class Exemption(Enum):
    """Why rules have no say over some traffic."""

    FINISHED = "finished"
    """One end has completed and released its address: nothing passes."""
    SELF = "self"
    """A pod and itself: everything passes."""
    OWN_NODE = "own-node"
    """A pod and the node it runs on: everything passes."""
    TO_OWN_NODE = "to-own-node"
    """From a pod to its node, with cluster-wide policies about it: only they have a say."""


@dataclass(frozen=True, slots=True)
class Side:
    """What one end says of a connection, in the direction that concerns it."""

    direction: Direction
    rule: CompiledRule | None
    """The rule that decided; None when no rule matched, which accepts."""
    passed: tuple[CompiledRule, ...] = ()
    """The rules that left their tier undecided before that."""

    @property
    def accepts(self) -> bool:
        """Whether this end lets the connection through."""
        return self.rule is None or self.rule.action is Action.ACCEPT


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer with what decided it."""

    allowed: bool
    exemption: Exemption | None
    egress: Side
    ingress: Side


_OPEN_EGRESS = Side(Direction.EGRESS, None)
_OPEN_INGRESS = Side(Direction.INGRESS, None)


@dataclass(frozen=True, slots=True)
class Graph:
    """Answers for one compiled snapshot; what is asked of a class is worked out once."""

    compiled: Compiled
    _cells: dict[int, tuple[Cell, ...]] = field(default_factory=dict, repr=False, compare=False)
    _of_class: dict[ClassId, Known] = field(default_factory=dict, repr=False, compare=False)
    _gates: dict[int, Gate] = field(default_factory=dict, repr=False, compare=False)
    _handles: list[Handles] = field(default_factory=list, repr=False, compare=False)
    _wide: dict[int, Program] = field(default_factory=dict, repr=False, compare=False)
    _rows: list[RowReader] = field(default_factory=list, repr=False, compare=False)

    def __reduce__(self) -> tuple[type["Graph"], tuple[Compiled]]:
        """A copy works things out anew: programs are known by what object they are."""
        return Graph, (self.compiled,)

    def allows(self, flow: Flow) -> bool:
        """Whether a connection may be opened."""
        position = line_position(flow.protocol, flow.port)
        return self._allowed(flow.source, flow.target, position)

    def handle(self, party: Party) -> Handle:
        """The number that `reaches` knows a party by; equal parties have equal numbers."""
        if not self._handles:
            # the largest number is that of an address outside, in IPv6
            classes = len(self.compiled.classes)
            count = self._number_of(ClassId(classes), 0)
            self._handles.append(Handles.below(count, classes))
        known = self._handles[0]
        if isinstance(party, Endpoint):
            number = self.compiled.position_of(party)
        else:
            number = self._number_outside(party)
            known.beyond[number] = party
        if not known.given(number):
            known.give(number, self.sight(party), self._class)
        return number

    def reaches(self, source: Handle, target: Handle, position: int) -> bool:
        """Whether a source may open a connection to a target at a place of the port line.

        The place is `line_position(protocol, port)`. Raises LookupError for what is no handle,
        though not for every number below zero: `Handles.listings` says for which.
        """
        known = self._handles[0]
        left, right = known.listings[source], known.listings[target]
        if left + right >= BEYOND_PLAIN or source == target:
            return self._reaches_beyond(source, target, position)
        left, right = left & CLASS, right & CLASS
        gate, octet = known.egress[left], right >> 3
        if not gate[0] <= octet < gate[1] or gate[2] <= octet < gate[3]:
            return False  # what `accepts` finds out first, for most questions without a call
        return accepts(gate, right, position) and accepts(known.ingress[right], left, position)

    def class_reaches(self, source: ClassId, target: ClassId, position: int) -> bool:
        """Whether both ends accept, for parties of two classes."""
        egress, ingress = self._class(source)[0], self._class(target)[1]
        return accepts(egress, target, position) and accepts(ingress, source, position)

    def entries(self, direction: Direction, subject: ClassId) -> Entries:
        """What a class accepts in one direction, as flat entries; `OPEN` where all of it."""
        egress, ingress = self._class(subject)
        return egress[-1] if direction is Direction.EGRESS else ingress[-1]

    def ports(self, source: Party, target: Party) -> PortSet:
        """Every port on which the source may open a connection to the target."""
        exemption = self.exemption(source, target)
        if exemption not in {None, Exemption.TO_OWN_NODE}:
            return NO_PORTS if exemption is Exemption.FINISHED else ALL_PORTS
        result = NO_PORTS
        for left, right in self.class_pairs(source, target):
            if exemption is None:
                result |= self.class_ports(left, right)
            else:
                result |= self._ports_in(self._only_wide(left), right)
        return result

    def decide(self, flow: Flow) -> Decision:
        """The answer with the deciding rule of each end.

        With two address families the one that passes is reported, or else the first.
        """
        exemption = self.exemption(flow.source, flow.target)
        if exemption not in {None, Exemption.TO_OWN_NODE}:
            allowed = exemption is not Exemption.FINISHED
            return Decision(allowed, exemption, _OPEN_EGRESS, _OPEN_INGRESS)
        position = line_position(flow.protocol, flow.port)
        decided = self._decided if exemption is None else self._decided_beside
        decisions = [
            decided(source, target, position)
            for source, target in self.class_pairs(flow.source, flow.target)
        ]
        return next((item for item in decisions if item.allowed), decisions[0])

    def class_ports(self, source: ClassId, target: ClassId) -> PortSet:
        """The ports that both ends accept, for parties of two classes."""
        egress = self._side_ports(Direction.EGRESS, source, target)
        if not egress:
            return egress
        return egress & self._side_ports(Direction.INGRESS, target, source)

    def ports_from(self, source: ClassId) -> list[PortSet]:
        """The ports open from a class to each class, by class id; equal sets are one object.

        Cheapest when asked for one class after the other.
        """
        if not self._rows:
            self._rows.append(RowReader(self.compiled, self.cells))
        return self._rows[0].row(source)

    def class_pairs(self, source: Party, target: Party) -> list[tuple[ClassId, ClassId]]:
        """The classes under which two parties can meet: in every family both have.

        Where they share no known family, every combination of their faces counts.
        """
        return meetings(self.compiled.faces_of(source), self.compiled.faces_of(target))

    def isolating(self, party: Party, direction: Direction) -> tuple[CompiledRule, ...]:
        """The rules that deny what nothing else accepts, one per policy and direction."""
        face = self.compiled.faces_of(party)[0]
        program = self.program(direction, face.class_id)
        return tuple(rule for rule in program if rule.ref.index is None)

    def accepting(
        self, source: Party, target: Party, ports: PortSet
    ) -> tuple[CompiledRule, ...]:
        """Every rule of either end by which some of these ports are accepted, egress first."""
        found: dict[CompiledRule, None] = {}
        for left, right in self.class_pairs(source, target):
            ends = (Direction.EGRESS, left, right), (Direction.INGRESS, right, left)
            for direction, subject, peer in ends:
                program = self.program(direction, subject)
                found.update(accepting(program, peer, ports, self.compiled.sets))
        return tuple(found)

    def outside(self) -> Iterator[tuple[AddressRange, ClassId]]:
        """Every address there is, in ranges that no rule splits."""
        return self.compiled.outside

    def exemption(self, source: Party, target: Party) -> Exemption | None:
        """What settles traffic between two parties without asking any rule."""
        if self._finished(source) or self._finished(target):
            return Exemption.FINISHED
        if isinstance(source, Endpoint) and source == target and source.single:
            allow = self.compiled.profile.self_traffic is SelfTraffic.ALLOW
            return Exemption.SELF if allow else None
        local = self.compiled.profile.node_local
        if local is not NodeLocal.NONE and self._is_node_of(source, target):
            return Exemption.OWN_NODE
        if local is NodeLocal.BOTH and self._is_node_of(target, source):
            faces = self.compiled.faces_of(source)
            wide = any(self._only_wide(face.class_id) for face in faces)
            return Exemption.TO_OWN_NODE if wide else Exemption.OWN_NODE
        return None

    def _finished(self, party: Party) -> bool:
        excluded = self.compiled.profile.terminal_pods is TerminalPods.EXCLUDED
        return excluded and isinstance(party, Endpoint) and party.finished

    def _only_wide(self, subject: ClassId) -> Program:
        """What cluster-wide policies say of a class's egress, NetworkPolicies left out."""
        program = self.program(Direction.EGRESS, subject)
        found = self._wide.get(id(program))
        if found is None:
            found = self._wide[id(program)] = tuple(
                rule for rule in program if rule.tier is not Tier.NETWORK_POLICY
            )
        return found

    def _is_node_of(self, node: Party, pod: Party) -> bool:
        if not isinstance(pod, Endpoint) or is_node(pod, self.compiled.profile):
            return False
        if isinstance(node, OwnNode):
            return True
        return (
            isinstance(node, Endpoint)
            and is_node(node, self.compiled.profile)
            and bool(node.node)
            and node.node == pod.node
        )

    def _allowed(self, source: Party, target: Party, position: int) -> bool:
        exemption = self.exemption(source, target)
        if exemption is Exemption.TO_OWN_NODE:
            return bool(bisect_right(self.ports(source, target).boundaries, position) & 1)
        if exemption is not None:
            return exemption is not Exemption.FINISHED
        return any(
            self.class_reaches(left, right, position)
            for left, right in self.class_pairs(source, target)
        )

    def sight(self, party: Party) -> Sight | None:
        """What rules and nodes tell of a party; None where identity alone settles its traffic.

        That is the own node of the other end, and whoever has finished.
        """
        if isinstance(party, OwnNode) or (isinstance(party, Endpoint) and party.finished):
            return None
        faces = self.compiled.faces_of(party)
        first, *others = faces
        one = all(face.class_id == first.class_id for face in others)
        node, host = "", False
        if isinstance(party, Endpoint):
            node, host = party.node, is_node(party, self.compiled.profile)
        return Sight(faces, first.class_id if one else None, node, host)

    def _reaches_beyond(self, source: Handle, target: Handle, position: int) -> bool:
        """Where there may be more to it than the listed classes."""
        known = self._handles[0]
        pairs = known.meetings(source, target)
        if pairs is None:
            return self._allowed(self._party(source), self._party(target), position)
        for left, right in pairs:
            if accepts(known.egress[left], right, position) and accepts(
                known.ingress[right], left, position
            ):
                return True
        return False

    def _party(self, number: Handle) -> Party:
        endpoints = self.compiled.snapshot.endpoints
        return endpoints[number] if number < len(endpoints) else self._handles[0].beyond[number]

    def _number_outside(self, party: Party) -> Handle:
        """One number for all addresses of a class: rules see nothing else of them."""
        if isinstance(party, OwnNode):
            return len(self.compiled.snapshot.endpoints)
        (face,) = self.compiled.faces_of(party)
        return self._number_of(face.class_id, face.family)

    def _number_of(self, class_id: ClassId, family: int) -> Handle:
        above = len(self.compiled.snapshot.endpoints) + 1
        return above + 2 * class_id + int(family == IPV6)

    def _class(self, class_id: ClassId) -> Known:
        found = self._of_class.get(class_id)
        if found is None:
            egress, ingress = (
                self._gate(self.program(way, class_id))
                for way in (Direction.EGRESS, Direction.INGRESS)
            )
            found = self._of_class[class_id] = (egress, ingress)
        return found

    def _gate(self, program: Program) -> Gate:
        found = self._gates.get(id(program))
        if found is None:
            found = gate_of(entries_of(program, self.compiled.universe, self.cells))
            self._gates[id(program)] = found
        return found

    def _decided(self, source: ClassId, target: ClassId, position: int) -> Decision:
        sets = self.compiled.sets
        egress = deciding(self.program(Direction.EGRESS, source), target, position, sets)
        ingress = deciding(self.program(Direction.INGRESS, target), source, position, sets)
        sides = Side(Direction.EGRESS, *egress), Side(Direction.INGRESS, *ingress)
        return Decision(all(side.accepts for side in sides), None, *sides)

    def _decided_beside(self, source: ClassId, target: ClassId, position: int) -> Decision:
        """From a pod to the node it runs on."""
        program, sets = self._only_wide(source), self.compiled.sets
        egress = Side(Direction.EGRESS, *deciding(program, target, position, sets))
        return Decision(egress.accepts, Exemption.TO_OWN_NODE, egress, _OPEN_INGRESS)

    def program(self, direction: Direction, subject: ClassId) -> Program:
        """The rules that a class obeys in one direction, in the order they are asked."""
        return self.compiled.programs[direction][subject]

    def _side_ports(self, direction: Direction, subject: ClassId, peer: ClassId) -> PortSet:
        return self._ports_in(self.program(direction, subject), peer)

    def _ports_in(self, program: Program, peer: ClassId) -> PortSet:
        """What a program accepts from or to a peer."""
        if not program:
            return ALL_PORTS
        for cell in self.cells(program):
            if peer in cell.peers:
                return cell.ports
        return NO_PORTS

    def cells(self, program: Program) -> tuple[Cell, ...]:
        """A program's answer for all peers at once."""
        found = self._cells.get(id(program))
        if found is None:
            found = cells_of(program, self.compiled.universe.everyone, self.compiled.sets)
            self._cells[id(program)] = found
        return found
