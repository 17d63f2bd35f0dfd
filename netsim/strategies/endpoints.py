"""Pods and workloads with few names, ports and addresses, so that policies meet them."""

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address

from hypothesis import strategies as st

from netsim.model.networks import Address
from netsim.model.ports import ContainerPort, ContainerRole, Protocol
from netsim.model.workload import Endpoint
from netsim.strategies.labels import labels

NAMESPACES = ("blue", "green", "red")
NAMES = ("api", "db", "job", "web")
PORT_NAMES = ("http", "dns")
PROTOCOLS = (*[Protocol.TCP] * 5, Protocol.UDP, Protocol.SCTP)
HIGHEST_PORT = 8
IPV4, IPV6 = 4, 6

_POD_NUMBERS = (0, 3, 4, 5)
_LIVE_NUMBER = 6
_NODE_NUMBERS = {"": 1, "n1": 1, "n2": 2}


def endpoints(*, namespaces: Sequence[str] = NAMESPACES) -> st.SearchStrategy[Endpoint]:
    """Pods by themselves, workloads made from a template, and workloads of two live pods."""
    common = {
        "namespace": st.sampled_from(first_often(namespaces)),
        "name": st.sampled_from(NAMES),
        "labels": labels(),
        "ports": _container_ports(),
    }
    node = st.sampled_from(("", "n1", "n2"))
    rarely = st.sampled_from((False, False, True))
    ordinary = st.builds(
        Endpoint, **common, kind=st.just("Pod"), node=node, addresses=_addresses(_POD_NUMBERS)
    )
    odd = st.builds(
        Endpoint,
        **common,
        kind=st.just("Pod"),
        node=node,
        addresses=_addresses(_POD_NUMBERS),
        host_network=rarely,
        finished=rarely,
    )
    templates = st.builds(
        Endpoint,
        **common,
        kind=st.sampled_from(("Deployment", "DaemonSet")),
        node=node,
        host_network=rarely,
        replicas=st.sampled_from((1, 2, 0)),
    )
    live = st.builds(
        Endpoint, **common, kind=st.just("StatefulSet"), addresses=_addresses((_LIVE_NUMBER,))
    )
    return st.one_of(ordinary, odd.map(_at_node), templates.map(_counted), live.map(_doubled))


def first_often(names: Sequence[str]) -> tuple[str, ...]:
    """The names with more weight on the first, where most things should meet."""
    return (names[0], *names, names[0])


_NUMBERS = st.integers(1, HIGHEST_PORT)
_ROLES = st.sampled_from(ContainerRole)
_PORTS = st.builds(
    ContainerPort,
    name=st.sampled_from((*first_often(PORT_NAMES), "")),
    number=_NUMBERS,
    protocol=st.sampled_from(PROTOCOLS),
    role=_ROLES,
)


@st.composite
def _container_ports(draw: st.DrawFn) -> tuple[ContainerPort, ...]:
    """One or two ports, each in a container of its own; often the second repeats the first."""
    first = replace(draw(_PORTS), container="first")
    match draw(st.sampled_from(("one", "two", "twins"))):
        case "one":
            return (first,)
        case "two":
            return first, replace(draw(_PORTS), container="second")
        case _:
            number, role = draw(_NUMBERS), draw(_ROLES)
            return first, replace(first, number=number, role=role, container="second")


def _addresses(numbers: Sequence[int]) -> st.SearchStrategy[tuple[Address, ...]]:
    both = (IPV4, IPV6)
    families = st.sampled_from(((), (IPV4,), (IPV6,), both, both, both[::-1]))
    return st.builds(_numbered, st.sampled_from(numbers), families)


def _numbered(number: int, families: Sequence[int]) -> tuple[Address, ...]:
    return tuple(
        IPv4Address(f"10.0.0.{number}") if family == IPV4 else IPv6Address(f"fd00::{number}")
        for family in families
    )


def _at_node(pod: Endpoint) -> Endpoint:
    """A host-network pod has the addresses of its node."""
    if not pod.host_network:
        return pod
    families = [address.version for address in pod.addresses]
    return replace(pod, addresses=_numbered(_NODE_NUMBERS[pod.node], families))


def _counted(workload: Endpoint) -> Endpoint:
    """A DaemonSet does not say how many pods it has."""
    return replace(workload, replicas=None) if workload.kind == "DaemonSet" else workload


def _doubled(workload: Endpoint) -> Endpoint:
    """Two pods whose addresses no block parts; the endpoint has the first one's."""
    pods = tuple(f"{workload.name}-{index}" for index in range(2))
    held = tuple(
        (address + index, pod)
        for index, pod in enumerate(pods)
        for address in workload.addresses
    )
    return replace(workload, replicas=len(pods), pods=pods, pod_addresses=held)
