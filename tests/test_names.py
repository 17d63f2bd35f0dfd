from ipaddress import ip_network

import pytest

from netsim.errors import NotationError
from netsim.model.labels import LabelSelector, Operator, Requirement
from netsim.model.ports import PortRange, Protocol
from netsim.names import (
    AddressRangeText,
    FlowText,
    NamedEndpoint,
    NamedService,
    PortName,
    SelectedEndpoints,
    Special,
    parse_endpoint,
    parse_flow,
    parse_port,
    parse_selector,
)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("shop/web", NamedEndpoint("shop", "web")),
        ("web", NamedEndpoint("here", "web")),
        ("shop/deploy/web", NamedEndpoint("shop", "web", "Deployment")),
        ("shop/StatefulSet/db", NamedEndpoint("shop", "db", "StatefulSet")),
        ("shop/po/web-0", NamedEndpoint("shop", "web-0", "Pod")),
        ("shop/svc/web", NamedService("shop", "web")),
        ("shop/", SelectedEndpoints("shop", LabelSelector())),
        ("shop/*", SelectedEndpoints("shop", LabelSelector())),
        ("*", SelectedEndpoints(None, LabelSelector())),
        ("*/", SelectedEndpoints(None, LabelSelector())),
        ("10.0.0.7", AddressRangeText(ip_network("10.0.0.7/32"))),
        ("10.0.0.7/8", AddressRangeText(ip_network("10.0.0.0/8"))),
        ("fd00::1", AddressRangeText(ip_network("fd00::1/128"))),
        ("[fd00::1]", AddressRangeText(ip_network("fd00::1/128"))),
        ("internet", Special.INTERNET),
        ("dns", Special.DNS),
        ("node", Special.NODE),
        ("metadata", Special.METADATA),
    ],
)
def test_endpoint_notation(text: str, meaning: object) -> None:
    assert parse_endpoint(text, namespace="here") == meaning


def test_an_equal_sign_makes_the_last_segment_a_selector() -> None:
    picked = LabelSelector(
        (
            Requirement("app", Operator.IN, ("web",)),
            Requirement("tier", Operator.NOT_IN, ("db",)),
        )
    )
    assert parse_endpoint("shop/app=web,tier!=db") == SelectedEndpoints("shop", picked)
    assert parse_endpoint("*/app=web,tier!=db") == SelectedEndpoints(None, picked)


def test_label_keys_may_have_a_prefix() -> None:
    found = parse_endpoint("*/app.kubernetes.io/name=web")
    wanted = LabelSelector((Requirement("app.kubernetes.io/name", Operator.IN, ("web",)),))
    assert found == SelectedEndpoints(None, wanted)


@pytest.mark.parametrize(
    ("text", "requirement"),
    [
        ("a=b", Requirement("a", Operator.IN, ("b",))),
        ("a==b", Requirement("a", Operator.IN, ("b",))),
        ("a=", Requirement("a", Operator.IN, ("",))),
        ("a!=b", Requirement("a", Operator.NOT_IN, ("b",))),
        ("a in (c, b)", Requirement("a", Operator.IN, ("b", "c"))),
        ("a notin (b)", Requirement("a", Operator.NOT_IN, ("b",))),
        ("a", Requirement("a", Operator.EXISTS)),
        ("!a", Requirement("a", Operator.DOES_NOT_EXIST)),
    ],
)
def test_selector_grammar_is_kubectls(text: str, requirement: Requirement) -> None:
    assert parse_selector(text) == LabelSelector((requirement,))


def test_one_key_may_have_several_requirements() -> None:
    assert len(parse_selector("a,a!=b,a in (b,c)").requirements) == 3


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("5432", PortRange(Protocol.TCP, 5432, 5432)),
        ("53/udp", PortRange(Protocol.UDP, 53, 53)),
        ("8000-8100/SCTP", PortRange(Protocol.SCTP, 8000, 8100)),
        ("all/udp", PortRange(Protocol.UDP)),
        ("all", None),
        ("postgres", PortName("postgres")),
        ("dns/udp", PortName("dns", Protocol.UDP)),
    ],
)
def test_port_notation(text: str, meaning: object) -> None:
    assert parse_port(text) == meaning


@pytest.mark.parametrize(
    "text", ["0", "65536", "80-70", "80/icmp", "", "-1", "80/", "a b", "99999999999999999999"]
)
def test_what_is_no_port_is_said(text: str) -> None:
    with pytest.raises(NotationError):
        parse_port(text)


@pytest.mark.parametrize(
    "text", ["", "Shop/web", "shop/foo/web", "a/b/c/d", "*/web", "shop/svc/", "shop/=", "-a"]
)
def test_what_is_no_endpoint_is_said(text: str) -> None:
    with pytest.raises(NotationError):
        parse_endpoint(text)


def test_a_flow_has_two_ends_and_perhaps_a_port() -> None:
    assert parse_flow("shop/web -> shop/db:5432/tcp") == FlowText(
        NamedEndpoint("shop", "web"),
        NamedEndpoint("shop", "db"),
        PortRange(Protocol.TCP, 5432, 5432),
    )
    assert parse_flow("internet->shop/web").port is None
    with pytest.raises(NotationError, match="not a flow"):
        parse_flow("shop/web shop/db")


@pytest.mark.parametrize("text", ["a -> [fd00::1]:53/udp", "a -> [fd00::1]", "a -> fd00::1"])
def test_an_ipv6_target_keeps_its_colons(text: str) -> None:
    flow = parse_flow(text)
    assert flow.target == AddressRangeText(ip_network("fd00::1/128"))
    assert flow.port in {None, PortRange(Protocol.UDP, 53, 53)}


def test_the_caret_stands_under_the_fault() -> None:
    with pytest.raises(NotationError) as caught:
        parse_endpoint("shop/foo/web")
    assert str(caught.value).splitlines()[1:] == ["  shop/foo/web", "       ^^^"]


@pytest.mark.parametrize(
    "text", ["a=b=(", "app=web;", "a=b,,c", "a in (b", "a in b", "a=b)", "=b"]
)
def test_a_selector_that_no_label_could_meet_is_said(text: str) -> None:
    with pytest.raises(NotationError):
        parse_selector(text)
