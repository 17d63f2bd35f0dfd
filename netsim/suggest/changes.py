"""Changes of single policies, put together so that each object is edited once."""

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass

from netsim.model.policy import PolicyRef
from netsim.model.written import WrittenObject
from netsim.suggest.edits import Edit, Fields


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """Something done to one policy, or a new one."""

    title: str
    """What it does, as `add a rule to shop/db-guard`."""
    size: int
    """Smaller changes are preferred where they do the same."""
    others: int
    """How many endpoints the policy selects besides: what it lets by may be theirs one day."""
    before: WrittenObject | None
    change: Callable[[Fields], str]
    """Changes the manifest in place and says how; an empty manifest is filled."""

    @property
    def place(self) -> tuple[str, str, str, str] | None:
        """Which object; None for a new one."""
        return None if self.before is None else self.before.identity


Written = Mapping[PolicyRef, WrittenObject]


def written_policies(objects: Iterable[WrittenObject]) -> Written:
    """The manifests of Kubernetes' own NetworkPolicies; other groups use the name as well."""
    return {
        PolicyRef(it.kind, it.namespace, it.name): it
        for it in objects
        if (it.group, it.kind) == ("networking.k8s.io", "NetworkPolicy")
    }


def edits_of(changes: Iterable[Change]) -> tuple[Edit, ...]:
    """One edit for each object; changes of one object are made one after the other."""
    manifests: dict[object, tuple[WrittenObject | None, Fields, list[str]]] = {}
    for change in changes:
        key = change if change.before is None else change.place
        if key not in manifests:
            value: Fields = {} if change.before is None else deepcopy(dict(change.before.value))
            manifests[key] = (change.before, value, [])
        _, fields, said = manifests[key]
        said.append(change.change(fields))
    return tuple(
        Edit("; ".join(said), before, fields) for before, fields, said in manifests.values()
    )


def title_of(changes: Iterable[Change]) -> str:
    """The titles of several changes as one."""
    return " and ".join(dict.fromkeys(change.title for change in changes))
