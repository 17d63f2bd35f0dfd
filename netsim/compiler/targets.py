"""What the ports of a rule mean on its targets; named ports end here.

A name may mean other numbers on each target, so a rule is split by what its names resolve to.
"""

from collections.abc import Iterator
from functools import lru_cache, reduce
from operator import or_

from netsim.compiler.sets import ClassId, SetId
from netsim.compiler.universe import Universe
from netsim.model.ports import (
    ALL_PORTS,
    NO_PORTS,
    AnyPort,
    NamedPort,
    PortRange,
    PortSet,
    Protocol,
    RulePort,
)


def named_ports(
    listed: tuple[RulePort, ...], targets: SetId, universe: Universe
) -> Iterator[tuple[SetId, PortSet]]:
    """Targets with the ports that the names in a list have on them."""
    for port in listed:
        if isinstance(port, NamedPort):
            for reached, numbers in universe.resolving(port):
                yield universe.common(targets, reached), _numbered(port.protocol, numbers)


def ports_on(port: RulePort, target: ClassId, universe: Universe) -> PortSet:
    """What one item of a `ports` list means on one target; a name may mean nothing there."""
    if not isinstance(port, NamedPort):
        return _fixed(port)
    found = [
        _numbered(port.protocol, numbers)
        for reached, numbers in universe.resolving(port)
        if target in universe.sets[reached]
    ]
    return reduce(or_, found, NO_PORTS)


@lru_cache(maxsize=4096)
def numbered_ports(listed: tuple[RulePort, ...]) -> PortSet:
    """The ports of a list that mean the same on every target."""
    return reduce(or_, map(_fixed, listed), NO_PORTS)


@lru_cache(maxsize=4096)
def _numbered(protocol: Protocol, numbers: tuple[int, ...]) -> PortSet:
    return PortSet.of(*(PortRange(protocol, number, number) for number in numbers))


def _fixed(port: RulePort) -> PortSet:
    match port:
        case AnyPort():
            return ALL_PORTS
        case PortRange():
            return PortSet.of(port)
        case NamedPort():
            return NO_PORTS
