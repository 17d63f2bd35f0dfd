"""What a server would say of new objects, one after the other, on top of a cluster."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from netsim.model.snapshot import Snapshot
from netsim.model.written import PodTemplate, WrittenObject, pod_template
from netsim.podsecurity.admission import Review, review
from netsim.podsecurity.configuration import Server
from netsim.podsecurity.levels import LabelFault
from netsim.podsecurity.namespaces import review_namespace
from netsim.podsecurity.pods import PodFieldError


@dataclass(frozen=True, slots=True)
class Admission:
    """The answer on one object."""

    written: WrittenObject
    refusal: str = ""
    """Why a pod is refused: `violates PodSecurity …`."""
    faults: tuple[LabelFault, ...] = ()
    """Labels for which a namespace is refused."""
    warnings: tuple[str, ...] = ()
    annotation: str = ""
    """What is written into the audit log."""
    pods_refusal: str = ""
    """Why the pods of an object are refused that is accepted itself."""
    exempt: str = ""
    """`namespace` or `runtimeClass` where Pod Security asks for nothing."""
    unreadable: str = ""
    """A field that no server would take, and why."""

    @property
    def accepted(self) -> bool:
        """Whether the object itself would be created."""
        return not (self.refusal or self.faults or self.unreadable)

    @property
    def runs(self) -> bool:
        """Whether its pods would be created as well."""
        return self.accepted and not self.pods_refusal


@dataclass(slots=True)
class _Namespaces:
    """Labels of namespaces as they come to be."""

    snapshot: Snapshot
    changed: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def labels(self, name: str) -> Mapping[str, str]:
        """Those of a namespace; none where they are not known."""
        found = self.stored(name)
        return {} if found is None else found

    def stored(self, name: str) -> Mapping[str, str] | None:
        """Those of a namespace; None where there is no such object yet."""
        if name in self.changed:
            return self.changed[name]
        known = self.snapshot.namespaces.get(name)
        return None if known is None or known.synthesised else known.labels


def admit(
    objects: Iterable[WrittenObject],
    snapshot: Snapshot,
    existing: Iterable[WrittenObject],
    server: Server,
) -> Iterator[Admission]:
    """The answer on each object in turn; a namespace counts from then on.

    `existing` are the objects of the cluster, whose pods a stricter namespace is told of. An
    object that stands among them in the same place is new all the same.
    """
    there = tuple(existing)
    namespaces = _Namespaces(snapshot)
    own_places = {item.source for item in there}
    for item in objects:
        try:
            if item.kind == "Namespace" and item.group == "":
                is_same = item.source in own_places
                yield _namespace(item, namespaces, there, server, is_new=is_same)
            else:
                yield _object(item, namespaces, server)
        except PodFieldError as error:
            yield Admission(item, unreadable=str(error))


def unknown_namespaces(objects: Iterable[WrittenObject], snapshot: Snapshot) -> list[str]:
    """Namespaces of pods whose labels are not in the input."""
    items = list(objects)
    made = {item.name for item in items if item.kind == "Namespace"}
    named = {item.namespace for item in items if pod_template(item) is not None} - made
    known = snapshot.namespaces
    return sorted(name for name in named if name not in known or known[name].synthesised)


def _namespace(
    item: WrittenObject,
    namespaces: _Namespaces,
    existing: Iterable[WrittenObject],
    server: Server,
    *,
    is_new: bool,
) -> Admission:
    labels = _labels(item)
    stored = None if is_new else namespaces.stored(item.name)
    pods = _pods(existing, item.name)
    found = review_namespace(item.name, labels, stored, pods, server)
    if not found.faults:
        namespaces.changed[item.name] = labels
    return Admission(item, faults=found.faults, warnings=found.warnings)


def _object(item: WrittenObject, namespaces: _Namespaces, server: Server) -> Admission:
    template = pod_template(item)
    if template is None:
        return Admission(item)
    found: Review = review(template, server.settings(namespaces.labels(item.namespace)), server)
    return Admission(
        item,
        refusal=found.refusal,
        warnings=(found.warning,) if found.warning else (),
        annotation=found.annotation,
        pods_refusal=found.pods_refusal,
        exempt=found.exempt,
    )


def _pods(existing: Iterable[WrittenObject], namespace: str) -> Iterator[PodTemplate]:
    for item in existing:
        if item.kind == "Pod" and item.namespace == namespace:
            template = pod_template(item)
            if template is not None:
                yield template


def _labels(item: WrittenObject) -> Mapping[str, str]:
    labels = item.at("metadata", "labels")
    found = labels.items() if isinstance(labels, Mapping) else ()
    return {str(key): value for key, value in found if isinstance(value, str)}
