"""NetworkPolicies of every shape that the API server accepts."""

from collections.abc import Sequence
from functools import cache
from ipaddress import ip_network

from hypothesis import strategies as st

from netsim.model.labels import EVERYTHING, LabelSelector, Operator, Requirement
from netsim.model.networks import IPBlock
from netsim.model.policy import AnyPeer, Direction, NetworkPolicy, Peer, PodPeer, Rule
from netsim.model.ports import (
    FIRST_PORT,
    LAST_PORT,
    AnyPort,
    NamedPort,
    PortRange,
    RulePort,
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

_NETWORKS = {
    "0.0.0.0/0": ("10.0.0.0/29", "10.0.0.0/30", "10.0.0.4/31", "10.0.0.3/32"),
    "::/0": ("fd00::/125", "fd00::4/126", "fd00::3/128"),
}
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
        subject=st.just(EVERYTHING) | selectors(),
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


@st.composite
def _rules(draw: st.DrawFn, namespaces: Sequence[str]) -> Rule:
    return Rule(draw(_peers(tuple(namespaces))), draw(_ports()))


@cache
def _peers(namespaces: tuple[str, ...]) -> st.SearchStrategy[tuple[Peer, ...]]:
    pods, found = _pod_peers(namespaces), blocks()
    return st.one_of(
        st.just((AnyPeer(),)),
        st.tuples(pods),
        st.tuples(found),
        st.tuples(pods | found, pods | found),
    )


@cache
def _ports() -> st.SearchStrategy[tuple[RulePort, ...]]:
    named, found = _named_ports(), spans()
    return st.one_of(
        st.just((AnyPort(),)),
        st.tuples(named),
        st.tuples(found),
        st.tuples(named | found, named | found),
    )


def _pod_peers(namespaces: Sequence[str]) -> st.SearchStrategy[PodPeer]:
    by_name = namespace_selectors(namespaces)
    return st.builds(PodPeer, selectors(), st.one_of(st.none(), selectors(), by_name))


def namespace_selectors(namespaces: Sequence[str]) -> st.SearchStrategy[LabelSelector]:
    """Namespaces by the name that every one is labelled with."""
    return st.sampled_from(namespaces).map(
        lambda name: LabelSelector((Requirement(NAMESPACE_NAME_LABEL, Operator.IN, (name,)),))
    )


def blocks() -> st.SearchStrategy[IPBlock]:
    """Whole families and networks, as they are or with others cut out of them."""
    return st.one_of([_blocks_of(whole, inner) for whole, inner in _NETWORKS.items()])


def _blocks_of(whole: str, inner: tuple[str, ...]) -> st.SearchStrategy[IPBlock]:
    one = st.sampled_from(inner)
    return st.builds(
        _block,
        st.just(whole) | one,
        st.one_of(st.just(()), st.tuples(one), st.tuples(one, one)),
    )


def _block(cidr: str, excepts: Sequence[str]) -> IPBlock:
    """Only what lies inside a block can be cut out of it."""
    outer = ip_network(cidr)
    inner = [
        item
        for item in map(ip_network, excepts)
        if item.prefixlen > outer.prefixlen and item[0] in outer
    ]
    return IPBlock(outer, tuple(dict.fromkeys(inner)))


def _one_family() -> st.SearchStrategy[tuple[Rule, ...]]:
    """One rule for everyone of one family: two pods may agree in neither."""
    return st.sampled_from(tuple(_NETWORKS)).map(
        lambda cidr: (Rule((_block(cidr, ()),), (AnyPort(),)),)
    )


def _named_ports() -> st.SearchStrategy[NamedPort]:
    return st.builds(
        NamedPort, st.sampled_from(PROTOCOLS), st.sampled_from(first_often(PORT_NAMES))
    )


def spans() -> st.SearchStrategy[PortRange]:
    """Single ports and ranges, few of them far from the others."""
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
