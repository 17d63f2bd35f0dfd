"""What sends and receives: namespaces, endpoints, services."""

from dataclasses import dataclass, field
from enum import Enum

from netsim.model.labels import Labels
from netsim.model.networks import Address
from netsim.model.ports import ContainerPort, Protocol
from netsim.source import Source

NAMESPACE_NAME_LABEL = "kubernetes.io/metadata.name"


PER_POD_LABELS = frozenset(
    {
        "pod-template-hash",
        "controller-revision-hash",
        "pod-template-generation",
        "statefulset.kubernetes.io/pod-name",
        "apps.kubernetes.io/pod-index",
        "batch.kubernetes.io/controller-uid",
        "controller-uid",
        "batch.kubernetes.io/job-name",
        "job-name",
        "batch.kubernetes.io/job-completion-index",
    }
)
"""Labels that controllers put on pods, other ones on each pod or revision."""


PRIVILEGED = "privileged"
NET_ADMIN = "NET_ADMIN"
NET_RAW = "NET_RAW"
HOST_PORT = "hostPort"
DEFAULT_NET_RAW = "NET_RAW by default"
"""Not dropped, as container runtimes give it to every container."""
POWERS = (PRIVILEGED, NET_ADMIN, NET_RAW, HOST_PORT, DEFAULT_NET_RAW)


@dataclass(frozen=True, slots=True)
class Namespace:
    """A namespace; its labels always hold `kubernetes.io/metadata.name`."""

    name: str
    labels: Labels
    synthesised: bool
    """True when no Namespace object was in the input: its other labels are unknown."""
    source: Source | None


NODE_KIND = "Node"


@dataclass(frozen=True, slots=True)
class Node:
    """A Node object; without one a node is only known by the pods that run on it."""

    name: str
    labels: Labels
    addresses: tuple[Address, ...]
    """All of `status.addresses` that are addresses, internal ones first."""
    source: Source = field(default=Source(""), compare=False)

    @property
    def endpoint(self) -> "Endpoint":
        """The node as one end of a connection, by its first address of each family.

        It is in no namespace, no label selector of pods picks it, and no policy selects it.
        """
        by_family = {address.version: address for address in reversed(self.addresses)}
        first = (item for item in self.addresses if by_family[item.version] == item)
        return Endpoint(
            namespace="",
            name=self.name,
            kind=NODE_KIND,
            labels=self.labels,
            addresses=tuple(dict.fromkeys(first)),
            host_network=True,
            node=self.name,
            source=self.source,
        )


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One or more pods that no policy in the input can tell apart.

    A workload is one endpoint with its replica count; live pods of one controller are one
    endpoint unless labels, ports, or address blocks tell them apart.
    """

    namespace: str
    name: str
    """The workload's name, or the pod's where the pod stands for itself."""
    kind: str
    """`Deployment`, `StatefulSet`, ..., `Pod`, or `Node`."""
    labels: Labels
    ports: tuple[ContainerPort, ...] = ()
    addresses: tuple[Address, ...] = ()
    """One pod's addresses, at most one per family; empty when unknown. When the endpoint is
    several live pods these are the first pod's, and no block tells the others from it."""
    replicas: int | None = 1
    """None where the number is not written down, as for a DaemonSet."""
    host_network: bool = False
    powers: tuple[str, ...] = ()
    """Which of `POWERS` some container has, in that order: ways around policies."""
    node: str = ""
    """`spec.nodeName`; empty when unknown or when the pods are on several nodes."""
    finished: bool = False
    """The phase is Succeeded or Failed: the address is released."""
    workload: tuple[str, str] = ("", "")
    """Kind and name of the controller that owns this pod, for a pod shown by itself."""
    pods: tuple[str, ...] = ()
    """Names of the live pods this endpoint stands for; empty when made from a template."""
    pod_addresses: tuple[tuple[Address, str], ...] = ()
    """Every live pod's addresses with the pod's name, so that an address finds its pod."""
    source: Source = field(default=Source(""), compare=False)

    @property
    def key(self) -> str:
        """The name an answer prints: `namespace/name`, or `node/name`."""
        return f"{self.namespace or 'node'}/{self.name}"

    @property
    def is_node_object(self) -> bool:
        """Made from a Node object: a node itself and no pod, whatever the profile."""
        return self.kind == NODE_KIND and not self.namespace

    @property
    def single(self) -> bool:
        """Exactly one pod, so traffic to itself is loopback."""
        return self.replicas == 1


class ServiceType(Enum):
    """What a Service's address leads to."""

    CLUSTER_IP = "ClusterIP"
    HEADLESS = "Headless"
    EXTERNAL_NAME = "ExternalName"


@dataclass(frozen=True, slots=True)
class ServicePort:
    """A port of a Service and the pod port it leads to."""

    name: str
    number: int
    protocol: Protocol
    target: int | str
    """The pods' port number, or the name of a container port."""


@dataclass(frozen=True, slots=True)
class Service:
    """A Service; policies never see it, they see the pod and port behind it."""

    namespace: str
    name: str
    type: ServiceType
    selector: Labels | None
    """None when the Service has no selector: its endpoints are unknown."""
    ports: tuple[ServicePort, ...]
    external_name: str = ""
    source: Source = field(default=Source(""), compare=False)

    @property
    def key(self) -> str:
        """`namespace/name`."""
        return f"{self.namespace}/{self.name}"
