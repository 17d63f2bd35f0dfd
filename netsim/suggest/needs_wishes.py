"""Flows that somebody says are needed, with their ends looked up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from netsim.compiler.classes import is_node
from netsim.model.ports import PortSet
from netsim.model.profile import Profile
from netsim.model.workload import Endpoint
from netsim.query.parties import Subject


@dataclass(frozen=True, slots=True)
class Wish:
    """From each source to each target, on the ports of that target."""

    sources: Sequence[Subject]
    targets: Sequence[tuple[Subject, PortSet]]
    place: str
    """Where it is said, as `flows.csv:3`."""

    @property
    def ends(self) -> Iterator[Subject]:
        """Everyone that is named."""
        yield from self.sources
        yield from (target for target, _ in self.targets)


def is_pod(subject: Subject, profile: Profile) -> bool:
    """Whether selectors of pods can pick a subject."""
    return isinstance(subject, Endpoint) and not is_node(subject, profile)
