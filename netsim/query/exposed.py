"""What an exposure is: which others, existing or not, may open connections to a workload."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from netsim.model.labels import Labels, LabelSelector, Operator, Requirement
from netsim.model.policy import Direction
from netsim.model.ports import PortSet
from netsim.model.workload import NAMESPACE_NAME_LABEL, Endpoint
from netsim.query.endpoints import selects
from netsim.query.parties import Outside, subject_name
from netsim.query.tidy import PORTS, port_records
from netsim.views import Record, Shown, Tidy


class Crowd(Enum):
    """Peers that need no name."""

    ANYONE = "anyone"
    """Any pod that could be created, any node, and any address."""
    ADDRESSES = "any address"
    """Every address that no pod has, of both families."""
    INTERNET = "internet"
    """The public addresses, in the families that the cluster uses."""
    NODES = "any node"
    """A node that the pod does not run on and whose address is not known."""


@dataclass(frozen=True, slots=True)
class AnyPod:
    """Every pod with some labels in namespaces with some labels, existing or to be created."""

    pods: LabelSelector
    namespaces: LabelSelector
    existing: tuple[str, ...]
    """Those of the namespaces that exist; a new one may be among them as well."""
    new: bool
    """Whether a new namespace can be among them."""

    def takes(self, pod_labels: Labels, namespace_labels: Labels) -> bool:
        """Whether a pod is one of them."""
        return selects(self.pods, pod_labels) and selects(self.namespaces, namespace_labels)

    def __str__(self) -> str:
        return self.text()

    def text(self, most: int | None = None) -> str:
        """In words, with no more than some names of namespaces."""
        return f"any pod{_labelled(self.pods.requirements)} in {self._where(most)}"

    def _where(self, most: int | None) -> str:
        named = [it for it in self.namespaces.requirements if it.key == NAMESPACE_NAME_LABEL]
        labelled = _labelled(it for it in self.namespaces.requirements if it not in named)
        listed = [name for it in named for name in it.values]
        names = ", ".join(listed)
        if most is not None and len(listed) > most:
            names = f"{', '.join(listed[:most])} and {len(listed) - most} more"
        match [it.operator for it in named]:
            case [Operator.IN]:
                word = "namespace" if len(named[0].values) == 1 else "namespaces"
                return f"{word} {names}{labelled}"
            case [Operator.NOT_IN] if not self.existing:
                return f"any new namespace{labelled}"
            case [Operator.NOT_IN]:
                return f"any namespace{labelled} but {names}"
            case _:
                return f"any namespace{_labelled(self.namespaces.requirements)}"


Peer = Crowd | AnyPod | Outside | Endpoint
"""The other end; an Endpoint or addresses only as far as crowds do not hold them."""


@dataclass(frozen=True, slots=True)
class Exposed:
    """One workload that others may reach, or that may reach others, on these ports."""

    subject: Endpoint
    peer: Peer
    ports: PortSet
    undecided: tuple[str, ...] = ()
    """Why the ports may be wrong; empty when they are certain."""


@dataclass(frozen=True, slots=True)
class Exposure(Shown, Tidy):
    """Every way in, or out, none of them implied by another."""

    COLUMNS: ClassVar = {
        "namespace": str,
        "name": str,
        "kind": str,
        "direction": str,
        "peer_kind": str,
        "peer": str,
        **PORTS,
        "undecided": str,
    }

    direction: Direction
    """INGRESS: what the peers can reach; EGRESS: what the subjects can reach."""
    own_node: bool
    """Whether the node that a pod runs on passes on all ports, which is no row."""
    rows: tuple[Exposed, ...]
    """By subject, then the widest peers first."""

    def to_dicts(self) -> list[dict[str, str]]:
        """One flat dictionary of text for each row, for a data frame or a file."""
        return [
            {
                "namespace": row.subject.namespace,
                "name": row.subject.name,
                "kind": row.subject.kind,
                "direction": self.direction.value,
                "peer_kind": peer_kind(row.peer),
                "peer": peer_text(row.peer),
                "ports": str(row.ports),
                "undecided": "; ".join(row.undecided),
            }
            for row in self.rows
        ]

    def _records(self) -> Iterator[Record]:
        for row in self.rows:
            subject = row.subject.namespace, row.subject.name, row.subject.kind
            peer = peer_kind(row.peer), peer_text(row.peer)
            for ports in port_records(row.ports):
                yield *subject, self.direction.value, *peer, *ports, "; ".join(row.undecided)


def peer_kind(peer: Peer) -> str:
    """`Crowd`, `Pods`, `Outside` or `Endpoint`."""
    return "Pods" if isinstance(peer, AnyPod) else type(peer).__name__


def peer_text(peer: Peer) -> str:
    """A peer in words."""
    match peer:
        case Crowd():
            return peer.value
        case AnyPod():
            return str(peer)
        case _:
            return subject_name(peer)


def _labelled(requirements: Iterable[Requirement]) -> str:
    text = ",".join(map(str, requirements))
    return f" labelled {text}" if text else ""
