"""The judge, on snapshots built by hand: no loader and no compiler stand between."""

from dataclasses import replace
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from netsim.model.flow import Flow, OwnNode, Party
from netsim.model.labels import EVERYTHING, Labels, LabelSelector, Operator, Requirement
from netsim.model.networks import IPBlock
from netsim.model.policy import AnyPeer, Direction, NetworkPolicy, Peer, PodPeer, Rule
from netsim.model.ports import (
    AnyPort,
    ContainerPort,
    ContainerRole,
    NamedPort,
    PortRange,
    Protocol,
    RulePort,
)
from netsim.model.profile import Profile
from netsim.model.snapshot import Snapshot
from netsim.model.workload import Endpoint, Namespace
from netsim.reference import Reference
from netsim.source import Source

TCP, UDP = Protocol.TCP, Protocol.UDP
INGRESS, EGRESS = Direction.INGRESS, Direction.EGRESS
OUTSIDE = ip_address("203.0.113.9")
OUTSIDE_6 = ip_address("2001:db8::9")


def pod(
    key: str, *addresses: str, ports: tuple[ContainerPort, ...] = (), app: str = ""
) -> Endpoint:
    namespace, _, name = key.partition("/")
    return Endpoint(
        namespace,
        name,
        "Pod",
        Labels({"app": app or name}),
        ports=ports,
        addresses=tuple(ip_address(address) for address in addresses),
    )


BAKER = pod("market/baker", "10.0.0.1")
MILLER = pod("market/miller", "10.0.0.2")
FERRY = pod("harbour/ferry", "10.1.0.1")
ON_NODE = replace(BAKER, node="north")
HOST = replace(pod("market/host", "192.0.2.1"), host_network=True, node="north")


def app(name: str) -> LabelSelector:
    return LabelSelector((Requirement("app", Operator.IN, (name,)),))


def rule(*peers: Peer, ports: tuple[RulePort, ...] = ()) -> Rule:
    return Rule(peers or (AnyPeer(),), ports or (AnyPort(),))


def policy(
    direction: Direction, *rules: Rule, subject: LabelSelector = EVERYTHING, to: str = "market"
) -> NetworkPolicy:
    return NetworkPolicy(to, "policy", subject, {direction: rules}, Source("here.yaml"))


def block(cidr: str, *excepts: str) -> IPBlock:
    return IPBlock(ip_network(cidr), tuple(ip_network(item) for item in excepts))


def port(name: str, number: int, role: ContainerRole = ContainerRole.MAIN) -> ContainerPort:
    return ContainerPort(name, number, TCP, role=role)


def allows(
    source: Party,
    target: Party,
    *policies: NetworkPolicy,
    at: tuple[int, Protocol] = (80, TCP),
    **switches: str,
) -> bool:
    namespaces = {
        name: Namespace(name, Labels({"place": name}), synthesised=False, source=None)
        for name in ("harbour", "market")
    }
    endpoints = tuple(item for item in (source, target) if isinstance(item, Endpoint))
    profile = Profile()
    for switch, setting in switches.items():
        profile = profile.with_setting(switch, setting)
    number, protocol = at
    judge = Reference(Snapshot(namespaces, endpoints, policies), profile)
    return judge.allows(Flow(source, target, protocol, number))


CLOSED_IN = policy(INGRESS)
CLOSED_OUT = policy(EGRESS)


def test_without_policies_everything_is_allowed() -> None:
    assert allows(BAKER, FERRY)
    assert allows(OUTSIDE, OUTSIDE_6, CLOSED_IN, CLOSED_OUT)


def test_isolation_is_of_one_direction_and_one_namespace() -> None:
    assert not allows(FERRY, BAKER, CLOSED_IN)
    assert allows(BAKER, FERRY, CLOSED_IN)
    assert not allows(BAKER, FERRY, CLOSED_OUT)
    assert allows(FERRY, BAKER, CLOSED_OUT)


def test_a_policy_isolates_only_the_pods_it_selects() -> None:
    only_baker = policy(INGRESS, subject=app("baker"))
    assert not allows(MILLER, BAKER, only_baker)
    assert allows(BAKER, MILLER, only_baker)


def test_both_ends_must_allow() -> None:
    assert not allows(BAKER, MILLER, policy(INGRESS, rule()), CLOSED_OUT)
    assert not allows(BAKER, MILLER, policy(EGRESS, rule()), CLOSED_IN)


