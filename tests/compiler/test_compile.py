from dataclasses import replace
from ipaddress import ip_address

from netsim.compiler import compile_snapshot
from netsim.model.flow import OwnNode
from netsim.model.policy import Direction
from netsim.model.profile import Profile
from tests.compiler.building import block, pod, pods, policy, rule, snapshot

TEN = block("10.0.0.0/8", "10.1.0.0/16")


def test_an_empty_snapshot_compiles() -> None:
    compiled = compile_snapshot(snapshot())
    assert compiled.rules == ()
    assert compiled.profile == Profile()
    assert len(list(compiled.outside)) == 2


def test_every_party_has_a_class_before_any_question() -> None:
    web = pod("shop/web", "10.0.0.1")
    compiled = compile_snapshot(snapshot(web, policy("shop/p", ingress=[rule(TEN)])))
    known = len(compiled.classes)
    for party in (web, OwnNode(), ip_address("10.1.2.3"), ip_address("::1")):
        assert all(face.class_id < known for face in compiled.faces_of(party))
    assert len(compiled.classes) == known
    assert list(compiled.everyone) == list(range(known))


def test_outside_covers_both_families_in_order() -> None:
    compiled = compile_snapshot(snapshot(pod("shop/web"), policy("shop/p", egress=[rule(TEN)])))
    ends = [str(span.last) for span, _ in compiled.outside]
    assert ends == [
        "9.255.255.255",
        "10.0.255.255",
        "10.1.255.255",
        "10.255.255.255",
        "255.255.255.255",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    ]


def test_pods_without_anything_to_tell_them_apart_are_one_class() -> None:
    many = [pod(f"shop/p{number}", app=f"a{number}") for number in range(50)]
    compiled = compile_snapshot(snapshot(*many, policy("shop/p", ingress=[rule()])))
    assert len({compiled.faces_of(item) for item in many}) == 1
    asked = [rule(pods(app=f"a{number}")) for number in range(9)]
    looked = compile_snapshot(snapshot(*many, policy("shop/p", ingress=asked)))
    assert len({looked.faces_of(item) for item in many}) == 10


def test_classes_of_a_namespace_are_numbered_in_a_row() -> None:
    """Nodes come after all pods, so that sets of one namespace are short."""
    node = replace(pod("auth/node", "10.0.0.9"), host_network=True)
    items = [pod("auth/a", app="a"), node, pod("auth/z", app="z"), pod("shop/a", app="a")]
    asked = policy("auth/p", ingress=[rule(pods(app="a"))], egress=[rule(TEN)])
    compiled = compile_snapshot(snapshot(*items, asked))
    members = {name: list(ids) for name, ids in compiled.universe.by_namespace.items()}
    assert members == {"auth": [0, 1], "shop": [2]}
    assert compiled.faces_of(node)[0].class_id == 3


def test_programs_are_shared_by_all_who_obey_the_same() -> None:
    guard = policy("shop/p", ingress=[rule(pods(app="a"))])
    compiled = compile_snapshot(snapshot(pod("shop/a", app="a"), pod("shop/b", app="b"), guard))
    first, second, *_ = compiled.programs[Direction.INGRESS].values()
    assert first is second
    assert first


def test_there_is_a_program_for_every_class_and_direction() -> None:
    compiled = compile_snapshot(snapshot(pod("a/a"), pod("b/b"), policy("a/p", egress=[])))
    for direction in Direction:
        assert len(compiled.programs[direction]) == len(compiled.classes)
    closed = [program for program in compiled.programs[Direction.EGRESS].values() if program]
    assert len(closed) == 1
    assert not any(compiled.programs[Direction.INGRESS].values())
