"""Cluster-wide policies of the Admin and Baseline tiers, and the nodes that they name."""

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import ip_address

from hypothesis import strategies as st

from netsim.model.labels import EVERYTHING, Labels
from netsim.model.networks import IPBlock
from netsim.model.policy import AnyPeer, Direction, PodPeer
from netsim.model.ports import AnyPort, NamedPort, Protocol, RulePort
from netsim.model.tiers import (
    Action,
    ClusterPolicy,
    DomainPeer,
    NetworksPeer,
    NodePeer,
    Tier,
    TierPeer,
    TierRule,
)
from netsim.model.workload import Node
from netsim.source import Source
from netsim.strategies.endpoints import NAMESPACES, PORT_NAMES, first_often
from netsim.strategies.labels import labels, selectors
from netsim.strategies.policies import blocks, namespace_selectors, spans

_SOURCE = Source("<generated>")
_KINDS = (
    ("ClusterNetworkPolicy", "policy.networking.k8s.io/v1alpha2"),
    ("AdminNetworkPolicy", "policy.networking.k8s.io/v1alpha1"),
)
_BASELINE = ("BaselineAdminNetworkPolicy", "policy.networking.k8s.io/v1alpha1")
_NAMES = ("first", "second", "third")
_PRIORITIES = (1, 1, 2, 1000)


@st.composite
def cluster_policies(
    draw: st.DrawFn, *, namespaces: Sequence[str] = NAMESPACES, max_rules: int = 3
) -> ClusterPolicy:
    """Policies of both tiers, often of one priority; rules of every action and peer."""
    inward = _rule_lists(_pods(namespaces), max_rules)
    outward = _rule_lists(_egress_peers(namespaces), max_rules)
    rules: dict[Direction, tuple[TierRule, ...]] = {}
    directions = draw(st.sampled_from(("in", "out", "both")))
    if directions != "out":
        rules[Direction.INGRESS] = draw(inward)
    if directions != "in":
        rules[Direction.EGRESS] = draw(outward)
    found = ClusterPolicy(
        kind="",
        api_version="",
        name=draw(st.sampled_from(_NAMES)),
        tier=draw(st.sampled_from((Tier.ADMIN, Tier.ADMIN, Tier.BASELINE))),
        priority=draw(st.sampled_from(_PRIORITIES)),
        subject=draw(_subjects(namespaces)),
        rules=rules,
        source=_SOURCE,
    )
    return _of_kind(found, draw(st.sampled_from((*_KINDS, _KINDS[0]))), draw(st.booleans()))


@st.composite
def nodes(draw: st.DrawFn) -> tuple[Node, ...]:
    """The nodes that pods run on, or some of them; one has two addresses of a family."""
    chosen = draw(st.sampled_from(("both", "both", "second", "none")))
    second = _node("n2", draw(labels()), "10.0.0.2", "10.0.0.9")
    if chosen == "both":
        return _node("n1", draw(labels()), "10.0.0.1", "fd00::1"), second
    return (second,) if chosen == "second" else ()


def _node(name: str, found: Labels, *addresses: str) -> Node:
    return Node(name, found, tuple(map(ip_address, addresses)), _SOURCE)


def _of_kind(
    policy: ClusterPolicy,
    kind: tuple[str, str],
    alone: bool,  # noqa: FBT001 - drawn
) -> ClusterPolicy:
    """The Baseline tier has policies with a priority and at most one without."""
    if policy.tier is Tier.ADMIN:
        return replace(policy, kind=kind[0], api_version=kind[1])
    if not alone:
        return replace(policy, kind=_KINDS[0][0], api_version=_KINDS[0][1])
    return replace(
        policy, kind=_BASELINE[0], api_version=_BASELINE[1], name="default", priority=None
    )


def _rule_lists(
    peers: st.SearchStrategy[TierPeer], max_rules: int
) -> st.SearchStrategy[tuple[TierRule, ...]]:
    rule = _rules(peers)
    return st.one_of([st.tuples(*[rule] * count) for count in range(1, max_rules + 1)])


@st.composite
def _rules(draw: st.DrawFn, peer: st.SearchStrategy[TierPeer]) -> TierRule:
    listed = st.one_of(
        st.tuples(peer), st.tuples(peer, peer), st.just(()), st.just((AnyPeer(),))
    )
    return TierRule("", draw(st.sampled_from(Action)), draw(listed), draw(_ports()))


@st.composite
def _egress_peers(draw: st.DrawFn, namespaces: Sequence[str]) -> TierPeer:
    match draw(st.sampled_from(("pods", "pods", "networks", "nodes", "nodes", "names"))):
        case "pods":
            return draw(_pods(namespaces))
        case "networks":
            return NetworksPeer(tuple(draw(st.lists(_networks(), min_size=1, max_size=2))))
        case "nodes":
            return NodePeer(draw(selectors()))
        case _:
            return DomainPeer(("example.com",))


def _networks() -> st.SearchStrategy[IPBlock]:
    return blocks().map(lambda block: IPBlock(block.cidr, with_pods=True))


def _pods(namespaces: Sequence[str]) -> st.SearchStrategy[PodPeer]:
    anywhere = st.just(EVERYTHING) | selectors() | namespace_selectors(namespaces)
    return st.builds(PodPeer, st.just(EVERYTHING) | selectors(), anywhere)


def _subjects(namespaces: Sequence[str]) -> st.SearchStrategy[PodPeer]:
    return st.just(PodPeer(EVERYTHING, EVERYTHING)) | _pods(namespaces)


def _ports() -> st.SearchStrategy[tuple[RulePort, ...]]:
    named = st.sampled_from(first_often(PORT_NAMES)).map(
        lambda name: tuple(NamedPort(protocol, name) for protocol in Protocol)
    )
    some = st.one_of(named, st.tuples(spans()))
    return st.one_of(
        st.just((AnyPort(),)), some, st.builds(lambda one, other: (*one, *other), some, some)
    )
