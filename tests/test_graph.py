import pickle
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from ipaddress import ip_address
from itertools import product
from typing import NamedTuple

import pytest

from netsim.compiler import compile_snapshot
from netsim.compiler.rules import Action, CompiledRule, Tier
from netsim.compiler.sets import ClassId
from netsim.graph import Exemption, Graph
from netsim.model.flow import Flow, OwnNode, Party
from netsim.model.policy import Direction
from netsim.model.ports import ALL_PORTS, NO_PORTS, PortSet, Protocol, line_position
from netsim.model.profile import Profile
from netsim.model.snapshot import Snapshot
from netsim.model.workload import Endpoint
from tests.compiler.building import block, labelled, pod, pods, policy, rule, snapshot, tcp

WEB, DB = pod("shop/web", app="web"), pod("shop/db", app="db")
GUARD = policy("shop/guard", ingress=[rule(pods(app="web"), ports=[tcp(5432)])])
NODE = OwnNode()
INTERNET = ip_address("192.0.2.1")


def _graph(*items: Endpoint | Snapshot, **switches: str) -> Graph:
    profile = Profile()
    for switch, setting in switches.items():
        profile = profile.with_setting(switch, setting)
    found = items[0]
    return Graph(
        compile_snapshot(found if isinstance(found, Snapshot) else snapshot(found), profile)
    )


def _flow(source: Party, target: Party, port: int = 80) -> Flow:
    return Flow(source, target, Protocol.TCP, port)


SHOP = _graph(snapshot(WEB, DB, GUARD))


def test_an_isolated_pod_takes_what_a_rule_allows() -> None:
    assert SHOP.allows(_flow(WEB, DB, 5432))
    assert not SHOP.allows(_flow(WEB, DB, 5433))
    assert not SHOP.allows(_flow(INTERNET, DB, 5432))
    assert str(SHOP.ports(WEB, DB)) == "5432/TCP"
    assert SHOP.ports(INTERNET, DB) == NO_PORTS
    assert SHOP.ports(DB, INTERNET) == ALL_PORTS


def test_a_decision_names_the_rule_of_each_end() -> None:
    decision = SHOP.decide(_flow(WEB, DB, 5432))
    assert decision.allowed
    assert decision.exemption is None
    assert decision.egress.rule is None
    assert decision.egress.accepts
    assert decision.ingress.rule is not None
    assert str(decision.ingress.rule.ref) == "shop/guard spec.ingress[0]"


def test_a_refusal_names_the_isolation() -> None:
    decision = SHOP.decide(_flow(INTERNET, DB, 5432))
    assert not decision.allowed
    assert not decision.ingress.accepts
    assert decision.ingress.rule is not None
    assert decision.ingress.rule.ref.index is None


def test_both_ends_must_accept() -> None:
    closed = policy("shop/closed", egress=[], subject=labelled(app="web"))
    graph = _graph(snapshot(WEB, DB, GUARD, closed))
    assert not graph.allows(_flow(WEB, DB, 5432))
    assert graph.ports(WEB, DB) == NO_PORTS
    assert not graph.decide(_flow(WEB, DB, 5432)).allowed


def test_isolation_is_told_by_policy_and_direction() -> None:
    assert [str(it.ref.policy) for it in SHOP.isolating(DB, Direction.INGRESS)] == [
        "shop/guard"
    ]
    assert SHOP.isolating(DB, Direction.EGRESS) == ()
    assert SHOP.isolating(INTERNET, Direction.INGRESS) == ()


def test_accepting_rules_of_both_ends_are_listed_egress_first() -> None:
    out = policy("shop/out", egress=[rule(ports=[tcp(1, 9)]), rule(ports=[tcp(5432)])])
    graph = _graph(snapshot(WEB, DB, GUARD, out))
    found = graph.accepting(WEB, DB, PortSet.of(tcp(5432)))
    assert [str(it.ref) for it in found] == [
        "shop/out spec.egress[1]",
        "shop/guard spec.ingress[0]",
    ]
    assert graph.accepting(WEB, DB, PortSet.of(tcp(80))) == ()


