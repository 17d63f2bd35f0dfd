from netsim.compiler import compile_snapshot
from netsim.compiler.network_policy import peers_of
from netsim.compiler.rules import Action, CompiledRule, Tier
from netsim.compiler.sets import ClassId, SetId
from netsim.compiler.targets import ports_on
from netsim.compiler.universe import Universe
from netsim.model.labels import EVERYTHING, LabelSelector
from netsim.model.networks import IPBlock
from netsim.model.policy import AnyPeer, Direction, NetworkPolicy
from netsim.model.ports import NamedPort, Protocol
from netsim.model.workload import Endpoint
from tests.compiler.building import (
    block,
    declared,
    labelled,
    pod,
    pods,
    policy,
    rule,
    snapshot,
    tcp,
)

WEB = pod("shop/web", "10.0.0.1", app="web", ports=[declared("http", 8080)])
OLD = pod("shop/old", app="old", ports=[declared("http", 80), declared("http", 81)])
DB = pod("shop/db", app="db")
LOGIN = pod("auth/login", app="web")
HTTP = NamedPort(Protocol.TCP, "http")
EVERYONE = [WEB, OLD, DB, LOGIN]
NAMESPACES = {"shop": {"team": "sales"}, "auth": {}}
_LOOKING = policy(
    "shop/looking",
    ingress=[
        rule(pods(app="web"), ports=[HTTP]),
        rule(block("10.0.0.0/8")),
        rule(block("10.9.0.0/16")),
    ],
    subject=labelled(app="nobody"),
)
"""Selects nothing, but makes the compiler look at labels, names and addresses."""


def _lowered(item: NetworkPolicy) -> list[CompiledRule]:
    compiled = compile_snapshot(snapshot(*EVERYONE, item, _LOOKING, namespaces=NAMESPACES))
    return list(compiled.rules)


def _names(found: SetId, item: NetworkPolicy) -> list[str]:
    """The pods of a set, in the order of their keys."""
    compiled = compile_snapshot(snapshot(*EVERYONE, item, _LOOKING, namespaces=NAMESPACES))
    return [
        endpoint.key
        for endpoint in compiled.snapshot.endpoints
        if compiled.faces_of(endpoint)[0].class_id in compiled.sets[found]
    ]


def _shown(item: NetworkPolicy) -> list[tuple[list[str], list[str], str, Action]]:
    return [
        (_names(it.subjects, item), _names(it.peers, item), str(it.ports), it.action)
        for it in _lowered(item)
    ]


ALL = [item.key for item in sorted(EVERYONE, key=lambda item: item.key)]
SHOP = ["shop/db", "shop/old", "shop/web"]
ACCEPT, DENY = Action.ACCEPT, Action.DENY


def test_a_policy_becomes_its_rules_and_one_denial_for_each_direction() -> None:
    one = policy("shop/one", ingress=[rule(pods(app="web"), ports=[tcp(80)])], egress=[])
    assert _shown(one) == [
        (SHOP, ["shop/web"], "80/TCP", ACCEPT),
        (SHOP, ALL, "all", DENY),
        (SHOP, ALL, "all", DENY),
    ]
    assert [it.direction for it in _lowered(one)] == [
        Direction.INGRESS,
        Direction.INGRESS,
        Direction.EGRESS,
    ]


def test_denials_are_asked_after_every_accept_of_the_tier() -> None:
    one = policy("shop/one", ingress=[rule(), rule()])
    accepts, denials = _lowered(one)[:2], _lowered(one)[2:]
    assert max(it.rank for it in accepts) < min(it.rank for it in denials)
    assert {it.tier for it in _lowered(one)} == {Tier.NETWORK_POLICY}


def test_every_rule_remembers_where_it_was_written() -> None:
    one = policy("shop/one", egress=[rule(), rule(ports=[tcp(80)])])
    assert [str(it.ref) for it in _lowered(one)] == [
        "shop/one spec.egress[0]",
        "shop/one spec.egress[1]",
        "shop/one spec.policyTypes (Egress)",
    ]


