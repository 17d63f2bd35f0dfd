"""Policies from needs: nothing opens, what is needed stays, and asking again is in vain."""

from ipaddress import ip_network

from hypothesis import assume, given
from hypothesis import strategies as st

from netsim import strategies as kube
from netsim.cluster import Cluster, from_objects
from netsim.comparison import diff
from netsim.load.flow_logs import FlowLog
from netsim.load.logged_flows import LoggedFlow, NamedEnd
from netsim.model.policy import Direction
from netsim.model.profile import Profile
from netsim.model.snapshot import Snapshot
from netsim.model.workload import Endpoint
from netsim.names import AddressRangeText, EndpointText, NamedEndpoint, Special
from netsim.query.parties import Outside, Subject
from netsim.suggest.default_deny import default_denied
from netsim.suggest.needs import Sayings
from netsim.suggest.needs_wishes import is_pod
from netsim.suggest.simulation import applied
from netsim.suggest.tighten import tightened
from tests.properties.manifests import manifests


def _notation(subject: Subject) -> EndpointText:
    if isinstance(subject, Endpoint):
        return NamedEndpoint(subject.namespace, subject.name, subject.kind)
    if isinstance(subject, Outside):
        return AddressRangeText(ip_network(subject.sample))
    return Special.NODE


def _end(subject: Subject) -> NamedEnd:
    return NamedEnd(_notation(subject), "")


def _logs(cluster: Cluster) -> st.SearchStrategy[FlowLog]:
    """Any part of what passes, each connection on one of its ranges of ports."""
    flows = [
        LoggedFlow(_end(row.source), _end(row.target), span)
        for row in cluster.connections()
        for span in row.ports
    ]
    if not flows:
        return st.just(FlowLog("log"))
    chosen = st.lists(st.sampled_from(flows), unique=True, max_size=6)
    return chosen.map(lambda some: FlowLog("log", dict.fromkeys(some, 1)))


def _cluster(snapshot: Snapshot, profile: Profile) -> Cluster:
    cluster = from_objects(manifests(snapshot), profile=profile, lenient=True)
    assume(not cluster.errors)  # a namespace without its object, where the profile refuses it
    return cluster


SNAPSHOTS = kube.snapshots(max_endpoints=6, max_policies=4)


@given(SNAPSHOTS, kube.profiles(), st.data())
def test_tightened_clusters_keep_what_is_needed_and_no_more_can_go(
    snapshot: Snapshot, profile: Profile, data: st.DataObject
) -> None:
    cluster = _cluster(snapshot, profile)
    sayings = Sayings((data.draw(_logs(cluster)),))
    found = tightened(cluster, sayings)
    assert not found.needs.refused
    if found.proposal is None:
        return
    after = applied(cluster, found.proposal.edits)
    assert not diff(cluster, after).opened
    again = tightened(after, sayings)
    assert not again.needs.refused
    assert again.needs.notes == found.needs.notes
    assert again.proposal is None


@given(SNAPSHOTS, kube.profiles(), st.data())
def test_closed_namespaces_keep_what_is_needed_and_nothing_is_left_to_do(
    snapshot: Snapshot, profile: Profile, data: st.DataObject
) -> None:
    cluster = _cluster(snapshot, profile)
    sayings = Sayings((data.draw(_logs(cluster)),))
    namespace = data.draw(st.sampled_from(sorted(cluster.snapshot.namespaces)))
    found = default_denied(cluster, namespace, sayings)
    assert not found.needs.refused
    if found.proposal is None:
        return
    after = applied(cluster, found.proposal.edits)
    assert not diff(cluster, after).opened
    for pod in after.worlds.directory.running_in.get(namespace, ()):
        isolated = [after.worlds.graph.isolating(pod, way) for way in Direction]
        assert all(isolated) or not is_pod(pod, profile)
    again = default_denied(after, namespace, sayings)
    assert len(again.needs.refused) <= len(found.unsaid)
    assert again.proposal is None