def test_policies_add_up() -> None:
    opening = policy(INGRESS, rule(PodPeer(app("ferry"), EVERYTHING)))
    assert allows(FERRY, BAKER, CLOSED_IN, opening)
    assert allows(FERRY, BAKER, opening, CLOSED_IN)
    assert not allows(MILLER, BAKER, CLOSED_IN, opening)


def test_peers_of_one_rule_never_meet_ports_of_another() -> None:
    web, dns = PortRange(TCP, 80, 80), PortRange(TCP, 53, 53)
    mixed = policy(
        INGRESS,
        rule(PodPeer(app("ferry"), EVERYTHING), ports=(web,)),
        rule(PodPeer(app("miller"), None), ports=(dns,)),
    )
    assert allows(FERRY, BAKER, mixed)
    assert not allows(MILLER, BAKER, mixed)


@pytest.mark.parametrize("party", [MILLER, FERRY, HOST, OUTSIDE, OUTSIDE_6])
def test_no_peers_is_every_peer(party: Party) -> None:
    assert allows(party, BAKER, policy(INGRESS, rule()))


def test_pod_selector_alone_is_of_the_policys_own_namespace() -> None:
    own = policy(INGRESS, rule(PodPeer(EVERYTHING, None)))
    assert allows(MILLER, BAKER, own)
    assert not allows(FERRY, BAKER, own)


def test_both_selectors_of_a_peer_must_hold() -> None:
    harbour = LabelSelector((Requirement("place", Operator.IN, ("harbour",)),))
    both = policy(INGRESS, rule(PodPeer(app("ferry"), harbour)))
    assert allows(FERRY, BAKER, both)
    assert not allows(pod("market/ferry"), BAKER, both)
    assert not allows(pod("harbour/crane"), BAKER, both)


@pytest.mark.parametrize("party", [OUTSIDE, HOST])
def test_label_peers_match_pods_only(party: Party) -> None:
    assert not allows(party, BAKER, policy(INGRESS, rule(PodPeer(EVERYTHING, EVERYTHING))))


@pytest.mark.parametrize(
    ("operator", "key", "values", "held"),
    [
        (Operator.IN, "app", ("ferry", "miller"), True),
        (Operator.IN, "app", ("baker",), False),
        (Operator.IN, "tier", ("",), False),
        (Operator.NOT_IN, "app", ("baker",), True),
        (Operator.NOT_IN, "app", ("ferry",), False),
        (Operator.NOT_IN, "tier", ("front",), True),
        (Operator.EXISTS, "app", (), True),
        (Operator.EXISTS, "tier", (), False),
        (Operator.DOES_NOT_EXIST, "tier", (), True),
        (Operator.DOES_NOT_EXIST, "app", (), False),
    ],
)
def test_operators(
    operator: Operator, key: str, values: tuple[str, ...], *, held: bool
) -> None:
    chosen = LabelSelector((Requirement(key, operator, values),))
    assert allows(FERRY, BAKER, policy(INGRESS, rule(PodPeer(chosen, EVERYTHING)))) is held


def test_every_requirement_must_hold() -> None:
    missing = Requirement("tier", Operator.EXISTS)
    chosen = LabelSelector((*app("ferry").requirements, missing))
    assert not allows(FERRY, BAKER, policy(INGRESS, rule(PodPeer(chosen, EVERYTHING))))


def test_finished_pods_have_no_network() -> None:
    done = replace(FERRY, finished=True)
    assert not allows(done, BAKER)
    assert not allows(BAKER, done)
    assert not allows(done, done)
    assert allows(done, BAKER, terminal_pods="included")


def test_a_pod_reaches_itself_unless_that_is_evaluated() -> None:
    assert allows(BAKER, BAKER, CLOSED_IN, CLOSED_OUT)
    assert not allows(BAKER, BAKER, CLOSED_IN, self_traffic="evaluate")


@pytest.mark.parametrize("replicas", [None, 0, 2])
def test_replicas_of_one_workload_are_different_pods(replicas: int | None) -> None:
    several = replace(BAKER, replicas=replicas)
    assert not allows(several, several, CLOSED_IN)


@pytest.mark.parametrize("node", [OwnNode(), HOST])
@pytest.mark.parametrize(
    ("setting", "inwards", "outwards"),
    [("both", True, True), ("ingress-only", True, False), ("none", False, False)],
)
def test_node_local_traffic(
    node: Party, setting: str, *, inwards: bool, outwards: bool
) -> None:
    assert allows(node, ON_NODE, CLOSED_IN, node_local=setting) is inwards
    assert allows(ON_NODE, node, CLOSED_OUT, node_local=setting) is outwards


