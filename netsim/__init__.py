"""NetworkPolicy reachability: load manifests, ask who can reach whom, see why."""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netsim.cluster import Cluster, from_objects, load
    from netsim.comparison import diff
    from netsim.errors import (
        AmbiguousEndpointError,
        LoadError,
        MissingExtraError,
        NetsimError,
        NotationError,
        UndecidedError,
        UnknownEndpointError,
    )
    from netsim.model.ports import PortRange, PortSet, Protocol
    from netsim.model.profile import PROFILES, Profile
    from netsim.query.connection_set import Connections
    from netsim.query.connections import Connection
    from netsim.query.diff import Cause, Diff, FlowChange, Grade, ObjectChange
    from netsim.query.edge_set import EdgeSet
    from netsim.query.explanation import Explanation
    from netsim.query.port_counts import Matrix
    from netsim.query.verdict import Assumption, Outcome, Verdict

__version__ = "0.1.0"

__all__ = [
    "PROFILES",
    "AmbiguousEndpointError",
    "Assumption",
    "Cause",
    "Cluster",
    "Connection",
    "Connections",
    "Diff",
    "EdgeSet",
    "Explanation",
    "FlowChange",
    "Grade",
    "LoadError",
    "Matrix",
    "MissingExtraError",
    "NetsimError",
    "NotationError",
    "ObjectChange",
    "Outcome",
    "PortRange",
    "PortSet",
    "Profile",
    "Protocol",
    "UndecidedError",
    "UnknownEndpointError",
    "Verdict",
    "diff",
    "from_objects",
    "load",
]

_HOMES = {
    "netsim.cluster": ("Cluster", "from_objects", "load"),
    "netsim.comparison": ("diff",),
    "netsim.errors": (
        "AmbiguousEndpointError",
        "LoadError",
        "MissingExtraError",
        "NetsimError",
        "NotationError",
        "UndecidedError",
        "UnknownEndpointError",
    ),
    "netsim.model.ports": ("PortRange", "PortSet", "Protocol"),
    "netsim.model.profile": ("PROFILES", "Profile"),
    "netsim.query.connection_set": ("Connections",),
    "netsim.query.connections": ("Connection",),
    "netsim.query.diff": ("Cause", "Diff", "FlowChange", "Grade", "ObjectChange"),
    "netsim.query.edge_set": ("EdgeSet",),
    "netsim.query.explanation": ("Explanation",),
    "netsim.query.port_counts": ("Matrix",),
    "netsim.query.verdict": ("Assumption", "Outcome", "Verdict"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


class _Package(ModuleType):
    """Keeps `netsim.load` the function: importing the subpackage would put itself there."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _HOME_OF and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


def __getattr__(name: str) -> object:
    """Public names are imported when they are first asked for, to keep start-up short."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


sys.modules[__name__].__class__ = _Package
