"""The notation for endpoints, ports and flows: one grammar for the CLI, the API and files.

ns/pod  ns/workload     a pod or workload by name
ns/deploy/name          a workload of one kind (deploy, sts, ds, job, cj, rs, rc, pod)
ns/svc/name             the pods behind a Service; its port is translated
ns/                     every endpoint of a namespace
ns/app=web,tier!=db     endpoints by label, as `kubectl -l`; `*/...` for all namespaces
*                       every endpoint
10.0.0.7  10.0.0.0/8    an address, or a range of them
node/worker-1           a node, where Node objects are in the input
internet dns apiserver metadata node
"""

import re
from dataclasses import dataclass
from enum import Enum
from ipaddress import ip_address, ip_network

from netsim.errors import NotationError
from netsim.model.labels import LabelSelector, Operator, Requirement
from netsim.model.networks import Network
from netsim.model.ports import FIRST_PORT, LAST_PORT, PortRange, Protocol

KINDS = {
    "pod": "Pod",
    "po": "Pod",
    "pods": "Pod",
    "deploy": "Deployment",
    "deployment": "Deployment",
    "deployments": "Deployment",
    "sts": "StatefulSet",
    "statefulset": "StatefulSet",
    "statefulsets": "StatefulSet",
    "ds": "DaemonSet",
    "daemonset": "DaemonSet",
    "daemonsets": "DaemonSet",
    "rs": "ReplicaSet",
    "replicaset": "ReplicaSet",
    "replicasets": "ReplicaSet",
    "rc": "ReplicationController",
    "replicationcontroller": "ReplicationController",
    "job": "Job",
    "jobs": "Job",
    "cj": "CronJob",
    "cronjob": "CronJob",
    "cronjobs": "CronJob",
}
"""kubectl's resource names and short names to kinds that have pods."""

_SERVICE_WORDS = frozenset({"svc", "service", "services"})


class Special(Enum):
    """Words that stand for endpoints no manifest names."""

    INTERNET = "internet"
    """Every address that is neither a pod's nor private."""
    DNS = "dns"
    """The cluster's DNS pods."""
    APISERVER = "apiserver"
    """The API server's pods, or the addresses behind the Service `default/kubernetes`."""
    METADATA = "metadata"
    """The cloud metadata addresses 169.254.169.254 and fd00:ec2::254."""
    NODE = "node"
    """The node that the pod at the other end runs on."""


@dataclass(frozen=True, slots=True)
class NamedEndpoint:
    """`ns/name` or `ns/kind/name`; `kind` is empty when any will do."""

    namespace: str
    name: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class NamedNode:
    """`node/name`."""

    name: str


@dataclass(frozen=True, slots=True)
class NamedService:
    """`ns/svc/name`."""

    namespace: str
    name: str


@dataclass(frozen=True, slots=True)
class SelectedEndpoints:
    """`ns/`, `ns/selector`, `*/selector` or `*`; `namespace` None means all."""

    namespace: str | None
    selector: LabelSelector


@dataclass(frozen=True, slots=True)
class AddressRangeText:
    """An address or a CIDR."""

    network: Network


EndpointText = (
    NamedEndpoint | NamedNode | NamedService | SelectedEndpoints | AddressRangeText | Special
)


@dataclass(frozen=True, slots=True)
class PortName:
    """A port by name, looked up on the target; any protocol when none is given."""

    name: str
    protocol: Protocol | None = None

    def __str__(self) -> str:
        return f"{self.name}/{self.protocol.value}" if self.protocol else self.name


PortText = PortRange | PortName


@dataclass(frozen=True, slots=True)
class FlowText:
    """`source -> target:port`; without a port, every port is meant."""

    source: EndpointText
    target: EndpointText
    port: PortText | None


def parse_endpoint(text: str, *, namespace: str = "default") -> EndpointText:
    """Reads an endpoint; `namespace` is where a name without a slash is looked for.

    >>> parse_endpoint("shop/deploy/web")
    NamedEndpoint(namespace='shop', name='web', kind='Deployment')
    >>> parse_endpoint("internet")
    <Special.INTERNET: 'internet'>
    """
    word = text.strip()
    if not word:
        raise NotationError(text, "an endpoint is missing")
    if word == "*":
        return SelectedEndpoints(None, LabelSelector())
    if word in {item.value for item in Special}:
        return Special(word)
    address = _network(word)
    if address is not None:
        return AddressRangeText(address)
    return _in_namespace(text, word, namespace)


def parse_port(text: str) -> PortText | None:
    """Reads `5432`, `5432/tcp`, `8000-8100/udp`, `all/tcp`, a port name; None for `all`.

    >>> parse_port("8000-8100/udp")
    PortRange(protocol=<Protocol.UDP: 'UDP'>, first=8000, last=8100)
    >>> print(parse_port("postgres"))
    postgres
    """
    number, slash, suffix = text.strip().partition("/")
    protocol = _protocol(text, suffix) if slash else None
    if number == "all":
        return PortRange(protocol) if protocol else None
    if re.fullmatch(r"[0-9]+(-[0-9]+)?", number):
        return _port_range(text, number, protocol or Protocol.TCP)
    if re.fullmatch(r"(?=.*[a-z])[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", number):
        return PortName(number, protocol)
    raise NotationError(text, "not a port: use 5432, 5432/tcp, 8000-8100/tcp, a name, or all")


def parse_flow(text: str, *, namespace: str = "default") -> FlowText:
    """Reads `source -> target:port`, with or without the port.

    >>> parse_flow("shop/web -> shop/api:8080/tcp").port
    PortRange(protocol=<Protocol.TCP: 'TCP'>, first=8080, last=8080)
    """
    source, target, port = split_flow(text)
    return FlowText(
        parse_endpoint(source, namespace=namespace),
        parse_endpoint(target, namespace=namespace),
        parse_port(port) if port else None,
    )


