from dataclasses import replace
from ipaddress import ip_network

import pytest

from netsim.model.flow import OwnNode
from netsim.model.labels import EVERYTHING, LabelSelector, Operator, Requirement
from netsim.model.networks import IPBlock
from netsim.model.policy import Direction, NetworkPolicy, PodPeer, PolicyRef, RuleRef
from netsim.model.profile import PROFILES, IPBlockMatchesPods, Profile, SelfTraffic
from netsim.model.workload import Service, ServiceType
from netsim.source import Source
from tests.compiler.building import pod

WEB = LabelSelector((Requirement("app", Operator.IN, ("web",)),))
GUARD = PolicyRef("NetworkPolicy", "shop", "guard")


def test_directions_know_the_words_of_the_api() -> None:
    assert [it.policy_type for it in Direction] == ["Ingress", "Egress"]
    assert [it.peers_field for it in Direction] == ["from", "to"]


def test_references_print_as_places_in_a_policy() -> None:
    assert str(GUARD) == "shop/guard"
    assert str(PolicyRef("ClusterPolicy", "", "everyone")) == "everyone"
    assert str(RuleRef(GUARD, Direction.EGRESS, 2)) == "shop/guard spec.egress[2]"
    isolation = RuleRef(GUARD, Direction.INGRESS)
    assert str(isolation) == "shop/guard spec.policyTypes (Ingress)"


def test_a_policy_knows_where_its_rules_are_written() -> None:
    source = Source("guard.yaml", 2)
    policy = NetworkPolicy("shop", "guard", EVERYTHING, {Direction.INGRESS: ()}, source)
    assert policy.ref == GUARD
    rule = policy.place_of(RuleRef(GUARD, Direction.INGRESS, 1))
    assert rule == Source("guard.yaml", 2, ("spec", "ingress", 1))
    isolation = policy.place_of(RuleRef(GUARD, Direction.INGRESS))
    assert isolation == Source("guard.yaml", 2, ("spec",))


def test_peers_print_what_they_mean() -> None:
    assert str(PodPeer(WEB, None)) == "pods app=web in own namespace"
    assert str(PodPeer(EVERYTHING, WEB)) == "pods {} in namespaces app=web"
    inner = ip_network("10.0.1.0/24"), ip_network("10.0.2.0/24")
    assert str(IPBlock(ip_network("10.0.0.0/8"))) == "10.0.0.0/8"
    assert (
        str(IPBlock(ip_network("10.0.0.0/8"), inner))
        == "10.0.0.0/8 except 10.0.1.0/24, 10.0.2.0/24"
    )


def test_the_own_node_prints_as_it_is_asked_for() -> None:
    assert str(OwnNode()) == "node"


def test_an_endpoint_is_named_by_namespace_and_name() -> None:
    assert pod("shop/web").key == "shop/web"


@pytest.mark.parametrize(
    ("replicas", "single"), [(1, True), (0, False), (2, False), (None, False)]
)
def test_only_one_pod_talks_to_itself(replicas: int | None, *, single: bool) -> None:
    assert replace(pod("shop/web"), replicas=replicas).single is single


def test_where_an_endpoint_is_written_is_no_part_of_what_it_is() -> None:
    here, there = Source("a.yaml"), Source("b.yaml")
    web = pod("shop/web")
    assert replace(web, source=here) == replace(web, source=there)


def test_a_service_is_named_by_namespace_and_name() -> None:
    service = Service("shop", "web", ServiceType.CLUSTER_IP, None, ())
    assert service.key == "shop/web"


def test_a_profile_names_every_switch_once() -> None:
    settings = Profile().settings()
    assert len(settings) == 11
    assert settings["self_traffic"] == "allow"


def test_the_other_settings_of_a_switch_leave_out_the_current_one() -> None:
    assert Profile().others("node_local") == ("ingress-only", "none")
    evaluating = Profile(self_traffic=SelfTraffic.EVALUATE)
    assert evaluating.others("self_traffic") == ("allow",)


def test_a_switch_is_set_by_name() -> None:
    changed = Profile().with_setting("ipblock_matches_pods", "no")
    assert changed == Profile(ipblock_matches_pods=IPBlockMatchesPods.NO)
    assert Profile().ipblock_matches_pods is IPBlockMatchesPods.YES


@pytest.mark.parametrize(
    ("switch", "setting", "problem"),
    [
        ("gravity", "off", "no switch 'gravity': use self_traffic"),
        ("node_local", "maybe", "node_local cannot be 'maybe': use both, ingress-only, none"),
    ],
)
def test_an_unknown_switch_or_setting_says_what_there_is(
    switch: str, setting: str, problem: str
) -> None:
    with pytest.raises(ValueError, match=problem):
        Profile().with_setting(switch, setting)


def test_named_profiles_change_only_what_is_known() -> None:
    assert PROFILES["default"] == Profile()
    assert PROFILES["cilium"].settings() == {
        **Profile().settings(),
        "ipblock_matches_pods": "no",
    }
