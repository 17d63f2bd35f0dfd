"""Parties that no rule can tell apart become one class; a rule's sets are sets of classes.

A party shows one face per address family, because an ipBlock may hold one of its addresses
and not the other. Labels, namespace and port names are the same on every face.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from netsim.addresses import NO_BLOCK, AddressSpace, Signature
from netsim.compiler.selectors import Mark
from netsim.compiler.sets import ClassId
from netsim.model.labels import Labels
from netsim.model.networks import Address
from netsim.model.ports import ContainerPort, ContainerRole, Protocol
from netsim.model.profile import (
    HostNetworkPods,
    IPBlockMatchesPods,
    NamedPortDuplicates,
    NamedPortInitContainers,
    Profile,
    UnknownAddresses,
)
from netsim.model.workload import Endpoint

PortName = tuple[Protocol, str]
PortNumbers = tuple[tuple[PortName, tuple[int, ...]], ...]
Marks = tuple[Mark, ...]
"""Without repeats; equal for equal labels."""


@dataclass(frozen=True, slots=True)
class EndpointClass:
    """What rules can see of a party; `namespace` is None for what is not a pod to them."""

    namespace: str | None
    marks: Marks
    """Those of its labels that some selector looks at."""
    port_numbers: PortNumbers
    """The numbers each port name in use resolves to, sorted."""
    signature: Signature
    host: bool = False
    """A pod on the host network, where the profile lets NetworkPolicies select it."""


@dataclass(frozen=True, slots=True)
class Face:
    """A party as seen in one address family; family 0 when it has no known address."""

    family: int
    class_id: ClassId


Faces = tuple[Face, ...]


def meetings(source: Faces, target: Faces) -> list[tuple[ClassId, ClassId]]:
    """The classes under which two parties with these faces can meet."""
    if len(source) == len(target) == 1:
        return [(source[0].class_id, target[0].class_id)]
    pairs = [(left, right) for left in source for right in target]
    same = [pair for pair in pairs if _same_family(*pair)]
    return [(left.class_id, right.class_id) for left, right in same or pairs]


def _same_family(left: Face, right: Face) -> bool:
    return left.family == right.family != 0


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything that the rules of a snapshot look at."""

    marks: frozenset[Mark]
    """Of pods' labels."""
    port_names: frozenset[PortName]
    addresses: AddressSpace


@dataclass(slots=True)
class ClassTable:
    """Numbers classes in the order they are first seen; what pods share is worked out once.

    Labels and ports are known by what object they are: endpoints must outlive the table.
    """

    vocabulary: Vocabulary
    profile: Profile
    classes: list[EndpointClass] = field(default_factory=list)
    _numbers: dict[tuple["_Look", Signature], ClassId] = field(default_factory=dict)
    _looks: dict["_Template", "_Look"] = field(default_factory=dict)
    _distinct: dict[tuple[str, Marks, PortNumbers, bool], "_Look"] = field(default_factory=dict)
    _no_pod: "_Look" = field(default_factory=lambda: _Look(None, (), (), host=False))
    _marks: dict[Labels, Marks] = field(default_factory=dict)
    _port_numbers: dict[int, tuple[PortNumbers, tuple[ContainerPort, ...]]] = field(
        default_factory=dict
    )
    """By the ports as the object they are, which is kept, lest another take its place."""
    _asked: dict[Mark, Mark] = field(init=False)
    _bare: dict[str, Mark] = field(init=False)
    _pods_match: bool = field(init=False)
    _always: Signature = field(init=False)
    """Blocks that mean pods whatever the profile says of ipBlock."""

    def __post_init__(self) -> None:
        self._asked = {mark: mark for mark in self.vocabulary.marks}
        self._bare = {mark[0]: mark for mark in self.vocabulary.marks if mark[1] is None}
        self._pods_match = self.profile.ipblock_matches_pods is IPBlockMatchesPods.YES
        blocks = self.vocabulary.addresses.blocks
        self._always = frozenset(block for block in blocks if block.with_pods)

    def faces(self, endpoint: Endpoint) -> Faces:
        """The faces of an endpoint, each with the class it belongs to; shared where equal."""
        node = endpoint.host_network and is_node(endpoint, self.profile)
        if node:
            look = self._no_pod
        else:
            host = endpoint.host_network
            key = (endpoint.namespace, id(endpoint.labels), id(endpoint.ports), host)
            look = self._looks.get(key) or self._look(endpoint, key)
        addresses, one = endpoint.addresses, self.vocabulary.addresses.seen
        seen = (one(addresses[0]),) if len(addresses) == 1 else tuple(map(one, addresses))
        faces = look.faces.get(seen)
        if faces is None:
            signatures = self._signatures(seen, by_address=node or self._pods_match)
            faces = look.faces.get(signatures)
            if faces is None:
                made = [Face(family, self.number(look, item)) for family, item in signatures]
                faces = look.faces[signatures] = tuple(made)
            look.faces[seen] = faces
        return faces

    def fill(
        self, found: dict[int, Faces], placed: Iterable[tuple[int, Endpoint]]
    ) -> list[tuple[int, Endpoint]]:
        """Puts the faces of pods at their places; nodes among them are left, and returned.

        The pods of a template come together, and mostly no block tells them apart: such a pod
        shares its parts with the one before it, and its address lies in the same range.
        """
        profile, around = self.profile, self.vocabulary.addresses.around
        nodes: list[tuple[int, Endpoint]] = []
        faces: Faces = ()
        before: Endpoint | None = None
        family: type[Address] | None = None
        first, end = 0, 0
        for item in placed:
            place, pod = item
            if pod.host_network and is_node(pod, profile):
                nodes.append(item)
                continue
            alike = (
                before is not None
                and pod.labels is before.labels
                and pod.ports is before.ports
                and pod.host_network is before.host_network
                and pod.namespace == before.namespace
            )
            single = len(pod.addresses) == 1
            if single:
                address = pod.addresses[0]
                if type(address) is not family or not first <= int(address) < end:
                    family, alike = type(address), False
                    first, end = around(address)
            if not (alike and single):
                faces, before = self.faces(pod), pod if single else None
            found[place] = faces
        return nodes

    def number(self, look: "_Look", signature: Signature) -> ClassId:
        """The id of a class, given out on first sight."""
        key = (look, signature)
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = ClassId(len(self.classes))
            self.classes.append(
                EndpointClass(
                    look.namespace, look.marks, look.port_numbers, signature, look.host
                )
            )
        return found

    def outside(self, signature: Signature) -> ClassId:
        """The class of what is no pod to rules, such as an address outside or a node."""
        return self.number(self._no_pod, signature)

    def own_node(self) -> Faces:
        """The node at the other end, whose address is not known."""
        return (Face(0, self.outside(self._unknown())),)

    def _look(self, endpoint: Endpoint, key: "_Template") -> "_Look":
        """What rules can see besides addresses; pods of one template share the values."""
        marks, numbers = self._marks_of(endpoint.labels), self._numbers_of(endpoint.ports)
        look = (endpoint.namespace, marks, numbers, endpoint.host_network)
        found = self._distinct.get(look)
        if found is None:
            found = self._distinct[look] = _Look(*look)
        self._looks[key] = found
        return found

    def _marks_of(self, labels: Labels) -> Marks:
        found = self._marks.get(labels)
        if found is None:
            pairs = filter(None, map(self._asked.get, labels.items()))
            keys = filter(None, map(self._bare.get, labels.keys()))
            found = self._marks[labels] = (*pairs, *keys)
        return found

    def _numbers_of(self, ports: tuple[ContainerPort, ...]) -> PortNumbers:
        if not ports or not self.vocabulary.port_names:
            return ()
        found = self._port_numbers.get(id(ports))
        if found is None:
            found = port_numbers(ports, self.vocabulary.port_names, self.profile), ports
            self._port_numbers[id(ports)] = found
        return found[0]

    def _signatures(self, seen: "_Signatures", *, by_address: bool) -> "_Signatures":
        if not seen:
            unknown = self._unknown()
            return ((0, unknown if by_address else unknown & self._always),)
        if by_address:
            return seen
        return tuple((family, signature & self._always) for family, signature in seen)

    def _unknown(self) -> Signature:
        if self.profile.unknown_addresses is UnknownAddresses.MATCH:
            return self.vocabulary.addresses.blocks
        return NO_BLOCK


