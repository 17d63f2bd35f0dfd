"""What expectations say is held against the reference evaluator, flow by flow."""

from dataclasses import replace
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from netsim import Cluster
from netsim import strategies as kube
from netsim.model.flow import Flow, Party
from netsim.model.labels import Labels, LabelSelector
from netsim.model.ports import Protocol
from netsim.model.snapshot import Snapshot
from netsim.model.workload import NAMESPACE_NAME_LABEL, Endpoint, Namespace
from netsim.query.endpoints import selects
from netsim.query.expectations.satisfying import escaping, satisfying
from netsim.reference import Reference

Ports = tuple[tuple[Protocol, int], ...]


def open_flows(
    snapshot: Snapshot, sources: list[Party], targets: list[Party], ports: Ports
) -> set[Flow]:
    judge = Reference(snapshot)
    flows = (
        Flow(source, target, *port)
        for source, target, port in product(sources, targets, ports)
        if not (isinstance(source, Endpoint) and source == target and source.single)
    )
    return {flow for flow in flows if judge.allows(flow)}


def name_of(pod: Endpoint) -> str:
    words = {"Pod": "pod", "Deployment": "deploy", "DaemonSet": "ds", "StatefulSet": "sts"}
    return f"{pod.namespace}/{words[pod.kind]}/{pod.name}"


def running(snapshot: Snapshot) -> list[Party]:
    return [pod for pod in snapshot.endpoints if not pod.finished]


@given(kube.snapshots(), st.data())
def test_allow_and_deny_say_what_the_judge_says_of_every_pair(
    snapshot: Snapshot, data: st.DataObject
) -> None:
    target = data.draw(st.sampled_from(snapshot.endpoints))
    protocol, number = data.draw(st.sampled_from(kube.boundary_ports(snapshot)))
    sources = [
        pod for pod in running(snapshot) if not (pod == target and target.single)
    ]  # fmt: skip
    found = open_flows(snapshot, sources, [target], ((protocol, number),))
    test = {"from": "*", "to": name_of(target), "port": f"{number}/{protocol.value.lower()}"}
    cluster = Cluster(snapshot)
    if not sources:
        return
    denied = cluster.check({**test, "expect": "deny"})
    allowed = cluster.check({**test, "expect": "allow"})
    assert (denied.status.value == "passed") is (not found)
    assert (allowed.status.value == "passed") is (len(found) == len(sources))
    if found:
        assert denied.witness is not None
        assert denied.witness.more == len(found) - 1


@given(kube.snapshots())
def test_a_namespace_is_closed_to_others_when_the_judge_lets_nothing_across(
    snapshot: Snapshot,
) -> None:
    pods = running(snapshot)
    ports = kube.boundary_ports(snapshot)
    for name in sorted({pod.namespace for pod in pods if isinstance(pod, Endpoint)}):
        inside = [pod for pod in pods if isinstance(pod, Endpoint) and pod.namespace == name]
        others = [pod for pod in pods if pod not in inside]
        across = open_flows(snapshot, list(inside), others, ports)
        across |= open_flows(snapshot, others, list(inside), ports)
        test = {"invariant": "no-cross-namespace", "target": f"{name}/"}
        assert (Cluster(snapshot).check(test).status.value == "passed") is (not across)


@given(kube.snapshots(), st.sampled_from(("to", "from")), st.data())
def test_where_a_closed_world_holds_no_pod_that_could_be_created_passes(
    snapshot: Snapshot,
    end: str,
    data: st.DataObject,
) -> None:
    subject = data.draw(st.sampled_from(snapshot.endpoints))
    test = {end: name_of(subject), "only": []}
    checked = Cluster(snapshot).check(test)
    ports = kube.boundary_ports(snapshot)
    newcomer, grown = data.draw(newcomers(snapshot))
    families = Cluster(grown).worlds.directory.families
    addresses = [it for it in kube.boundary_addresses(snapshot) if it.version in families]
    others: list[Party] = [*running(snapshot), newcomer, *addresses]
    ends = (others, [subject]) if end == "to" else ([subject], others)
    found = open_flows(grown, list(ends[0]), list(ends[1]), ports)
    exempt = Cluster(grown).worlds.graph.exemption
    found = {flow for flow in found if exempt(flow.source, flow.target) is None}
    if checked.status.value == "passed":
        assert found == set()
    if found:
        assert checked.status.value == "failed"


@st.composite
def newcomers(draw: st.DrawFn, snapshot: Snapshot) -> tuple[Endpoint, Snapshot]:
    """A pod that is not there, and the cluster with it; perhaps in a new namespace."""
    labels = draw(kube.labels(keys=("app", "tier", "extra"), values=("a", "b", "c")))
    name = draw(st.sampled_from((*snapshot.namespaces, "new")))
    namespaces = dict(snapshot.namespaces)
    if name not in namespaces:
        own = Labels({**draw(kube.labels()), NAMESPACE_NAME_LABEL: name})
        namespaces[name] = Namespace(name, own, synthesised=False, source=None)
    ports = draw(kube.endpoints()).ports
    pod = Endpoint(name, "newcomer", "Pod", labels, ports=ports)
    pods = sorted((*snapshot.endpoints, pod), key=lambda it: (it.namespace, it.name, it.kind))
    return pod, replace(
        snapshot, endpoints=tuple(pods), namespaces=dict(sorted(namespaces.items()))
    )


@given(st.lists(kube.selectors(), max_size=4), kube.selectors(), kube.labels())
def test_labels_are_found_whenever_there_are_some(
    avoided: list[LabelSelector], wanted: LabelSelector, labels: Labels
) -> None:
    found = escaping(wanted.requirements, avoided)
    if found is not None:
        assert selects(wanted, found)
        assert not any(selects(item, found) for item in avoided)
    elif selects(wanted, labels):
        assert any(selects(item, labels) for item in avoided)
    assert all(selects(wanted, some) for some in satisfying(wanted.requirements))
    if selects(wanted, labels):
        assert list(satisfying(wanted.requirements))
