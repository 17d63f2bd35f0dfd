"""A diff holds exactly what the judge finds different, and obeys the laws of differences."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import reduce
from ipaddress import IPv4Address, IPv6Address
from itertools import product
from operator import or_

from hypothesis import given
from hypothesis import strategies as st

from netsim import strategies as kube
from netsim.model.flow import Flow, Party
from netsim.model.ports import NO_PORTS, PortSet
from netsim.model.profile import Profile
from netsim.model.snapshot import Snapshot
from netsim.model.workload import Endpoint
from netsim.query.diff import Diff, FlowChange
from netsim.query.diffing import diff_of
from netsim.query.parties import Outside, Subject
from netsim.reference import Reference
from netsim.source import Place, Source
from tests.properties.comparison import Port

Edges = dict[tuple[object, object], PortSet]


@st.composite
def changed(draw: st.DrawFn) -> tuple[Snapshot, Snapshot]:
    """Two clusters with much in common: endpoints, labels and policies differ in part."""
    snapshot, other = draw(kube.snapshots()), draw(kube.snapshots())
    policies = {it.ref: it for it in snapshot.policies}
    for policy in other.policies:
        if draw(st.booleans()):
            policies[policy.ref] = policy
    kept = [ref for ref in sorted(policies) if draw(st.integers(0, 3))]
    namespaces = snapshot.namespaces if draw(st.booleans()) else other.namespaces
    endpoints = [_other(draw, it) for it in snapshot.endpoints if draw(st.integers(0, 5))]
    after = Snapshot(namespaces, tuple(endpoints), tuple(policies[ref] for ref in kept))
    return snapshot, after


def _other(draw: st.DrawFn, endpoint: Endpoint) -> Endpoint:
    match draw(st.integers(0, 4)):
        case 0:
            return replace(endpoint, labels=draw(kube.labels()))
        case 1:
            return replace(endpoint, replicas=draw(st.sampled_from([1, 3])))
        case _:
            return endpoint


@given(changed(), kube.profiles())
def test_a_diff_turns_the_judges_answers_of_before_into_those_of_after(
    pair: tuple[Snapshot, Snapshot], profile: Profile
) -> None:
    before, after = pair
    diff = _diff(before, after, profile)
    ports = sorted({*_ports(before), *_ports(after)}, key=str)
    samples = _samples(before, after)
    for source, target in product(samples, repeat=2):
        if not (isinstance(source, Endpoint) or isinstance(target, Endpoint)):
            continue
        opened = _on(diff.opened, source, target)
        closed = _on(diff.closed, source, target)
        for port in ports:
            old = _judged(before, profile, (source, target), port)
            new = _judged(after, profile, (source, target), port)
            assert (port in opened) is (new and not old), (source, target, port)
            assert (port in closed) is (old and not new), (source, target, port)


@given(changed(), kube.profiles())
def test_opened_and_closed_change_places_as_the_arguments_do(
    pair: tuple[Snapshot, Snapshot], profile: Profile
) -> None:
    there, back = _diff(*pair, profile), _diff(*pair[::-1], profile)
    assert _flows(there.opened) == _flows(back.closed)
    assert _flows(there.closed) == _flows(back.opened)
    assert [it.name for it in there.appeared] == [it.name for it in back.vanished]
    assert [it.name for it in there.changed] == [it.name for it in back.changed]


@given(kube.snapshots(), kube.profiles())
def test_nothing_differs_from_itself(snapshot: Snapshot, profile: Profile) -> None:
    assert not _diff(snapshot, snapshot, profile)


@given(kube.snapshots(), kube.profiles())
def test_other_names_of_policies_change_nothing(snapshot: Snapshot, profile: Profile) -> None:
    renamed = [replace(it, name=f"z{99 - n}") for n, it in enumerate(snapshot.policies)]
    renamed.sort(key=lambda it: (it.namespace, it.name))
    assert not _diff(snapshot, replace(snapshot, policies=tuple(renamed)), profile)


@given(changed(), kube.profiles())
def test_every_row_has_a_cause_and_no_port_two(
    pair: tuple[Snapshot, Snapshot], profile: Profile
) -> None:
    diff = _diff(*pair, profile)
    for rows in (diff.opened, diff.closed):
        assert [str(row) for row in rows if not row.causes] == []
        found: Edges = {}
        for row in rows:
            assert row.ports
            for ends in _pairs(row):
                assert not found.get(ends, NO_PORTS) & row.ports
                found[ends] = found.get(ends, NO_PORTS) | row.ports
    assert not diff.outside(diff)


def _diff(before: Snapshot, after: Snapshot, profile: Profile) -> Diff:
    return diff_of(before, after, profile, _nowhere)


def _nowhere(source: Source) -> Place:
    return Place(source.file, 0)


def _ports(snapshot: Snapshot) -> Iterable[Port]:
    return kube.boundary_ports(snapshot)


def _samples(before: Snapshot, after: Snapshot) -> list[Party]:
    found: dict[object, Party] = {}
    for snapshot in (before, after):
        for item in snapshot.endpoints:
            found[_identity(item)] = item
    taken = {
        address
        for snapshot in (before, after)
        for item in snapshot.endpoints
        for address in (*item.addresses, *(it for it, _ in item.pod_addresses))
    }
    addresses = {
        address for snapshot in (before, after) for address in kube.boundary_addresses(snapshot)
    }
    return [*found.values(), *sorted(addresses - taken, key=int)]


def _judged(
    snapshot: Snapshot, profile: Profile, ends: tuple[Party, Party], port: Port
) -> bool:
    here = {_identity(item): item for item in snapshot.endpoints}
    source, target = (
        here.get(_identity(end)) if isinstance(end, Endpoint) else end for end in ends
    )
    if source is None or target is None:
        return False
    if isinstance(source, Endpoint) and source == target:
        if source.kind == "Pod":
            return False
        # two pods of a workload, whether or not there are two
        source = target = replace(source, replicas=2)
    return Reference(snapshot, profile).allows(Flow(source, target, *port))


def _identity(item: Party | Subject) -> object:
    if isinstance(item, Endpoint):
        return item.namespace, item.name, item.kind
    return item


def _on(rows: Iterable[FlowChange], source: Party, target: Party) -> PortSet:
    found = (row.ports for row in rows if _is(row.source, source) and _is(row.target, target))
    return reduce(or_, found, NO_PORTS)


def _is(subject: Subject, sample: Party) -> bool:
    if isinstance(subject, Outside):
        return isinstance(sample, IPv4Address | IPv6Address) and any(
            item.first.version == sample.version
            and int(item.first) <= int(sample) <= int(item.last)
            for item in subject.ranges
        )
    return _identity(subject) == _identity(sample)


def _flows(rows: Iterable[FlowChange]) -> list[str]:
    edges: dict[tuple[str, str], PortSet] = {}
    for row in rows:
        for source, target in _pairs(row):
            key = (str(source), str(target))
            edges[key] = edges.get(key, NO_PORTS) | row.ports
    return sorted(f"{ends} {ports}" for ends, ports in edges.items())


def _pairs(row: FlowChange) -> Iterator[tuple[object, object]]:
    ends = [
        list(it.ranges) if isinstance(it, Outside) else [_identity(it)]
        for it in (row.source, row.target)
    ]
    yield from product(*ends)
