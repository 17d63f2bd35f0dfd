"""How every handle looks to rules, as arrays: what questions about many pairs look up."""

from dataclasses import dataclass

import numpy as np

from netsim.graph import Graph
from netsim.handles import Sight
from netsim.matrix import Bools, Numbers

UNKNOWN = -1
_FAMILIES = (4, 6)


@dataclass(frozen=True, slots=True)
class Sights:
    """int64 arrays by handle; -1 where there is no such class."""

    alone: Numbers
    """The one class that tells everything about a party, whatever it meets."""
    by_family: tuple[Numbers, Numbers]
    """The class in IPv4 and in IPv6."""
    places: Numbers
    """Those of a pod and of the node it runs on differ by 1, no others do."""

    def settled_by_identity(self, sources: Numbers, targets: Numbers) -> Bools:
        """Pair by pair, whether it may be no matter of classes."""
        found: Bools = sources == targets
        found |= self.places[sources] ^ self.places[targets] == 1
        return found


def sights_of(graph: Graph) -> Sights:
    """Looks at every endpoint, the own node, and each class seen in IPv4 and in IPv6."""
    endpoints = graph.compiled.snapshot.endpoints
    nodes: dict[str, int] = {}
    classes = np.full((3, len(endpoints) + 1), UNKNOWN, np.int64)
    places = np.empty(len(endpoints) + 1, np.int64)
    for number, endpoint in enumerate(endpoints):
        sight = graph.sight(endpoint)
        if sight is not None:
            classes[:, number] = _classes(sight)
        # without a node's name a place of its own, in which nobody else is
        key = endpoint.node or f"/{number}"
        host = sight is not None and sight.host
        places[number] = 2 * nodes.setdefault(key, len(nodes)) + host
    places[-1] = 2 * len(nodes)
    outside = np.arange(len(graph.compiled.classes))
    ipv4, ipv6 = (np.stack([outside, outside], 1).ravel() for _ in _FAMILIES)
    ipv4[1::2] = UNKNOWN
    ipv6[::2] = UNKNOWN
    beyond = 2 * (len(nodes) + 1 + np.arange(2 * len(outside)))
    return Sights(
        np.concatenate([classes[0], np.repeat(outside, 2)]),
        (np.concatenate([classes[1], ipv4]), np.concatenate([classes[2], ipv6])),
        np.concatenate([places, beyond]),
    )


def _classes(sight: Sight) -> tuple[int, int, int]:
    alone = UNKNOWN if sight.class_id is None else sight.class_id
    by_family = {face.family: face.class_id for face in sight.faces}
    # two faces of one family are asked about one by one
    several = len(by_family) < len(sight.faces)
    ipv4, ipv6 = (UNKNOWN if several else by_family.get(it, UNKNOWN) for it in _FAMILIES)
    return alone, ipv4, ipv6
