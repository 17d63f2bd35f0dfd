"""Sets of classes as trimmed strings of bits, each distinct set kept once, under a number.

Class numbers run namespace by namespace, so most sets are short: only the bytes between the
first and the last member are kept. Rules name sets by their numbers; a class that is split
later changes the sets, not the rules.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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
        placed = bits << (start & 7)
        octets = placed.to_bytes((placed.bit_length() + 7) >> 3, "little")
        kept = octets.lstrip(b"\0")
        return cls((start >> 3) + len(octets) - len(kept), kept)

    @property
    def bits(self) -> int:
        """An integer whose bit `n` stands for class `n`."""
        return int.from_bytes(self.octets, "little") << self.first * _BYTE

    def window(self, start: int, end: int) -> int:
        """An integer whose bit `n` stands for class `start + n`, below `end` at least."""
        first = self.first
        low, high = (start >> 3) - first, (end + 7 >> 3) - first
        if high <= 0:
            return 0
        if low > 0:
            return int.from_bytes(self.octets[low:high], "little") >> (start & 7)
        found = int.from_bytes(self.octets[:high], "little")
        gap = (first << 3) - start
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
        found = [
            start + bit
            for place, octet in enumerate(self.octets, self.first)
            if octet
            for start in (place << 3,)
            for bit in _MEMBERS[octet]
        ]
        return iter(cast("list[ClassId]", found))

    def __bool__(self) -> bool:
        return bool(self.octets)

    def __len__(self) -> int:
        return int.from_bytes(self.octets, "little").bit_count()

    def __and__(self, other: "ClassSet") -> "ClassSet":
        gap = other.first - self.first
        if gap < 0:
            return other & self
        mine = self.octets[gap : gap + len(other.octets)]
        if not mine:
            return NOBODY
        both = int.from_bytes(mine, "little")
        both &= int.from_bytes(other.octets[: len(mine)], "little")
        return ClassSet.shifted(both, other.first << 3)

    def __sub__(self, other: "ClassSet") -> "ClassSet":
        start, end = self.start, self.end
        return ClassSet.shifted(self.window(start, end) & ~other.window(start, end), start)

    def __or__(self, other: "ClassSet") -> "ClassSet":
        mine, others = self.octets, other.octets
        if not mine or not others:
            return self if mine else other
        gap = other.first - self.first
        if gap < 0:
            return other | self
        both = int.from_bytes(others, "little") << gap * _BYTE
        both |= int.from_bytes(mine, "little")
        end = max(len(mine), gap + len(others))
        return ClassSet(self.first, both.to_bytes(end, "little"))

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
    first = min([item.first for item in found])
    bits = 0
    for item in found:
        bits |= int.from_bytes(item.octets, "little") << (item.first - first << 3)
    return ClassSet(first, bits.to_bytes((bits.bit_length() + 7) >> 3, "little"))


@dataclass(slots=True)
class SetTable:
    """Every distinct set once; number 0 is the empty set."""

    sets: list[ClassSet] = field(default_factory=lambda: [NOBODY])
    _numbers: dict[tuple[int, bytes], SetId] = field(
        default_factory=lambda: {(0, b""): SetId(0)}
    )
    """By what a set holds: hashing that takes no call."""

    def with_sets(self, changes: Mapping[SetId, ClassSet]) -> "SetTable":
        """A table of its own in which some numbers mean other sets."""
        result = SetTable(list(self.sets), dict(self._numbers))
        for number, item in changes.items():
            before = self.sets[number]
            result._numbers.pop((before.first, before.octets), None)
            result.sets[number] = item
        for number, item in changes.items():
            result._numbers.setdefault((item.first, item.octets), number)
        return result

    def number(self, item: ClassSet) -> SetId:
        """The number of a set, given out on first sight."""
        key = (item.first, item.octets)
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = SetId(len(self.sets))
            self.sets.append(item)
        return found

    def __getitem__(self, number: SetId) -> ClassSet:
        return self.sets[number]
