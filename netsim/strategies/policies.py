"""NetworkPolicies of every shape that the API server accepts."""

from collections.abc import Sequence
from ipaddress import ip_network
from itertools import combinations

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

_EVERYWHERE = (ip_network("0.0.0.0/0"), ip_network("::/0"))
_NETWORKS = (
    *map(ip_network, ("10.0.0.0/29", "10.0.0.0/30", "10.0.0.4/31", "10.0.0.3/32")),
    *map(ip_network, ("fd00::/125", "fd00::4/126", "fd00::3/128")),
)
"""Around the addresses that pods have; none parts ...6 from ...7."""


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
            st.fixed_dictionaries(
                {Direction.INGRESS: _one_family(), Direction.EGRESS: _one_family()}
            ),
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
    """Whole families, networks, and either with one or two networks cut out."""
    whole = [IPBlock(outer) for outer in _EVERYWHERE]
    cut = [
        IPBlock(outer, excepts)
        for outer in (*_EVERYWHERE, *_NETWORKS)
        for count in (1, 2)
        for excepts in combinations(_within(outer), count)
    ]
    return st.one_of(
        st.sampled_from(whole),
        st.sampled_from([IPBlock(network) for network in _NETWORKS]),
        st.sampled_from(cut),
    )


def _within(outer: Network) -> list[Network]:
    return [
        item
        for item in _NETWORKS
        if item.version == outer.version
        and item.prefixlen > outer.prefixlen
        and item[0] in outer
    ]


def _one_family() -> st.SearchStrategy[tuple[Rule, ...]]:
    """One rule for everyone of one family: two pods may agree in neither."""
    blocks = st.sampled_from([IPBlock(network) for network in _EVERYWHERE])
    return st.tuples(blocks.map(lambda block: Rule((block,), (AnyPort(),))))


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
