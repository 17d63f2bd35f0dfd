"""The namespaces and workloads of a generated cluster, before anything is written down."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from itertools import count
from random import Random

from benchmarks.shape import Mode, Shape
from netsim.model.labels import Labels
from netsim.model.networks import Address
from netsim.model.ports import ContainerPort, Protocol
from netsim.model.workload import NAMESPACE_NAME_LABEL, Namespace

SYSTEM = "kube-system"
MONITORING = "monitoring"
TIERS = ("web", "api", "db", "cache", "worker")
ENVIRONMENTS = ("prod", "staging", "dev")
TRAITS = tuple(f"trait-{number:02}" for number in range(22))
"""Label keys of pods that are all different."""
TRAIT_VALUES = tuple(f"value-{number}" for number in range(6))
PODS_PER_NODE = 60
PODS = IPv4Address("10.128.0.0")
PODS_IPV6 = IPv6Address("fd00:10::")
NODES = IPv4Address("192.168.0.0")
ADDRESSES_OF_NODE = 256
"""How many addresses a node has for its pods."""


def _port(name: str, number: int, protocol: Protocol = Protocol.TCP) -> ContainerPort:
    return ContainerPort(name, number, protocol, container="main")


_METRICS = _port("metrics", 9102)
_PORTS: Mapping[str, tuple[tuple[ContainerPort, ...], ...]] = {
    "web": ((_port("http", 8080),), (_port("http", 3000), _METRICS)),
    "api": (
        (_port("http", 8080), _port("grpc", 9090), _METRICS),
        (_port("http", 8000), _METRICS),
    ),
    "db": ((_port("postgres", 5432), _port("metrics", 9187)), (_port("mysql", 3306),)),
    "cache": ((_port("redis", 6379),), (_port("redis", 6380), _port("metrics", 9121))),
    "worker": ((_METRICS,), ()),
}
_DNS_PORTS = (_port("dns", 53, Protocol.UDP), _port("dns-tcp", 53), _port("metrics", 9153))
_KINDS = {"db": "StatefulSet", "cache": "StatefulSet"}


@dataclass(frozen=True, slots=True)
class PlannedPod:
    """One running pod of a workload."""

    name: str
    labels: Labels
    addresses: tuple[Address, ...]
    node: str
    finished: bool = False


@dataclass(frozen=True, slots=True)
class Workload:
    """A controller, its template, and how many pods it should have."""

    namespace: str
    name: str
    kind: str
    tier: str
    labels: Labels
    ports: tuple[ContainerPort, ...]
    replicas: int
    revision: str
    """What Kubernetes calls the template hash."""
    host_network: bool = False
    dual_stack: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A cluster's namespaces by name, and its workloads in a fixed order."""

    shape: Shape
    namespaces: Mapping[str, Namespace]
    workloads: tuple[Workload, ...]

    def pods(self) -> Iterator[tuple[Workload, tuple[PlannedPod, ...]]]:
        """Every workload with its running pods; addresses are dealt out node by node."""
        nodes = max(1, self.shape.pods // PODS_PER_NODE)
        taken = count()
        for workload in self.workloads:
            labels = _pod_labels(workload)
            yield (
                workload,
                tuple(
                    _pod(workload, labels, ordinal, divmod(next(taken), nodes))
                    for ordinal in range(workload.replicas)
                ),
            )


def plan(shape: Shape) -> Plan:
    """A cluster of this shape; equal for equal shapes."""
    random = Random(shape.seed)
    namespaces = {item.name: item for item in _namespaces(shape)}
    workloads = tuple(_workloads(shape, namespaces, random))
    return Plan(shape, dict(sorted(namespaces.items())), workloads)


def teams_of(shape: Shape) -> int:
    """How many teams share the cluster's namespaces: about four namespaces each."""
    return max(2, shape.namespace_count // 4)


def _namespaces(shape: Shape) -> Iterator[Namespace]:
    yield _namespace(SYSTEM, {"team": "platform"})
    yield _namespace(MONITORING, {"team": "platform", "env": "prod"})
    teams = teams_of(shape)
    for number in range(shape.namespace_count - 2):
        team = f"team-{number % teams}"
        env = ENVIRONMENTS[number % len(ENVIRONMENTS)]
        yield _namespace(f"{team}-{env}-{number}", {"team": team, "env": env})


def _namespace(name: str, labels: Mapping[str, str]) -> Namespace:
    held = Labels({**labels, NAMESPACE_NAME_LABEL: name})
    return Namespace(name, held, synthesised=False, source=None)


def _workloads(
    shape: Shape, namespaces: Mapping[str, Namespace], random: Random
) -> Iterator[Workload]:
    """As many pods as the shape says, the last workload cut to fit."""
    left = shape.pods
    for workload in _endless(shape, namespaces, random):
        size = min(workload.replicas, left) if shape.live else 1
        if size < workload.replicas and shape.live:
            yield _resized(workload, size)
        else:
            yield workload
        left -= size
        if left <= 0:
            return


def _resized(workload: Workload, replicas: int) -> Workload:
    return Workload(
        workload.namespace,
        workload.name,
        workload.kind,
        workload.tier,
        workload.labels,
        workload.ports,
        replicas,
        workload.revision,
        workload.host_network,
        workload.dual_stack,
    )


def _endless(
    shape: Shape, namespaces: Mapping[str, Namespace], random: Random
) -> Iterator[Workload]:
    yield from _of_the_system(max(1, shape.pods // PODS_PER_NODE), random)
    names = [name for name in namespaces if name != SYSTEM]
    for number in count():
        namespace = namespaces[names[number % len(names)]]
        place = number // len(names)
        tier = TIERS[place % len(TIERS)]
        yield _of_a_team(shape, namespace, (tier, place), random)


def _of_the_system(nodes: int, random: Random) -> Iterator[Workload]:
    """Few pods of other kinds: DNS, two of each node's own, and a nightly report."""
    dns = Labels({"k8s-app": "kube-dns"})
    yield Workload(SYSTEM, "coredns", "Deployment", "dns", dns, _DNS_PORTS, 2, _hash(random))
    yield Workload(
        MONITORING,
        "prometheus",
        "Deployment",
        "monitoring",
        Labels({"app": "prometheus", "tier": "monitoring"}),
        (_port("http", 9090),),
        1,
        _hash(random),
    )
    report = Labels({"app": "report", "tier": "batch"})
    yield Workload(MONITORING, "report", "CronJob", "batch", report, (), 2, _hash(random))
    for namespace, name in ((SYSTEM, "kube-proxy"), (MONITORING, "node-exporter")):
        yield Workload(
            namespace,
            name,
            "DaemonSet",
            "node",
            Labels({"app": name}),
            (_port("metrics", 9100),),
            nodes,
            _hash(random),
            host_network=True,
        )


def _of_a_team(
    shape: Shape, namespace: Namespace, role: tuple[str, int], random: Random
) -> Workload:
    tier, place = role
    name = f"{tier}-{place}"
    labels = {"app": name, "tier": tier, "team": namespace.labels["team"]}
    labels["version"] = f"v{random.randrange(1, 4)}"
    distinct = shape.mode is Mode.DISTINCT
    if distinct:
        labels["env"] = namespace.labels["env"]
        labels["instance"] = f"{namespace.name}-{name}"
        labels.update((key, random.choice(TRAIT_VALUES)) for key in TRAITS)
    elif random.random() < 0.3:
        labels["canary"] = random.choice(("true", "false"))
    return Workload(
        namespace.name,
        name,
        "Pod" if distinct and shape.live else _KINDS.get(tier, "Deployment"),
        tier,
        Labels(labels),
        random.choice(_PORTS[tier]),
        1 if distinct else random.randint(*shape.replicas),
        _hash(random),
        dual_stack=random.random() < shape.dual_stack,
    )


def _hash(random: Random) -> str:
    return "".join(random.choices("bcdfghjklmnpqrstvwxz2456789", k=9))


def _pod_labels(workload: Workload) -> Labels:
    """The template's labels and those that the controller adds."""
    added = {
        "Deployment": "pod-template-hash",
        "StatefulSet": "controller-revision-hash",
        "DaemonSet": "controller-revision-hash",
        "CronJob": "job-name",
    }
    key = added.get(workload.kind)
    if key is None:
        return workload.labels
    return Labels({**workload.labels, key: workload.revision})


def _pod(
    workload: Workload, labels: Labels, ordinal: int, address: tuple[int, int]
) -> PlannedPod:
    """`address` is a number on the node, and the node."""
    place, node = address
    if workload.host_network:
        node = ordinal
        addresses: tuple[Address, ...] = (NODES + node,)
    else:
        offset = node * ADDRESSES_OF_NODE + place % (ADDRESSES_OF_NODE - 2) + 2
        addresses = (PODS + offset,)
        if workload.dual_stack:
            addresses += (PODS_IPV6 + offset,)
    finished = workload.kind == "CronJob" and ordinal == 0
    return PlannedPod(_pod_name(workload, ordinal), labels, addresses, f"node-{node}", finished)


def _pod_name(workload: Workload, ordinal: int) -> str:
    match workload.kind:
        case "Pod":
            return workload.name
        case "StatefulSet":
            return f"{workload.name}-{ordinal}"
        case "CronJob":
            return f"{workload.name}-{workload.revision}-{ordinal:05}"
        case "DaemonSet":
            return f"{workload.name}-{_suffix(ordinal)}"
        case _:
            return f"{workload.name}-{workload.revision}-{_suffix(ordinal)}"


_LETTERS = "bcdfghjklmnpqrstvwxz"


def _suffix(ordinal: int) -> str:
    """Five letters as controllers invent them, other ones for each ordinal."""
    number = ordinal * 7919 + 104_729
    digits = []
    for _ in range(5):
        number, digit = divmod(number, len(_LETTERS))
        digits.append(_LETTERS[digit])
    return "".join(digits)
