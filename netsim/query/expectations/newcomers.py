"""Pods that could be created, as far as rules can tell them apart.

A closed world holds for tomorrow's pods as well. In every namespace, in a new one, and in one
for each namespaceSelector in question, these are tried: a pod without labels, and for each
peer of the rules that select the subject one pod for each value its podSelector names. Each
comes with labels that escape what isolates pods in its namespace, and with the labels of each
policy there that could open its own end. Cluster-wide policies deny as well: where there are
any, every pod is tried that they and these selectors tell apart. If any pod that could be
created passes, one of these passes as well.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from netsim.model.labels import Labels, LabelSelector, Operator, Requirement
from netsim.model.policy import Direction, NetworkPolicy, PodPeer
from netsim.model.ports import ContainerPort, NamedPort, Protocol
from netsim.model.snapshot import Snapshot
from netsim.model.workload import NAMESPACE_NAME_LABEL, Endpoint, Namespace
from netsim.query.endpoints import selects
from netsim.query.expectations.satisfying import escaping, satisfying
from netsim.query.expectations.told_apart import namespaces_told_apart, pods_told_apart
from netsim.query.parties import Subject

NEW_NAMESPACE = "new-namespace"
_Asked = tuple[Labels, tuple[Requirement, ...]]
_OTHER = {Direction.INGRESS: Direction.EGRESS, Direction.EGRESS: Direction.INGRESS}


@dataclass(frozen=True, slots=True)
class Place:
    """A namespace that is there, or that could be."""

    namespace: Namespace
    asked: Labels
    """The labels that a new one has because a selector asks for them."""
    new: bool


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A pod that is not there."""

    endpoint: Endpoint
    place: Place
    asked: tuple[Labels, ...]
    """What peers of the subject's rules ask for and it has: why they let it through."""


def newcomers(
    snapshot: Snapshot, subjects: Sequence[Subject], *, inward: bool
) -> list[Newcomer]:
    """Pods worth trying as the other end of some subjects; `inward` where they are sources.

    Where no subject is a pod, nothing but policies of its own could stop a newcomer, and a
    new namespace has none: then only the namespaces that are there are tried.
    """
    direction = Direction.INGRESS if inward else Direction.EGRESS
    pods = [item for item in subjects if isinstance(item, Endpoint)]
    policies = [item for item in _selecting(snapshot, pods) if direction in item.rules]
    ports = _named_ports(snapshot, policies) if direction is Direction.EGRESS else ()
    found: dict[tuple[str, Labels], Newcomer] = {}
    for place in _places(snapshot, policies, direction):
        if place.new and not pods:
            continue
        asked = tuple(_asked(policies, direction, place))
        tried = _pods(snapshot, asked, _OTHER[direction], place)
        others = _told_apart(snapshot, policies, direction, place)
        for labels in dict.fromkeys((*tried, *others)):
            met = tuple(it for it, _ in asked if it and it.items() <= labels.items())
            key = (place.namespace.name, labels)
            if key not in found:
                found[key] = Newcomer(_pod(place, labels, ports, len(found)), place, met)
    return list(found.values())


def with_newcomers(
    snapshot: Snapshot, subjects: Sequence[Subject], others: Sequence[Newcomer]
) -> Snapshot:
    """The policies, with nobody there but the subjects and some newcomers."""
    pods = [item for item in subjects if isinstance(item, Endpoint)]
    pods += [item.endpoint for item in others]
    namespaces = dict(snapshot.namespaces)
    namespaces.update({it.place.namespace.name: it.place.namespace for it in others})
    return replace(
        snapshot,
        namespaces=dict(sorted(namespaces.items())),
        endpoints=tuple(sorted(pods, key=lambda it: (it.namespace, it.name, it.kind))),
    )


def _selecting(snapshot: Snapshot, pods: Sequence[Endpoint]) -> Iterator[NetworkPolicy]:
    kinds = {(pod.namespace, pod.labels) for pod in pods}
    for policy in snapshot.policies:
        if any(
            policy.namespace == namespace and selects(policy.subject, labels)
            for namespace, labels in kinds
        ):
            yield policy


def _peers(
    policies: Sequence[NetworkPolicy], direction: Direction
) -> Iterator[tuple[NetworkPolicy, PodPeer]]:
    for policy in policies:
        for rule in policy.rules[direction]:
            for peer in rule.peers:
                if isinstance(peer, PodPeer):
                    yield policy, peer


