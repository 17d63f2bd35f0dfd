"""The strategies draw valid clusters, and every oddity that they promise."""

from collections.abc import Callable, Iterator
from ipaddress import ip_address
from itertools import combinations

import pytest
from hypothesis import Phase, find, given, settings

from netsim import strategies as kube
from netsim.addresses import address_space
from netsim.cluster import Cluster
from netsim.model.labels import EVERYTHING
from netsim.model.networks import IPBlock
from netsim.model.policy import Direction, Rule
from netsim.model.ports import ContainerRole, NamedPort, PortRange, Protocol
from netsim.model.snapshot import Snapshot
from netsim.model.workload import NAMESPACE_NAME_LABEL, Endpoint
from tests.compiler.building import block, declared, pod, policy, rule, snapshot, tcp


@given(kube.snapshots())
def test_snapshots_are_ordered_and_names_are_unique(drawn: Snapshot) -> None:
    assert list(drawn.namespaces) == sorted(drawn.namespaces)
    endpoints = [(item.namespace, item.name, item.kind) for item in drawn.endpoints]
    policies = [(item.namespace, item.name) for item in drawn.policies]
    for keys in (endpoints, policies):
        assert len(set(keys)) == len(keys)
    assert endpoints == sorted(endpoints)
    assert policies == sorted(policies)


@given(kube.snapshots())
def test_every_namespace_in_use_is_there_with_its_name(drawn: Snapshot) -> None:
    assert {item.namespace for item in drawn.endpoints} <= set(drawn.namespaces)
    assert {item.namespace for item in drawn.policies} <= set(drawn.namespaces)
    for title, space in drawn.namespaces.items():
        assert space.labels[NAMESPACE_NAME_LABEL] == space.name == title
        assert len(space.labels) == 1 or not space.synthesised


@given(kube.snapshots())
def test_no_two_running_pods_have_the_same_address(drawn: Snapshot) -> None:
    owners = [it for it in drawn.endpoints if not (it.finished or it.host_network)]
    held = [{*item.addresses, *(ip for ip, _ in item.pod_addresses)} for item in owners]
    for one, other in combinations(held, 2):
        assert one.isdisjoint(other)


@given(kube.snapshots())
def test_no_block_parts_the_pods_of_one_workload(drawn: Snapshot) -> None:
    space = address_space(peer for found in _rules(drawn) for peer in _blocks(found))
    for item in drawn.endpoints:
        for address, _ in item.pod_addresses:
            first = next(it for it in item.addresses if it.version == address.version)
            assert space.signature(address) == space.signature(first)


@given(kube.snapshots())
def test_policies_isolate_in_some_direction(drawn: Snapshot) -> None:
    for item in drawn.policies:
        assert set(item.rules) <= set(Direction)
        assert item.rules
    for found in _rules(drawn):
        assert found.peers
        assert found.ports


@given(kube.clusters(with_dns=True))
def test_dns_is_there_when_asked_for(cluster: Cluster) -> None:
    assert cluster.can_reach("internet", "kube-system/coredns", "53/udp")
    assert cluster.can_reach("internet", "kube-system/coredns", "53/tcp")
    assert [item.key for item in cluster.snapshot.services] == ["kube-system/kube-dns"]
    assert "kube-system" in cluster.snapshot.namespaces


def test_sizes_are_kept() -> None:
    @settings(max_examples=50)
    @given(kube.snapshots(namespaces=["only"], max_endpoints=1, max_policies=0))
    def check(drawn: Snapshot) -> None:
        assert list(drawn.namespaces) == ["only"]
        assert len(drawn.endpoints) == 1
        assert drawn.policies == ()

    check()


def test_boundary_ports_are_where_answers_can_change() -> None:
    web = pod("shop/web", ports=[declared("http", 8080)])
    one = policy("shop/one", ingress=[rule(ports=[tcp(80, 90), NamedPort(Protocol.UDP, "x")])])
    found = kube.boundary_ports(snapshot(web, one))
    by_protocol = {it: [number for way, number in found if way is it] for it in Protocol}
    assert by_protocol == {
        Protocol.TCP: [1, 79, 80, 90, 91, 8080, 65535],
        Protocol.UDP: [1, 80, 8080, 65535],
        Protocol.SCTP: [1, 80, 8080, 65535],
    }


