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
    assert len(compiled.outside) == 2


def test_every_party_has_a_class_before_any_question() -> None:
    web = pod("shop/web", "10.0.0.1")
    compiled = compile_snapshot(snapshot(web, policy("shop/p", ingress=[rule(TEN)])))
    known = len(compiled.classes)
    for party in (web, OwnNode(), ip_address("10.1.2.3"), ip_address("::1")):
        assert all(face.class_id < known for face in compiled.faces_of(party))
    assert len(compiled.classes) == len(compiled.table.classes) == known
    assert compiled.everyone == (1 << known) - 1


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
    assert len({compiled.faces[item] for item in many}) == 1
    looked = compile_snapshot(snapshot(*many, policy("shop/p", ingress=[rule(pods(app="a1"))])))
    assert len({looked.faces[item] for item in many}) == 50


def test_there_is_a_program_for_every_class_and_direction() -> None:
    compiled = compile_snapshot(snapshot(pod("a/a"), pod("b/b"), policy("a/p", egress=[])))
    for direction in Direction:
        assert len(compiled.programs[direction]) == len(compiled.classes)
    closed = [program for program in compiled.programs[Direction.EGRESS] if program]
    assert len(closed) == 1
    assert not any(compiled.programs[Direction.INGRESS])
