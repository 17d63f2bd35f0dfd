"""NetworkPolicies of every shape that the API server accepts."""

from collections.abc import Sequence
from ipaddress import ip_network

from hypothesis import strategies as st

from netsim.model.labels import LabelSelector, Operator, Requirement
from netsim.model.networks import IPBlock, Network
from netsim.model.policy import AnyPeer, Direction, NetworkPolicy, PodPeer, Rule
from netsim.model.ports import (
    FIRST_PORT,
    LAST_PORT,
    AnyPort,
    NamedPort,
    PortRange,
)
from netsim.model.workload import NAMESPACE_NAME_LABEL
from netsim.source import Source
from netsim.strategies.endpoints import (
    HIGHEST_PORT,
    NAMES,
    NAMESPACES,
    PORT_NAMES,
    PROTOCOLS,
    first_often,
)
from netsim.strategies.labels import selectors

_CIDRS = (
    *("0.0.0.0/0", "10.0.0.0/29", "10.0.0.0/30", "10.0.0.4/31", "10.0.0.3/32"),
    *("::/0", "fd00::/125", "fd00::4/126", "fd00::3/128"),
)
"""Blocks around the addresses that pods have, none of which parts ...6 from ...7."""


def policies(
    *, namespaces: Sequence[str] = NAMESPACES, max_rules: int = 2
) -> st.SearchStrategy[NetworkPolicy]:
    """Policies of every shape that the API server accepts, in both directions."""
    rule = _rules(namespaces)
    rules = st.one_of([st.tuples(*[rule] * count) for count in range(max_rules + 1)])
    return st.builds(
        NetworkPolicy,
        namespace=st.sampled_from(first_often(namespaces)),
        name=st.sampled_from(NAMES),
        subject=selectors(),
        rules=st.one_of(
            st.fixed_dictionaries({Direction.INGRESS: rules}),
            st.fixed_dictionaries({Direction.EGRESS: rules}),
            st.fixed_dictionaries({Direction.INGRESS: rules, Direction.EGRESS: rules}),
        ),
        source=st.just(Source("<generated>")),
    )


def _rules(namespaces: Sequence[str]) -> st.SearchStrategy[Rule]:
    pods, blocks = _pod_peers(namespaces), _blocks()
    named, spans = _named_ports(), _spans()
    peers = st.one_of(
        st.just((AnyPeer(),)),
        st.tuples(pods),
        st.tuples(blocks),
        st.tuples(pods | blocks, pods | blocks),
    )
    ports = st.one_of(
        st.just((AnyPort(),)),
        st.tuples(named),
        st.tuples(spans),
        st.tuples(named | spans, named | spans),
    )
    return st.builds(Rule, peers, ports)


def _pod_peers(namespaces: Sequence[str]) -> st.SearchStrategy[PodPeer]:
    by_name = st.sampled_from(namespaces).map(
        lambda name: LabelSelector((Requirement(NAMESPACE_NAME_LABEL, Operator.IN, (name,)),))
    )
    return st.builds(PodPeer, selectors(), st.one_of(st.none(), selectors(), by_name))


def _blocks() -> st.SearchStrategy[IPBlock]:
    networks = [ip_network(text) for text in _CIDRS]
    inner = {
        outer: [item for item in networks if item != outer and _inside(item, outer)]
        for outer in networks
    }
    return st.sampled_from(networks).flatmap(
        lambda outer: st.builds(
            IPBlock,
            st.just(outer),
            st.lists(st.sampled_from(inner[outer]), max_size=2, unique=True).map(tuple)
            if inner[outer]
            else st.just(()),
        )
    )


def _inside(inner: Network, outer: Network) -> bool:
    return inner[0] in outer and inner[-1] in outer


def _named_ports() -> st.SearchStrategy[NamedPort]:
    return st.builds(
        NamedPort, st.sampled_from(PROTOCOLS), st.sampled_from(first_often(PORT_NAMES))
    )


def _spans() -> st.SearchStrategy[PortRange]:
    narrow = st.builds(
        lambda first, more: (first, first + more),
        st.integers(1, HIGHEST_PORT),
        st.sampled_from((0, 1, 3)),
    )
    awkward = st.sampled_from(((FIRST_PORT, LAST_PORT), (LAST_PORT, LAST_PORT), (4, LAST_PORT)))
    return st.builds(
        lambda protocol, ends: PortRange(protocol, *ends),
        st.sampled_from(PROTOCOLS),
        narrow | awkward,
    )
