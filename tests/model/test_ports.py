import pytest

from netsim.model.ports import (
    ALL_PORTS,
    FIRST_PORT,
    LAST_PORT,
    NO_PORTS,
    NamedPort,
    PortRange,
    PortSet,
    Protocol,
    line_position,
)

TCP, UDP, SCTP = Protocol.TCP, Protocol.UDP, Protocol.SCTP
WEB = PortSet.of(PortRange(TCP, 80, 80), PortRange(TCP, 443, 443))


@pytest.mark.parametrize(
    ("port", "text"),
    [
        (PortRange(TCP), "all/TCP"),
        (PortRange(UDP, 53, 53), "53/UDP"),
        (PortRange(SCTP, 1, 3), "1-3/SCTP"),
        (PortRange(TCP, FIRST_PORT, FIRST_PORT), "1/TCP"),
        (NamedPort(UDP, "dns"), "dns/UDP"),
    ],
)
def test_a_port_prints_as_it_is_asked_for(port: PortRange | NamedPort, text: str) -> None:
    assert str(port) == text


@pytest.mark.parametrize(
    ("ports", "text"),
    [
        (ALL_PORTS, "all"),
        (NO_PORTS, "none"),
        (WEB, "80,443/TCP"),
        (WEB | PortSet.of(PortRange(UDP)), "80,443/TCP, all/UDP"),
        (PortSet.of(PortRange(SCTP, 5, 7), PortRange(TCP, 8, 8)), "8/TCP, 5-7/SCTP"),
    ],
)
def test_a_set_prints_its_ranges_by_protocol(ports: PortSet, text: str) -> None:
    assert str(ports) == text


def test_ranges_that_touch_or_overlap_are_one() -> None:
    expected = PortSet.of(PortRange(TCP, 1, 9))
    assert PortSet.of(PortRange(TCP, 1, 4), PortRange(TCP, 5, 9)) == expected
    assert PortSet.of(PortRange(TCP, 3, 9), PortRange(TCP, 1, 5)) == expected
    assert PortSet.of(PortRange(TCP, 1, 9), PortRange(TCP, 2, 3)) == expected


def test_the_last_port_of_one_protocol_and_the_first_of_the_next_do_not_touch() -> None:
    ends = PortSet.of(PortRange(TCP, LAST_PORT, LAST_PORT), PortRange(UDP, 1, 1))
    assert list(ends) == [PortRange(TCP, LAST_PORT, LAST_PORT), PortRange(UDP, 1, 1)]
    assert len(ends) == 2


def test_membership_is_by_protocol_and_number() -> None:
    assert (TCP, 80) in WEB
    assert (TCP, 81) not in WEB
    assert (UDP, 80) not in WEB
    assert 80 not in WEB
    assert "80/TCP" not in WEB


def test_operations_with_all_and_none_give_back_the_same_object() -> None:
    assert WEB & ALL_PORTS is WEB
    assert ALL_PORTS & WEB is WEB
    assert WEB & WEB is WEB
    assert WEB | NO_PORTS is WEB
    assert NO_PORTS | WEB is WEB
    assert WEB | WEB is WEB


def test_difference_and_inclusion() -> None:
    web, nothing, secure = WEB, NO_PORTS, PortSet.of(PortRange(TCP, 443, 443))
    assert str(web - secure) == "80/TCP"
    assert secure <= web
    assert not web <= secure
    assert nothing <= secure
    assert secure
    assert not nothing


def test_a_set_knows_how_many_ports_it_holds() -> None:
    assert len(WEB) == 2
    assert len(NO_PORTS) == 0
    assert len(ALL_PORTS) == 3 * LAST_PORT


def test_no_two_ports_have_the_same_position_on_the_line() -> None:
    ends = [line_position(it, number) for it in Protocol for number in (1, LAST_PORT)]
    assert len(set(ends)) == 6
    assert ends == sorted(ends)