@pytest.mark.parametrize("node", ["south", ""])
def test_another_or_unknown_node_is_not_the_pods_own(node: str) -> None:
    assert not allows(HOST, replace(BAKER, node=node), CLOSED_IN)
    assert not allows(replace(HOST, node=""), replace(BAKER, node=node), CLOSED_IN)


def test_nothing_isolates_a_node() -> None:
    assert allows(OwnNode(), HOST, CLOSED_IN)
    assert allows(FERRY, HOST, CLOSED_IN)
    assert allows(HOST, FERRY, CLOSED_OUT)


def test_a_judged_node_has_no_known_address() -> None:
    blocks = policy(INGRESS, rule(block("0.0.0.0/0"), block("::/0")))
    assert not allows(OwnNode(), BAKER, blocks, node_local="none")
    matched: dict[str, Any] = {"node_local": "none", "unknown_addresses": "match"}
    assert allows(OwnNode(), BAKER, blocks, **matched)
    assert allows(OwnNode(), BAKER, policy(INGRESS, rule()), node_local="none")


def test_host_network_pods_can_be_pods() -> None:
    as_pod: dict[str, Any] = {"host_network_pods": "pod"}
    assert not allows(FERRY, HOST, CLOSED_IN, **as_pod)
    assert not allows(HOST, ON_NODE, CLOSED_IN, **as_pod)
    assert allows(HOST, BAKER, policy(INGRESS, rule(PodPeer(app("host"), None))), **as_pod)
    blocks = policy(INGRESS, rule(block("192.0.2.0/24")))
    assert not allows(HOST, BAKER, blocks, ipblock_matches_pods="no", **as_pod)


def test_blocks_match_addresses_less_their_excepts() -> None:
    blocks = policy(INGRESS, rule(block("203.0.113.0/24", "203.0.113.8/31")))
    assert not allows(OUTSIDE, BAKER, blocks)
    assert allows(ip_address("203.0.113.10"), BAKER, blocks)
    assert not allows(ip_address("203.0.114.1"), BAKER, blocks)


def test_an_except_is_of_its_own_block_only() -> None:
    blocks = policy(
        INGRESS, rule(block("203.0.0.0/16", "203.0.113.0/24"), block("203.0.113.9/32"))
    )
    assert allows(OUTSIDE, BAKER, blocks)


def test_families_do_not_mix() -> None:
    assert not allows(OUTSIDE_6, pod("market/six"), policy(INGRESS, rule(block("0.0.0.0/0"))))
    assert not allows(OUTSIDE, BAKER, policy(INGRESS, rule(block("::/0"))))


def test_whether_blocks_match_pods_is_a_switch_that_nodes_do_not_heed() -> None:
    blocks = policy(INGRESS, rule(block("0.0.0.0/0")))
    assert allows(FERRY, BAKER, blocks)
    assert not allows(FERRY, BAKER, blocks, ipblock_matches_pods="no")
    assert allows(HOST, BAKER, blocks, ipblock_matches_pods="no")


def test_unknown_addresses_match_no_block_or_every_block() -> None:
    blocks = policy(INGRESS, rule(block("10.0.0.0/8", "10.0.0.0/9")))
    stranger = pod("harbour/stranger")
    unknown_host = replace(HOST, addresses=())
    matched: dict[str, Any] = {"unknown_addresses": "match"}
    assert not allows(stranger, BAKER, blocks)
    assert allows(stranger, BAKER, blocks, **matched)
    assert not allows(stranger, BAKER, blocks, ipblock_matches_pods="no", **matched)
    assert allows(unknown_host, BAKER, blocks, ipblock_matches_pods="no", **matched)


def test_one_common_family_suffices_but_both_ends_must_allow_it() -> None:
    dual = pod("harbour/dual", "10.1.0.2", "2001:db8:1::2")
    other = pod("market/other", "10.0.0.3", "2001:db8::3")
    into_four = policy(INGRESS, rule(block("10.1.0.0/16")))
    out_to_six = policy(EGRESS, rule(block("2001:db8::/64")), to="harbour")
    out_to_four = policy(EGRESS, rule(block("10.0.0.0/16")), to="harbour")
    assert allows(dual, other, into_four)
    assert not allows(dual, other, into_four, out_to_six)
    assert allows(dual, other, into_four, out_to_four)


