"""Tries edits out: nothing may open, and everything needed must pass as before."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from netsim.cluster import Cluster
from netsim.comparison import diff
from netsim.errors import UnprovedError
from netsim.model.policy import Direction
from netsim.model.ports import NO_PORTS, PortSet
from netsim.model.workload import Endpoint
from netsim.query.directory import Directory
from netsim.query.parties import Outside, Subject, networks_of, party_of, subject_name
from netsim.suggest.edits import Edit, Proposal
from netsim.suggest.needs import Needs, Pair
from netsim.suggest.tighten_reading import Crowd


@dataclass(frozen=True, slots=True)
class Remaining:
    """Something that passes and is not needed."""

    source: Subject
    target: Subject
    ports: PortSet

    def __str__(self) -> str:
        ends = f"{subject_name(self.source)} -> {subject_name(self.target)}"
        return f"{ends} on {self.ports}"


def proved(
    title: str,
    clusters: tuple[Cluster, Cluster],
    edits: Sequence[Edit],
    needs: Needs,
    unsaid: Iterable[Pair] = (),
) -> Proposal:
    """The proposal that leads from the first cluster to the second.

    Raises UnprovedError where something opens, or something needed closes that is not among
    `unsaid`: those flows of which no rule can tell.
    """
    before, after = clusters
    moved = diff(before, after)
    if moved.opened:
        raise UnprovedError(title, "it would open", tuple(map(str, moved.opened)))
    known, left_out = dict[Subject, tuple[Subject, ...]](), set(unsaid)
    closed: list[str] = []
    for (source, target), ports in needs.passing.items():
        if (source, target) not in left_out:
            ends = (_found(it, after.worlds.directory, known) for it in (source, target))
            if not _pass(after, tuple(ends), ports):
                closed.append(f"{subject_name(source)} -> {subject_name(target)} on {ports}")
    if closed:
        raise UnprovedError(title, "it would close what is needed", tuple(closed))
    return Proposal(title, tuple(edits), moved)


def _pass(after: Cluster, ends: tuple[tuple[Subject, ...], ...], ports: PortSet) -> bool:
    sources, targets = ends
    graph = after.worlds.graph
    return bool(sources and targets) and all(
        ports <= graph.ports(party_of(source), party_of(target))
        for source in sources
        for target in targets
    )


def _found(
    subject: Subject, directory: Directory, known: dict[Subject, tuple[Subject, ...]]
) -> tuple[Subject, ...]:
    """The same party in another cluster: its pods where they are told apart there."""
    found = known.get(subject)
    if found is None:
        if isinstance(subject, Outside):
            networks = (network for span in subject.ranges for network in networks_of(span))
            found = directory.outside(networks)
        elif isinstance(subject, Endpoint):
            found = directory.named(subject.namespace, subject.name, subject.kind)
        else:
            found = (subject,)
        known[subject] = found
    return found


Governed = Mapping[Direction, Container[Subject]]
"""Pods whose connections in a direction are to be what is needed, and no more."""


def remaining(after: Cluster, needs: Needs, governed: Governed) -> Iterator[Remaining]:
    """What passes in or out of some pods, and is not needed."""
    crowd = Crowd(after.worlds.graph, needs.parties)
    groups: dict[tuple[Subject | None, Subject | None, PortSet], list[Outside]] = {}
    for source, target, ports in _beyond(needs, crowd, governed):
        if isinstance(source, Outside):
            groups.setdefault((None, target, ports), []).append(source)
        elif isinstance(target, Outside):
            groups.setdefault((source, None, ports), []).append(target)
        else:
            groups[source, target, ports] = []
    for (source_or, target_or, ports), outside in groups.items():
        ends = (source_or or Outside.joined(outside), target_or or Outside.joined(outside))
        yield Remaining(*ends, ports)


def _beyond(
    needs: Needs, crowd: Crowd, governed: Governed
) -> Iterator[tuple[Subject, Subject, PortSet]]:
    """Pair by pair; what one pod of a workload needs the others do as well."""
    needed: dict[tuple[_Owner, _Owner], PortSet] = {}
    for (source, target), ports in needs.passing.items():
        pair = _owner(source), _owner(target)
        needed[pair] = needed.get(pair, NO_PORTS) | ports
    inward = {it for it in needs.parties if it in governed[Direction.INGRESS]}
    alike = list(crowd.by_faces.values())
    guarded = [[it for it in some if it in inward] for some in alike]
    for sources in alike:
        opened = [_open(sources[0], targets[0], crowd) for targets in alike]
        for source in sources:
            chosen = alike if source in governed[Direction.EGRESS] else guarded
            for ports, targets in zip(opened, chosen, strict=True):
                for target in targets if ports else ():
                    left = ports - needed.get((_owner(source), _owner(target)), NO_PORTS)
                    if left and not crowd.exempt(source, target):
                        yield source, target, left


_Owner = Subject | tuple[str, str, str]


def _owner(subject: Subject) -> _Owner:
    """Namespace, kind and name of the workload that a pod is of; else the subject itself."""
    if isinstance(subject, Endpoint) and subject.workload[1]:
        return subject.namespace, *subject.workload
    return subject


def _open(source: Subject, target: Subject, crowd: Crowd) -> PortSet:
    found = NO_PORTS
    for left, right in crowd.graph.class_pairs(party_of(source), party_of(target)):
        found |= crowd.graph.class_ports(left, right)
    return found
