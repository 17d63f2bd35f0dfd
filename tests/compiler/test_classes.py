from dataclasses import replace
from ipaddress import IPv6Address, ip_address

import pytest

from netsim.compiler.classes import ClassTable, Face, is_node, resolved
from netsim.compiler.selectors import Mark
from netsim.compiler.sets import ClassId
from netsim.compiler.vocabulary import Words, vocabulary_of
from netsim.model.flow import OwnNode, Party
from netsim.model.labels import Labels
from netsim.model.ports import ContainerPort, ContainerRole, Protocol
from netsim.model.profile import Profile
from netsim.model.workload import Endpoint
from tests.compiler.building import block, declared, pod

TEN, SIX = block("10.0.0.0/8"), block("fd00::/8")
HTTP = (Protocol.TCP, "http")


def _table(profile: Profile | None = None) -> ClassTable:
    marks: list[Mark] = [("app", "web"), ("app", "db")]
    words = Words(frozenset(marks), frozenset([HTTP]), frozenset([TEN, SIX]))
    return ClassTable(vocabulary_of(words), profile or Profile())


def _faces(table: ClassTable, party: Party) -> tuple[Face, ...]:
    match party:
        case Endpoint():
            return table.faces(party)
        case OwnNode():
            return table.own_node()
        case _:
            family, signature = table.vocabulary.addresses.seen(party)
            return (Face(family, table.outside(signature)),)


def _signatures(party: Party, profile: Profile | None = None) -> list[tuple[int, set[object]]]:
    table = _table(profile)
    return [
        (face.family, set(table.classes[face.class_id].signature))
        for face in _faces(table, party)
    ]


def test_labels_that_no_rule_looks_at_do_not_tell_pods_apart() -> None:
    table = _table()
    one, other = pod("shop/a", app="web", team="red"), pod("shop/b", app="web", team="blue")
    assert table.faces(one) == table.faces(other)
    assert len(table.classes) == 1


@pytest.mark.parametrize(
    "other",
    [
        pod("auth/b", app="web"),
        pod("shop/b", app="db"),
        pod("shop/b"),
        pod("shop/b", app="web", ports=[declared("http", 80)]),
        pod("shop/b", "10.0.0.1", app="web"),
    ],
)
def test_pods_are_told_apart_by_what_rules_look_at(other: Endpoint) -> None:
    table = _table()
    assert table.faces(pod("shop/a", app="web")) != table.faces(other)


def test_a_port_name_that_no_rule_uses_does_not_tell_pods_apart() -> None:
    table = _table()
    plain, named = pod("shop/a"), pod("shop/b", ports=[declared("metrics", 9090)])
    assert table.faces(plain) == table.faces(named)


def test_a_dual_stack_pod_has_a_face_for_each_family() -> None:
    dual = pod("shop/a", "10.0.0.1", "fd00::1")
    assert _signatures(dual) == [(4, {TEN}), (6, {SIX})]


def test_classes_are_numbered_as_they_are_seen() -> None:
    table = _table()
    assert table.faces(pod("shop/a", "10.0.0.1")) == (Face(4, ClassId(0)),)
    assert table.faces(pod("shop/b")) == (Face(0, ClassId(1)),)
    assert table.faces(pod("shop/c", "10.0.0.9")) == (Face(4, ClassId(0)),)


def test_values_that_no_rule_asks_for_do_not_tell_pods_apart() -> None:
    table = _table()
    assert table.faces(pod("shop/a", app="red")) == table.faces(pod("shop/b", app="blue"))
    assert table.faces(pod("shop/a", app="red")) == table.faces(pod("shop/c"))


ANY_APP = Words(frozenset([("app", None)]), frozenset(), frozenset())


def test_a_key_that_is_asked_to_exist_tells_pods_apart_whatever_its_value() -> None:
    table = ClassTable(vocabulary_of(ANY_APP), Profile())
    assert table.faces(pod("shop/a", app="red")) == table.faces(pod("shop/b", app="blue"))
    assert table.faces(pod("shop/a", app="red")) != table.faces(pod("shop/c"))


LIKE = pod("shop/a", "10.0.0.1", app="web")


