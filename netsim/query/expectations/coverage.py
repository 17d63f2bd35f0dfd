"""Which newcomers a list speaks of.

A notation by namespace or label speaks of every pod that it selects, those to come included.
A name speaks of the pods that have it: a newcomer counts as one of them where the rules let
it through by labels that such a pod has as well, or where it has no other labels, in the same
namespace or in a new one that is let through by labels that the pod's namespace has.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from netsim.model.labels import Labels
from netsim.model.snapshot import Snapshot
from netsim.model.workload import Endpoint
from netsim.names import SelectedEndpoints
from netsim.query.endpoints import selects
from netsim.query.expectations.facts import Ends, Expectation
from netsim.query.expectations.newcomers import Newcomer, Place
from netsim.query.parties import Subject


@dataclass(frozen=True, slots=True)
class Coverage:
    """Tells of what is listed, and of what is excepted, whether it holds a newcomer."""

    excepted: Ends | None
    exceptions: tuple[Subject, ...]

    @classmethod
    def of(cls, expectation: Expectation, exceptions: Sequence[Subject]) -> "Coverage":
        """With what an expectation leaves out."""
        return cls(expectation.excepted, tuple(exceptions))

    def excepts(self, newcomer: Newcomer, snapshot: Snapshot) -> bool:
        """Whether a newcomer is left out."""
        if self.excepted is None:
            return False
        return self.covers(self.excepted, self.exceptions, newcomer, snapshot)

    def covers(
        self, ends: Ends, found: Sequence[Subject], newcomer: Newcomer, snapshot: Snapshot
    ) -> bool:
        """Whether some notations, which now stand for `found`, speak of a newcomer."""
        for notation in ends.notations:
            if isinstance(notation, SelectedEndpoints):
                there = notation.namespace is None or _is_like(
                    newcomer.place, notation.namespace, snapshot
                )
                if there and selects(notation.selector, newcomer.endpoint.labels):
                    return True
        if all(isinstance(notation, SelectedEndpoints) for notation in ends.notations):
            return False
        borrowed = newcomer.asked or (newcomer.endpoint.labels,)
        return any(
            isinstance(pod, Endpoint)
            and any(_borrowed(labels, pod.labels) for labels in borrowed)
            and _is_like(newcomer.place, pod.namespace, snapshot)
            for pod in found
        )


def _is_like(place: Place, namespace: str, snapshot: Snapshot) -> bool:
    if not place.new:
        return place.namespace.name == namespace
    there = snapshot.namespaces.get(namespace)
    return there is not None and _borrowed(place.asked, there.labels)


def _borrowed(labels: Labels, owner: Labels) -> bool:
    return bool(labels) and labels.items() <= owner.items()
