"""Whom a landscape of newcomers lets through, in the fewest words: pods with labels, somewhere.

What is open is first known part by part. Parts are joined to terms, each as wide as it can be
and none of them implied by others: "pods with role=client in namespaces with env=prod".
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from netsim.model.ports import PortSet
from netsim.model.workload import NAMESPACE_NAME_LABEL
from netsim.query.label_space import WHOLE, Box, apart, cover, meet
from netsim.query.newcomers import Landscape, Newcomers, members

Region = tuple[tuple[Box, PortSet], ...]
"""Every pod that could be in a place, in parts, with the ports that are open to each."""


_Sides = tuple[tuple[Box, ...], tuple[Box, ...]]
"""The boxes to which some ports are open, and those to which they are not."""
_Parted = list[tuple[_Sides, int]]


@dataclass(frozen=True, slots=True)
class Term:
    """Pods in a box of labels, in the namespaces of another."""

    namespaces: Box
    pods: Box
    places: int
    """The places of the landscape that the namespaces are."""


@dataclass(slots=True)
class Terms:
    """Finds terms; what comes again is worked out once."""

    newcomers: Newcomers
    _pods: dict[tuple[tuple[Box, ...], tuple[Box, ...]], tuple[Box, ...]] = field(
        default_factory=dict
    )
    _spaces: dict[tuple[tuple[Box, ...], int], tuple[tuple[Box, int], ...]] = field(
        default_factory=dict
    )

    def found(
        self, regions: Mapping[Region, int], landscape: Landscape
    ) -> Iterator[tuple[Term, PortSet]]:
        """Each term with its ports; regions are given with the places that have them."""
        atoms = _atoms(ports for region in regions for _, ports in region)
        sides = [
            [(_parted(region, ports), places) for region, places in regions.items()]
            for ports in atoms
        ]
        terms = dict.fromkeys(term for item in sides for term in self._of_atom(item, landscape))
        # a term may say more than the ports it was found for, and then others say too much
        told = {
            term: [
                ports for ports, side in zip(atoms, sides, strict=True) if _holds(side, term)
            ]
            for term in terms
        }
        thrift = _Thrift(self.newcomers, landscape)
        for term in sorted(terms, key=lambda it: (len(told[it]), *_narrowness(it))):
            others = {it: ports for it, ports in told.items() if it is not term}
            if all(
                thrift.implied(term, [it for it, ports in others.items() if atom in ports])
                for atom in told[term]
            ):
                del told[term]
        for term, ports in told.items():
            yield term, reduce(or_, ports)

    def _of_atom(self, parted: _Parted, landscape: Landscape) -> tuple[Term, ...]:
        """Ports that no region splits, as one."""
        boxes = dict.fromkeys(box for sides, _ in parted for box in self._cover(*sides))
        terms: list[Term] = []
        for box in sorted(boxes, key=lambda box: (len(box), box)):
            places = _open_places(parted, box)
            terms += (
                Term(namespaces, box, inside)
                for namespaces, inside in self._named(places, landscape)
            )
        return _Thrift(self.newcomers, landscape).needed(terms)

    def _cover(self, opened: tuple[Box, ...], closed: tuple[Box, ...]) -> tuple[Box, ...]:
        if not closed:
            return (WHOLE,) if opened else ()
        found = self._pods.get((opened, closed))
        if found is None:
            space = self.newcomers.pods
            found = cover(opened, closed, space, tuple(space.values))
            self._pods[opened, closed] = found
        return found

    def _named(self, places: int, landscape: Landscape) -> tuple[tuple[Box, int], ...]:
        """Some places by their labels, by name only where labels do not tell."""
        key = (landscape.places, places)
        found = self._spaces.get(key)
        if found is None:
            space = self.newcomers.namespaces
            order = sorted(space.values, key=lambda name: (name == NAMESPACE_NAME_LABEL, name))
            inside, outside = _sides(places, landscape.places)
            boxes = cover(inside, outside, space, order)
            found = self._spaces[key] = tuple((it, _within(it, landscape)) for it in boxes)
        return found


def _atoms(sets: Iterable[PortSet]) -> list[PortSet]:
    """The fewest disjoint sets that others are made of."""
    atoms: list[PortSet] = []
    for ports in dict.fromkeys(sets):
        rest, split = ports, list[PortSet]()
        for atom in atoms:
            split += filter(None, (atom & ports, atom - ports))
            rest -= atom
        atoms = [*split, *filter(None, (rest,))]
    return sorted(atoms, key=lambda atom: atom.boundaries)


def _narrowness(term: Term) -> tuple[int, int, Box]:
    """Terms with many conditions come first."""
    return -len(term.pods), -len(term.namespaces), term.pods


def _open_places(parted: _Parted, pods: Box) -> int:
    """Where all of some pods get through."""
    places = 0
    for (opened, closed), here in parted:
        if opened and all(meet(item, pods) is None for item in closed):
            places |= here
    return places


def _holds(parted: _Parted, term: Term) -> bool:
    """Whether all of a term gets through."""
    return not term.places & ~_open_places(parted, term.pods)


def _parted(region: Region, ports: PortSet) -> _Sides:
    """The boxes to which some ports are open, and those to which they are not."""
    opened = tuple(box for box, known in region if ports <= known)
    closed = tuple(box for box, known in region if not ports <= known)
    return opened, closed


def _sides(places: int, boxes: Sequence[Box]) -> tuple[list[Box], list[Box]]:
    inside = [box for place, box in enumerate(boxes) if places >> place & 1]
    outside = [box for place, box in enumerate(boxes) if not places >> place & 1]
    return inside, outside


def _within(box: Box, landscape: Landscape) -> int:
    return sum(
        1 << place for place, item in enumerate(landscape.places) if meet(item, box) is not None
    )


@dataclass(frozen=True, slots=True)
class _Thrift:
    """Leaves out the terms that others imply."""

    newcomers: Newcomers
    landscape: Landscape

    def needed(self, terms: Sequence[Term]) -> tuple[Term, ...]:
        """The others, the narrowest having been tried first."""
        left = list(terms)
        for term in sorted(terms, key=_narrowness):
            others = [item for item in left if item is not term]
            if self.implied(term, others):
                left = others
        return tuple(left)

    def implied(self, term: Term, others: Sequence[Term]) -> bool:
        """Whether the others together hold all that a term does, where it exists."""
        existing = (1 << len(self.newcomers.existing)) - 1
        pieces: dict[int, int] = {0: term.places & existing}
        for number, other in enumerate(others):
            split: dict[int, int] = {}
            for known, places in pieces.items():
                for key, part in (
                    (known | 1 << number, places & other.places),
                    (known, places & ~other.places),
                ):
                    if part:
                        split[key] = split.get(key, 0) | part
            pieces = split
        # existing namespaces in the same terms are alike; those to be made may lie across
        samples = [places.bit_length() - 1 for places in pieces.values()]
        samples += members(term.places & ~existing)
        return all(self._implied_at(place, term, others) for place in samples)

    def _implied_at(self, place: int, term: Term, others: Sequence[Term]) -> bool:
        here = meet(self.landscape.places[place], term.namespaces)
        rest = [] if here is None else [(here, term.pods)]
        for other in others:
            rest = [piece for part in rest for piece in self._beyond(*part, other)]
        return not rest

    def _beyond(self, where: Box, pods: Box, other: Term) -> Iterator[tuple[Box, Box]]:
        """What of some pods in some namespaces another term does not hold."""
        both = meet(where, other.namespaces)
        if both is None:
            yield where, pods
            return
        for rest in apart(where, other.namespaces, self.newcomers.namespaces):
            yield rest, pods
        for rest in apart(pods, other.pods, self.newcomers.pods):
            yield both, rest
