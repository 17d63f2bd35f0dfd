"""Addresses and the blocks that rules name.

IPv4 and IPv6 never mix: `0.0.0.0/0` covers no IPv6 address and `::/0` no IPv4 address.
"""

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class IPBlock:
    """`cidr` without what lies inside any of `excepts` (NetworkPolicyPeer.ipBlock).

    Host bits are masked off before a block is made: `10.0.0.7/24` is `10.0.0.0/24`.
    """

    cidr: Network
    excepts: tuple[Network, ...] = ()
    with_pods: bool = False
    """Pods are meant whatever a network plugin makes of ipBlock: `networks` says so (A13)."""
    _hash: int = field(init=False, repr=False, compare=False)
    """Worked out once: networks are slow to hash."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash((self.cidr, self.excepts, self.with_pods)))

    def __hash__(self) -> int:
        return self._hash

    def __str__(self) -> str:
        if not self.excepts:
            return str(self.cidr)
        return f"{self.cidr} except {', '.join(str(network) for network in self.excepts)}"
