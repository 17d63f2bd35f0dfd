"""Grades what opened: one word, with the reasons for it."""

from collections.abc import Iterator
from functools import lru_cache
from ipaddress import ip_address

from netsim.addresses import AddressRange
from netsim.model.networks import Address
from netsim.model.policy import Direction
from netsim.model.ports import PortRange, PortSet, Protocol
from netsim.model.workload import Endpoint
from netsim.query.causes import Piece
from netsim.query.diff import Grade
from netsim.query.directory import public_ranges
from netsim.query.parties import Outside, Subject

ADMINISTRATIVE = {
    22: "SSH",
    23: "Telnet",
    2375: "Docker",
    2376: "Docker",
    2379: "etcd",
    2380: "etcd",
    3389: "RDP",
    5900: "VNC",
    5985: "WinRM",
    5986: "WinRM",
    6443: "Kubernetes API",
    10250: "kubelet",
    10255: "kubelet",
}
"""TCP ports through which machines and clusters are run."""
DATABASES = {
    1433: "SQL Server",
    1521: "Oracle",
    3306: "MySQL",
    5432: "PostgreSQL",
    5984: "CouchDB",
    6379: "Redis",
    7000: "Cassandra",
    8086: "InfluxDB",
    9042: "Cassandra",
    9200: "Elasticsearch",
    9300: "Elasticsearch",
    11211: "Memcached",
    26257: "CockroachDB",
    27017: "MongoDB",
}
"""TCP ports that databases and caches listen on by default."""
_METADATA = (ip_address("169.254.169.254"), ip_address("fd00:ec2::254"))
_NAMED = 3

Graded = tuple[Grade, tuple[str, ...]]


def graded(source: Subject, target: Subject, piece: Piece) -> Graded:
    """The highest grade of all reasons, and the reasons, the gravest first."""
    reasons = list(_reasons(source, target, piece))
    reasons.sort(key=lambda item: -item[0].rank)
    grade = reasons[0][0] if reasons else Grade.NONE
    return grade, tuple(text for _, text in reasons)


def _reasons(source: Subject, target: Subject, piece: Piece) -> Iterator[tuple[Grade, str]]:
    whole, special = _of_ports(piece.ports)
    if isinstance(source, Outside):
        yield _from(source, exposed=bool(whole or special))
    if isinstance(target, Outside):
        yield from _to(target, whole=bool(whole))
    for text in filter(None, (whole, special, *_wide(source, target, piece))):
        yield Grade.MEDIUM, text
    if _crosses(source, target):
        yield Grade.LOW, "across namespaces"


@lru_cache(maxsize=4096)
def _of_ports(ports: PortSet) -> tuple[str, str]:
    """What is told of some ports alone: that they are all, or which of them are special."""
    whole = all_ports_of(ports)
    return whole, "" if whole else _special_ports(ports)


def _from(source: Outside, *, exposed: bool) -> tuple[Grade, str]:
    if not is_public(source):
        return Grade.LOW, "from outside the cluster"
    return (Grade.CRITICAL if exposed else Grade.HIGH), "from the internet"


def _to(target: Outside, *, whole: bool) -> Iterator[tuple[Grade, str]]:
    held = [address for address in _METADATA if _holds(target, address)]
    if held:
        yield Grade.HIGH, "to the cloud metadata address"
    if is_public(target):
        yield (Grade.HIGH if whole else Grade.MEDIUM), "to the internet"
    elif target.ranges != tuple(AddressRange(address, address) for address in held):
        yield Grade.LOW, "to outside the cluster"


def _wide(source: Subject, target: Subject, piece: Piece) -> Iterator[str]:
    if Direction.INGRESS in piece.wide and isinstance(target, Endpoint):
        yield "the target lets all pods in"
    if Direction.EGRESS in piece.wide and isinstance(source, Endpoint):
        yield "the source may reach all pods"


def all_ports_of(ports: PortSet) -> str:
    """Which protocols are open on every port, in words; empty if none is.

    >>> all_ports_of(PortSet.of(PortRange(Protocol.UDP)))
    'on all ports of UDP'
    """
    names = [it.value for it in Protocol if PortSet.of(PortRange(it)) <= ports]
    if len(names) == len(Protocol):
        return "on all ports"
    return f"on all ports of {' and '.join(names)}" if names else ""


def is_public(subject: Outside) -> bool:
    """Whether some of the addresses are on the internet."""
    return any(
        max(int(item.first), low) <= min(int(item.last), high)
        for item in subject.ranges
        for low, high in public_ranges(item.first.version)
    )


def _special_ports(ports: PortSet) -> str:
    found = [
        f"{kind} port {number} ({name})"
        for kind, table in (("administrative", ADMINISTRATIVE), ("database", DATABASES))
        for number, name in table.items()
        if (Protocol.TCP, number) in ports
    ]
    if len(found) > _NAMED:
        count = len(found) - _NAMED + 1
        found[_NAMED - 1 :] = [f"{count} more administrative and database ports"]
    return ", ".join(found)


def _holds(subject: Outside, address: Address) -> bool:
    return any(
        item.first.version == address.version
        and int(item.first) <= int(address) <= int(item.last)
        for item in subject.ranges
    )


def _crosses(source: Subject, target: Subject) -> bool:
    return (
        isinstance(source, Endpoint)
        and isinstance(target, Endpoint)
        and source.namespace != target.namespace
    )
