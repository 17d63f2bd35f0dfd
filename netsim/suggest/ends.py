"""Who is to accept, or no longer to accept, whom: one end of what was asked."""

from dataclasses import dataclass

from netsim.model.policy import Direction
from netsim.model.ports import PortSet
from netsim.model.workload import Endpoint
from netsim.names import EndpointText
from netsim.query.parties import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """Endpoints of one namespace, in the direction that concerns them, and their peers."""

    direction: Direction
    subjects: tuple[Endpoint, ...]
    text: EndpointText
    """What the subjects were asked by."""
    parties: tuple[Subject, ...]
    """The other ends."""
    ports: PortSet

    @property
    def namespace(self) -> str:
        """Where the policies are."""
        return self.subjects[0].namespace

    @property
    def targets(self) -> tuple[Subject, ...]:
        """The ends whose ports are meant."""
        return self.subjects if self.direction is Direction.INGRESS else self.parties
