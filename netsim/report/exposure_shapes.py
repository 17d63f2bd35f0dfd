"""Exposure as a table and as plain values."""

from collections.abc import Callable
from dataclasses import dataclass

from netsim.model.labels import LabelSelector
from netsim.model.policy import Direction
from netsim.model.workload import Endpoint
from netsim.query.exposed import AnyPod, Crowd, Exposure, Peer, peer_text
from netsim.query.parties import Outside
from netsim.report.shapes import short_name
from netsim.report.values import Value, envelope, party_value, ports_value
from netsim.results import Table

_FEW = 4


@dataclass(frozen=True, slots=True)
class Soundness:
    """What rows say nothing of: who is not bound by policies at all."""

    marks: Callable[[Endpoint], tuple[str, ...]]
    """What an endpoint can go around policies by, in short words."""
    permissive: tuple[str, ...]
    """Namespaces in which a new pod may be given all of that."""

    def sentence(self) -> str:
        """For people; empty where there is no such namespace."""
        if not self.permissive:
            return ""
        named = ", ".join(self.permissive[:_FEW])
        more = len(self.permissive) - _FEW
        names = f"{named} and {more} more" if more > 0 else named
        what = "namespace" if len(self.permissive) == 1 else "namespaces"
        return f"a new pod in {what} {names} could bypass all policies"


def _no_marks(_: Endpoint) -> tuple[str, ...]:
    return ()


_NOTHING_KNOWN = Soundness(_no_marks, ())


def exposure_table(
    answer: Exposure, soundness: Soundness = _NOTHING_KNOWN, *, exact: bool = False
) -> Table:
    """One row for each way in or out; exact spells out ranges and names of namespaces."""
    marked = any(soundness.marks(row.subject) for row in answer.rows)
    peer = "REACHABLE FROM" if answer.direction is Direction.INGRESS else "REACHES"
    reasons = any(row.undecided for row in answer.rows)
    name = peer_text if exact else _short
    return Table(
        (
            *("WORKLOAD", "PORTS", peer),
            *(("MARKS",) if marked else ()),
            *(("UNDECIDED",) if reasons else ()),
        ),
        tuple(
            (
                row.subject.key,
                str(row.ports),
                name(row.peer),
                *((", ".join(soundness.marks(row.subject)),) if marked else ()),
                *(("; ".join(row.undecided),) if reasons else ()),
            )
            for row in answer.rows
        ),
    )


def exposure_value(answer: Exposure, soundness: Soundness) -> dict[str, Value]:
    """An exposure as plain values."""
    rows: list[Value] = [
        {
            "workload": party_value(row.subject, soundness.marks(row.subject)),
            "ports": ports_value(row.ports),
            "peer": _peer_value(row.peer),
            "undecided": list(row.undecided),
        }
        for row in answer.rows
    ]
    return envelope(
        "Exposure",
        direction=answer.direction.value,
        ownNode=answer.own_node,
        permissive=list(soundness.permissive),
        rows=rows,
    )


def _short(peer: Peer) -> str:
    match peer:
        case AnyPod():
            return peer.text(most=_FEW)
        case Outside() | Endpoint():
            return short_name(peer)
        case _:
            return peer_text(peer)


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