@pytest.mark.parametrize(
    "other",
    [
        replace(LIKE, namespace="auth"),
        replace(LIKE, labels=Labels({"app": "db"})),
        replace(LIKE, ports=(declared("http", 80),)),
        replace(LIKE, host_network=True),
        replace(LIKE, addresses=()),
        replace(LIKE, addresses=(ip_address("11.0.0.1"),)),
        replace(LIKE, addresses=(IPv6Address(int(LIKE.addresses[0])),)),
        replace(LIKE, addresses=(*LIKE.addresses, ip_address("fd00::1"))),
        replace(LIKE, name="b"),
    ],
)
@pytest.mark.parametrize("mode", ["node", "pod"])
def test_pods_in_a_row_get_the_faces_that_each_has_alone(other: Endpoint, mode: str) -> None:
    profile = Profile().with_setting("host_network_pods", mode)
    pods = [LIKE, LIKE, other, LIKE, other, other]
    table, found = _table(profile), dict[int, tuple[Face, ...]]()
    nodes = table.fill(found, enumerate(pods))
    assert nodes == [(place, it) for place, it in enumerate(pods) if is_node(it, profile)]
    assert found == {
        place: table.faces(it) for place, it in enumerate(pods) if not is_node(it, profile)
    }


def test_an_address_outside_shows_only_its_blocks() -> None:
    assert _signatures(ip_address("10.1.1.1")) == [(4, {TEN})]
    assert _signatures(ip_address("192.0.2.1")) == [(4, set())]


@pytest.mark.parametrize("party", [pod("shop/a"), OwnNode()])
def test_an_unknown_address_is_in_no_block_or_in_every_one(party: Party) -> None:
    matching = Profile().with_setting("unknown_addresses", "match")
    assert _signatures(party) == [(0, set())]
    assert _signatures(party, matching) == [(0, {TEN, SIX})]


def test_a_plugin_may_never_match_pods_by_address() -> None:
    profile = Profile().with_setting("ipblock_matches_pods", "no")
    unknown = profile.with_setting("unknown_addresses", "match")
    assert _signatures(pod("shop/a", "10.0.0.1"), profile) == [(4, set())]
    assert _signatures(pod("shop/a"), unknown) == [(0, set())]
    assert _signatures(ip_address("10.0.0.1"), profile) == [(4, {TEN})]


def test_a_host_network_pod_is_the_address_of_its_node() -> None:
    node = replace(pod("shop/a", "10.0.0.1", app="web"), host_network=True)
    table = _table(Profile().with_setting("ipblock_matches_pods", "no"))
    (face,) = table.faces(node)
    seen = table.classes[face.class_id]
    assert (seen.namespace, seen.marks, seen.port_numbers) == (None, (), ())
    assert seen.signature == {TEN}
    assert is_node(node, Profile())
    assert not is_node(node, Profile().with_setting("host_network_pods", "pod"))


MAIN, SIDECAR, INIT = ContainerRole.MAIN, ContainerRole.SIDECAR, ContainerRole.INIT


def _in(role: ContainerRole, number: int) -> ContainerPort:
    return ContainerPort("http", number, Protocol.TCP, role.value, role)


@pytest.mark.parametrize(
    ("setting", "numbers"),
    [("none", (1,)), ("sidecars", (1, 2)), ("all", (1, 2, 3))],
)
def test_init_containers_count_as_the_profile_says(
    setting: str, numbers: tuple[int, ...]
) -> None:
    ports = _in(INIT, 3), _in(SIDECAR, 2), _in(MAIN, 1)
    profile = Profile().with_setting("named_port_init_containers", setting)
    assert resolved(ports, HTTP, profile) == numbers


def test_a_name_declared_twice_means_both_numbers_or_the_first() -> None:
    ports = _in(SIDECAR, 1), _in(MAIN, 7), _in(MAIN, 5)
    assert resolved(ports, HTTP, Profile()) == (1, 5, 7)
    first = Profile().with_setting("named_port_duplicates", "first")
    assert resolved(ports, HTTP, first) == (7,)


def test_name_and_protocol_must_both_fit() -> None:
    ports = declared("http", 80, Protocol.UDP), declared("web", 80), declared("", 80)
    assert resolved(ports, HTTP, Profile()) == ()
