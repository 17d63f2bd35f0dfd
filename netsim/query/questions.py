"""Turns two endpoints and a port, as a user names them, into pairs with exact ports to test.

A Service is translated here: policies judge the pod behind it and the pod's port.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from netsim.errors import UndecidedError, UnknownEndpointError
from netsim.model.flow import OwnNode
from netsim.model.ports import ALL_PORTS, NO_PORTS, ContainerRole, PortRange, PortSet
from netsim.model.workload import Endpoint, Service, ServicePort, ServiceType
from netsim.names import EndpointText, PortName, PortText
from netsim.query.directory import Directory
from netsim.query.endpoints import resolve
from netsim.query.parties import Subject, subject_name


@dataclass(frozen=True, slots=True)
class Pair:
    """One source, one target, and the ports in question."""

    source: Subject
    target: Subject
    asked: PortSet | None
    """None when no port was named: any will do."""
    via: str = ""
    """The Service port that leads here, as `80/TCP of shop/web`."""


@dataclass(frozen=True, slots=True)
class Question:
    """All pairs that must pass for the answer to be yes."""

    pairs: tuple[Pair, ...]
    undecided: str = ""
    """Why there are no pairs."""


def question(
    source: EndpointText, target: EndpointText, port: PortText | None, directory: Directory
) -> Question:
    """Every pair of the two sets, each with the port as it is on that target.

    A pod and itself are left out where a set meets itself. Raises UnknownEndpointError when
    a name, or a port's name on some target, is not in the input.
    """
    sources = resolve(source, directory)
    targets = resolve(target, directory)
    if sources.undecided or targets.undecided:
        return Question((), sources.undecided or targets.undecided)
    nodes = {it.name: it for it in directory.snapshot.endpoints if it.is_node_object}
    alone = len(sources.subjects) == len(targets.subjects) == 1
    pairs = [
        Pair(_known_node(left, right, nodes), _known_node(right, left, nodes), asked, via)
        for right in targets.subjects
        for asked, via in _ports_on(right, port, targets.service)
        for left in sources.subjects
        if alone or not _same_pod(left, right)
    ]
    return Question(tuple(pairs))


def _known_node(subject: Subject, other: Subject, nodes: Mapping[str, Endpoint]) -> Subject:
    """The own node by name, where the other end tells which it is and its object is known."""
    if isinstance(subject, OwnNode) and isinstance(other, Endpoint):
        return nodes.get(other.node, subject)
    return subject


def on_every_port(asked: Question) -> Question:
    """The same question where any port would do, about all of them."""
    pairs = (
        replace(pair, asked=ALL_PORTS) if pair.asked is None else pair for pair in asked.pairs
    )
    return replace(asked, pairs=tuple(pairs))


def targets_with_ports(
    target: EndpointText, port: PortText | None, directory: Directory
) -> tuple[tuple[Subject, PortSet], ...]:
    """A set of targets, each with the ports that are asked about on it.

    Raises UnknownEndpointError as `question` does, and UndecidedError where a Service leads
    nowhere known.
    """
    found = resolve(target, directory)
    if found.undecided:
        raise UndecidedError("who can reach it", (found.undecided,))
    ports: dict[Subject, PortSet] = {}
    for subject in found.subjects:
        for asked, _ in _ports_on(subject, port, found.service):
            ports[subject] = ports.get(subject, NO_PORTS) | (
                ALL_PORTS if asked is None else asked
            )
    return tuple(ports.items())


def _same_pod(source: Subject, target: Subject) -> bool:
    return isinstance(source, Endpoint) and source == target and source.single


def _ports_on(
    target: Subject, port: PortText | None, service: Service | None
) -> Iterator[tuple[PortSet | None, str]]:
    if service is not None and service.type is not ServiceType.HEADLESS:
        yield from _through(service, target, port)
    elif isinstance(port, PortName):
        yield _declared(target, port), ""
    else:
        yield (None if port is None else PortSet.of(port)), ""


def _through(
    service: Service, target: Subject, port: PortText | None
) -> Iterator[tuple[PortSet | None, str]]:
    matching = [item for item in service.ports if _is_asked(item, port)]
    if not matching:
        known = ", ".join(_service_port_text(item) for item in service.ports)
        hint = f"Service {service.key} has {known or 'no ports'}"
        raise UnknownEndpointError(str(port), "Service port", (), hint)
    for item in matching:
        via = f"{item.number}/{item.protocol.value} of {service.key}"
        yield _target_ports(item, target), via


def _target_ports(item: ServicePort, target: Subject) -> PortSet:
    if isinstance(item.target, str):
        return _declared(target, PortName(item.target, item.protocol))
    return PortSet.of(PortRange(item.protocol, item.target, item.target))


def _is_asked(item: ServicePort, port: PortText | None) -> bool:
    match port:
        case None:
            return True
        case PortName(name, protocol):
            return item.name == name and protocol in {None, item.protocol}
        case PortRange(protocol, first, last):
            return protocol is item.protocol and first <= item.number <= last


def _service_port_text(item: ServicePort) -> str:
    name = f" ({item.name})" if item.name else ""
    return f"{item.number}/{item.protocol.value}{name}"


def _declared(target: Subject, port: PortName) -> PortSet:
    declared = target.ports if isinstance(target, Endpoint) else ()
    serving = [item for item in declared if item.role is not ContainerRole.INIT]
    found = [
        PortRange(item.protocol, item.number, item.number)
        for item in serving
        if item.name == port.name and port.protocol in {None, item.protocol}
    ]
    if not found:
        names = sorted({f"{item.name}/{item.protocol.value}" for item in serving if item.name})
        hint = f"{subject_name(target)} declares {', '.join(names) or 'no port names'}"
        raise UnknownEndpointError(str(port), "port name", (), hint)
    return PortSet.of(*found)
