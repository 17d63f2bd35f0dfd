"""Workloads and namespaces that appeared, vanished or changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from netsim.model.labels import Labels
from netsim.model.workload import PER_POD_LABELS, Endpoint
from netsim.query.diff import Cause, FieldChange, Locate, ObjectChange, Site
from netsim.query.units import Sides, Unit
from netsim.source import Place, Source

_HIDDEN = ("addresses", "node")
"""Fields that move with every restart of a pod: told as causes, and no change by themselves."""


@dataclass(slots=True)
class Objects:
    """The changes of both sides' objects, each worked out once."""

    sides: Sides
    locate: Locate
    _units: dict[int, ObjectChange | None] = field(default_factory=dict)
    _namespaces: dict[str, ObjectChange | None] = field(default_factory=dict)

    def all(self) -> Iterator[ObjectChange]:
        """Every change that is one by itself: namespaces by name, then workloads in order."""
        spaces = (it.snapshot.namespaces for it in (self.sides.before, self.sides.after))
        for name in sorted(set().union(*spaces)):
            yield from filter(None, [self.namespace(name)])
        for place in range(self.sides.inside):
            found = self.unit(place)
            if found is not None and (not found.fields or _shown(found)):
                yield replace(found, fields=_shown(found))

    def unit(self, place: int) -> ObjectChange | None:
        """What changed of an endpoint; None if nothing did, and for addresses."""
        if place not in self._units:
            self._units[place] = self._of_unit(self.sides.units[place])
        return self._units[place]

    def namespace(self, name: str) -> ObjectChange | None:
        """What changed of a namespace; None if nothing did."""
        if name not in self._namespaces:
            before, after = (
                world.snapshot.namespaces.get(name)
                for world in (self.sides.before, self.sides.after)
            )
            fields = _labels(before.labels, after.labels) if before and after else ()
            found = None
            if fields or before is None or after is None:
                places = (self._place(it.source) if it else None for it in (before, after))
                found = ObjectChange(
                    _word(before, after), "Namespace", "", name, tuple(fields), *places
                )
            self._namespaces[name] = found
        return self._namespaces[name]

    def causes(self, source: int, target: int) -> Iterator[Cause]:
        """The changes of both ends and of their namespaces, as causes."""
        ends = dict.fromkeys((source, target))
        spaces: dict[str, None] = {}
        for place in ends:
            subject = self.sides.units[place].subject
            found = self.unit(place)
            if found is not None:
                yield from _causes(found)
            if isinstance(subject, Endpoint):
                spaces[subject.namespace] = None
        for name in spaces:
            space = self.namespace(name)
            if space is not None and space.fields:
                yield from _causes(space)

    def _of_unit(self, unit: Unit) -> ObjectChange | None:
        before, after = unit.before, unit.after
        known = before or after
        if not isinstance(known, Endpoint) or before == after:
            return None
        fields: tuple[FieldChange, ...] = ()
        if isinstance(before, Endpoint) and isinstance(after, Endpoint):
            fields = () if unit.split else tuple(_fields(before, after))
            if not fields:
                return None
        return ObjectChange(
            _word(before, after),
            known.kind,
            known.namespace,
            known.name,
            fields,
            *(
                self._place(end.source) if isinstance(end, Endpoint) else None
                for end in (before, after)
            ),
        )

    def _place(self, source: Source | None) -> Place | None:
        return self.locate(source) if source is not None and source.file else None


def _word(before: object, after: object) -> str:
    if before is None:
        return "appeared"
    return "vanished" if after is None else "changed"


def _shown(change: ObjectChange) -> tuple[FieldChange, ...]:
    return tuple(item for item in change.fields if item.name not in _HIDDEN)


def _causes(change: ObjectChange) -> Iterator[Cause]:
    sites = [Site("", it) if it else None for it in (change.before, change.after)]
    what = "namespace" if change.kind == "Namespace" else "workload"
    if not change.fields:
        yield Cause(f"{what}-{change.change}", str(change), "", None, *sites)
        return
    groups: dict[str, list[str]] = {}
    for item in change.fields:
        groups.setdefault(_WORDS[item.name.partition(".")[0]], []).append(str(item))
    for word, texts in groups.items():
        yield Cause(f"{what}-{word}-changed", str(change), "; ".join(texts), None, *sites)


_WORDS = {
    "labels": "labels",
    "ports": "ports",
    "addresses": "addresses",
    "hostNetwork": "network",
    "node": "node",
    "finished": "phase",
}


def _fields(before: Endpoint, after: Endpoint) -> Iterator[FieldChange]:
    yield from _labels(before.labels, after.labels)
    yield from _differing("ports.", _named_ports(before), _named_ports(after))
    for name, one, other in (
        ("hostNetwork", before.host_network, after.host_network),
        ("finished", before.finished, after.finished),
    ):
        if one is not other:
            yield FieldChange(name, str(one).lower(), str(other).lower())
    texts = [", ".join(map(str, it.addresses)) or None for it in (before, after)]
    if texts[0] != texts[1]:
        yield FieldChange("addresses", *texts)
    if before.node != after.node:
        yield FieldChange("node", before.node or None, after.node or None)


def _labels(before: Labels, after: Labels) -> tuple[FieldChange, ...]:
    left, right = (
        {key: value for key, value in some.items() if key not in PER_POD_LABELS}
        for some in (before, after)
    )
    return tuple(_differing("labels.", left, right))


def _named_ports(endpoint: Endpoint) -> dict[str, str]:
    """Names with the numbers they stand for; a declaration without a name means nothing."""
    found: dict[str, list[str]] = {}
    for port in endpoint.ports:
        if port.name:
            text = f"{port.number} ({port.role.value})"
            found.setdefault(f"{port.name}/{port.protocol.value}", []).append(text)
    return {name: ", ".join(texts) for name, texts in found.items()}


def _differing(
    prefix: str, left: Mapping[str, str], right: Mapping[str, str]
) -> Iterator[FieldChange]:
    for key in sorted({*left, *right}):
        one, other = left.get(key), right.get(key)
        if one != other:
            yield FieldChange(prefix + key, one, other)
