"""Ports: what a rule names, what a container declares, and exact sets of protocol and number.

A port is a protocol and a number from 1 to 65535. Source ports are never matched
(NetworkPolicy has no such field), so every port here is the one the target listens on.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

FIRST_PORT = 1
LAST_PORT = 65535


class Protocol(Enum):
    """The transport protocols a NetworkPolicyPort may name."""

    TCP = "TCP"
    UDP = "UDP"
    SCTP = "SCTP"

    __hash__ = object.__hash__
    """By identity, as members compare: Enum's own hash is a call for each look-up."""


@dataclass(frozen=True, slots=True)
class AnyPort:
    """No `ports` list: every port of every protocol."""


@dataclass(frozen=True, slots=True)
class PortRange:
    """`first` to `last` of one protocol, both included; a single port is a range of one."""

    protocol: Protocol
    first: int = FIRST_PORT
    last: int = LAST_PORT

    def __str__(self) -> str:
        if (self.first, self.last) == (FIRST_PORT, LAST_PORT):
            return f"all/{self.protocol.value}"
        if self.first == self.last:
            return f"{self.first}/{self.protocol.value}"
        return f"{self.first}-{self.last}/{self.protocol.value}"


@dataclass(frozen=True, slots=True)
class NamedPort:
    """A container port's name, looked up on the target whichever direction the rule has."""

    protocol: Protocol
    name: str

    def __str__(self) -> str:
        return f"{self.name}/{self.protocol.value}"


RulePort = AnyPort | PortRange | NamedPort


class ContainerRole(Enum):
    """Which list of the pod a container stands in, as far as its ports are concerned."""

    MAIN = "container"
    SIDECAR = "sidecar"
    """An init container with `restartPolicy: Always`: it runs as long as the pod does."""
    INIT = "init container"

    __hash__ = object.__hash__


@dataclass(frozen=True, slots=True)
class ContainerPort:
    """A declared port; it gives a name to a number and limits nothing."""

    name: str
    """Empty when the declaration has none."""
    number: int
    protocol: Protocol
    container: str = ""
    role: ContainerRole = ContainerRole.MAIN


_PROTOCOLS = tuple(Protocol)
_STRIDE = LAST_PORT + 1
_BASE = {protocol: index * _STRIDE for index, protocol in enumerate(_PROTOCOLS)}


def line_position(protocol: Protocol, number: int) -> int:
    """Where a port lies on the line that port sets are cut from."""
    return _BASE[protocol] + number


@dataclass(frozen=True, slots=True)
class PortSet:
    """An exact set of ports over TCP, UDP and SCTP, with the laws of set algebra.

    Held as the sorted places where membership changes, on one line where each protocol owns
    65,536 consecutive numbers: equal sets are equal values.

    >>> web = PortSet.of(PortRange(Protocol.TCP, 80, 80), PortRange(Protocol.TCP, 8000, 8080))
    >>> print(web)
    80,8000-8080/TCP
    >>> (Protocol.TCP, 8042) in web, (Protocol.UDP, 80) in web
    (True, False)
    """

    boundaries: tuple[int, ...] = ()

    @classmethod
    def of(cls, *ranges: PortRange) -> "PortSet":
        """The union of some ranges."""
        spans = [
            (_BASE[item.protocol] + item.first, _BASE[item.protocol] + item.last + 1)
            for item in ranges
        ]
        return cls(tuple(_joined(spans)))

    def __contains__(self, port: object) -> bool:
        if not isinstance(port, tuple):
            return False
        return bool(bisect_right(self.boundaries, line_position(*port)) & 1)

    def __bool__(self) -> bool:
        return bool(self.boundaries)

    def __iter__(self) -> Iterator[PortRange]:
        """The maximal ranges, TCP before UDP before SCTP, ascending."""
        bounds = iter(self.boundaries)
        for start, end in zip(bounds, bounds, strict=True):
            index, first = divmod(start, _STRIDE)
            yield PortRange(_PROTOCOLS[index], first, end - 1 - index * _STRIDE)

    def __len__(self) -> int:
        """How many single ports the set holds, of at most 3 x 65,535."""
        return sum(item.last - item.first + 1 for item in self)

    def __and__(self, other: "PortSet") -> "PortSet":
        if self is other or other is ALL_PORTS:
            return self
        if self is ALL_PORTS:
            return other
        return PortSet(tuple(_overlaps(self.boundaries, other.boundaries)))

    def __or__(self, other: "PortSet") -> "PortSet":
        if not other.boundaries or self is other:
            return self
        if not self.boundaries:
            return other
        return PortSet(tuple(_joined([*_spans(self), *_spans(other)])))

    def __sub__(self, other: "PortSet") -> "PortSet":
        return self & other.complement()

    def __le__(self, other: "PortSet") -> bool:
        return (self & other).boundaries == self.boundaries

    def complement(self) -> "PortSet":
        """Every port that is not in this set."""
        # where membership of either set changes, but not of both, that of the rest changes
        return PortSet(tuple(sorted({*self.boundaries} ^ {*ALL_PORTS.boundaries})))

    def __str__(self) -> str:
        return port_set_text(self)


def _spans(ports: PortSet) -> Iterator[tuple[int, int]]:
    """Where runs of members start, and where they have ended."""
    bounds = iter(ports.boundaries)
    return zip(bounds, bounds, strict=True)


def _joined(spans: list[tuple[int, int]]) -> list[int]:
    """The boundaries of a union of runs."""
    joined: list[int] = []
    last = -1
    for start, end in sorted(spans):
        if start > last:
            joined += (start, end)
            last = end
        elif end > last:
            joined[-1] = last = end
    return joined


def _overlaps(left: tuple[int, ...], right: tuple[int, ...]) -> list[int]:
    """The boundaries of what two sets have in common: one sweep over both."""
    found: list[int] = []
    one = other = 0
    while one < len(left) and other < len(right):
        start = max(left[one], right[other])
        end = min(left[one + 1], right[other + 1])
        if start < end:
            found += (start, end)
        if left[one + 1] == end:
            one += 2
        else:
            other += 2
    return found


ALL_PORTS = PortSet.of(*(PortRange(protocol) for protocol in Protocol))
NO_PORTS = PortSet()


def port_set_text(ports: PortSet) -> str:
    """`all`, `none`, or ranges grouped by protocol: `53/TCP, 53/UDP`."""
    if ports == ALL_PORTS:
        return "all"
    if not ports:
        return "none"
    by_protocol: dict[Protocol, list[str]] = {}
    for item in ports:
        number = str(item).rpartition("/")[0]
        by_protocol.setdefault(item.protocol, []).append(number)
    return ", ".join(
        f"{','.join(numbers)}/{protocol.value}" for protocol, numbers in by_protocol.items()
    )
