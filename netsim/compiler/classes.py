"""Parties that no rule can tell apart become one class; a rule's sets are sets of classes.

A party shows one face per address family, because an ipBlock may hold one of its addresses
and not the other. Labels, namespace and port names are the same on every face.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from netsim.compiler.addresses import NO_BLOCK, AddressSpace, Signature
from netsim.compiler.rules import ClassId
from netsim.model.flow import OwnNode, Party
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


@dataclass(frozen=True, slots=True)
class EndpointClass:
    """What rules can see of a party; `namespace` is None for what is not a pod to them."""

    namespace: str | None
    labels: Labels
    port_numbers: PortNumbers
    """The numbers each port name in use resolves to, sorted."""
    signature: Signature


@dataclass(frozen=True, slots=True)
class Face:
    """A party as seen in one address family; family 0 when it has no known address."""

    family: int
    class_id: ClassId


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything that the rules of a snapshot look at."""

    label_keys: frozenset[str]
    port_names: frozenset[PortName]
    addresses: AddressSpace


@dataclass(slots=True)
class ClassTable:
    """Numbers classes in the order they are first seen."""

    vocabulary: Vocabulary
    profile: Profile
    classes: list[EndpointClass] = field(default_factory=list)
    _numbers: dict[EndpointClass, ClassId] = field(default_factory=dict)

    def faces(self, party: Party) -> tuple[Face, ...]:
        """The faces of a party, each with the class it belongs to."""
        return tuple(
            Face(family, self.number(self.described(party, signature)))
            for family, signature in self._signatures(party)
        )

    def number(self, item: EndpointClass) -> ClassId:
        """The id of a class, given out on first sight."""
        found = self._numbers.get(item)
        if found is None:
            found = ClassId(len(self.classes))
            self._numbers[item] = found
            self.classes.append(item)
        return found

    def described(self, party: Party, signature: Signature) -> EndpointClass:
        """What the rules can see of a party under one signature."""
        if not isinstance(party, Endpoint) or is_node(party, self.profile):
            return EndpointClass(None, Labels(), (), signature)
        keys = self.vocabulary.label_keys
        labels = Labels({key: value for key, value in party.labels.items() if key in keys})
        numbers = tuple(
            (name, found)
            for name in sorted(
                self.vocabulary.port_names, key=lambda item: (item[1], item[0].value)
            )
            if (found := resolved(party.ports, name, self.profile))
        )
        return EndpointClass(party.namespace, labels, numbers, signature)

    def _signatures(self, party: Party) -> Iterable[tuple[int, Signature]]:
        match party:
            case OwnNode():
                return [(0, self._unknown())]
            case Endpoint():
                return self._endpoint_signatures(party)
            case _:
                return [self._of_address(party)]

    def _endpoint_signatures(self, endpoint: Endpoint) -> Iterable[tuple[int, Signature]]:
        by_address = (
            is_node(endpoint, self.profile)
            or self.profile.ipblock_matches_pods is IPBlockMatchesPods.YES
        )
        if not endpoint.addresses:
            return [(0, self._unknown() if by_address else NO_BLOCK)]
        if not by_address:
            return [(address.version, NO_BLOCK) for address in endpoint.addresses]
        return [self._of_address(address) for address in endpoint.addresses]

    def _of_address(self, address: Address) -> tuple[int, Signature]:
        return address.version, self.vocabulary.addresses.signature(address)

    def _unknown(self) -> Signature:
        if self.profile.unknown_addresses is UnknownAddresses.MATCH:
            return self.vocabulary.addresses.blocks
        return NO_BLOCK


def is_node(endpoint: Endpoint, profile: Profile) -> bool:
    """A host-network pod is its node, unless the profile treats it as a pod."""
    return endpoint.host_network and profile.host_network_pods is HostNetworkPods.NODE


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
