"""What the ports of a rule mean on its targets; named ports end here.

A name may mean other numbers on each target, so a rule is split by what its names resolve to.
"""

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
    names: tuple[NamedPort, ...], targets: SetId, universe: Universe
) -> list[tuple[SetId, PortSet]]:
    """Targets with the ports that some names have on them."""
    return [
        (both, _numbered(port.protocol, numbers))
        for port in names
        for numbers, reached in universe.resolving(port)
        if (both := universe.common(targets, reached))
    ]


def ports_on(port: RulePort, target: ClassId, universe: Universe) -> PortSet:
    """What one item of a `ports` list means on one target; a name may mean nothing there."""
    if not isinstance(port, NamedPort):
        return _fixed(port)
    found = [
        _numbered(port.protocol, numbers)
        for numbers, reached in universe.resolving(port)
        if target in universe.sets[reached]
    ]
    return reduce(or_, found, NO_PORTS)


@lru_cache(maxsize=4096)
def sorted_out(listed: tuple[RulePort, ...]) -> tuple[PortSet, tuple[NamedPort, ...]]:
    """The ports of a list that mean the same on every target, and the names in it."""
    names = tuple(port for port in listed if isinstance(port, NamedPort))
    return reduce(or_, map(_fixed, listed), NO_PORTS), names


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
