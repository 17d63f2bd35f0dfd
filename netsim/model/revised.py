"""Policies of which some are put in, replaced or taken out, without copying all of them."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import overload

from netsim.model.policy import NetworkPolicy

Name = tuple[str, str]
"""Namespace and name."""
Changes = Mapping[Name, NetworkPolicy | None]
"""The policy that has a name now; None where none has."""
MOST_CHANGES = 4096
"""Changes beyond this are listed, so that chains of changes stay cheap."""


@dataclass(frozen=True, slots=True, eq=False)
class RevisedPolicies(Sequence[NetworkPolicy]):
    """Other policies with some changes, in (namespace, name) order, listed when first read."""

    base: Sequence[NetworkPolicy]
    changes: Changes
    _listed: list[tuple[NetworkPolicy, ...]] = field(
        default_factory=list, init=False, repr=False
    )

    def revised(self, changes: Changes) -> "RevisedPolicies":
        """With changes that win over earlier ones, never more than one deep."""
        if self._listed or len(self.changes) + len(changes) > MOST_CHANGES:
            return RevisedPolicies(self.listed, changes)
        return RevisedPolicies(self.base, {**self.changes, **changes})

    @property
    def listed(self) -> tuple[NetworkPolicy, ...]:
        """All of them."""
        if not self._listed:
            result = list(self.base)
            for name, policy in self.changes.items():
                place, there = _found(result, name)
                result[place : place + there] = [policy] if policy else []
            self._listed.append(tuple(result))
        return self._listed[0]

    @overload
    def __getitem__(self, index: int) -> NetworkPolicy: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[NetworkPolicy, ...]: ...

    def __getitem__(self, index: int | slice) -> NetworkPolicy | tuple[NetworkPolicy, ...]:
        return self.listed[index]

    def __iter__(self) -> Iterator[NetworkPolicy]:
        return iter(self.listed)

    def __len__(self) -> int:
        return len(self.listed)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, tuple | RevisedPolicies) and self.listed == tuple(other)

    def __hash__(self) -> int:
        return hash(self.listed)


def revised(known: Sequence[NetworkPolicy], changes: Changes) -> RevisedPolicies:
    """Policies with some changes."""
    if isinstance(known, RevisedPolicies):
        return known.revised(changes)
    return RevisedPolicies(known, changes)


def named(policies: Sequence[NetworkPolicy], name: Name) -> NetworkPolicy | None:
    """The policy of a name among policies in order, found by halving."""
    if isinstance(policies, RevisedPolicies):
        if name in policies.changes:
            return policies.changes[name]
        policies = policies.base
    place, there = _found(policies, name)
    return policies[place] if there else None


def _found(policies: Sequence[NetworkPolicy], name: Name) -> tuple[int, bool]:
    """The place of a name among policies in order, and whether it is there."""
    place = bisect_left(policies, name, key=_name)
    return place, place < len(policies) and _name(policies[place]) == name


def _name(policy: NetworkPolicy) -> Name:
    return policy.namespace, policy.name
