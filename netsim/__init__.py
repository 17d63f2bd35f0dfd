"""NetworkPolicy reachability: load manifests, ask who can reach whom, see why."""

from netsim.cluster import Cluster, from_objects, load
from netsim.errors import (
    AmbiguousEndpointError,
    LoadError,
    NetsimError,
    NotationError,
    UndecidedError,
    UnknownEndpointError,
)
from netsim.model.ports import PortRange, PortSet, Protocol
from netsim.model.profile import PROFILES, Profile
from netsim.query.connections import Connection
from netsim.query.explanation import Explanation
from netsim.query.verdict import Assumption, Outcome, Verdict

__version__ = "0.1.0"

__all__ = [
    "PROFILES",
    "AmbiguousEndpointError",
    "Assumption",
    "Cluster",
    "Connection",
    "Explanation",
    "LoadError",
    "NetsimError",
    "NotationError",
    "Outcome",
    "PortRange",
    "PortSet",
    "Profile",
    "Protocol",
    "UndecidedError",
    "UnknownEndpointError",
    "Verdict",
    "from_objects",
    "load",
]