_Signatures = tuple[tuple[int, Signature], ...]
"""By address family; family 0 when no address is known."""
_Template = tuple[str, int, int, bool]
"""Namespace, labels and ports as the objects they are, and whether on the host network."""


@dataclass(slots=True, eq=False)
class _Look:
    """What rules can see of a party besides addresses; `namespace` is None for no pod."""

    namespace: str | None
    marks: Marks
    port_numbers: PortNumbers
    host: bool
    faces: dict[_Signatures, Faces] = field(default_factory=dict)
    """By the blocks that hold its addresses, and by those of them that count for it."""


def is_node(endpoint: Endpoint, profile: Profile) -> bool:
    """A node, or a host-network pod unless the profile treats it as a pod."""
    return endpoint.host_network and (
        profile.host_network_pods is HostNetworkPods.NODE or endpoint.is_node_object
    )


def port_numbers(
    ports: tuple[ContainerPort, ...], names: frozenset[PortName], profile: Profile
) -> PortNumbers:
    """What each of some port names means on a pod; names that mean nothing are left out."""
    return tuple(_resolved_names(ports, names, profile))


def _resolved_names(
    ports: tuple[ContainerPort, ...], names: frozenset[PortName], profile: Profile
) -> Iterator[tuple[PortName, tuple[int, ...]]]:
    declared = {(port.protocol, port.name) for port in ports} & names
    for name in sorted(declared, key=lambda item: (item[1], item[0].value)):
        found = resolved(ports, name, profile)
        if found:
            yield name, found


def resolved(
    ports: tuple[ContainerPort, ...], name: PortName, profile: Profile
) -> tuple[int, ...]:
    """The numbers a port name has on a pod, sorted; none where no container declares it."""
    protocol, text = name
    found = [
        port
        for role in _ROLES[profile.named_port_init_containers]
        for port in ports
        if port.role is role and (port.protocol, port.name) == (protocol, text)
    ]
    if profile.named_port_duplicates is NamedPortDuplicates.FIRST:
        found = found[:1]
    return tuple(sorted({port.number for port in found}))


_ROLES = {
    NamedPortInitContainers.NONE: (ContainerRole.MAIN,),
    NamedPortInitContainers.SIDECARS: (ContainerRole.MAIN, ContainerRole.SIDECAR),
    NamedPortInitContainers.ALL: (
        ContainerRole.MAIN,
        ContainerRole.SIDECAR,
        ContainerRole.INIT,
    ),
}
