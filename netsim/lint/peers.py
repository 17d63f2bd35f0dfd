"""Lists of peers that say something else than was meant."""

from bisect import bisect_left
from collections.abc import Iterator
from ipaddress import ip_address
from itertools import pairwise

from netsim.lint.context import Context, listed
from netsim.lint.fragments import live_pod, manifests, namespace, pod, policy
from netsim.lint.rule import Observation, rule
from netsim.model.labels import LabelSelector, Operator, Requirement
from netsim.model.networks import Address, IPBlock
from netsim.model.policy import NetworkPolicy, Peer, PodPeer
from netsim.query.endpoints import selects
from netsim.results import Severity
from netsim.source import Source

_TWO_NAMESPACES = manifests(
    namespace("shop"),
    namespace("monitoring", "team: ops"),
    pod("shop/db", "app: db"),
    pod("monitoring/prometheus", "app: prometheus"),
    pod("monitoring/grafana", "app: grafana"),
)


@rule(
    "peers-or-not-and",
    Severity.WARNING,
    bad=manifests(
        _TWO_NAMESPACES,
        policy(
            "shop/db",
            """
            podSelector: {matchLabels: {app: db}}
            ingress:
            - from:
              - namespaceSelector: {matchLabels: {team: ops}}
              - podSelector: {matchLabels: {app: prometheus}}
            """,
        ),
    ),
    good=manifests(
        _TWO_NAMESPACES,
        policy(
            "shop/db",
            """
            podSelector: {matchLabels: {app: db}}
            ingress:
            - from:
              - namespaceSelector: {matchLabels: {team: ops}}
                podSelector: {matchLabels: {app: prometheus}}
            """,
        ),
    ),
)
def peers_or_not_and(context: Context) -> Iterator[Observation]:
    """Two items of a list of peers stand where one combined item was probably meant.

    A dash makes an item of its own, and items are alternatives: the whole of some namespaces,
    or pods with some labels in the policy's own namespace. It is told only where the pod
    selector alone matches no pod of the own namespace and both together match some: then the
    second dash is almost certainly a slip.
    """
    for item, place, peers in _lists(context):
        for index, (one, other) in enumerate(pairwise(peers)):
            pair = _whole_and_pods(one, other)
            if pair is None:
                continue
            whole, pods = pair
            both = PodPeer(pods.pods, whole.namespaces)
            meant, apart = context.peers(item, both), context.peers(item, whole)
            if not meant or context.peers(item, pods) or len(meant) == len(apart):
                continue
            message = (
                f"{place.path}[{index}] and [{index + 1}] are alternatives and match "
                f"{_counted(len(apart))}; as one item they match {_counted(len(meant))}: "
                f"{listed(it.key for it in meant)}"
            )
            yield Observation(
                place.at(index + 1),
                str(item.ref),
                message,
                fix="remove the dash before the second selector: both then stand in one item",
            )


def _whole_and_pods(one: Peer, other: Peer) -> tuple[PodPeer, PodPeer] | None:
    """One that means whole namespaces and one that means own pods, in either order."""
    for first, second in ((one, other), (other, one)):
        if isinstance(first, PodPeer) and isinstance(second, PodPeer):
            whole = first.namespaces is not None and not first.pods.requirements
            own = second.namespaces is None and bool(second.pods.requirements)
            if whole and own and first.namespaces != LabelSelector():
                return first, second
    return None


@rule(
    "peer-swallowed",
    Severity.WARNING,
    bad=manifests(
        _TWO_NAMESPACES,
        policy(
            "shop/db",
            """
            podSelector: {matchLabels: {app: db}}
            ingress:
            - from:
              - namespaceSelector: {matchLabels: {team: ops}}
              - namespaceSelector: {matchLabels: {team: ops}}
                podSelector: {matchLabels: {app: prometheus}}
            """,
        ),
    ),
    good=manifests(
        _TWO_NAMESPACES,
        policy(
            "shop/db",
            """
            podSelector: {matchLabels: {app: db}}
            ingress:
            - from:
              - namespaceSelector: {matchLabels: {team: ops}}
                podSelector: {matchLabels: {app: prometheus}}
            """,
        ),
    ),
)
def peer_swallowed(context: Context) -> Iterator[Observation]:
    """A peer is covered by a broader one in the same list, so its restriction is void.

    Whatever labels pods get, the narrower item adds nothing: either it can go, or the broader
    one was not meant.
    """
    for item, place, peers in _lists(context):
        for index, peer in enumerate(peers):
            for other, broader in enumerate(peers):
                if other == index or not _covers(context, item, broader, peer):
                    continue
                if other > index and _covers(context, item, peer, broader):
                    continue  # equal: the later one is told of
                yield Observation(
                    place.at(index),
                    str(item.ref),
                    f"{place.path}[{index}] ({_peer_text(peer)}) is void: "
                    f"[{other}] ({_peer_text(broader)}) covers it",
                    fix=f"remove [{other}] if only the narrower one is meant, else [{index}]",
                )
                break


def _covers(context: Context, item: NetworkPolicy, broad: Peer, narrow: Peer) -> bool:
    """Whether all that an item can ever match is matched by another."""
    if isinstance(broad, IPBlock) and isinstance(narrow, IPBlock):
        return _block_covers(broad, narrow)
    if not (isinstance(broad, PodPeer) and isinstance(narrow, PodPeer)):
        return False
    if not implied(broad.pods, narrow.pods):
        return False
    if broad.namespaces is None:
        return narrow.namespaces is None
    if narrow.namespaces is None:
        own = context.snapshot.namespaces[item.namespace]
        return selects(broad.namespaces, own.labels)
    return implied(broad.namespaces, narrow.namespaces)


