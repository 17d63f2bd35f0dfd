"""Workloads that a change moves to another namespace, told apart from what comes and goes.

A Job that leaves `ai-apps` and enters `storage` closes every row of the one and opens every row
of the other. What matters is the difference: what it could do and no longer can.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from netsim.model.workload import Endpoint
from netsim.query.diff import Cause, Diff, FlowChange, ObjectChange, Site
from netsim.query.expected import beyond_rows
from netsim.query.parties import Subject
from netsim.query.review import Relocation

_Name = tuple[str, str, str]
"""Namespace, name, kind."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A diff after moved workloads are taken for the same ones."""

    opened: tuple[FlowChange, ...]
    closed: tuple[FlowChange, ...]
    relocations: tuple[Relocation, ...]
    renamed: Mapping[_Name, str]
    """The new namespace of each workload that moved."""


def settled(diff: Diff) -> Settled:
    """The rows that are left, those of moved workloads under their new names."""
    pairs = list(_moved(diff))
    renamed = {(old.namespace, old.name, old.kind): new.namespace for old, new in pairs}
    if not pairs:
        return Settled(diff.opened, diff.closed, (), {})
    former = renamed_rows(diff.closed, renamed)
    opened, closed = beyond_rows(diff.opened, former), beyond_rows(former, diff.opened)
    relocations = []
    for old, new in pairs:
        cause = _cause(old, new)
        opened, closed = (_caused(rows, new, cause) for rows in (opened, closed))
        lost, gained = (
            tuple(row for row in rows if cause in row.causes) for rows in (closed, opened)
        )
        places = (old.before, new.after)
        relocations.append(
            Relocation(new.kind, new.name, old.namespace, new.namespace, lost, gained, places)
        )
    return Settled(opened, closed, tuple(relocations), renamed)


def renamed_rows(
    rows: Iterable[FlowChange], renamed: Mapping[_Name, str]
) -> tuple[FlowChange, ...]:
    """The same rows with moved workloads where they are now."""

    def now(subject: Subject) -> Subject:
        if not isinstance(subject, Endpoint):
            return subject
        namespace = renamed.get((subject.namespace, subject.name, subject.kind))
        return subject if namespace is None else replace(subject, namespace=namespace)

    return tuple(replace(row, source=now(row.source), target=now(row.target)) for row in rows)


def _moved(diff: Diff) -> Iterable[tuple[ObjectChange, ObjectChange]]:
    """What vanished in one namespace and appeared in one other, by kind and name."""
    gone, come = (_by_name(items) for items in (diff.vanished, diff.appeared))
    for name, left in gone.items():
        entered = come.get(name, [])
        if len(left) == len(entered) == 1:
            yield left[0], entered[0]


def _by_name(items: Iterable[ObjectChange]) -> dict[tuple[str, str], list[ObjectChange]]:
    found: dict[tuple[str, str], list[ObjectChange]] = {}
    for item in items:
        if item.namespace:
            found.setdefault((item.kind, item.name), []).append(item)
    return found


def _cause(old: ObjectChange, new: ObjectChange) -> Cause:
    return Cause(
        "workload-moved",
        f"{new.kind} {new.name}",
        f"namespace: {old.namespace} -> {new.namespace}",
        before=Site("", old.before) if old.before else None,
        after=Site("", new.after) if new.after else None,
    )


def _caused(
    rows: Iterable[FlowChange], new: ObjectChange, cause: Cause
) -> tuple[FlowChange, ...]:
    """Rows at either end of which the workload stands have moved because it has."""
    name = (new.namespace, new.name, new.kind)

    def touches(subject: Subject) -> bool:
        if not isinstance(subject, Endpoint):
            return False
        return (subject.namespace, subject.name, subject.kind) == name

    return tuple(
        replace(row, causes=(cause, *_others(row)))
        if touches(row.source) or touches(row.target)
        else row
        for row in rows
    )


def _others(row: FlowChange) -> tuple[Cause, ...]:
    """Causes besides the coming and going."""
    known = {"workload-appeared", "workload-vanished", "workload-moved"}
    return tuple(item for item in row.causes if item.change not in known)
