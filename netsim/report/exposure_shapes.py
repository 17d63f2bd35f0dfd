"""Exposure as a table and as plain values."""

from netsim.model.labels import LabelSelector
from netsim.model.policy import Direction
from netsim.model.workload import Endpoint
from netsim.query.exposed import AnyPod, Crowd, Exposure, Peer, peer_text
from netsim.query.parties import Outside
from netsim.report.shapes import short_name
from netsim.report.values import Value, endpoint_value, envelope, party_value, ports_value
from netsim.results import Table


def exposure_table(answer: Exposure, *, exact: bool = False) -> Table:
    """One row for each way in or out; exact spells out ranges and names of namespaces."""
    peer = "REACHABLE FROM" if answer.direction is Direction.INGRESS else "REACHES"
    reasons = any(row.undecided for row in answer.rows)
    name = peer_text if exact else _short
    return Table(
        ("WORKLOAD", "PORTS", peer, *(("UNDECIDED",) if reasons else ())),
        tuple(
            (
                row.subject.key,
                str(row.ports),
                name(row.peer),
                *(("; ".join(row.undecided),) if reasons else ()),
            )
            for row in answer.rows
        ),
    )


def exposure_value(answer: Exposure) -> dict[str, Value]:
    """An exposure as plain values."""
    rows: list[Value] = [
        {
            "workload": endpoint_value(row.subject),
            "ports": ports_value(row.ports),
            "peer": _peer_value(row.peer),
            "undecided": list(row.undecided),
        }
        for row in answer.rows
    ]
    return envelope(
        "Exposure", direction=answer.direction.value, ownNode=answer.own_node, rows=rows
    )


def _short(peer: Peer) -> str:
    match peer:
        case AnyPod():
            return peer.text(most=_FEW)
        case Outside() | Endpoint():
            return short_name(peer)
        case _:
            return peer_text(peer)


_FEW = 4


def _peer_value(peer: Peer) -> Value:
    match peer:
        case Crowd():
            return {"kind": _CROWDS[peer]}
        case AnyPod():
            return {
                "kind": "Pods",
                "pods": _selector_value(peer.pods),
                "namespaces": _selector_value(peer.namespaces),
                "existing": list(peer.existing),
                "new": peer.new,
                "text": str(peer),
            }
        case _:
            return party_value(peer)


_CROWDS = {
    Crowd.ANYONE: "Anyone",
    Crowd.ADDRESSES: "AnyAddress",
    Crowd.INTERNET: "Internet",
    Crowd.NODES: "AnyNode",
}


def _selector_value(selector: LabelSelector) -> list[Value]:
    """As `matchExpressions`; empty where everything is selected."""
    return [
        {"key": it.key, "operator": it.operator.value, "values": list(it.values)}
        for it in selector.requirements
    ]
