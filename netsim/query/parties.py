"""Who a question is about: endpoints, the own node, and addresses outside the cluster."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, summarize_address_range

from netsim.addresses import AddressRange
from netsim.model.flow import OwnNode, Party
from netsim.model.networks import Address, Network
from netsim.model.workload import Endpoint


@dataclass(frozen=True, slots=True)
class Outside:
    """Addresses outside the cluster that no rule can tell apart."""

    ranges: tuple[AddressRange, ...]
    around: tuple[AddressRange, ...] = field(default=(), compare=False)
    """The ranges without the holes that pods' addresses make: shorter to read."""

    @property
    def sample(self) -> Address:
        """One of the addresses; the others have the same answers."""
        return self.ranges[0].first

    def __str__(self) -> str:
        return ", ".join(range_text(item) for item in self.ranges)

    @classmethod
    def joined(cls, groups: Iterable["Outside"]) -> "Outside":
        """Several groups as one."""
        joined = tuple(groups)
        ranges = merged(item for group in joined for item in group.ranges)
        return cls(ranges, merged(item for group in joined for item in group.around))


Subject = Endpoint | OwnNode | Outside
"""One side of an answer, printed by `subject_name`."""


def party_of(subject: Subject) -> Party:
    """What an evaluator is asked about."""
    return subject.sample if isinstance(subject, Outside) else subject


def subject_name(subject: Subject) -> str:
    """`namespace/name`, `node`, or the addresses."""
    return subject.key if isinstance(subject, Endpoint) else str(subject)


def range_text(item: AddressRange) -> str:
    """An address, a CIDR where the range is one, else `first-last`.

    >>> from ipaddress import ip_address
    >>> range_text(AddressRange(ip_address("10.0.0.0"), ip_address("10.0.0.255")))
    '10.0.0.0/24'
    """
    networks = networks_of(item)
    if len(networks) > 1:
        return f"{item.first}-{item.last}"
    only = networks[0]
    return str(item.first) if only.num_addresses == 1 else str(only)


def networks_of(item: AddressRange) -> list[Network]:
    """The fewest CIDRs that cover a range exactly."""
    if isinstance(item.first, IPv4Address) and isinstance(item.last, IPv4Address):
        return list(summarize_address_range(item.first, item.last))
    return list(summarize_address_range(item.first, item.last))


def merged(ranges: Iterable[AddressRange]) -> tuple[AddressRange, ...]:
    """Ranges in ascending order, IPv4 first, those that touch joined into one."""
    spans = sorted(
        (item.first.version, int(item.first), int(item.last), item.first, item.last)
        for item in ranges
    )
    result: list[tuple[Address, Address]] = []
    previous, end = 0, 0
    for family, first, last, low, high in spans:
        if family == previous and first <= end + 1:
            if last > end:
                result[-1], end = (result[-1][0], high), last
        else:
            result.append((low, high))
            previous, end = family, last
    return tuple(AddressRange(low, high) for low, high in result)