def test_a_policy_that_selects_nothing_compiles_to_nothing() -> None:
    assert _lowered(policy("shop/one", ingress=[rule()], subject=labelled(app="gone"))) == []
    assert _lowered(policy("empty/one", ingress=[rule()])) == []


def test_a_rule_for_nobody_is_left_out_but_still_isolates() -> None:
    one = policy("shop/one", ingress=[rule(pods(app="gone")), rule(block("192.0.2.0/32"))])
    assert [it.action for it in _lowered(one)] == [ACCEPT, DENY]
    gone = policy("shop/one", ingress=[rule(pods(app="gone"))])
    assert [it.action for it in _lowered(gone)] == [DENY]


def test_an_ingress_rule_by_name_is_split_by_its_subjects() -> None:
    one = policy("shop/one", ingress=[rule(ports=[HTTP, tcp(9)])])
    assert _shown(one)[:-1] == [
        (SHOP, ALL, "9/TCP", ACCEPT),
        (["shop/old"], ALL, "80-81/TCP", ACCEPT),
        (["shop/web"], ALL, "8080/TCP", ACCEPT),
    ]


def test_an_egress_rule_by_name_is_split_by_its_peers() -> None:
    one = policy("shop/one", egress=[rule(ports=[HTTP])])
    assert _shown(one)[:-1] == [
        (SHOP, ["shop/old"], "80-81/TCP", ACCEPT),
        (SHOP, ["shop/web"], "8080/TCP", ACCEPT),
    ]


def test_a_name_that_none_of_the_targets_declares_opens_nothing() -> None:
    by_name = policy("auth/one", ingress=[rule(ports=[HTTP])])
    assert [it.action for it in _lowered(by_name)] == [DENY]
    unknown = policy("shop/one", ingress=[rule(ports=[NamedPort(Protocol.UDP, "http")])])
    assert [it.action for it in _lowered(unknown)] == [DENY]


def _universe() -> tuple[Universe, dict[Endpoint, ClassId]]:
    compiled = compile_snapshot(snapshot(*EVERYONE, _LOOKING, namespaces=NAMESPACES))
    ids = {item: compiled.faces_of(item)[0].class_id for item in EVERYONE}
    return compiled.universe, ids


def _peer_names(peer: AnyPeer | IPBlock, namespace: str = "shop") -> list[str]:
    universe, ids = _universe()
    found = set(universe.sets[peers_of(peer, namespace, universe)])
    return sorted(item.key for item, class_id in ids.items() if class_id in found)


def test_no_selector_of_namespaces_means_the_policys_own() -> None:
    universe, ids = _universe()
    own = set(universe.sets[peers_of(pods(app="web"), "shop", universe)])
    assert [item.key for item, number in ids.items() if number in own] == ["shop/web"]


def test_namespaces_and_pods_of_one_peer_must_both_fit() -> None:
    universe, ids = _universe()
    cases: list[tuple[LabelSelector, list[Endpoint]]] = [
        (EVERYTHING, [WEB, LOGIN]),
        (labelled(team="sales"), [WEB]),
        (labelled(team="gone"), []),
    ]
    for namespaces, expected in cases:
        found = set(universe.sets[peers_of(pods(namespaces, app="web"), "auth", universe)])
        assert [item for item, number in ids.items() if number in found] == expected


def test_a_block_means_those_whose_address_it_holds() -> None:
    assert _peer_names(block("10.0.0.0/8")) == ["shop/web"]
    assert _peer_names(block("10.9.0.0/16")) == []
    assert _peer_names(block("203.0.113.0/24")) == []


def test_any_peer_is_everyone_outside_included() -> None:
    universe, _ = _universe()
    assert peers_of(AnyPeer(), "shop", universe) == universe.everyone


def test_what_a_port_means_is_told_for_one_target() -> None:
    universe, ids = _universe()
    on = {item: ports_on(HTTP, ids[item], universe) for item in EVERYONE}
    assert {item.name: str(found) for item, found in on.items()} == {
        "web": "8080/TCP",
        "old": "80-81/TCP",
        "db": "none",
        "login": "none",
    }
    assert str(ports_on(tcp(80), ids[DB], universe)) == "80/TCP"
