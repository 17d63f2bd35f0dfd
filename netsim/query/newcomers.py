"""Pods that do not exist: one for every set of labels that some policy could tell apart.

A newcomer has no address, declares no port, and runs on no node that is known. Two things
decide what passes: what its own policies let it do, place by place, and how the policies of
the other end see it. They are told apart separately, so that their combinations are never
made up: that bounds how many newcomers there are.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from netsim.compiler import Compiled, compile_snapshot
from netsim.compiler.scopes import Scope, Scopes
from netsim.compiler.sets import ClassId
from netsim.model.labels import Labels, LabelSelector
from netsim.model.policy import Direction, PolicyRef
from netsim.model.workload import NAMESPACE_NAME_LABEL, Endpoint, Namespace
from netsim.query.label_space import ABSENT, FIRST_VALUE, WHOLE, Box, LabelSpace, meet, parted

_Pods = tuple[LabelSelector, ...]
"""The pod selectors that apply in a namespace: they decide what is told apart there."""


@dataclass(frozen=True, slots=True)
class Group:
    """Namespaces in which some policies look for the same pods."""

    places: int
    """Bit `n` stands for place `n` of the landscape."""
    parts: tuple[tuple[Box, int], ...]
    """Every pod that could be there, in parts that these policies do not split.

    Each with the number of a newcomer that stands for it.
    """


@dataclass(frozen=True, slots=True)
class Landscape:
    """Every namespace there is or could be, as some policies of the other end see it."""

    places: tuple[Box, ...]
    """Existing namespaces in order, then those that could be made."""
    seen: tuple[Group, ...]
    """By the policies of the other end."""
    own: tuple[Group, ...]
    """By the policies that select the newcomer; one place a group, or places without any."""

    @property
    def everywhere(self) -> int:
        """All places."""
        return (1 << len(self.places)) - 1


class Newcomers:
    """Makes newcomers up; all are compiled together, once all have been asked for."""

    def __init__(self, compiled: Compiled, scopes: Scopes, own: Direction) -> None:
        self.existing: tuple[Namespace, ...] = tuple(compiled.snapshot.namespaces.values())
        """In order: the first places of every landscape."""
        self._compiled = compiled
        self._scopes = scopes
        every = {scope for found in scopes.subjects.values() for scope in found}
        every.update(scope for found in scopes.peers.values() for scope in found)
        names = {NAMESPACE_NAME_LABEL: [item.name for item in self.existing]}
        self.pods = LabelSpace.of((scope.pods for scope in every), {})
        self.namespaces = LabelSpace.of((scope.namespaces for scope in every), names)
        self._points = tuple(self.namespaces.point(item.labels) for item in self.existing)
        self._bearing = self._indexed()
        self._made: dict[tuple[str, Labels], int] = {}
        self._spaces: dict[Labels, Namespace] = {}
        self._parts: dict[_Pods, tuple[Box, ...]] = {}
        self._chosen: dict[LabelSelector, int] = {}
        self._landscapes: dict[frozenset[Scope], Landscape] = {}
        self._start = self._unmade()
        subjects = _by_namespaces(scopes.subjects[own])
        self._own = self._own_of_existing(subjects)
        self._subjects = {it: pods for it, pods in subjects.items() if self._picks_new(it)}

    def landscape(self, policies: Iterable[PolicyRef], direction: Direction) -> Landscape:
        """How newcomers look to some policies of the other end, in its direction."""
        peers = frozenset(
            scope for ref in policies for scope in self._scopes.peers.get((ref, direction), ())
        )
        found = self._landscapes.get(peers)
        if found is None:
            found = self._landscapes[peers] = self._landscape(_by_namespaces(peers))
        return found

    def compiled(self) -> tuple[Compiled, tuple[ClassId, ...]]:
        """The snapshot with all newcomers in it, and the class of each."""
        snapshot = self._compiled.snapshot
        spaces = {item.name: item for item in self._spaces.values()}
        added = (
            Endpoint(namespace, str(number), "Newcomer", labels)
            for (namespace, labels), number in self._made.items()
        )
        whole = compile_snapshot(
            replace(
                snapshot,
                namespaces={**snapshot.namespaces, **spaces},
                endpoints=(*snapshot.endpoints, *added),
            ),
            self._compiled.profile,
        )
        first = len(snapshot.endpoints)
        places = range(first, first + len(self._made))
        return whole, tuple(whole.faces[place][0].class_id for place in places)

    def _landscape(self, peers: dict[LabelSelector, _Pods]) -> Landscape:
        new = self._new_places(dict.fromkeys([*self._subjects, *peers]))
        places = (*self._points, *new)
        pieces: dict[_Pods, int] = {(): (1 << len(places)) - 1}
        for selector, pods in peers.items():
            inside, split = self._inside(selector, new), dict[_Pods, int]()
            for known, bits in pieces.items():
                for chosen, part in ((known + pods, bits & inside), (known, bits & ~inside)):
                    if part:
                        split[chosen] = split.get(chosen, 0) | part
            pieces = split
        seen = (self._group(bits, _distinct(pods), new) for pods, bits in pieces.items())
        return Landscape(places, tuple(seen), (*self._own, *self._own_of_new(new)))

    def _own_of_existing(self, subjects: dict[LabelSelector, _Pods]) -> tuple[Group, ...]:
        by_place: list[_Pods] = [()] * len(self.existing)
        for selector, pods in subjects.items():
            for place in members(self._inside(selector, ())):
                by_place[place] += pods
        return tuple(self._own_groups(enumerate(by_place), ()))

    def _own_of_new(self, new: Sequence[Box]) -> Iterator[Group]:
        first = len(self.existing)
        chosen: list[_Pods] = [()] * len(new)
        for selector, pods in self._subjects.items():
            for place in members(self._inside(selector, new) >> first):
                chosen[place] += pods
        return self._own_groups(enumerate(chosen, first), new)

    def _own_groups(
        self, places: Iterable[tuple[int, _Pods]], new: Sequence[Box]
    ) -> Iterator[Group]:
        """Where no policy selects anyone all places are alike; each other one is its own."""
        free = 0
        for place, pods in places:
            if pods:
                yield self._group(1 << place, _distinct(pods), new)
            else:
                free |= 1 << place
        if free:
            yield self._group(free, (), new)

    def _group(self, places: int, pods: _Pods, new: Sequence[Box]) -> Group:
        boxes = self._parts.get(pods)
        if boxes is None:
            cuts = filter(None, map(self.pods.box, pods))
            boxes = self._parts[pods] = parted(WHOLE, cuts, self.pods)
        namespace = self._namespace(places.bit_length() - 1, new)
        return Group(places, tuple((box, self._newcomer(namespace, box)) for box in boxes))

    def _namespace(self, place: int, new: Sequence[Box]) -> str:
        """An existing one's name, or that of one made up, which no real name can be."""
        if place < len(self.existing):
            return self.existing[place].name
        labels = self.namespaces.sample(new[place - len(self.existing)])
        found = self._spaces.get(labels)
        if found is None:
            name = f"new namespace {len(self._spaces)}"
            found = self._spaces[labels] = Namespace(
                name, labels, synthesised=True, source=None
            )
        return found.name

    def _newcomer(self, namespace: str, box: Box) -> int:
        return self._made.setdefault((namespace, self.pods.sample(box)), len(self._made))

    def _unmade(self) -> Box:
        """Namespaces that do not exist: none has the name of one that does."""
        key, space = NAMESPACE_NAME_LABEL, self.namespaces
        names = {item.name for item in self.existing}
        free = space.full(key) & ~ABSENT
        for place, name in enumerate(space.values[key], FIRST_VALUE):
            if name in names:
                free &= ~(1 << place)
        return ((key, free),)

    def _picks_new(self, selector: LabelSelector) -> bool:
        box = self.namespaces.box(selector)
        return box is not None and meet(box, self._start) is not None

    def _new_places(self, selectors: Iterable[LabelSelector]) -> tuple[Box, ...]:
        """Those that could be made, in parts that no selector splits."""
        boxes = filter(None, map(self.namespaces.box, filter(self._picks_new, selectors)))
        return parted(self._start, boxes, self.namespaces)

    def _inside(self, selector: LabelSelector, new: Sequence[Box]) -> int:
        """The places that a selector picks; each new one lies wholly inside or outside."""
        box = self.namespaces.box(selector)
        if box is None:
            return 0
        found = self._chosen.get(selector)
        if found is None:
            found = (1 << len(self.existing)) - 1
            for key, mask in box:
                found &= sum(self._bearing.get((key, bit), 0) for bit in members(mask))
            self._chosen[selector] = found
        first = len(self.existing)
        return found | sum(
            1 << place for place, item in enumerate(new, first) if meet(item, box) is not None
        )

    def _indexed(self) -> dict[tuple[str, int], int]:
        """The existing namespaces by what they have under a key."""
        found: dict[tuple[str, int], int] = {}
        for place, point in enumerate(self._points):
            for key, mask in point:
                at = (key, mask.bit_length() - 1)
                found[at] = found.get(at, 0) | 1 << place
        return found


def _by_namespaces(scopes: Iterable[Scope]) -> dict[LabelSelector, _Pods]:
    """The pods that are looked for, by the selector of the namespaces; in a fixed order."""
    found: dict[LabelSelector, list[LabelSelector]] = {}
    for scope in scopes:
        found.setdefault(scope.namespaces, []).append(scope.pods)
    ordered = sorted(found, key=_order)
    return {selector: tuple(found[selector]) for selector in ordered}


def _distinct(pods: Iterable[LabelSelector]) -> _Pods:
    wanted = {selector for selector in pods if selector.requirements}
    return tuple(sorted(wanted, key=_order))


def _order(selector: LabelSelector) -> tuple[object, ...]:
    return selector.requirements


def members(mask: int) -> Iterator[int]:
    """The numbers of the bits that are set, ascending."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
