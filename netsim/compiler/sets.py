"""Sets of classes as trimmed strings of bits, each distinct set kept once, under a number.

Class numbers run namespace by namespace, so most sets are short: only the bytes between the
first and the last member are kept. Rules name sets by their numbers; a class that is split
later changes the sets, not the rules.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import NewType, cast

ClassId = NewType("ClassId", int)
SetId = NewType("SetId", int)

_BYTE = 8
_MEMBERS = tuple(tuple(bit for bit in range(_BYTE) if octet >> bit & 1) for octet in range(256))


@dataclass(frozen=True, slots=True)
class ClassSet:
    """Class `8 * first + n` is a member when bit `n` of `octets` is set (lowest bit first).

    Neither the first nor the last octet is zero, so that equal sets are equal values.

    >>> some = ClassSet.of([3, 70])
    >>> 3 in some, 4 in some, list(some)
    (True, False, [3, 70])
    """

    first: int = 0
    octets: bytes = b""

    @classmethod
    def of(cls, members: Iterable[int]) -> "ClassSet":
        """Exactly these members."""
        return cls.ascending(sorted(members))

    @classmethod
    def ascending(cls, members: Sequence[int]) -> "ClassSet":
        """Exactly these members, which are in order already."""
        if not members:
            return NOBODY
        first = members[0] >> 3
        octets = bytearray((members[-1] >> 3) - first + 1)
        for member in members:
            octets[(member >> 3) - first] |= 1 << (member & 7)
        return cls(first, bytes(octets))

    @classmethod
    def shifted(cls, bits: int, start: int) -> "ClassSet":
        """Class `start + n` for each bit `n` that is set."""
        if not bits:
            return NOBODY
        below = (bits & -bits).bit_length() - 1
        first = (start + below) // _BYTE
        gap = start - first * _BYTE
        placed = bits << gap if gap >= 0 else bits >> -gap
        return cls(first, placed.to_bytes((placed.bit_length() + 7) // _BYTE, "little"))

    @property
    def bits(self) -> int:
        """An integer whose bit `n` stands for class `n`."""
        return int.from_bytes(self.octets, "little") << self.first * _BYTE

    def window(self, start: int, end: int) -> int:
        """An integer whose bit `n` stands for class `start + n`, below `end` at least."""
        low = max(0, start // _BYTE - self.first)
        found = int.from_bytes(
            self.octets[low : max(0, -(-end // _BYTE) - self.first)], "little"
        )
        gap = (self.first + low) * _BYTE - start
        return found << gap if gap >= 0 else found >> -gap

    @property
    def start(self) -> int:
        """A number that no member is below."""
        return self.first * _BYTE

    @property
    def end(self) -> int:
        """A number that every member is below."""
        return (self.first + len(self.octets)) * _BYTE

    def __contains__(self, member: object) -> bool:
        if not isinstance(member, int):
            return False
        at = (member >> 3) - self.first
        return 0 <= at < len(self.octets) and bool(self.octets[at] >> (member & 7) & 1)

    def __iter__(self) -> Iterator[ClassId]:
        starts = range(self.start, self.end, _BYTE)
        found = [
            start + bit
            for start, octet in zip(starts, self.octets, strict=True)
            if octet
            for bit in _MEMBERS[octet]
        ]
        return iter(cast(list[ClassId], found))

    def __bool__(self) -> bool:
        return bool(self.octets)

    def __len__(self) -> int:
        return int.from_bytes(self.octets, "little").bit_count()

    def __and__(self, other: "ClassSet") -> "ClassSet":
        start, end = max(self.start, other.start), min(self.end, other.end)
        if start >= end:
            return NOBODY
        return ClassSet.shifted(self.window(start, end) & other.window(start, end), start)

    def __sub__(self, other: "ClassSet") -> "ClassSet":
        start, end = self.start, self.end
        return ClassSet.shifted(self.window(start, end) & ~other.window(start, end), start)

    def __or__(self, other: "ClassSet") -> "ClassSet":
        return union((self, other))

    def followed_by(self, other: "ClassSet") -> "ClassSet":
        """Members of both sets, quickest where those of the other one come after."""
        gap = other.first - self.first - len(self.octets)
        if gap < 0 or not self.octets or not other.octets:
            return self | other
        return ClassSet(self.first, self.octets + bytes(gap) + other.octets)


NOBODY = ClassSet()


def union(sets: Iterable[ClassSet]) -> ClassSet:
    """Members of any of the sets."""
    found = [item for item in sets if item.octets]
    if len(found) < 2:  # noqa: PLR2004 - nothing to join
        return found[0] if found else NOBODY
    start, end = min(item.start for item in found), max(item.end for item in found)
    return ClassSet.shifted(reduce(or_, (item.window(start, end) for item in found)), start)


@dataclass(slots=True)
class SetTable:
    """Every distinct set once; number 0 is the empty set."""

    sets: list[ClassSet] = field(default_factory=lambda: [NOBODY])
    _numbers: dict[ClassSet, SetId] = field(default_factory=lambda: {NOBODY: SetId(0)})

    def with_sets(self, changes: Mapping[SetId, ClassSet]) -> "SetTable":
        """A table of its own in which some numbers mean other sets."""
        result = SetTable(list(self.sets), dict(self._numbers))
        for number, item in changes.items():
            result._numbers.pop(self.sets[number], None)
            result.sets[number] = item
        for number, item in changes.items():
            result._numbers.setdefault(item, number)
        return result

    def number(self, item: ClassSet) -> SetId:
        """The number of a set, given out on first sight."""
        found = self._numbers.get(item)
        if found is None:
            found = self._numbers[item] = SetId(len(self.sets))
            self.sets.append(item)
        return found

    def __getitem__(self, number: SetId) -> ClassSet:
        return self.sets[number]
