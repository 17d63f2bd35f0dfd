"""Reads pods and pod templates: labels, ports, addresses, owners."""

from collections.abc import Iterator, Sequence

import msgspec

from netsim.load.fields import Field
from netsim.load.powers import CONTAINER_KINDS, read_powers
from netsim.load.remembered import Remembered
from netsim.load.validation import PORT_NAME_RULE, is_port_name, parse_address, shown
from netsim.model.labels import Labels
from netsim.model.networks import Address
from netsim.model.ports import FIRST_PORT, LAST_PORT, ContainerPort, ContainerRole, Protocol
from netsim.source import Source

Owner = tuple[str, str]
"""Kind and name of a controller; empty strings where there is none."""
NO_OWNER: Owner = ("", "")

_NOT_WORKLOADS = frozenset({"", "Node", "Pod"})
_FAMILIES = 2
FINISHED = frozenset({"Succeeded", "Failed"})


class PodForm(msgspec.Struct, frozen=True, gc=False):
    """What a pod and the template it was made from have in common; a struct as LivePod is."""

    labels: Labels
    ports: tuple[ContainerPort, ...]
    host_network: bool
    node: str
    powers: tuple[str, ...] = ()


class LivePod(msgspec.Struct, frozen=True, gc=False):
    """A Pod object; a struct, because loads make many and dataclasses are slow to make."""

    namespace: str
    name: str
    form: PodForm
    addresses: tuple[Address, ...]
    finished: bool
    owner: Owner
    source: Source


def read_pod(manifest: Field, namespace: str, name: str) -> LivePod:
    """A Pod with its status; faults are recorded."""
    form = read_form(manifest)
    status = manifest.get("status").as_object()
    return LivePod(
        namespace=namespace,
        name=name,
        form=form,
        addresses=_addresses(status, host_network=form.host_network),
        finished=status.get("phase").text() in FINISHED,
        owner=read_owner(manifest),
        source=manifest.source,
    )


def read_form(template: Field) -> PodForm:
    """The part of a Pod or pod template that policies look at."""
    spec = template.get("spec").as_object()
    ports, powers = READ_CONTAINERS(spec.part(CONTAINER_KINDS))
    return PodForm(
        labels=template.get("metadata").as_object().get("labels").labels(),
        ports=ports,
        host_network=spec.get("hostNetwork").boolean(),
        node=spec.get("nodeName").text() or "",
        powers=powers,
    )


def read_owner(manifest: Field) -> Owner:
    """The controlling owner; pods that a Node or a Pod owns stand for themselves."""
    return READ_OWNERS(manifest.get("metadata").get("ownerReferences"))


def _owner(references: Field) -> Owner:
    for reference in references.items():
        owner = reference.as_object()
        if owner.get("controller").boolean():
            kind, name = owner.get("kind").text() or "", owner.get("name").text() or ""
            return (kind, name) if kind not in _NOT_WORKLOADS and name else NO_OWNER
    return NO_OWNER


READ_OWNERS = Remembered(_owner)


def _containers(spec: Field) -> tuple[tuple[ContainerPort, ...], tuple[str, ...]]:
    """The ports and the powers of all containers together."""
    return tuple(_ports(spec)), read_powers(spec.value)


READ_CONTAINERS = Remembered(_containers)


def _ports(spec: Field) -> Iterator[ContainerPort]:
    places: dict[tuple[Protocol, str], str] = {}
    for container in spec.get("containers").items():
        yield from _container_ports(container.as_object(), ContainerRole.MAIN, places)
    for container in spec.get("initContainers").items():
        sidecar = container.as_object().get("restartPolicy").text() == "Always"
        role = ContainerRole.SIDECAR if sidecar else ContainerRole.INIT
        yield from _container_ports(container, role, places)


def _container_ports(
    container: Field, role: ContainerRole, places: dict[tuple[Protocol, str], str]
) -> Iterator[ContainerPort]:
    name = container.get("name").text() or ""
    here: set[str] = set()
    for item in container.get("ports").items():
        port = _port(item.as_object(), name, role)
        if port is None:
            continue
        if port.name and port.name in here:
            problem = f"port name {shown(port.name)} stands twice in container {shown(name)}"
            item.get("name").fault(problem, kind="Duplicate")
        elif port.name and places.setdefault((port.protocol, port.name), name) != name:
            first = places[port.protocol, port.name]
            message = (
                f"port name {shown(port.name)} is declared by container {shown(first)} as well"
            )
            item.get("name").warn("port-name-repeated", message)
        here.add(port.name)
        yield port


def _port(item: Field, container: str, role: ContainerRole) -> ContainerPort | None:
    number = read_port_number(item.get("containerPort"), "a containerPort is required")
    if number is None:
        return None
    name = item.get("name").text() or ""
    if name and not is_port_name(name):
        item.get("name").fault(
            f"{shown(name)} is not a port name: {PORT_NAME_RULE}", rule="V15"
        )
    return ContainerPort(name, number, read_protocol(item.get("protocol")), container, role)


def read_port_number(field: Field, required: str) -> int | None:
    """A number from 1 to 65535; None with the fault recorded, `required` if it is missing."""
    number = field.integer()
    if field.missing:
        field.fault(required, kind="Required")
    if number is not None and not FIRST_PORT <= number <= LAST_PORT:
        field.fault(f"{number} is not between 1 and 65535")
        return None
    return number


def read_protocol(field: Field) -> Protocol:
    """A transport protocol, TCP by default."""
    word = field.text() or Protocol.TCP.value
    if word in Protocol.__members__:
        return Protocol[word]
    field.fault(f"{shown(word)} is not supported: use TCP, UDP or SCTP", kind="NotSupported")
    return Protocol.TCP


def _addresses(status: Field, *, host_network: bool) -> tuple[Address, ...]:
    """The first address of each family; a host-network pod has its node's."""
    found = list(_listed(status, "podIPs", "podIP"))
    if not found and host_network:
        found = list(_listed(status, "hostIPs", "hostIP"))
    return first_of_each_family(found)


def first_of_each_family(found: Sequence[Address]) -> tuple[Address, ...]:
    """The addresses that a pod has in status: at most one of IPv4 and one of IPv6."""
    if len(found) < _FAMILIES:
        return tuple(found)
    by_family: dict[int, Address] = {}
    for address in found:
        by_family.setdefault(address.version, address)
    return tuple(by_family.values())


def _listed(status: Field, many: str, one: str) -> Iterator[Address]:
    listed = [item.as_object().get("ip") for item in status.get(many).items()]
    for field in listed or [status.get(one)]:
        text = field.text()
        if not text:
            continue
        address = parse_address(text)
        if address is None:
            field.warn("address-invalid", f"{shown(text)} is not an IP address and is ignored")
        else:
            yield address
