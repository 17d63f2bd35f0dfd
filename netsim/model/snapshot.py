"""A cluster at one moment: everything an evaluator may look at, and nothing else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A valid cluster: the namespace of every pod and policy is in `namespaces`."""

    namespaces: Mapping[str, Namespace]
    """By name, in name order."""
    endpoints: tuple[Endpoint, ...]
    """In (namespace, name, kind) order; no two share all three."""
    policies: tuple[NetworkPolicy, ...]
    """In (namespace, name) order; no two share both."""
    services: tuple[Service, ...] = ()
    unmodelled: tuple[UnmodelledPolicy, ...] = ()
    cluster_policies: tuple[ClusterPolicy, ...] = ()
    """In the order they are asked (`ClusterPolicy.rank`); no two share kind and name."""
    nodes: tuple[Node, ...] = ()
    """In name order; each is an endpoint as well (`Endpoint.is_node_object`)."""

    @property
    def all_policies(self) -> Iterator[Policy]:
        """Every policy that is evaluated: those of namespaces, then the cluster-wide ones."""
        yield from self.policies
        yield from self.cluster_policies
