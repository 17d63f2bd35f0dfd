"""Questions as texts: names and ports looked up in a cluster."""

from netsim.errors import UndecidedError
from netsim.model.ports import ALL_PORTS, PortRange, PortSet
from netsim.names import PortName, PortText, parse_endpoint, parse_port
from netsim.query.directory import Directory
from netsim.query.endpoints import resolve
from netsim.query.parties import Subject
from netsim.query.questions import Question, on_every_port, question, targets_with_ports


def pair(
    source: str, target: str, port: int | str | None, namespace: str, directory: Directory
) -> Question:
    """Whether a source reaches a target; raises as names do that cannot be looked up."""
    found = question(
        parse_endpoint(source, namespace=namespace),
        parse_endpoint(target, namespace=namespace),
        _port(port),
        directory,
    )
    return on_every_port(found) if port is not None and _port(port) is None else found


def subjects(
    text: str | None, namespace: str, directory: Directory
) -> tuple[Subject, ...] | None:
    """Whom a name means; None where none is given."""
    if text is None:
        return None
    found = resolve(parse_endpoint(text, namespace=namespace), directory)
    if found.undecided:
        raise UndecidedError(f"what {text} can reach", (found.undecided,))
    return found.subjects


def targets(
    text: str | None, port: int | str | None, namespace: str, directory: Directory
) -> tuple[tuple[Subject, PortSet], ...] | None:
    """Whom a name means and the ports asked on each; None where neither is given."""
    if text is not None:
        notation = parse_endpoint(text, namespace=namespace)
        return targets_with_ports(notation, _port(port), directory)
    if port is None:
        return None
    numbers = ports(port, directory)
    return tuple((subject, numbers) for subject in directory.everyone)


def ports(port: int | str | None, directory: Directory) -> PortSet:
    """The ports that are meant on any target; all of them where none is given."""
    return _numbers(_port(port), directory)


def _numbers(name: PortText | None, directory: Directory) -> PortSet:
    """The ports that are meant on any target: for a name, every number it has somewhere."""
    if not isinstance(name, PortName):
        return ALL_PORTS if name is None else PortSet.of(name)
    spans = (
        PortRange(port.protocol, port.number, port.number)
        for endpoint in directory.graph.compiled.snapshot.endpoints
        for port in endpoint.ports
        if port.name == name.name and name.protocol in {None, port.protocol}
    )
    return PortSet.of(*spans)


def _port(port: int | str | None) -> PortText | None:
    return None if port is None else parse_port(str(port))
