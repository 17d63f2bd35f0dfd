"""Rules that name exactly whom they must, as far as labels and addresses can tell."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from netsim.addresses import AddressRange
from netsim.model.policy import Peer, PodPeer, Rule
from netsim.model.ports import (
    ALL_PORTS,
    NO_PORTS,
    AnyPort,
    PortSet,
    RulePort,
)
from netsim.model.profile import Profile
from netsim.model.workload import Endpoint
from netsim.query.endpoints import selects
from netsim.query.parties import Outside, Subject, merged
from netsim.suggest.distinguishing import in_namespace, telling
from netsim.suggest.needs_addresses import blocks_of
from netsim.suggest.needs_wishes import is_pod
from netsim.suggest.steady_labels import lasting

Look = tuple[str, tuple[tuple[str, str], ...]]
"""A namespace and labels that last: pods that share it cannot be told apart."""
Unit = Look | Subject
"""A look, or a subject that has none."""
Ports = Mapping[Subject, PortSet]


@dataclass(frozen=True, slots=True)
class Named:
    """A peer with everyone whom it means."""

    peer: Peer
    members: tuple[Subject, ...]


class Population:
    """Everyone there is, and who of them can be told from whom."""

    def __init__(self, parties: Iterable[Subject], profile: Profile) -> None:
        self.parties = tuple(parties)
        self._pods: dict[str, list[Endpoint]] = {}
        self._twins: dict[Look, list[Endpoint]] = {}
        self._profile = profile
        for item in self.parties:
            if isinstance(item, Endpoint) and self._is_pod(item):
                self._pods.setdefault(item.namespace, []).append(item)
                self._twins.setdefault(look(item), []).append(item)

    def pods(self, namespace: str) -> Sequence[Endpoint]:
        """Whom selectors of pods can pick in a namespace."""
        return self._pods.get(namespace, ())

    def unit(self, subject: Subject) -> Unit:
        """What a subject shares with those who cannot be told from it by labels."""
        if isinstance(subject, Endpoint) and self._is_pod(subject):
            return look(subject)
        return subject

    def members(self, unit: Unit) -> Sequence[Subject]:
        """Everyone of a unit."""
        return self._twins[unit] if isinstance(unit, tuple) else (unit,)

    def named(self, wanted: Iterable[Subject], namespace: str) -> Iterator[Named]:
        """Peers for everyone who is wanted, for a policy of a namespace.

        Pods by labels, all others by address; who has neither is in none of them.
        """
        group = tuple(wanted)
        yield from self.by_label(group, namespace)
        yield from self.by_address(it for it in group if not self._is_pod(it))

    def by_label(self, wanted: Iterable[Subject], namespace: str) -> Iterator[Named]:
        """Selectors for the pods among some subjects."""
        group = dict.fromkeys(wanted)
        done: set[Subject] = set()
        for item in group:
            if item not in done and isinstance(item, Endpoint) and self._is_pod(item):
                found = self._by_labels(item, group, namespace)
                done.update(found.members)
                yield found

    def by_address(self, wanted: Iterable[Subject]) -> Iterator[Named]:
        """IpBlocks for the addresses of some subjects, joined where they touch."""
        spans = merged(span for item in wanted for span in _spans(item))
        for _, family in groupby(spans, key=lambda span: span.first.version):
            for block, held in blocks_of(tuple(family)):
                yield Named(block, tuple(self._inside(held)))

    def _is_pod(self, subject: Subject) -> bool:
        return is_pod(subject, self._profile)

    def _by_labels(self, pod: Endpoint, group: Mapping[Subject, None], namespace: str) -> Named:
        own, here = look(pod), self.pods(pod.namespace)
        others = [it.labels for it in here if it not in group and look(it) != own]
        selector = telling([lasting(pod)], others)
        place = None if pod.namespace == namespace else in_namespace(pod.namespace)
        members = tuple(it for it in here if selects(selector, it.labels))
        return Named(PodPeer(selector, place), members)

    def _inside(self, spans: Sequence[AddressRange]) -> Iterator[Subject]:
        """Whose addresses meet some ranges."""
        for item in self.parties:
            if any(_meet(span, own) for own in _spans(item) for span in spans):
                yield item


def look(endpoint: Endpoint) -> Look:
    """What selectors that last can see of a pod."""
    return endpoint.namespace, tuple(lasting(endpoint).items())


def grouped(needed: Ports) -> dict[PortSet, list[Subject]]:
    """Peers by the ports that they share."""
    groups: dict[PortSet, list[Subject]] = {}
    for peer, ports in needed.items():
        if ports != NO_PORTS:
            groups.setdefault(ports, []).append(peer)
    return groups


def numbered(ports: PortSet) -> tuple[RulePort, ...]:
    """Ports as a rule lists them."""
    return (AnyPort(),) if ports == ALL_PORTS else tuple(ports)


def rules_for(
    needed: Ports, population: Population, namespace: str
) -> tuple[tuple[Rule, ...], tuple[Subject, ...]]:
    """The fewest rules for some needs, and those whom no rule can name."""
    rules: list[Rule] = []
    unnamed: list[Subject] = []
    for ports, peers in grouped(needed).items():
        found = list(population.named(peers, namespace))
        known = {member for item in found for member in item.members}
        unnamed += (peer for peer in peers if peer not in known)
        if found:
            rules.append(Rule(tuple(item.peer for item in found), numbered(ports)))
    return tuple(rules), tuple(unnamed)


def _spans(subject: Subject) -> tuple[AddressRange, ...]:
    if isinstance(subject, Outside):
        return subject.ranges
    if isinstance(subject, Endpoint):
        every = {*subject.addresses, *(address for address, _ in subject.pod_addresses)}
        ordered = sorted(every, key=lambda it: (it.version, int(it)))
        return tuple(AddressRange(it, it) for it in ordered)
    return ()


def _meet(one: AddressRange, other: AddressRange) -> bool:
    return (
        one.first.version == other.first.version
        and int(one.first) <= int(other.last)
        and int(other.first) <= int(one.last)
    )
