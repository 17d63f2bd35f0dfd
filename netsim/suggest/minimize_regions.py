"""What rules allow to any pod that could be created, and whether others allow all of it.

A region is part of what one rule allows: some subjects, some peers, some ports. Subjects and
peers are boxes of labels, so that pods and namespaces that do not exist count as well, with
whatever labels; only a namespace's name is taken as given, which the API server sets.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from netsim.model.labels import LabelSelector, Operator, Requirement
from netsim.model.networks import IPBlock
from netsim.model.policy import AnyPeer, NetworkPolicy, Peer, PodPeer, Rule
from netsim.model.ports import (
    ALL_PORTS,
    NO_PORTS,
    AnyPort,
    NamedPort,
    PortRange,
    PortSet,
    Protocol,
    RulePort,
)
from netsim.model.workload import NAMESPACE_NAME_LABEL
from netsim.query.label_space import Box, LabelSpace, apart, meet


@dataclass(frozen=True, slots=True)
class _Pods:
    namespaces: Box
    pods: Box


@dataclass(frozen=True, slots=True)
class _Addresses:
    version: int
    first: int
    last: int


_Peers = AnyPeer | _Pods | _Addresses


@dataclass(frozen=True, slots=True)
class _Ports:
    """Numbers, names that mean other numbers on each pod, and what has no port at all."""

    numbers: PortSet
    names: frozenset[NamedPort]
    rest: bool
    """Whether other protocols are allowed as well, which only a rule without ports does."""

    def __bool__(self) -> bool:
        return bool(self.numbers or self.names or self.rest)

    def meet(self, other: "_Ports") -> bool:
        """Whether others leave less of them."""
        return bool(self.numbers & other.numbers) or self.without(other) != self

    def without(self, other: "_Ports") -> "_Ports":
        """What others leave of them: a name is a number of its protocol."""
        names = frozenset(
            name
            for name in self.names - other.names
            if not _WHOLE[name.protocol] <= other.numbers
        )
        return _Ports(self.numbers - other.numbers, names, self.rest and not other.rest)


_WHOLE = {protocol: PortSet.of(PortRange(protocol)) for protocol in Protocol}


@dataclass(frozen=True, slots=True)
class Region:
    """Some subjects, some peers and some ports."""

    subjects: Box
    peers: _Peers
    ports: _Ports


@dataclass(frozen=True, slots=True)
class Space:
    """The labels that the policies of one namespace can tell apart."""

    namespace: str
    pods: LabelSpace
    namespaces: LabelSpace

    @classmethod
    def of(cls, namespace: str, policies: Iterable[NetworkPolicy]) -> "Space":
        """What some policies of a namespace look at."""
        pods, namespaces = list[LabelSelector](), list[LabelSelector]()
        for policy in policies:
            pods.append(policy.subject)
            rules = (rule for found in policy.rules.values() for rule in found)
            for peer in (peer for rule in rules for peer in rule.peers):
                if isinstance(peer, PodPeer):
                    pods.append(peer.pods)
                    namespaces += () if peer.namespaces is None else (peer.namespaces,)
        own = {NAMESPACE_NAME_LABEL: [namespace]}
        return cls(namespace, LabelSpace.of(pods, {}), LabelSpace.of(namespaces, own))

    def subjects(self, policy: NetworkPolicy) -> Box | None:
        """The pods that a policy selects; None where none could be."""
        return self.pods.box(policy.subject)

    def in_common(self, one: NetworkPolicy, other: NetworkPolicy) -> bool:
        """Whether some pod could be selected by both of two policies."""
        these, those = self.subjects(one), self.subjects(other)
        return these is not None and those is not None and meet(these, those) is not None

    def regions(self, policy: NetworkPolicy, rule: Rule) -> tuple[Region, ...]:
        """All that a rule allows; nothing where its selectors contradict themselves."""
        subjects = self.subjects(policy)
        if subjects is None:
            return ()
        ports = _ports(rule.ports)
        found = (part for peer in rule.peers for part in self._peers(peer))
        return tuple(Region(subjects, peers, ports) for peers in found)

    def allowed(self, region: Region, others: Sequence[Region]) -> bool:
        """Whether some regions together hold all of another, for any pod."""
        left = [region]
        while left:
            part = left.pop()
            found = next((it for it in others if self._meet(part, it)), None)
            if found is None:
                return False
            left += self._beyond(part, found)
        return True

    def covered(self, box: Box, others: Iterable[Box]) -> bool:
        """Whether some pods are all among others."""
        rest = [box]
        for other in others:
            rest = [piece for part in rest for piece in apart(part, other, self.pods)]
        return not rest

    def _peers(self, peer: Peer) -> Iterator[_Peers]:
        match peer:
            case AnyPeer():
                yield peer
            case PodPeer(pods, namespaces):
                own = Requirement(NAMESPACE_NAME_LABEL, Operator.IN, (self.namespace,))
                inside = self.pods.box(pods)
                where = self.namespaces.box(namespaces or LabelSelector((own,)))
                if inside is not None and where is not None:
                    yield _Pods(where, inside)
            case IPBlock():
                yield from _addresses(peer)
            case _:
                assert_never(peer)

    def _meet(self, one: Region, other: Region) -> bool:
        if meet(one.subjects, other.subjects) is None:
            return False
        match one.peers, other.peers:
            case _, AnyPeer():
                peers = True
            case _Pods(where, pods), _Pods(around, others):
                peers = meet(where, around) is not None and meet(pods, others) is not None
            case _Addresses() as these, _Addresses() as those:
                beside = these.last < those.first or those.last < these.first
                peers = these.version == those.version and not beside
            case _:
                peers = False
        return peers and one.ports.meet(other.ports)

    def _beyond(self, one: Region, other: Region) -> Iterator[Region]:
        """What a region has beyond one that it meets, in parts."""
        for subjects in apart(one.subjects, other.subjects, self.pods):
            yield replace(one, subjects=subjects)
        within = replace(one, subjects=_common(one.subjects, other.subjects))
        inner = one.peers
        match one.peers, other.peers:
            case _Pods() as these, _Pods() as those:
                where = _common(these.namespaces, those.namespaces)
                for part in apart(these.namespaces, those.namespaces, self.namespaces):
                    yield replace(within, peers=_Pods(part, these.pods))
                for part in apart(these.pods, those.pods, self.pods):
                    yield replace(within, peers=_Pods(where, part))
                inner = _Pods(where, _common(these.pods, those.pods))
            case _Addresses(version, first, last), _Addresses(_, start, end):
                ends = (
                    _Addresses(version, *it) for it in ((first, start - 1), (end + 1, last))
                )
                yield from (replace(within, peers=it) for it in ends if it.first <= it.last)
                inner = _Addresses(version, max(first, start), min(last, end))
            case _:
                pass
        ports = one.ports.without(other.ports)
        if ports:
            yield replace(within, peers=inner, ports=ports)


def _common(one: Box, other: Box) -> Box:
    both = meet(one, other)
    assert both is not None  # noqa: S101 - asked only of boxes that meet
    return both


def _ports(written: Iterable[RulePort]) -> _Ports:
    numbers, names, rest = NO_PORTS, list[NamedPort](), False
    for item in written:
        match item:
            case AnyPort():
                numbers, rest = ALL_PORTS, True
            case PortRange():
                numbers |= PortSet.of(item)
            case NamedPort():
                names.append(item)
            case _:
                assert_never(item)
    kept = frozenset(name for name in names if not _WHOLE[name.protocol] <= numbers)
    return _Ports(numbers, kept, rest)


def _addresses(block: IPBlock) -> Iterator[_Addresses]:
    version, first = block.cidr.version, int(block.cidr[0])
    holes = sorted((int(hole[0]), int(hole[-1])) for hole in block.excepts)
    for start, end in holes:
        if first < start:
            yield _Addresses(version, first, start - 1)
        first = max(first, end + 1)
    if first <= int(block.cidr[-1]):
        yield _Addresses(version, first, int(block.cidr[-1]))
