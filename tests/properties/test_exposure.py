"""Exposure speaks of pods that do not exist: each is created here, and the judge is asked."""

from collections.abc import Iterator
from dataclasses import replace
from functools import reduce
from itertools import product
from operator import or_

from hypothesis import given, settings
from hypothesis import strategies as st

from netsim import strategies as kube
from netsim.addresses import AddressRange
from netsim.model.flow import Flow
from netsim.model.labels import Labels
from netsim.model.networks import Address
from netsim.model.policy import Direction
from netsim.model.ports import ALL_PORTS, NO_PORTS, PortSet, Protocol
from netsim.model.profile import Profile
from netsim.model.snapshot import Snapshot
from netsim.model.workload import NAMESPACE_NAME_LABEL, Endpoint, Namespace
from netsim.query.exposed import AnyPod, Crowd, Exposed, Exposure, Peer
from netsim.query.exposure import exposure
from netsim.query.parties import Outside
from netsim.query.worlds import Worlds, worlds_of
from netsim.reference import Reference
from tests.conftest import Witness

EXAMPLES = settings().max_examples
NEW = "purple"
DIRECTIONS = st.sampled_from(Direction)
VALUES = ("a", "b", "", "c", None)
LABELS = [
    Labels({key: value for key, value in (("app", app), ("tier", tier)) if value is not None})
    for app in VALUES
    for tier in VALUES
]


def exposed(snapshot: Snapshot, profile: Profile, direction: Direction) -> Exposure:
    worlds = worlds_of(snapshot, profile)
    return exposure(worlds, worlds.directory.running, direction)


@st.composite
def newcomers(draw: st.DrawFn, snapshot: Snapshot) -> tuple[Snapshot, Endpoint]:
    """A pod that any user could create, in a namespace that exists or in one of its own."""
    name = draw(st.sampled_from((*snapshot.namespaces, NEW, NEW)))
    spaces = dict(snapshot.namespaces)
    if name == NEW:
        drawn = draw(kube.labels(values=("a", "b", "c")))
        labels = Labels({**drawn, NAMESPACE_NAME_LABEL: NEW})
        spaces[NEW] = Namespace(NEW, labels, synthesised=False, source=None)
    pod = Endpoint(name, "newcomer", "Pod", draw(kube.labels(values=("a", "b", "c"))))
    ends = sorted((*snapshot.endpoints, pod), key=lambda it: (it.namespace, it.name, it.kind))
    spaces = dict(sorted(spaces.items()))
    return replace(snapshot, namespaces=spaces, endpoints=tuple(ends)), pod


def told(rows: list[Exposed], pod: Labels, space: Labels) -> PortSet:
    """What some rows say of a newcomer with these labels in a namespace with those."""
    peers = [(row.peer, row) for row in rows]
    return union(
        [
            row
            for peer, row in peers
            if peer is Crowd.ANYONE or (isinstance(peer, AnyPod) and peer.takes(pod, space))
        ]
    )


def of(pod: Endpoint, snapshot: Snapshot) -> tuple[Labels, Labels]:
    return pod.labels, snapshot.namespaces[pod.namespace].labels


def flow(
    one: Endpoint, other: Endpoint, direction: Direction, port: tuple[Protocol, int]
) -> Flow:
    """To the first end, or from it."""
    source, target = (other, one) if direction is Direction.INGRESS else (one, other)
    return Flow(source, target, *port)


@settings(max_examples=EXAMPLES * 4)
@given(st.data(), kube.snapshots(), kube.profiles(), DIRECTIONS)
def test_a_new_pod_passes_exactly_where_some_row_covers_it(
    witness: Witness, data: st.DataObject, snapshot: Snapshot, profile: Profile, way: Direction
) -> None:
    witness.saw(snapshot, profile)
    answer = exposed(snapshot, profile, way)
    grown, pod = data.draw(newcomers(snapshot))
    judge = Reference(grown, profile)
    for subject in worlds_of(snapshot, profile).directory.running:
        ports = told([row for row in answer.rows if row.subject == subject], *of(pod, grown))
        for port in kube.boundary_ports(snapshot):
            assert (port in ports) == judge.allows(flow(subject, pod, way, port))


