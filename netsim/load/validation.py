"""The API server's checks of names, labels and addresses, as predicates with their reasons.

Source: kubernetes apimachinery `pkg/util/validation` and `pkg/apis/networking/validation`.
"""

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from socket import AF_INET, AF_INET6, inet_pton

from netsim.model.networks import Address, Network

_LABEL = re.compile(r"[a-z0-9][-a-z0-9]*+(?<!-)")
_SUBDOMAIN = re.compile(rf"{_LABEL.pattern}(?:\.{_LABEL.pattern})*")
_QUALIFIED = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
_PORT_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
_LABEL_LENGTH = 63
_SUBDOMAIN_LENGTH = 253
_PORT_NAME_LENGTH = 15
_SHOWN = 80
_QUAD = 4
_MAPPED = IPv6Network("::ffff:0:0/96")
_MAPPED_BITS = 96

NAME_RULE = (
    "use lower-case letters, digits, '-' and '.', each part starting and ending with a letter "
    "or digit, at most 253 characters"
)
NAMESPACE_RULE = (
    "use lower-case letters, digits and '-', starting and ending with a letter or digit, at "
    "most 63 characters"
)
LABEL_KEY_RULE = (
    "use [prefix/]name: a DNS subdomain as prefix, a name of 1 to 63 letters, digits, '-', '_' "
    "and '.', starting and ending with a letter or digit"
)
LABEL_VALUE_RULE = (
    "use nothing or 1 to 63 letters, digits, '-', '_' and '.', starting and ending with a "
    "letter or digit"
)
PORT_NAME_RULE = (
    "use a number without quotes, or a name of 1 to 15 lower-case letters, digits and '-', "
    "with at least one letter"
)


def shown(text: str) -> str:
    """A text in quotes, cut where it is long, with what no terminal should print escaped."""
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")


def is_subdomain(text: str) -> bool:
    """A DNS-1123 subdomain, as an object's name must be."""
    return len(text) <= _SUBDOMAIN_LENGTH and _SUBDOMAIN.fullmatch(text) is not None


@lru_cache(maxsize=4096)
def is_dns_label(text: str) -> bool:
    """A DNS-1123 label, as a namespace's name must be."""
    return len(text) <= _LABEL_LENGTH and _LABEL.fullmatch(text) is not None


@lru_cache(maxsize=4096)
def is_label_key(text: str) -> bool:
    """A qualified name, with or without a prefix."""
    prefix, slash, name = text.rpartition("/")
    if slash and not is_subdomain(prefix):
        return False
    return _is_label_name(name)


@lru_cache(maxsize=4096)
def is_label_value(text: str) -> bool:
    """Empty, or spelt like the name part of a key."""
    return not text or _is_label_name(text)


def is_port_name(text: str) -> bool:
    """An IANA service name, as container ports have."""
    return (
        len(text) <= _PORT_NAME_LENGTH
        and _PORT_NAME.fullmatch(text) is not None
        and "--" not in text
        and any(letter.isalpha() for letter in text)
    )


@lru_cache(maxsize=4096)
def parse_cidr(text: str) -> Network | None:
    """The network a CIDR means, read as leniently as the API server does.

    Host bits are masked off, leading zeros are decimal, and an IPv4-mapped IPv6 network is
    the IPv4 one. None when it is no CIDR.

    >>> parse_cidr("10.1.2.3/8"), parse_cidr("010.0.0.0/8"), parse_cidr("::ffff:10.0.0.0/104")
    (IPv4Network('10.0.0.0/8'), IPv4Network('10.0.0.0/8'), IPv4Network('10.0.0.0/8'))
    """
    address, slash, prefix = text.partition("/")
    if not slash or "%" in address or not re.fullmatch(r"[0-9]{1,3}", prefix):
        return None
    try:
        found = ip_network(f"{_without_zeros(address)}/{int(prefix)}", strict=False)
    except ValueError:
        return None
    if isinstance(found, IPv6Network) and found.subnet_of(_MAPPED):
        bits = found.prefixlen - _MAPPED_BITS
        return IPv4Network((int(found.network_address) & 0xFFFFFFFF, bits))
    return found


def parse_address(text: str) -> Address | None:
    """An address, leading zeros allowed; an IPv4-mapped IPv6 address is the IPv4 one.

    No address of a pod has a zone, as in `fe80::1%eth0`.
    """
    if ":" in text:
        return _parse_ipv6(text)
    try:
        return IPv4Address(inet_pton(AF_INET, text))
    except (OSError, ValueError):
        pass  # no address, or one with leading zeros
    parts = text.split(".")
    if len(parts) == _QUAD and text.isascii() and "".join(parts).isdigit():
        try:
            return IPv4Address(bytes(map(int, parts)))
        except ValueError:
            return None
    return None


def _parse_ipv6(text: str) -> Address | None:
    if "%" in text:
        return None
    try:
        found = IPv6Address(inet_pton(AF_INET6, text))
    except (OSError, ValueError):
        try:
            found = IPv6Address(_without_zeros(text))
        except ValueError:
            return None
    return found.ipv4_mapped or found


def is_canonical(text: str, network: Network) -> bool:
    """Whether a CIDR is written the one way that StrictIPCIDRValidation would accept."""
    return text == str(network)


def _without_zeros(text: str) -> str:
    if ":" in text:
        head, colon, last = text.rpartition(":")
        return f"{head}{colon}{_without_zeros(last)}" if "." in last else text
    return ".".join(
        part.lstrip("0") or "0" if part.isdigit() else part for part in text.split(".")
    )


def _is_label_name(text: str) -> bool:
    return 0 < len(text) <= _LABEL_LENGTH and _QUALIFIED.fullmatch(text) is not None
