"""Logs of flows: every row is a flow, is counted, or is a fault with its line."""

import json
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from netsim.errors import LoadError
from netsim.load.flow_logs import FlowLog, read_flow_log
from netsim.load.logged_flows import NamedEnd, SeenEnd
from netsim.model.ports import PortRange, Protocol
from netsim.names import AddressRangeText, NamedEndpoint

HEADER = "source,target,port,protocol\n"


def read(folder: Path, text: str) -> FlowLog:
    path = folder / "flows"
    path.write_text(text, encoding="utf-8")
    return read_flow_log(path, "shop")


def faults(folder: Path, text: str) -> list[str]:
    with pytest.raises(LoadError) as caught:
        read(folder, text)
    return [str(error).removeprefix(f"{folder}/flows:") for error in caught.value.errors]


def hubble(**changes: object) -> str:
    flow = {
        "verdict": "FORWARDED",
        "IP": {"source": "10.0.0.1", "destination": "10.0.0.2"},
        "l4": {"TCP": {"destination_port": 8080, "flags": {"SYN": True}}},
        "source": {"namespace": "shop", "pod_name": "web-0", "labels": ["k8s:app=web"]},
        "destination": {"namespace": "shop", "workloads": [{"name": "api", "kind": "Job"}]},
        "is_reply": False,
    }
    return json.dumps({"flow": {**flow, **changes}}) + "\n"


def test_csv_has_endpoints_of_netsim(tmp_path: Path) -> None:
    log = read(tmp_path, f'{HEADER}web,"shop/api",8080,TCP\n\n10.0.0.7,web,53,udp\n')
    first, second = log.flows
    assert first.source == NamedEnd(NamedEndpoint("shop", "web"), "web")
    assert first.target == NamedEnd(NamedEndpoint("shop", "api"), "shop/api")
    assert first.port == PortRange(Protocol.TCP, 8080, 8080)
    assert isinstance(second.source, NamedEnd)
    assert isinstance(second.source.notation, AddressRangeText)
    assert second.port == PortRange(Protocol.UDP, 53, 53)
    assert list(log.flows.values()) == [2, 4]


def test_columns_come_in_any_order_and_tcp_is_the_default(tmp_path: Path) -> None:
    log = read(tmp_path, "Port, destination, source, bytes\n80, api, web, 12\n")
    (flow,) = log.flows
    assert (str(flow.source), str(flow.target)) == ("web", "api")
    assert flow.port == PortRange(Protocol.TCP, 80, 80)
    assert log.skipped == {"columns that are not read, as 'bytes'": 1}


def test_a_flow_stands_once_with_its_first_line(tmp_path: Path) -> None:
    log = read(tmp_path, f"{HEADER}web,api,80,tcp\nweb,api,81,tcp\nweb,api,80,tcp\n")
    assert list(log.flows.values()) == [2, 3]


def test_icmp_is_counted(tmp_path: Path) -> None:
    log = read(tmp_path, f"{HEADER}web,api,0,icmp\nweb,api,,ICMPv6\n")
    assert (log.flows, list(log.skipped.values())) == ({}, [2])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "1: is empty: "),
        ("a,b\n", "1: no column source"),
        (f"{HEADER}web,api,80\n", "2: 3 fields, but the header has 4"),
        (f"{HEADER}\nWeb!,api,80,tcp\n", "3: 'Web!' is no endpoint: "),
        (f"{HEADER}web,,80,tcp\n", "2: '' is no endpoint: an endpoint is missing"),
        (f"{HEADER}web,api,70000,tcp\n", "2: '70000' is no port: "),
        (f"{HEADER}web,api,,tcp\n", "2: '' is no port: "),
        ("source,target,port\nweb,api,all\n", "2: a flow has a port: 'all' is none"),
        (f"{HEADER}web,api,80,quic\n", "2: 'quic' is no protocol"),
        (f'{HEADER}web,"api,80,tcp\n', "2: not CSV: "),
        ('{"flow": \n', "1: not JSON: "),
        ('{"a": 1}\n', "1: not a record of hubble observe: it has no flow"),
        (hubble(verdict=None), "1: no flow of hubble observe: verdict is missing"),
        (hubble() + "[1]\n", "2: not a record of hubble observe: an object is expected"),
        (hubble(l4={"TCP": {}}), "1: l4.TCP.destination_port must be a number from 1 to"),
        (hubble(l4={"UDP": {"destination_port": True}}), "1: l4.UDP.destination_port must be"),
        (hubble(IP={"source": "10.0.0.x"}), "1: '10.0.0.x' is no address"),
        ("{" + '"a":{' * 100_000, "1: not JSON: "),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(
    tmp_path: Path, text: str, told: str
) -> None:
    (found,) = faults(tmp_path, text)
    assert found.startswith(told)


