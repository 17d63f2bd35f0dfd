"""Live pods of one controller are folded into one endpoint, and no answer changes by it."""

from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from netsim import strategies as kube
from netsim.compiler import compile_snapshot
from netsim.graph import Graph
from netsim.load import snapshot_from_objects
from netsim.model.flow import OwnNode, Party
from netsim.model.labels import Labels
from netsim.model.networks import Address
from netsim.model.profile import Profile
from netsim.model.snapshot import Snapshot
from netsim.model.workload import Endpoint
from tests.properties.manifests import Manifest, manifests

_POD_INDEX = "apps.kubernetes.io/pod-index"


@st.composite
def _siblings(draw: st.DrawFn) -> Snapshot:
    """Pods in threes that differ in address, node, phase or a label, or in nothing."""
    snapshot = draw(kube.snapshots(max_endpoints=2))
    numbers = iter(draw(st.permutations(range(8))))
    pods = [
        _sibling(
            draw, endpoint, f"{endpoint.kind.lower()}-{endpoint.name}-{index}", next(numbers)
        )
        for endpoint in snapshot.endpoints
        for index in range(3)
    ]
    ordered = sorted(pods, key=lambda pod: (pod.namespace, pod.name))
    return replace(snapshot, endpoints=tuple(ordered))


def _sibling(draw: st.DrawFn, model: Endpoint, name: str, number: int) -> Endpoint:
    labels = {**model.labels, _POD_INDEX: name[-1]}
    if draw(_RARELY):
        labels["app"] = "b"
    return replace(
        model,
        name=name,
        kind="Pod",
        labels=Labels(labels),
        addresses=tuple(_address(it.version, number) for it in model.addresses),
        replicas=1,
        host_network=model.host_network or draw(_RARELY),
        node=draw(st.sampled_from((model.node, model.node, "n1"))),
        finished=draw(_RARELY),
        pods=(),
        pod_addresses=(),
    )


_RARELY = st.sampled_from((False, False, False, True))


def _address(family: int, number: int) -> Address:
    return IPv4Address(f"10.0.0.{number}") if family == 4 else IPv6Address(f"fd00::{number}")


def _owned(snapshot: Snapshot) -> list[Manifest]:
    """The manifests of live pods, each with its controller: its name without the index."""
    objects = manifests(snapshot)
    for manifest in objects:
        if manifest["kind"] == "Pod":
            owner = manifest["metadata"]["name"][:-2]
            manifest["metadata"]["ownerReferences"] = [
                {
                    "apiVersion": "apps/v1",
                    "kind": "ReplicaSet",
                    "name": owner,
                    "controller": True,
                }
            ]
    return objects


@settings(max_examples=settings().max_examples * 2)
@given(_siblings(), kube.profiles())
def test_folding_live_pods_changes_no_answer(snapshot: Snapshot, profile: Profile) -> None:
    apart = Graph(compile_snapshot(snapshot, profile))
    folded = Graph(compile_snapshot(snapshot_from_objects(_owned(snapshot)).snapshot, profile))
    homes = {pod: end for end in folded.compiled.snapshot.endpoints for pod in _pods(end)}
    everyone: tuple[Party, ...] = (*snapshot.endpoints, OwnNode())
    for one, other in permutations(everyone, 2):
        ends = _home(one, homes), _home(other, homes)
        assert folded.ports(*ends) == apart.ports(one, other), (one, other)
    for address in kube.boundary_addresses(snapshot):
        for pod in snapshot.endpoints:
            home = _home(pod, homes)
            assert folded.ports(home, address) == apart.ports(pod, address)
            assert folded.ports(address, home) == apart.ports(address, pod)


@given(_siblings())
def test_pods_that_are_alike_are_one_endpoint(snapshot: Snapshot) -> None:
    alike = tuple(
        replace(pod, labels=Labels(), addresses=(), host_network=False, node="", finished=False)
        for pod in snapshot.endpoints
    )
    uniform = replace(snapshot, endpoints=alike)
    read = snapshot_from_objects(_owned(uniform)).snapshot
    assert [len(item.pods) for item in read.endpoints] == [3] * (len(alike) // 3)
    assert [item.replicas for item in read.endpoints] == [3] * (len(alike) // 3)


def _pods(endpoint: Endpoint) -> list[tuple[str, str]]:
    names = endpoint.pods or (endpoint.name,)
    return [(endpoint.namespace, name) for name in names]


def _home(party: Party, homes: dict[tuple[str, str], Endpoint]) -> Party:
    """The endpoint that a live pod became part of."""
    return homes[party.namespace, party.name] if isinstance(party, Endpoint) else party