def implied(broad: LabelSelector, narrow: LabelSelector) -> bool:
    """Whether all labels that meet the narrow selector are known to meet the broad one."""
    return all(
        any(_follows(wanted, given) for given in narrow.requirements)
        for wanted in broad.requirements
    )


def _follows(wanted: Requirement, given: Requirement) -> bool:
    """Whether labels that meet one requirement meet another one."""
    if wanted.key != given.key or wanted == given:
        return wanted == given
    asked, had = set(wanted.values), set(given.values)
    match given.operator, wanted.operator:
        case Operator.IN, Operator.IN:
            return had <= asked
        case Operator.IN, Operator.NOT_IN:
            return not had & asked
        case Operator.NOT_IN, Operator.NOT_IN:
            return asked <= had
        case (Operator.IN, Operator.EXISTS) | (Operator.DOES_NOT_EXIST, Operator.NOT_IN):
            return True
        case _:
            return False


def _block_covers(broad: IPBlock, narrow: IPBlock) -> bool:
    if broad.cidr.version != narrow.cidr.version:
        return False
    low, high = int(broad.cidr[0]), int(broad.cidr[-1])
    inside = low <= int(narrow.cidr[0]) and int(narrow.cidr[-1]) <= high
    kept = set(narrow.excepts)
    return inside and all(
        hole in kept or not hole.overlaps(narrow.cidr) for hole in broad.excepts
    )


@rule(
    "ip-block-covers-pods",
    Severity.WARNING,
    bad=manifests(
        live_pod("shop/db", "app: db", "10.1.0.7"),
        live_pod("shop/web", "app: web", "10.1.0.8"),
        policy(
            "shop/db",
            """
            podSelector: {matchLabels: {app: db}}
            ingress:
            - from: [{ipBlock: {cidr: 10.0.0.0/8}}]
            """,
        ),
    ),
    good=manifests(
        live_pod("shop/db", "app: db", "10.1.0.7"),
        live_pod("shop/web", "app: web", "10.1.0.8"),
        policy(
            "shop/db",
            """
            podSelector: {matchLabels: {app: db}}
            ingress:
            - from: [{podSelector: {matchLabels: {app: web}}}]
            """,
        ),
    ),
)
def ip_block_covers_pods(context: Context) -> Iterator[Observation]:
    """An ipBlock holds addresses of pods or Services of this cluster.

    ipBlock is meant for addresses outside. Some network plugins let it match pods and some do
    not, and the address that a policy sees may be a Service's or its pod's. A block that is
    everything, as 0.0.0.0/0, is a note: it says "anybody" and mostly means the internet.
    """
    known = _Addresses(context)
    for item, place, peers in _lists(context):
        for index, peer in enumerate(peers):
            if not isinstance(peer, IPBlock):
                continue
            held = known.inside(peer)
            if not held:
                continue
            whole = not peer.cidr.prefixlen
            yield Observation(
                place.at(index, "ipBlock"),
                str(item.ref),
                f"{peer} holds addresses of this cluster, of {listed(held)}: "
                "whether it matches them depends on the network plugin",
                fix="select pods by labels, and except the cluster's ranges from the block",
                severity=Severity.NOTE if whole else None,
            )


class _Addresses:
    """Whose address it is, in ascending order by family."""

    def __init__(self, context: Context) -> None:
        named = [(address, item.key) for address, item in context.directory.by_address.items()]
        for item in context.objects:
            if item.kind == "Service":
                address = _address(item.at("spec", "clusterIP"))
                if address is not None:
                    named.append((address, f"Service {item.key}"))
        self._sorted: dict[int, list[tuple[int, str]]] = {}
        for address, name in sorted(named, key=lambda pair: (int(pair[0]), pair[1])):
            self._sorted.setdefault(address.version, []).append((int(address), name))
        self._known: dict[IPBlock, list[str]] = {}

    def inside(self, block: IPBlock) -> list[str]:
        """The names of those whose address a block holds, each once."""
        found = self._known.get(block)
        if found is None:
            holes = [(int(hole[0]), int(hole[-1])) for hole in block.excepts]
            found = self._known[block] = [
                name
                for number, name in self._between(block)
                if not any(first <= number <= last for first, last in holes)
            ]
        return found

    def _between(self, block: IPBlock) -> list[tuple[int, str]]:
        every = self._sorted.get(block.cidr.version, [])
        first = bisect_left(every, (int(block.cidr[0]), ""))
        end = bisect_left(every, (int(block.cidr[-1]) + 1, ""))
        return every[first:end]


def _address(value: object) -> Address | None:
    try:
        return ip_address(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _lists(context: Context) -> Iterator[tuple[NetworkPolicy, Source, tuple[Peer, ...]]]:
    """Every list of peers with its place."""
    for item in context.policies:
        for direction, rules in item.rules.items():
            for index, written in enumerate(rules):
                route = ("spec", direction.value, index, direction.peers_field)
                yield item, item.source.at(*route), written.peers


def _peer_text(peer: Peer) -> str:
    return "ipBlock " + str(peer) if isinstance(peer, IPBlock) else str(peer)


def _counted(number: int) -> str:
    return "1 workload" if number == 1 else f"{number} workloads"


CHECKS = (peers_or_not_and, peer_swallowed, ip_block_covers_pods)
