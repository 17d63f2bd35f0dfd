"""What runs against what is written down: policies that differ, workloads of one side only."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from netsim.model.policy import NetworkPolicy, PolicyRef
from netsim.model.snapshot import Snapshot
from netsim.model.workload import Endpoint
from netsim.query.diff import Diff, FlowChange
from netsim.query.parties import Subject
from netsim.source import Place, Source

Locate = Callable[[Source], Place]


@dataclass(frozen=True, slots=True)
class PolicyDrift:
    """A policy that is not the same on both sides."""

    ref: PolicyRef
    change: str
    """`not running`, `not in the manifests`, or `differs`."""
    written: Place | None
    """Where the manifests have it."""
    fields: tuple[str, ...] = ()
    """What differs, as `spec.podSelector` or `spec.ingress`."""


@dataclass(frozen=True, slots=True)
class Drift:
    """How a cluster has come away from its manifests; false if it has not."""

    policies: tuple[PolicyDrift, ...]
    diff: Diff
    """From the manifests to the cluster."""

    def __bool__(self) -> bool:
        return bool(self.policies) or bool(self.diff)

    @property
    def flows(self) -> Diff:
        """What opened and closed between parties that both sides know.

        A workload of one side only brings its own connections, which say nothing new.
        """
        alone = {
            (item.kind, item.namespace, item.name)
            for item in (*self.diff.appeared, *self.diff.vanished)
        }

        def common(rows: Iterable[FlowChange]) -> tuple[FlowChange, ...]:
            return tuple(
                row
                for row in rows
                if _identity(row.source) not in alone and _identity(row.target) not in alone
            )

        opened, closed = common(self.diff.opened), common(self.diff.closed)
        return replace(self.diff, opened=opened, closed=closed, appeared=(), vanished=())


def _identity(subject: Subject) -> tuple[str, str, str] | None:
    if not isinstance(subject, Endpoint):
        return None
    return subject.kind, subject.namespace, subject.name


def drift_of(written: Snapshot, running: Snapshot, diff: Diff, locate: Locate) -> Drift:
    """Policies are the same if they say the same, wherever and however they are written."""
    left = {policy.ref: policy for policy in written.policies}
    right = {policy.ref: policy for policy in running.policies}
    found = []
    for ref in sorted(left.keys() | right.keys(), key=str):
        one, other = left.get(ref), right.get(ref)
        place = locate(one.source) if one is not None else None
        if other is None:
            found.append(PolicyDrift(ref, "not running", place))
        elif one is None:
            found.append(PolicyDrift(ref, "not in the manifests", place))
        elif fields := _differing(one, other):
            found.append(PolicyDrift(ref, "differs", place, fields))
    return Drift(tuple(found), diff)


def _differing(one: NetworkPolicy, other: NetworkPolicy) -> tuple[str, ...]:
    found = []
    if one.subject != other.subject:
        found.append("spec.podSelector")
    if one.rules.keys() != other.rules.keys():
        found.append("spec.policyTypes")
    found += (
        f"spec.{direction.value}"
        for direction in one.rules.keys() | other.rules.keys()
        if one.rules.get(direction, ()) != other.rules.get(direction, ())
    )
    return tuple(sorted(found))