def test_only_the_common_family_counts() -> None:
    dual = pod("harbour/dual", "10.1.0.2", "2001:db8:1::2")
    assert not allows(dual, BAKER, policy(INGRESS, rule(block("2001:db8:1::/64"))))


def test_without_a_common_family_any_pair_of_addresses_is_tried() -> None:
    dual = pod("harbour/dual", "10.1.0.2", "2001:db8:1::2")
    assert allows(dual, pod("market/new"), policy(INGRESS, rule(block("2001:db8:1::/64"))))
    six = pod("market/six", "2001:db8::6")
    assert allows(FERRY, six, policy(INGRESS, rule(block("10.1.0.0/16"))))


@pytest.mark.parametrize(
    ("number", "protocol", "opened"),
    [(79, TCP, False), (80, TCP, True), (90, TCP, True), (91, TCP, False), (80, UDP, False)],
)
def test_port_ranges_hold_both_ends(number: int, protocol: Protocol, *, opened: bool) -> None:
    ranged = policy(INGRESS, rule(ports=(PortRange(TCP, 80, 90),)))
    assert allows(FERRY, BAKER, ranged, at=(number, protocol)) is opened


def test_port_entries_are_alternatives() -> None:
    several = policy(INGRESS, rule(ports=(PortRange(TCP, 80, 80), PortRange(UDP))))
    assert allows(FERRY, BAKER, several, at=(80, TCP))
    assert allows(FERRY, BAKER, several, at=(53, UDP))
    assert not allows(FERRY, BAKER, several, at=(53, TCP))


WEB = (NamedPort(TCP, "web"),)


@pytest.mark.parametrize("direction", list(Direction))
def test_a_named_port_is_resolved_on_the_target(direction: Direction) -> None:
    source = pod("market/source", ports=(port("web", 8080),))
    target = pod("market/target", ports=(port("web", 80),))
    named = policy(direction, rule(ports=WEB))
    assert allows(source, target, named, at=(80, TCP))
    assert not allows(source, target, named, at=(8080, TCP))


def test_a_named_port_needs_the_protocol_three_times() -> None:
    target = pod("market/target", ports=(port("web", 80),))
    over_udp = policy(INGRESS, rule(ports=(NamedPort(UDP, "web"),)))
    assert not allows(FERRY, target, policy(INGRESS, rule(ports=WEB)), at=(80, UDP))
    assert not allows(FERRY, target, over_udp, at=(80, UDP))
    assert not allows(FERRY, target, over_udp, at=(80, TCP))


@pytest.mark.parametrize(
    "target", [OUTSIDE, OwnNode(), replace(HOST, ports=(port("web", 80),))]
)
def test_what_is_no_pod_has_no_named_ports(target: Party) -> None:
    assert not allows(BAKER, target, policy(EGRESS, rule(ports=WEB)), node_local="none")


def test_an_undeclared_name_opens_nothing() -> None:
    assert not allows(FERRY, BAKER, policy(INGRESS, rule(ports=WEB)))


@pytest.mark.parametrize(
    ("setting", "opened"),
    [("none", {80}), ("sidecars", {80, 81}), ("all", {80, 81, 82})],
)
def test_which_containers_name_ports(setting: str, opened: set[int]) -> None:
    declared = (
        port("web", 80),
        port("web", 82, ContainerRole.INIT),
        port("web", 81, ContainerRole.SIDECAR),
    )
    target = pod("market/target", ports=declared)
    named = policy(INGRESS, rule(ports=WEB))
    found = {
        number
        for number in (80, 81, 82)
        if allows(FERRY, target, named, at=(number, TCP), named_port_init_containers=setting)
    }
    assert found == opened


def test_the_first_declaration_is_by_role_and_protocol() -> None:
    over_udp = ContainerPort("web", 79, UDP)
    sidecar = port("web", 81, ContainerRole.SIDECAR)
    target = pod("market/target", ports=(sidecar, over_udp, port("web", 80), port("web", 82)))
    named = policy(INGRESS, rule(ports=WEB))
    first: dict[str, Any] = {"named_port_duplicates": "first"}
    assert allows(FERRY, target, named, at=(80, TCP), **first)
    assert not allows(FERRY, target, named, at=(81, TCP), **first)
    assert not allows(FERRY, target, named, at=(82, TCP), **first)
    assert allows(FERRY, target, named, at=(82, TCP))
