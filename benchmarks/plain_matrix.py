"""The straightforward fast way: for one port, a boolean for every pair of pods, with numpy.

What one writes in an afternoon: a mask of pods for every selector, and for every policy the
block of the matrix that it opens. It is the yardstick beside the judge, and is held against
the judge by the tests.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from netsim.model.labels import Labels, LabelSelector, Operator, Requirement
from netsim.model.networks import Address, IPBlock
from netsim.model.policy import AnyPeer, Direction, Peer, PodPeer, Rule
from netsim.model.ports import AnyPort, NamedPort, PortRange, Protocol, RulePort
from netsim.model.snapshot import Snapshot
from netsim.model.workload import Endpoint

Mask = NDArray[np.bool_]
Matrix = NDArray[np.bool_]
_FAMILIES = (4, 6)
_MISSING = "(missing)"
"""No label has this value: brackets are not allowed in one."""


def plain_matrix(snapshot: Snapshot, protocol: Protocol, port: int) -> Matrix:
    """`[source, target]` by position in the snapshot; default profile.

    Every pod must have an IPv4 address, or no pod an address at all.
    """
    pods = _Pods(snapshot)
    allowed = np.zeros((pods.count, pods.count), dtype=np.bool_)
    for family in _FAMILIES:
        there = np.array([_has(family, pod) for pod in pods.endpoints], dtype=np.bool_)
        if there.any():
            table = _Family(pods, family, (protocol, port)).matrix()
            allowed |= table & there[:, None] & there[None, :]
    _settle(allowed, pods)
    return allowed


def _has(family: int, pod: Endpoint) -> bool:
    if not pod.addresses:
        return family == _FAMILIES[0]
    return any(address.version == family for address in pod.addresses)


def _settle(allowed: Matrix, pods: "_Pods") -> None:
    """What no policy decides: own node, own address, and pods that have finished."""
    nodes = np.array([pod.node or f"?{n}" for n, pod in enumerate(pods.endpoints)])
    for host in np.flatnonzero(pods.on_host):
        neighbours = (nodes == nodes[host]) & ~pods.on_host
        allowed[host, neighbours] = True
        allowed[neighbours, host] = True
    single = np.array([pod.single for pod in pods.endpoints], dtype=np.bool_)
    np.fill_diagonal(allowed, allowed.diagonal() | single)
    finished = np.array([pod.finished for pod in pods.endpoints], dtype=np.bool_)
    allowed[finished, :] = False
    allowed[:, finished] = False


@dataclass(slots=True)
class _Pods:
    """Masks over all pods, each made once."""

    snapshot: Snapshot
    _columns: dict[str, NDArray[np.str_]] = field(default_factory=dict)
    _selected: dict[LabelSelector, Mask] = field(default_factory=dict)
    _spaces: dict[str, Mask] = field(default_factory=dict)
    _across: dict[LabelSelector, Mask] = field(default_factory=dict)
    on_host: Mask = field(init=False)

    def __post_init__(self) -> None:
        self.on_host = np.array([pod.host_network for pod in self.endpoints], dtype=np.bool_)

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        return self.snapshot.endpoints

    @property
    def count(self) -> int:
        return len(self.endpoints)

    def nobody(self) -> Mask:
        return np.zeros(self.count, dtype=np.bool_)

    def of_namespace(self, name: str) -> Mask:
        if not self._spaces:
            names = np.array([pod.namespace for pod in self.endpoints])
            pods = ~self.on_host
            self._spaces = {
                space: (names == space) & pods for space in self.snapshot.namespaces
            }
        return self._spaces[name]

    def of_namespaces(self, selector: LabelSelector) -> Mask:
        found = self._across.get(selector)
        if found is None:
            found = self.nobody()
            for space in self.snapshot.namespaces.values():
                if all(_holds(wanted, space.labels) for wanted in selector.requirements):
                    found |= self.of_namespace(space.name)
            self._across[selector] = found
        return found

    def selected(self, selector: LabelSelector) -> Mask:
        found = self._selected.get(selector)
        if found is None:
            found = ~self.nobody()
            for wanted in selector.requirements:
                found &= self._holding(wanted)
            self._selected[selector] = found
        return found

    def _holding(self, wanted: Requirement) -> Mask:
        column = self._columns.get(wanted.key)
        if column is None:
            values = [pod.labels.get(wanted.key, _MISSING) for pod in self.endpoints]
            column = self._columns[wanted.key] = np.array(values)
        there: Mask = column != _MISSING
        if wanted.operator is Operator.EXISTS:
            return there
        if wanted.operator is Operator.DOES_NOT_EXIST:
            return ~there
        among = self.nobody()
        for value in wanted.values:
            among |= column == value
        return among if wanted.operator is Operator.IN else ~among


@dataclass(slots=True)
class _Family:
    """The matrix of one address family and one port."""

    pods: _Pods
    family: int
    port: tuple[Protocol, int]
    _blocks: dict[IPBlock, Mask] = field(default_factory=dict)
    _named: dict[NamedPort, Mask] = field(default_factory=dict)

    def matrix(self) -> Matrix:
        """Egress of the source and ingress of the target, both of which must allow."""
        return self._side(Direction.EGRESS) & self._side(Direction.INGRESS).T

    def _side(self, direction: Direction) -> Matrix:
        """`[subject, peer]`; who is not isolated is open."""
        isolated = self.pods.nobody()
        opened = np.zeros((self.pods.count, self.pods.count), dtype=np.bool_)
        for policy in self.pods.snapshot.policies:
            if direction not in policy.rules:
                continue
            subjects = self.pods.of_namespace(policy.namespace) & self.pods.selected(
                policy.subject
            )
            isolated |= subjects
            for rule in policy.rules[direction]:
                for peers, targets in self._openings(rule, policy.namespace):
                    if direction is Direction.INGRESS:
                        opened[np.ix_(subjects & targets, peers)] = True
                    else:
                        opened[np.ix_(subjects, peers & targets)] = True
        opened[~isolated, :] = True
        return opened

    def _openings(self, rule: Rule, namespace: str) -> Iterator[tuple[Mask, Mask]]:
        """The peers of a rule, with the targets on which one of its ports is the one asked."""
        targets = self.pods.nobody()
        for port in rule.ports:
            targets = targets | self._listening(port)
        if targets.any():
            for peer in rule.peers:
                yield self._peers(peer, namespace), targets

    def _peers(self, peer: Peer, namespace: str) -> Mask:
        match peer:
            case AnyPeer():
                return ~self.pods.nobody()
            case IPBlock():
                return self._inside(peer)
            case PodPeer(pods, spaces):
                if spaces is None:
                    return self.pods.of_namespace(namespace) & self.pods.selected(pods)
                return self.pods.of_namespaces(spaces) & self.pods.selected(pods)
            case _:
                assert_never(peer)

    def _inside(self, block: IPBlock) -> Mask:
        found = self._blocks.get(block)
        if found is None:
            held = [self._inside_block(block, pod) for pod in self.pods.endpoints]
            found = self._blocks[block] = np.array(held, dtype=np.bool_)
        return found

    def _inside_block(self, block: IPBlock, pod: Endpoint) -> bool:
        return any(
            address.version == self.family and _in_block(address, block)
            for address in pod.addresses
        )

    def _listening(self, port: RulePort) -> Mask:
        protocol, number = self.port
        match port:
            case AnyPort():
                return ~self.pods.nobody()
            case PortRange():
                fits = port.protocol is protocol and port.first <= number <= port.last
                return ~self.pods.nobody() if fits else self.pods.nobody()
            case NamedPort():
                return self._resolving(port)
            case _:
                assert_never(port)

    def _resolving(self, port: NamedPort) -> Mask:
        found = self._named.get(port)
        if found is None:
            wanted = (port.name, *self.port)
            declared = [
                port.protocol is self.port[0]
                and any((p.name, p.protocol, p.number) == wanted for p in pod.ports)
                for pod in self.pods.endpoints
            ]
            found = np.array(declared, dtype=np.bool_) & ~self.pods.on_host
            self._named[port] = found
        return found


def _in_block(address: Address, block: IPBlock) -> bool:
    if address.version != block.cidr.version or address not in block.cidr:
        return False
    return not any(address in network for network in block.excepts)


def _holds(wanted: Requirement, labels: Labels) -> bool:
    match wanted.operator:
        case Operator.EXISTS:
            return wanted.key in labels
        case Operator.DOES_NOT_EXIST:
            return wanted.key not in labels
        case Operator.IN:
            return labels.get(wanted.key) in wanted.values
        case Operator.NOT_IN:
            return labels.get(wanted.key) not in wanted.values
