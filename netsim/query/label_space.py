"""Labels that were never written down, as boxes: by key, what may stand there.

Of a key matter only its absence, each value that some selector mentions, and one value that
none does. So a finite box stands for infinitely many label sets that no selector tells apart.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from netsim.model.labels import Labels, LabelSelector, Operator, Requirement

Box = tuple[tuple[str, int], ...]
"""Keys in order, each with a mask of what it may be; a key that is not listed may be anything.

Bit 0 of a mask is absence, bit 1 a value that nothing mentions, the others are the mentioned
values. No mask is zero, so that no box is empty.
"""
WHOLE: Box = ()
ABSENT, _OTHER, FIRST_VALUE = 1, 2, 2


@dataclass(frozen=True, slots=True)
class LabelSpace:
    """The keys that matter, and for each the values that are mentioned, in order."""

    values: Mapping[str, Sequence[str]]

    @classmethod
    def of(
        cls, selectors: Iterable[LabelSelector], more: Mapping[str, Iterable[str]]
    ) -> "LabelSpace":
        """What some selectors mention, and more values of some keys."""
        found: dict[str, set[str]] = {key: set(values) for key, values in more.items()}
        for selector in selectors:
            for requirement in selector.requirements:
                found.setdefault(requirement.key, set()).update(requirement.values)
        return cls({key: tuple(sorted(values)) for key, values in sorted(found.items())})

    def full(self, key: str) -> int:
        """Anything at all."""
        return (1 << FIRST_VALUE + len(self.values[key])) - 1

    def box(self, selector: LabelSelector) -> Box | None:
        """The labels that meet a selector; None where its requirements contradict."""
        masks: dict[str, int] = {}
        for requirement in selector.requirements:
            key = requirement.key
            masks[key] = masks.get(key, self.full(key)) & self._mask(requirement)
        if not all(masks.values()):
            return None
        return self._boxed(masks)

    def point(self, labels: Mapping[str, str]) -> Box:
        """Exactly one label set, as far as selectors can see it."""
        return tuple((key, self._bit(key, labels.get(key))) for key in self.values)

    def sample(self, box: Box) -> Labels:
        """One label set of a box; keys are left out, or have a value of nobody, if they may."""
        chosen: dict[str, str] = {}
        for key, mask in box:
            if not mask & ABSENT:
                chosen[key] = self._value(key, mask)
        return Labels(chosen)

    def widened(self, box: Box, closed: Iterable[Box], order: Sequence[str]) -> Box:
        """The box with each key as free as can be without meeting what is closed."""
        masks, shut = dict(box), [dict(item) for item in closed]
        for key in order:
            if key not in masks:
                continue
            current, whole = masks.pop(key), self.full(key)
            hit = 0
            for item in shut:
                if all(mask & item.get(other, mask) for other, mask in masks.items()):
                    hit |= item.get(key, whole)
            free = whole & ~hit
            if free != whole:
                masks[key] = self._sayable(current, free)
        return tuple(sorted(masks.items()))

    def selector(self, box: Box) -> LabelSelector:
        """A box that `box` and `widened` made, as requirements."""
        found = (item for key, mask in box for item in self._requirements(key, mask))
        return LabelSelector(tuple(sorted(found)))

    def _boxed(self, masks: Mapping[str, int]) -> Box:
        return tuple(sorted((key, it) for key, it in masks.items() if it != self.full(key)))

    def _bit(self, key: str, value: str | None) -> int:
        if value is None:
            return ABSENT
        values = self.values[key]
        return 1 << FIRST_VALUE + values.index(value) if value in values else _OTHER

    def _mask(self, requirement: Requirement) -> int:
        key = requirement.key
        named = sum(self._bit(key, value) for value in set(requirement.values))
        match requirement.operator:
            case Operator.IN:
                return named
            case Operator.NOT_IN:
                return self.full(key) & ~named
            case Operator.EXISTS:
                return self.full(key) & ~ABSENT
            case Operator.DOES_NOT_EXIST:
                return ABSENT

    def _value(self, key: str, mask: int) -> str:
        values = self.values[key]
        if mask & _OTHER:
            return fresh("other", values)
        return next(it for place, it in enumerate(values) if mask >> FIRST_VALUE + place & 1)

    def _requirements(self, key: str, mask: int) -> Iterator[Requirement]:
        if mask == ABSENT:
            yield Requirement(key, Operator.DOES_NOT_EXIST)
            return
        places = enumerate(self.values[key], FIRST_VALUE)
        inside: list[str] = []
        outside: list[str] = []
        for place, value in places:
            (inside if mask >> place & 1 else outside).append(value)
        if not mask & _OTHER:
            yield Requirement(key, Operator.IN, tuple(inside))
            return
        if not mask & ABSENT:
            yield Requirement(key, Operator.EXISTS)
        if outside:
            yield Requirement(key, Operator.NOT_IN, tuple(outside))

    def _sayable(self, current: int, free: int) -> int:
        """As much of what is free as one selector can say, and what there was at least.

        "Absent, or one of these values" is the one thing that no selector says.
        """
        if free & _OTHER:
            return free
        return current if current == ABSENT else free & ~ABSENT


def fresh(word: str, taken: Iterable[str]) -> str:
    """A word that is not taken, with a number where it must be.

    >>> fresh("other", {"other", "other-2"})
    'other-3'
    """
    used = set(taken)
    names = (word if number == 1 else f"{word}-{number}" for number in range(1, len(used) + 2))
    return next(name for name in names if name not in used)


def meet(one: Box, other: Box) -> Box | None:
    """What two boxes have in common."""
    if not one or not other:
        return one or other
    masks = dict(one)
    for key, mask in other:
        masks[key] = masks.get(key, mask) & mask
        if not masks[key]:
            return None
    return tuple(sorted(masks.items()))


def apart(box: Box, other: Box, space: LabelSpace) -> Iterator[Box]:
    """What a box has beyond another, as boxes that do not overlap."""
    if meet(box, other) is None:
        yield box
        return
    rest = dict(box)
    for key, mask in other:
        whole = rest.get(key, space.full(key))
        beyond = whole & ~mask
        if beyond:
            yield tuple(sorted({**rest, key: beyond}.items()))
        rest[key] = whole & mask


def parted(start: Box, cuts: Iterable[Box], space: LabelSpace) -> tuple[Box, ...]:
    """A box in parts that lie wholly inside or wholly outside of each cut."""
    parts = [start]
    for cut in cuts:
        found: list[Box] = []
        for part in parts:
            found += apart(part, cut, space)
            inside = meet(part, cut)
            if inside is not None:
                found.append(inside)
        parts = found
    return tuple(parts)


def covered(box: Box, others: Iterable[Box], space: LabelSpace) -> bool:
    """Whether some boxes together hold all of another."""
    rest = [box]
    for other in others:
        rest = [piece for part in rest for piece in apart(part, other, space)]
        if not rest:
            return True
    return not rest


def cover(
    opened: Iterable[Box], closed: Sequence[Box], space: LabelSpace, order: Sequence[str]
) -> tuple[Box, ...]:
    """Boxes that hold all that is open and nothing that is closed, none wider, none needless.

    What is neither open nor closed does not exist, and may lie in a box.
    """
    pending = sorted(opened, key=lambda box: (len(box), box))
    found: list[Box] = []
    for box in pending:
        if not covered(box, found, space):
            found.append(space.widened(box, closed, order))
    for box in sorted(found, key=lambda box: (-len(box), box)):
        others = [item for item in found if item is not box]
        if all(covered(item, others, space) for item in pending):
            found = others
    return tuple(found)
