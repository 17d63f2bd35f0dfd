"""Hypothesis strategies for clusters and questions; needs the extra `strategies`.

Everything is made to meet: few names, labels, ports and addresses, so that a policy drawn at
random selects some pod, names some port that a pod declares, and holds some pod's address.
Rare cases get their share on purpose: empty selectors, named ports, names declared twice or
in init containers, two address families, host-network and finished pods.
"""

from netsim.strategies.endpoints import endpoints
from netsim.strategies.labels import labels, selectors
from netsim.strategies.policies import policies
from netsim.strategies.questions import (
    boundary_addresses,
    boundary_ports,
    flows,
    parties,
)
from netsim.strategies.snapshots import clusters, profiles, snapshots
from netsim.strategies.tiers import cluster_policies, nodes

__all__ = [
    "boundary_addresses",
    "boundary_ports",
    "cluster_policies",
    "clusters",
    "endpoints",
    "flows",
    "labels",
    "nodes",
    "parties",
    "policies",
    "profiles",
    "selectors",
    "snapshots",
]