class _Exempt(NamedTuple):
    """Two parties, a switch, and what settles their traffic with and without it."""

    ends: tuple[Party, Party]
    exemption: Exemption | None
    switch: tuple[str, str]
    otherwise: Exemption | None


ON_N1 = replace(WEB, node="n1")
HOST = replace(pod("shop/agent", "10.0.0.1"), host_network=True, node="n1")
STRAY = replace(HOST, node="")
DONE = replace(pod("shop/done"), finished=True)
TWINS = replace(pod("shop/twins"), replicas=2)
SELF, OWN = Exemption.SELF, Exemption.OWN_NODE
FINISHED = Exemption.FINISHED


@pytest.mark.parametrize(
    "case",
    [
        _Exempt((WEB, WEB), SELF, ("self_traffic", "evaluate"), None),
        _Exempt((TWINS, TWINS), None, ("self_traffic", "evaluate"), None),
        _Exempt((WEB, DB), None, ("self_traffic", "evaluate"), None),
        _Exempt((NODE, WEB), OWN, ("node_local", "none"), None),
        _Exempt((NODE, WEB), OWN, ("node_local", "ingress-only"), OWN),
        _Exempt((WEB, NODE), OWN, ("node_local", "ingress-only"), None),
        _Exempt((HOST, ON_N1), OWN, ("node_local", "none"), None),
        _Exempt((ON_N1, HOST), OWN, ("host_network_pods", "pod"), None),
        _Exempt((HOST, WEB), None, ("node_local", "none"), None),
        _Exempt((STRAY, WEB), None, ("node_local", "none"), None),
        _Exempt((NODE, HOST), None, ("host_network_pods", "pod"), OWN),
        _Exempt((NODE, INTERNET), None, ("node_local", "none"), None),
        _Exempt((WEB, DONE), FINISHED, ("terminal_pods", "included"), None),
        _Exempt((DONE, INTERNET), FINISHED, ("terminal_pods", "included"), None),
        _Exempt((DONE, DONE), FINISHED, ("terminal_pods", "included"), SELF),
    ],
)
def test_identity_settles_some_traffic(case: _Exempt) -> None:
    endpoints = {end for end in case.ends if isinstance(end, Endpoint)}
    closed = policy("shop/closed", ingress=[], egress=[])
    facts = snapshot(*endpoints, closed)
    assert _graph(facts).exemption(*case.ends) is case.exemption
    assert _graph(facts, **dict([case.switch])).exemption(*case.ends) is case.otherwise


def test_what_is_exempt_passes_on_all_ports_and_no_rule_is_named() -> None:
    graph = _graph(snapshot(WEB, policy("shop/closed", ingress=[], egress=[])))
    assert graph.ports(WEB, WEB) == graph.ports(NODE, WEB) == ALL_PORTS
    assert graph.allows(_flow(WEB, WEB))
    decision = graph.decide(_flow(WEB, WEB))
    assert (decision.allowed, decision.exemption) == (True, SELF)
    assert decision.egress.rule is decision.ingress.rule is None


def test_nothing_passes_from_or_to_a_finished_pod() -> None:
    graph = _graph(snapshot(WEB, DONE))
    assert graph.ports(WEB, DONE) == graph.ports(DONE, INTERNET) == NO_PORTS
    assert not graph.allows(_flow(DONE, WEB))
    decision = graph.decide(_flow(WEB, DONE))
    assert (decision.allowed, decision.exemption) == (False, FINISHED)


DUAL = pod("shop/dual", "10.0.0.1", "fd00::1", app="web")
OTHER = pod("shop/other", "10.0.0.2", "fd00::2", app="db")


def test_a_connection_passes_in_one_family_at_both_ends() -> None:
    four, six = rule(block("10.0.0.0/8")), rule(block("fd00::/8"))
    apart = policy("shop/apart", ingress=[four], egress=[six])
    assert not _graph(snapshot(DUAL, OTHER, apart)).allows(_flow(DUAL, OTHER))
    assert _graph(snapshot(DUAL, OTHER, apart)).ports(DUAL, OTHER) == NO_PORTS
    together = policy("shop/together", ingress=[six], egress=[six])
    graph = _graph(snapshot(DUAL, OTHER, together))
    assert graph.allows(_flow(DUAL, OTHER))
    assert graph.ports(DUAL, OTHER) == ALL_PORTS
    assert graph.decide(_flow(DUAL, OTHER)).allowed


