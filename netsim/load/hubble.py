"""Reads one line of `hubble observe -o json` (or jsonpb): Cilium's record of a packet.

Source: cilium `api/v1/flow/flow.proto`, as protobuf's JSON mapping writes it.
"""

from collections.abc import Mapping
from ipaddress import ip_address

import msgspec

from netsim.load.logged_flows import LoggedFlow, SeenEnd
from netsim.model.networks import Address
from netsim.model.ports import FIRST_PORT, LAST_PORT, PortRange, Protocol

_PASSED = {"FORWARDED", "REDIRECTED", "AUDIT"}
"""What reached its target: redirected is through a proxy, audited would else be dropped."""
_RESERVED = "reserved:"
_REPLY = "replies, which pass with what they answer"
_UNKNOWN = "packets of which it is not known whether they are replies"
_NO_PORT = "without a port of TCP, UDP or SCTP, as ICMP: no NetworkPolicy rules it"


def hubble_row(text: str) -> LoggedFlow | str:
    """The flow of a line, or why it tells of none; ValueError for what is no record."""
    try:
        record = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(f"not JSON: {error}") from None
    if not isinstance(record, Mapping):
        raise ValueError("not a record of hubble observe: an object is expected")  # noqa: TRY004
    flow = record.get("flow", record if "verdict" in record else None)
    if not isinstance(flow, Mapping):
        return _no_flow(record)
    verdict = flow.get("verdict")
    if not isinstance(verdict, str):
        raise ValueError("no flow of hubble observe: verdict is missing")  # noqa: TRY004
    if verdict not in _PASSED:
        return f"with the verdict {verdict}: they did not pass"
    return _passed(flow)


def _no_flow(record: Mapping[str, object]) -> LoggedFlow | str:
    if not record.keys() & {"lost_events", "node_status", "agent_event", "debug_event"}:
        raise ValueError("not a record of hubble observe: it has no flow")
    if "lost_events" in record:
        return "gaps: Hubble lost events there, and flows may be missing"
    return "records of something else than flows"


def _passed(flow: Mapping[str, object]) -> LoggedFlow | str:
    found = _port(flow)
    if found is None:
        return _NO_PORT
    port, flags = found
    reply = flow.get("is_reply", flow.get("reply"))
    if reply is None:
        opening = _at(flags, "SYN") is True and _at(flags, "ACK") is not True
        if not opening:
            return _UNKNOWN
    elif reply:
        return _REPLY
    source, target = (_end(flow, side) for side in ("source", "destination"))
    if "health" in {source.reserved, target.reserved}:
        return "health checks of Cilium itself"
    return LoggedFlow(source, target, port)


def _port(flow: Mapping[str, object]) -> tuple[PortRange, object] | None:
    for protocol in Protocol:
        layer = _at(flow.get("l4"), protocol.value)
        if isinstance(layer, Mapping):
            number = layer.get("destination_port")
            if type(number) is not int or not FIRST_PORT <= number <= LAST_PORT:
                place = f"l4.{protocol.value}.destination_port"
                raise ValueError(f"{place} must be a number from {FIRST_PORT} to {LAST_PORT}")
            return PortRange(protocol, number, number), layer.get("flags")
    return None


def _end(flow: Mapping[str, object], side: str) -> SeenEnd:
    end = flow.get(side)
    labels, owners = _at(end, "labels"), _at(end, "workloads")
    reserved = [
        label.removeprefix(_RESERVED)
        for label in (labels if isinstance(labels, list) else ())
        if isinstance(label, str) and label.startswith(_RESERVED)
    ]
    return SeenEnd(
        address=_address(_at(flow.get("IP"), side)),
        namespace=_text(end, "namespace"),
        pod=_text(end, "pod_name"),
        workloads=tuple(
            (_text(owner, "kind"), _text(owner, "name"))
            for owner in (owners if isinstance(owners, list) else ())
            if _text(owner, "name")
        ),
        reserved="host" if "host" in reserved else next(iter(reserved), ""),
    )


def _address(text: object) -> Address | None:
    try:
        return ip_address(text) if isinstance(text, str) else None
    except ValueError:
        raise ValueError(f"{text!r} is no address") from None


def _text(value: object, key: str) -> str:
    found = _at(value, key)
    return found if isinstance(found, str) else ""


def _at(value: object, key: str) -> object:
    return value.get(key) if isinstance(value, Mapping) else None
