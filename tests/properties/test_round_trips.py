"""A snapshot written as manifests and read again gives the same answers."""

from hypothesis import given, settings

from netsim import strategies as kube
from netsim.compiler import compile_snapshot
from netsim.graph import Graph
from netsim.load import Loaded, snapshot_from_objects
from netsim.model.profile import Profile
from netsim.model.snapshot import Snapshot
from netsim.model.workload import Endpoint
from netsim.results import Severity
from tests.conftest import Witness
from tests.properties.comparison import name, pairs
from tests.properties.manifests import manifests


@settings(max_examples=settings().max_examples * 2)
@given(kube.snapshots(), kube.profiles())
def test_manifests_of_a_snapshot_give_its_answers(
    witness: Witness, snapshot: Snapshot, profile: Profile
) -> None:
    witness.saw(snapshot, profile)
    before = Graph(compile_snapshot(snapshot, profile))
    after = Graph(compile_snapshot(_read(snapshot).snapshot, profile))
    twins = {name(item): item for item in after.compiled.snapshot.endpoints}
    for source, target in pairs(snapshot):
        ends = twins.get(name(source), source), twins.get(name(target), target)
        assert before.ports(source, target) == after.ports(*ends)


@given(kube.snapshots())
def test_endpoints_and_policies_are_read_as_they_were_written(
    witness: Witness, snapshot: Snapshot
) -> None:
    witness.saw(snapshot)
    read = _read(snapshot).snapshot
    assert list(map(_facts, read.endpoints)) == list(map(_facts, snapshot.endpoints))
    assert [(item.ref, item.subject, item.rules) for item in read.policies] == [
        (item.ref, item.subject, item.rules) for item in snapshot.policies
    ]
    for space in read.namespaces.values():
        assert space.labels == snapshot.namespaces[space.name].labels


@given(kube.snapshots())
def test_generated_manifests_are_accepted_without_errors(
    witness: Witness, snapshot: Snapshot
) -> None:
    witness.saw(snapshot)
    loaded = _read(snapshot)
    assert loaded.errors == ()
    assert Severity.ERROR not in {finding.severity for finding in loaded.findings}


def _read(snapshot: Snapshot) -> Loaded:
    return snapshot_from_objects(manifests(snapshot))


def _facts(endpoint: Endpoint) -> tuple[object, ...]:
    """What manifests can say; ports in the order in which names are looked up."""
    return (
        name(endpoint),
        endpoint.labels,
        endpoint.addresses,
        endpoint.replicas,
        endpoint.host_network,
        endpoint.node,
        endpoint.finished,
        endpoint.pods if endpoint.kind != "Pod" else (),
        {(port.name, port.number, port.protocol, port.role) for port in endpoint.ports},
    )
