"""The one question: may this source open a connection to this target on this port."""

from dataclasses import dataclass
from typing import Protocol as TypingProtocol

from netsim.model.networks import Address
from netsim.model.ports import Protocol
from netsim.model.workload import Endpoint


@dataclass(frozen=True, slots=True)
class OwnNode:
    """The node that the pod at the other end runs on: the kubelet and its probes."""

    def __str__(self) -> str:
        return "node"


Party = Endpoint | Address | OwnNode
"""Either end of a flow; an Address is one that no pod in the input has."""


@dataclass(frozen=True, slots=True)
class Flow:
    """The opening of a connection; replies of an allowed connection always pass."""

    source: Party
    target: Party
    protocol: Protocol
    port: int


class Evaluator(TypingProtocol):
    """What can answer flows: the judge and the compiled graph."""

    def allows(self, flow: Flow) -> bool:
        """Whether the connection may be opened."""