def test_every_fault_is_told_but_not_thousands(tmp_path: Path) -> None:
    assert len(faults(tmp_path, HEADER + "web\n" * 3)) == 3
    assert len(faults(tmp_path, HEADER + "web\n" * 3000)) == 20


@pytest.mark.parametrize("text", ["", " \n\n"])
def test_an_empty_file_says_not_that_nothing_is_needed(text: str, tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, text)
    assert "is empty" in fault


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="no such file"):
        read_flow_log(tmp_path / "nowhere.csv")


def test_hubble_tells_pods_workloads_and_addresses(tmp_path: Path) -> None:
    (flow,) = read(tmp_path, hubble()).flows
    assert flow.source == SeenEnd(ip_address("10.0.0.1"), "shop", "web-0")
    address = ip_address("10.0.0.2")
    assert flow.target == SeenEnd(address, "shop", workloads=(("Job", "api"),))
    assert flow.port == PortRange(Protocol.TCP, 8080, 8080)


def test_flows_without_a_wrapper_are_read_too(tmp_path: Path) -> None:
    bare = json.dumps(json.loads(hubble())["flow"])
    assert read(tmp_path, bare).flows == read(tmp_path, hubble()).flows


def test_reserved_ends_have_their_word(tmp_path: Path) -> None:
    labels = ["reserved:kube-apiserver", "reserved:host"]
    text = hubble(source={"labels": labels}, destination={"labels": ["reserved:world"]})
    (flow,) = read(tmp_path, text).flows
    ends = (flow.source, flow.target)
    assert [end.reserved for end in ends if isinstance(end, SeenEnd)] == ["host", "world"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"is_reply": True}, "replies"),
        ({"verdict": "DROPPED"}, "DROPPED"),
        ({"verdict": "ERROR"}, "ERROR"),
        ({"l4": {"ICMPv4": {"type": 8}}}, "ICMP"),
        ({"l4": None}, "ICMP"),
        ({"is_reply": None, "l4": {"UDP": {"destination_port": 53}}}, "not known"),
        (
            {"is_reply": None, "l4": {"TCP": {"destination_port": 80, "flags": {"ACK": True}}}},
            "not known",
        ),
        ({"source": {"labels": ["reserved:health"]}}, "health"),
    ],
)
def test_what_is_no_needed_flow_is_counted(
    tmp_path: Path, changes: dict[str, Any], why: str
) -> None:
    log = read(tmp_path, hubble(**changes) * 2)
    assert not log.flows
    ((reason, count),) = log.skipped.items()
    assert why in reason
    assert count == 2


@pytest.mark.parametrize("verdict", ["FORWARDED", "REDIRECTED", "AUDIT"])
def test_what_passed_is_a_flow(tmp_path: Path, verdict: str) -> None:
    assert len(read(tmp_path, hubble(verdict=verdict)).flows) == 1


def test_the_opening_of_a_connection_is_no_reply(tmp_path: Path) -> None:
    assert len(read(tmp_path, hubble(is_reply=None)).flows) == 1


def test_lost_events_are_told(tmp_path: Path) -> None:
    log = read(tmp_path, hubble() + '{"lost_events": {}}\n{"node_status": {}}\n')
    assert len(log.flows) == 1
    assert any("lost events" in reason for reason in log.skipped)
    assert sum(log.skipped.values()) == 2