def test_boundary_ports_stay_within_what_ports_there_are() -> None:
    one = policy("shop/one", egress=[rule(ports=[PortRange(Protocol.SCTP)])])
    assert {number for _, number in kube.boundary_ports(snapshot(one))} == {1, 65535}


def test_boundary_addresses_are_the_ends_of_what_blocks_cut() -> None:
    one = policy("shop/one", ingress=[rule(block("10.0.0.0/8", "10.0.0.0/30"))])
    taken = pod("shop/web", "10.0.0.3")
    found = [str(address) for address in kube.boundary_addresses(snapshot(taken, one))]
    assert found == ["0.0.0.0", "10.0.0.0", "10.0.0.4", "10.255.255.255", "::"]  # noqa: S104 - an address to ask about


def test_parties_are_endpoints_the_node_and_addresses() -> None:
    web = pod("shop/web")
    assert [str(getattr(it, "key", it)) for it in kube.parties(snapshot(web))] == [
        *("shop/web", "node", "0.0.0.0", "::"),  # noqa: S104 - as above
    ]
    assert ip_address("::") in kube.parties(snapshot(web))


def _any_endpoint(holds: Callable[[Endpoint], bool]) -> Callable[[Snapshot], bool]:
    return lambda drawn: any(map(holds, drawn.endpoints))


def _any_rule(holds: Callable[[Rule], bool]) -> Callable[[Snapshot], bool]:
    return lambda drawn: any(map(holds, _rules(drawn)))


def _repeats_a_name(endpoint: Endpoint) -> bool:
    names = [(port.protocol, port.name) for port in endpoint.ports if port.name]
    return len(names) > len(set(names))


def _has_role(role: ContainerRole) -> Callable[[Endpoint], bool]:
    return lambda endpoint: any(port.role is role for port in endpoint.ports)


def _equal_namespaces(drawn: Snapshot) -> bool:
    labels = [
        {key: value for key, value in space.labels.items() if key != NAMESPACE_NAME_LABEL}
        for space in drawn.namespaces.values()
    ]
    return any(one and one == other for one, other in combinations(labels, 2))


ODDITIES: dict[str, Callable[[Snapshot], bool]] = {
    "two families": _any_endpoint(lambda it: len(it.addresses) == 2),
    "no address": _any_endpoint(lambda it: it.kind == "Pod" and not it.addresses),
    "a host-network pod": _any_endpoint(lambda it: it.host_network and bool(it.addresses)),
    "a host-network pod without node": _any_endpoint(
        lambda it: it.host_network and not it.node
    ),
    "a node": _any_endpoint(lambda it: it.node != ""),
    "a finished pod": _any_endpoint(lambda it: it.finished),
    "several replicas": _any_endpoint(lambda it: it.replicas == 2),
    "no replicas": _any_endpoint(lambda it: it.replicas == 0),
    "unknown replicas": _any_endpoint(lambda it: it.replicas is None),
    "live pods": _any_endpoint(lambda it: len(it.pods) == 2),
    "a sidecar's port": _any_endpoint(_has_role(ContainerRole.SIDECAR)),
    "an init container's port": _any_endpoint(_has_role(ContainerRole.INIT)),
    "a port name twice": _any_endpoint(_repeats_a_name),
    "an empty label value": _any_endpoint(lambda it: "" in it.labels.values()),
    "namespaces with equal labels": _equal_namespaces,
    "an except": _any_rule(lambda it: any(peer.excepts for peer in _blocks(it))),
    "a named port": _any_rule(lambda it: any(isinstance(port, NamedPort) for port in it.ports)),
    "a namespace by name": _any_rule(lambda it: NAMESPACE_NAME_LABEL in str(it.peers)),
    "an empty selector": lambda drawn: any(it.subject == EVERYTHING for it in drawn.policies),
}


@pytest.mark.parametrize("oddity", ODDITIES)
def test_oddities_are_drawn(oddity: str) -> None:
    one = settings(max_examples=300, phases=[Phase.generate], derandomize=True, database=None)
    found = find(kube.snapshots(), ODDITIES[oddity], settings=one)
    assert ODDITIES[oddity](found)


def _rules(drawn: Snapshot) -> Iterator[Rule]:
    for item in drawn.policies:
        for rules in item.rules.values():
            yield from rules


def _blocks(found: Rule) -> list[IPBlock]:
    return [peer for peer in found.peers if isinstance(peer, IPBlock)]
