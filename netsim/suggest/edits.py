"""What is suggested: policies before and after, with exactly what that opens and closes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from netsim.model.policy import PolicyRef
from netsim.model.written import WrittenObject
from netsim.query.diff import Diff

Fields = dict[str, Any]
"""Plain values, as YAML has them."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One manifest before and after."""

    summary: str
    """What is done to it, as `a rule is added: spec.ingress[1]`."""
    before: WrittenObject | None
    """None for a new object."""
    after: Mapping[str, object] | None
    """The whole manifest; None where it is to be deleted."""

    @property
    def ref(self) -> PolicyRef:
        """What is changed; raises ValueError for an edit of nothing."""
        if self.before is not None:
            return PolicyRef(self.before.kind, self.before.namespace, self.before.name)
        if self.after is None:
            raise ValueError("an edit has a manifest before, or after, or both")
        metadata = self.after["metadata"]
        assert isinstance(metadata, Mapping)  # noqa: S101 - made by this package
        namespace, name = str(metadata["namespace"]), str(metadata["name"])
        return PolicyRef(str(self.after["kind"]), namespace, name)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that was simulated: it moves what `moved` says and nothing else."""

    title: str
    """In a few words, as `add a rule to shop/db-guard`."""
    edits: tuple[Edit, ...]
    """Each object once; empty where nothing is to be changed."""
    moved: Diff
    notes: tuple[str, ...] = ()
    """What is to be known before it is applied, and no simulation shows."""