@settings(max_examples=EXAMPLES)
@given(kube.snapshots(), kube.profiles(), DIRECTIONS)
def test_what_an_existing_pod_can_do_is_told(
    witness: Witness, snapshot: Snapshot, profile: Profile, way: Direction
) -> None:
    witness.saw(snapshot, profile)
    answer, worlds = exposed(snapshot, profile, way), worlds_of(snapshot, profile)
    judge, running = Reference(snapshot, profile), worlds.directory.running
    for subject, other in product(running, running):
        if other == subject or worlds.graph.exemption(subject, other):
            continue
        rows = [row for row in answer.rows if row.subject == subject]
        own = [row for row in rows if row.peer == other]
        if is_node(other, profile):
            own += [row for row in rows if row.peer in {Crowd.NODES, Crowd.ANYONE}]
            ports = union(own)
        else:
            ports = told(rows, *of(other, snapshot)) | union(own)
        for port in kube.boundary_ports(snapshot):
            assert port in ports or not judge.allows(flow(subject, other, way, port))


@settings(max_examples=EXAMPLES)
@given(kube.snapshots(), kube.profiles(), DIRECTIONS)
def test_an_address_passes_exactly_where_some_row_covers_it(
    witness: Witness, snapshot: Snapshot, profile: Profile, way: Direction
) -> None:
    witness.saw(snapshot, profile)
    answer, worlds = exposed(snapshot, profile, way), worlds_of(snapshot, profile)
    judge = Reference(snapshot, profile)
    addresses = kube.boundary_addresses(snapshot)
    for subject, address in product(worlds.directory.running, addresses):
        rows = [row for row in answer.rows if row.subject == subject]
        ports = union([row for row in rows if holds(row.peer, address, worlds)])
        for port in kube.boundary_ports(snapshot):
            ends = (address, subject) if way is Direction.INGRESS else (subject, address)
            source, target = ends
            assert (port in ports) == judge.allows(Flow(source, target, *port))


def union(rows: list[Exposed]) -> PortSet:
    return reduce(or_, (row.ports for row in rows), NO_PORTS)


def holds(peer: Peer, address: Address, worlds: Worlds) -> bool:
    match peer:
        case Outside():
            return any(within(address, span) for span in peer.ranges)
        case Crowd.INTERNET:
            public = worlds.directory.internet
            return any(within(address, span) for item in public for span in item.ranges)
        case _:
            return peer in {Crowd.ANYONE, Crowd.ADDRESSES}


def within(address: Address, span: AddressRange) -> bool:
    same = address.version == span.first.version
    return same and int(span.first) <= int(address) <= int(span.last)


def is_node(endpoint: Endpoint, profile: Profile) -> bool:
    return endpoint.host_network and profile.settings()["host_network_pods"] == "node"


def universe(snapshot: Snapshot) -> Iterator[tuple[Labels, Labels]]:
    """Labels of every pod and namespace that selectors of the strategies can tell apart."""
    spaces = [space.labels for space in snapshot.namespaces.values()]
    spaces += [Labels({**labels, NAMESPACE_NAME_LABEL: NEW}) for labels in LABELS]
    for labels in LABELS:
        for space in spaces:
            yield labels, space


@settings(max_examples=EXAMPLES // 2)
@given(kube.snapshots(max_policies=5), DIRECTIONS)
def test_no_row_is_implied_by_the_others(
    witness: Witness, snapshot: Snapshot, way: Direction
) -> None:
    witness.saw(snapshot)
    everyone = list(universe(snapshot))
    answer = exposed(snapshot, Profile(), way)
    for subject in {row.subject for row in answer.rows}:
        rows = [row for row in answer.rows if row.subject == subject]
        for row in rows:
            if isinstance(row.peer, AnyPod):
                others = [other for other in rows if other is not row]
                assert any(
                    row.ports - told(others, *labels)
                    for labels in everyone
                    if row.peer.takes(*labels)
                )


def test_all_ports_are_told_where_nothing_is_isolated() -> None:
    pod = Endpoint("blue", "web", "Pod", Labels({}))
    labels = Labels({NAMESPACE_NAME_LABEL: "blue"})
    space = Namespace("blue", labels, synthesised=True, source=None)
    (row,) = exposed(Snapshot({"blue": space}, (pod,), ()), Profile(), Direction.INGRESS).rows
    assert (row.peer, row.ports) == (Crowd.ANYONE, ALL_PORTS)