def split_flow(text: str) -> tuple[str, str, str]:
    """The three parts of a flow, not yet read; the port is empty where there is none.

    >>> split_flow("shop/web -> shop/api:8080/tcp")
    ('shop/web', 'shop/api', '8080/tcp')
    """
    source, arrow, rest = text.partition("->")
    if not arrow:
        raise NotationError(text, "not a flow: use 'source -> target:port'")
    return source.strip(), *_without_port(rest.strip())


def parse_selector(text: str) -> LabelSelector:
    """Reads kubectl's `-l` grammar: `a=b,c!=d,e in (x,y),f notin (z),g,!h`.

    >>> print(parse_selector("app=web,tier!=db"))
    app=web,tier!=db
    """
    parts = re.findall(r"(?:[^,()]|\([^()]*\))+", text)
    if ",".join(parts) != text:
        raise NotationError(text, "not a label selector: use a=b,c!=d,e in (x,y),f,!g")
    return LabelSelector(tuple(sorted(_requirement(text, part.strip()) for part in parts)))


def _network(word: str) -> Network | None:
    if "." not in word and ":" not in word:
        return None  # no address is without; asking ipaddress takes far longer
    bare = word[1:-1] if word.startswith("[") and word.endswith("]") else word
    try:
        return ip_network(bare, strict=False)
    except ValueError:
        return None


def _in_namespace(text: str, word: str, namespace: str) -> EndpointText:
    first, slash, rest = word.partition("/")
    if not slash:
        if _is_selector(first):
            return SelectedEndpoints(namespace, parse_selector(first))
        return NamedEndpoint(namespace, _name(text, first))
    place = None if first == "*" else _name(text, first)
    if rest in {"", "*"}:
        return SelectedEndpoints(place, LabelSelector())
    if _is_selector(rest):
        return SelectedEndpoints(place, parse_selector(rest))
    if place is None:
        raise NotationError(text, "only a label selector or nothing may follow '*/'")
    return _named(text, place, rest)


def _named(text: str, namespace: str, rest: str) -> EndpointText:
    kind, slash, name = rest.partition("/")
    if not slash and namespace == Special.NODE.value:
        return NamedNode(_name(text, kind))
    if not slash:
        return NamedEndpoint(namespace, _name(text, kind))
    word = kind.lower()
    if word in _SERVICE_WORDS:
        return NamedService(namespace, _name(text, name))
    if word not in KINDS:
        start = text.index(rest)
        known = "deploy, sts, ds, rs, rc, job, cj, pod, svc"
        raise NotationError(
            text, f"unknown kind {kind!r}: use {known}", start, start + len(kind)
        )
    return NamedEndpoint(namespace, _name(text, name), KINDS[word])


def _is_selector(text: str) -> bool:
    return any(sign in text for sign in "=!,() ")


def _name(text: str, name: str) -> str:
    if re.fullmatch(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?", name):
        return name
    start = max(text.find(name), 0) if name else len(text)
    problem = f"{name!r} is not a Kubernetes name: lower-case letters, digits, '-' and '.'"
    raise NotationError(text, problem, start, start + len(name))


def _protocol(text: str, suffix: str) -> Protocol:
    try:
        return Protocol(suffix.upper())
    except ValueError:
        start = text.index("/") + 1
        problem = f"unknown protocol {suffix!r}: use tcp, udp or sctp"
        raise NotationError(text, problem, start, start + len(suffix)) from None


def _port_range(text: str, number: str, protocol: Protocol) -> PortRange:
    first, _, last = number.partition("-")
    span = PortRange(protocol, int(first), int(last or first))
    if not FIRST_PORT <= span.first <= span.last <= LAST_PORT:
        problem = f"a port is a number from {FIRST_PORT} to {LAST_PORT}, a range ascends"
        raise NotationError(text, problem, 0, len(number))
    return span


def _without_port(text: str) -> tuple[str, str]:
    if text.startswith("["):
        inside, _, port = text.partition("]")
        return inside[1:], port.removeprefix(":")
    target, colon, port = text.rpartition(":")
    if not colon or _is_ipv6(text):
        return text, ""
    return target, port


def _is_ipv6(text: str) -> bool:
    try:
        return ip_address(text.partition("/")[0]).version > 4  # noqa: PLR2004 - IPv4
    except ValueError:
        return False


# compiled when a selector is read: that takes longer than to import everything above
_KEY = r"([A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?)"
_VALUE = r"(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?"
_SET = rf"{_KEY}\s+(in|notin)\s*\((\s*{_VALUE}\s*(?:,\s*{_VALUE}\s*)*)\)"
_EQUAL = rf"{_KEY}\s*(==|=|!=)\s*({_VALUE})"
_BARE = rf"(!?)\s*{_KEY}"


def _requirement(text: str, part: str) -> Requirement:
    found = re.fullmatch(_SET, part)
    if found:
        operator = Operator.IN if found[2] == "in" else Operator.NOT_IN
        values = {value.strip() for value in found[3].split(",")}
        return Requirement(found[1], operator, tuple(sorted(values)))
    found = re.fullmatch(_EQUAL, part)
    if found:
        operator = Operator.NOT_IN if found[2] == "!=" else Operator.IN
        return Requirement(found[1], operator, (found[3],))
    found = re.fullmatch(_BARE, part)
    if found:
        return Requirement(found[2], Operator.DOES_NOT_EXIST if found[1] else Operator.EXISTS)
    start = max(text.find(part), 0)
    problem = f"{part!r} is no label requirement: use key=value, key!=value, key, !key"
    raise NotationError(text, problem, start, start + len(part))
