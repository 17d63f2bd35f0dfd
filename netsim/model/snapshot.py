"""A cluster at one moment: everything an evaluator may look at, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass

from netsim.model.networks import Address
from netsim.model.policy import NetworkPolicy
from netsim.model.workload import Endpoint, Namespace, Service
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


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A valid cluster: every endpoint's and policy's namespace is in `namespaces`."""

    namespaces: Mapping[str, Namespace]
    """By name, in name order."""
    endpoints: tuple[Endpoint, ...]
    """In (namespace, name, kind) order; no two share all three."""
    policies: tuple[NetworkPolicy, ...]
    """In (namespace, name) order; no two share both."""
    services: tuple[Service, ...] = ()
    unmodelled: tuple[UnmodelledPolicy, ...] = ()
    api_server: tuple[Address, ...] = ()
    """The addresses behind the Service `default/kubernetes`, where they are written down."""
