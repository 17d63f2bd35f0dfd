"""What is suggested does exactly what it says; once it is done nothing more is suggested."""

from collections.abc import Iterable

from hypothesis import event, given, settings
from hypothesis import strategies as st

import netsim
from netsim import strategies as kube
from netsim.cluster import Cluster
from netsim.comparison import diff
from netsim.model.flow import Flow
from netsim.model.ports import PortRange
from netsim.model.snapshot import Snapshot
from netsim.model.workload import Endpoint
from netsim.query.diff import FlowChange
from netsim.query.verdict import Outcome
from netsim.reference import Reference
from netsim.suggest.allow import allow
from netsim.suggest.deny import deny
from netsim.suggest.edits import Proposal
from netsim.suggest.simulation import applied
from tests.conftest import Witness
from tests.properties.manifests import manifests

few = settings(max_examples=max(settings().max_examples // 2, 1))


def name_of(endpoint: Endpoint) -> str:
    return f"{endpoint.namespace}/{endpoint.kind.lower()}/{endpoint.name}"


def moved_name(proposal: Proposal, source: Endpoint) -> str:
    """A source that was moved; by what it says, flows are those of the same workload."""
    (home,) = {
        edit.ref.namespace for edit in proposal.edits if edit.ref.kind == source.kind
    } - {source.namespace}
    return f"{home}/{source.kind.lower()}/{source.name}"


def texts(rows: Iterable[FlowChange]) -> list[str]:
    return list(map(str, rows))


def same_in(cluster: Cluster, endpoint: Endpoint) -> Endpoint:
    (found,) = (
        it
        for it in cluster.snapshot.endpoints
        if (it.namespace, it.name, it.kind)
        == (endpoint.namespace, endpoint.name, endpoint.kind)
    )
    return found


def judged(cluster: Cluster, source: Endpoint, target: Endpoint, port: PortRange) -> bool:
    """What the judge says; two pods of a workload are meant where it is asked of itself."""
    ends = same_in(cluster, source), same_in(cluster, target)
    return Reference(cluster.snapshot).allows(Flow(*ends, port.protocol, port.first))


def told_and_done(cluster: Cluster, proposal: Proposal) -> Cluster:
    """The cluster after a proposal, which moved what it said."""
    after = applied(cluster, proposal.edits)
    moved = diff(cluster, after)
    assert texts(moved.opened) == texts(proposal.moved.opened)
    assert texts(moved.closed) == texts(proposal.moved.closed)
    assert len({edit.ref for edit in proposal.edits}) == len(proposal.edits)
    return after


@st.composite
def questions(draw: st.DrawFn) -> tuple[Snapshot, Endpoint, Endpoint, PortRange]:
    snapshot = draw(kube.snapshots())
    cluster = netsim.from_objects(manifests(snapshot))
    ends = st.sampled_from(cluster.snapshot.endpoints)
    protocol, number = draw(st.sampled_from(kube.boundary_ports(snapshot)))
    return snapshot, draw(ends), draw(ends), PortRange(protocol, number, number)


@few
@given(questions())
def test_what_is_suggested_to_allow_lets_the_flow_pass_and_closes_nothing(
    witness: Witness, question: tuple[Snapshot, Endpoint, Endpoint, PortRange]
) -> None:
    snapshot, source, target, port = question
    witness.saw(snapshot)
    cluster = netsim.from_objects(manifests(snapshot))
    words = name_of(source), name_of(target), str(port)
    answer = allow(cluster, *words)
    event(f"{answer.outcome.value}, {len(answer.proposals)} options")
    if not answer.proposals:
        assert answer.reasons
        assert (answer.outcome is Outcome.ALLOWED) is cluster.can_reach(*words)
        ends = (source, target)
        assert cluster.can_reach(*words) or any(it.finished or it.host_network for it in ends)
        return
    assert not cluster.can_reach(*words)
    for proposal in answer.proposals:
        if any(edit.after is None for edit in proposal.edits):
            moved = applied(cluster, proposal.edits)
            assert moved.can_reach(moved_name(proposal, source), *words[1:])
            continue
        after = told_and_done(cluster, proposal)
        assert proposal.moved.closed == ()
        assert after.can_reach(*words)
        assert judged(after, source, target, port)
        again = allow(after, *words)
        assert (again.outcome, again.proposals) == (Outcome.ALLOWED, ())


@few
@given(questions())
def test_what_is_suggested_to_deny_closes_the_flow_and_opens_nothing(
    witness: Witness, question: tuple[Snapshot, Endpoint, Endpoint, PortRange]
) -> None:
    snapshot, source, target, port = question
    witness.saw(snapshot)
    cluster = netsim.from_objects(manifests(snapshot))
    words = name_of(source), name_of(target), str(port)
    answer = deny(cluster, *words)
    event(f"{answer.outcome.value}, {len(answer.proposals)} options")
    if not answer.proposals:
        assert answer.reasons
        assert (answer.outcome is Outcome.ALLOWED) is not cluster.can_reach(*words)
        nodes = source.host_network and target.host_network
        beside = source.node == target.node != "" and (
            source.host_network or target.host_network
        )
        is_itself = source == target
        assert not cluster.can_reach(*words) or nodes or beside or is_itself
        return
    assert cluster.can_reach(*words)
    for proposal in answer.proposals:
        after = told_and_done(cluster, proposal)
        assert proposal.moved.opened == ()
        assert not after.can_reach(*words)
        assert not judged(after, source, target, port)
        again = deny(after, *words)
        assert (again.outcome, again.proposals) == (Outcome.ALLOWED, ())