def test_parties_meet_in_common_families_or_in_any() -> None:
    single = pod("shop/single", "10.0.0.3")
    looking = policy("shop/p", ingress=[rule(block("10.0.0.1/32"), block("fd00::/8"))])
    graph = _graph(snapshot(DUAL, OTHER, single, looking))
    assert len(graph.class_pairs(DUAL, OTHER)) == 2
    assert len(graph.class_pairs(DUAL, single)) == 1
    assert len(graph.class_pairs(DUAL, NODE)) == 2
    assert len(graph.class_pairs(single, ip_address("fd00::9"))) == 1


def test_outside_is_every_address_there_is() -> None:
    spans = [(str(span.first), str(span.last)) for span, _ in SHOP.outside()]
    assert spans[0][1] == "255.255.255.255"
    assert spans[-1][1] == "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"


def _tiers(*actions: tuple[Tier, Action]) -> Graph:
    """A pod for which the first rule is the whole of each tier, on port 80."""
    compiled = compile_snapshot(snapshot(WEB, DB, policy("shop/p", ingress=[])))
    denial = compiled.rules[0]
    program: tuple[CompiledRule, ...] = tuple(
        denial._replace(tier=tier, action=action, ports=PortSet.of(tcp(80)))
        for tier, action in actions
    )
    programs = {
        Direction.EGRESS: compiled.programs[Direction.EGRESS],
        Direction.INGRESS: {ClassId(n): program for n in range(len(compiled.classes))},
    }
    return Graph(replace(compiled, programs=programs))


ADMIN, MIDDLE = Tier.ADMIN, Tier.NETWORK_POLICY


@pytest.mark.parametrize(
    ("actions", "allowed"),
    [
        ([(ADMIN, Action.ACCEPT), (MIDDLE, Action.DENY)], True),
        ([(ADMIN, Action.PASS), (MIDDLE, Action.DENY)], False),
        ([(ADMIN, Action.PASS), (ADMIN, Action.DENY), (MIDDLE, Action.ACCEPT)], True),
        ([(ADMIN, Action.PASS)], True),
    ],
)
def test_a_rule_that_passes_leaves_its_tier(
    actions: list[tuple[Tier, Action]], *, allowed: bool
) -> None:
    graph = _tiers(*actions)
    assert graph.allows(_flow(WEB, DB)) is allowed
    assert ((Protocol.TCP, 80) in graph.ports(WEB, DB)) is allowed
    assert graph.decide(_flow(WEB, DB)).allowed is allowed
    assert (Protocol.TCP, 81) in graph.ports(WEB, DB)
    assert graph.allows(_flow(WEB, DB, 81))


def _pickled(graph: Graph) -> Graph:
    found: Graph = pickle.loads(pickle.dumps(graph))  # noqa: S301 - written just now
    return found


@pytest.mark.parametrize("way", [deepcopy, _pickled])
def test_a_copy_of_a_graph_that_was_asked_answers_alike(
    way: Callable[[Graph], Graph],
) -> None:
    graph = Graph(compile_snapshot(snapshot(WEB, DB, GUARD)))
    handles = [graph.handle(it) for it in (WEB, DB)]
    copy = way(graph)
    assert [copy.handle(it) for it in (WEB, DB)] == handles
    for source, target, port in product(handles, handles, (5432, 5433)):
        position = line_position(Protocol.TCP, port)
        expected = graph.reaches(source, target, position)
        assert copy.reaches(source, target, position) is expected


def test_only_what_was_given_out_is_a_handle() -> None:
    graph = Graph(compile_snapshot(snapshot(WEB, OTHER)))
    with pytest.raises(LookupError):
        graph.reaches(0, 1, 80)
    known = graph.handle(WEB)
    for number in (known - 1, known + 1, 10**9):
        for ends in ((known, number), (number, known), (number, number)):
            with pytest.raises(LookupError):
                graph.reaches(*ends, 80)
    assert graph.reaches(known, known, 80)
