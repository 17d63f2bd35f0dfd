"""A cluster at one moment: everything an evaluator may look at, and nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from netsim.model.networks import Address
from netsim.model.policy import NetworkPolicy
from netsim.model.tiers import ClusterPolicy, Policy
from netsim.model.workload import Endpoint, Namespace, Node, Service
from netsim.source import Source


@dataclass(frozen=True, slots=True)
class UnmodelledPolicy:
    """A policy kind that netsim does not evaluate; flows it could touch are undecided."""

    kind: str
    api_version: str
    namespace: str
    """Empty when the kind is cluster-scoped: it could touch every pod."""
    name: str
    source: Source
    content: str = ""
    """A digest of what it says: equal where it says the same, wherever it is written."""

    @property
    def why(self) -> str:
        """Why answers that it could touch are undecided."""
        place = f"{self.namespace}/" if self.namespace else ""
        return (
            f"{self.kind} {place}{self.name} ({self.api_version}) is not evaluated and may "
            "touch this traffic"
        )


@dataclass(frozen=True, slots=True)
class UnreadKind:
    """A kind of which a capture says that it could not be read from its cluster."""

    kind: str
    """Empty where not even the kinds of a group of the API could be found out."""
    api_version: str
    reason: str
    source: Source
    decisive: bool
    """Whether objects of it could change what passes between endpoints that are known."""
    namespace = ""
    """It could be about any namespace."""

    @property
    def title(self) -> str:
        """How messages name it."""
        return f"{self.kind or 'every kind'} ({self.api_version})"

    @property
    def why(self) -> str:
        """Why answers that it could touch are undecided."""
        return f"{self.title} could not be read from the cluster ({self.reason})"


Gap = UnmodelledPolicy | UnreadKind


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A valid cluster: the namespace of every pod and policy is in `namespaces`."""

    namespaces: Mapping[str, Namespace]
    """By name, in name order."""
    endpoints: tuple[Endpoint, ...]
    """In (namespace, name, kind) order; no two share all three."""
    policies: Sequence[NetworkPolicy]
    """In (namespace, name) order; no two share both."""
    services: tuple[Service, ...] = ()
    unmodelled: tuple[UnmodelledPolicy, ...] = ()
    unread: tuple[UnreadKind, ...] = ()
    cluster_policies: tuple[ClusterPolicy, ...] = ()
    """In the order they are asked (`ClusterPolicy.rank`); no two share kind and name."""
    nodes: tuple[Node, ...] = ()
    """In name order; each is an endpoint as well (`Endpoint.is_node_object`)."""
    api_server: tuple[Address, ...] = ()
    """The addresses behind the Service `default/kubernetes`, where they are written down."""

    @property
    def all_policies(self) -> Iterator[Policy]:
        """Every policy that is evaluated: those of namespaces, then the cluster-wide ones."""
        yield from self.policies
        yield from self.cluster_policies

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What could change answers and is not known: flows it could touch are undecided."""
        return (*self.unmodelled, *(item for item in self.unread if item.decisive))