def _places(
    snapshot: Snapshot, policies: Sequence[NetworkPolicy], direction: Direction
) -> Iterator[Place]:
    for namespace in snapshot.namespaces.values():
        yield Place(namespace, Labels(), new=False)
    yield _new_place(snapshot, NEW_NAMESPACE, Labels())
    peers = {peer.namespaces for _, peer in _peers(policies, direction)} - {None}
    asked = sorted((item for item in peers if item is not None), key=str)
    wanted = [labels for item in asked for labels in satisfying(item.requirements)]
    number = 1
    for labels in dict.fromkeys((*wanted, *namespaces_told_apart(snapshot, asked))):
        name = labels.get(NAMESPACE_NAME_LABEL)
        if not labels or name in snapshot.namespaces:
            continue
        number += 1
        yield _new_place(snapshot, name or f"{NEW_NAMESPACE}-{number}", labels)


def _new_place(snapshot: Snapshot, wanted: str, labels: Labels) -> Place:
    name = wanted
    while name in snapshot.namespaces:
        name += "-2"
    pairs = Labels({**labels, NAMESPACE_NAME_LABEL: name})
    namespace = Namespace(name, pairs, synthesised=False, source=None)
    return Place(namespace, labels, new=True)


def _pods(
    snapshot: Snapshot, asked: Sequence[_Asked], direction: Direction, place: Place
) -> Iterator[Labels]:
    """Labels of pods to try in a namespace, whose own policies speak of a direction."""
    own = [
        policy
        for policy in snapshot.policies
        if policy.namespace == place.namespace.name and direction in policy.rules
    ]
    for _, wanted in asked:
        free = escaping(wanted, [policy.subject for policy in own])
        if free is not None:
            yield free
        for policy in own:
            if policy.rules[direction]:
                yield from satisfying([*wanted, *policy.subject.requirements])


def _told_apart(
    snapshot: Snapshot, policies: Sequence[NetworkPolicy], direction: Direction, place: Place
) -> Iterator[Labels]:
    """Labels of pods that cluster-wide policies tell apart, beside all other policies."""
    own = [
        item.subject
        for item in snapshot.policies
        if item.namespace == place.namespace.name and _OTHER[direction] in item.rules
    ]
    peers = [peer.pods for _, peer in _peers(policies, direction)]
    yield from pods_told_apart(snapshot, [*own, *peers])


def _asked(
    policies: Sequence[NetworkPolicy], direction: Direction, place: Place
) -> Iterator[_Asked]:
    """What peers ask for, value by value, each with all that a pod must then meet."""
    found: dict[_Asked, None] = {(Labels(), ()): None}
    for policy, peer in _peers(policies, direction):
        if _admits(policy, peer.namespaces, place.namespace):
            for asked in satisfying(peer.pods.requirements):
                pinned = (Requirement(key, Operator.IN, (it,)) for key, it in asked.items())
                found.setdefault((asked, (*pinned, *peer.pods.requirements)))
    yield from found


def _admits(policy: NetworkPolicy, asked: LabelSelector | None, place: Namespace) -> bool:
    if asked is None:
        return policy.namespace == place.name
    return selects(asked, place.labels)


def _pod(
    place: Place, labels: Labels, ports: tuple[ContainerPort, ...], number: int
) -> Endpoint:
    name = f"a new pod with {labels}" if labels else "a new pod"
    return Endpoint(
        place.namespace.name, name, f"Pod {number}", labels, ports=ports, replicas=None
    )


def _named_ports(
    snapshot: Snapshot, policies: Sequence[NetworkPolicy]
) -> tuple[ContainerPort, ...]:
    """A declaration of each port name that the subjects' egress rules name."""
    names = sorted(
        {
            (port.protocol.value, port.name)
            for policy in policies
            for rule in policy.rules[Direction.EGRESS]
            for port in rule.ports
            if isinstance(port, NamedPort)
        }
    )
    declared = {
        (port.protocol.value, port.name): port.number
        for endpoint in snapshot.endpoints
        for port in endpoint.ports
    }
    return tuple(
        ContainerPort(name, declared.get((protocol, name), 1), Protocol(protocol))
        for protocol, name in names
    )
