"""Parties by number, with all that a question between two of them looks at in flat lists.

On large clusters a question costs what its cache misses cost. So whatever it needs is one step
into a list away: nothing is looked up by value, and there is no object around what is wanted.
"""

from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from netsim.compiler.classes import Face, Faces, meetings
from netsim.compiler.entries import OPEN_GATE, Gate, Known
from netsim.compiler.sets import ClassId
from netsim.model.flow import Party

Handle = int
"""A party by number: cheaper to ask about again and again than by value."""
IPV6 = 6
_IPV4 = 4

_IPV4_ALONE, _ONE_CLASS, _TWO_FAMILIES, _OTHER, _NO_FACE, _NOT_GIVEN = range(6)
"""Of one class in IPv4 only; of one class in whatever families it has; of one in each family,
the one in IPv4 listed; whatever else has faces; who has none, since identity alone settles its
traffic; and no handle at all."""
_PLAIN = 2
"""What two kinds may add up to at most for the listed classes to be the ones that meet."""
_NODE = 8
"""Added to the kind of a node, with which pods have more to do than rules say."""
_KIND = 28
"""The bit from which on a listing says the kind; what is below is the class."""
CLASS = (1 << _KIND) - 1
"""The bits of the class."""
BEYOND_PLAIN = (_PLAIN + 1) << _KIND
"""Where two listings add up to less, the classes in them are the ones that meet."""
_NODES = _NODE << _KIND


class Sight(NamedTuple):
    """How a party looks to rules, and where it runs."""

    faces: tuple[Face, ...]
    class_id: ClassId | None
    """The class of all its faces; None where they have several."""
    node: str
    host: bool
    """Whether it is the node."""


@dataclass(frozen=True, slots=True)
class Handles:
    """What each handle stands for."""

    listings: "array[int]"
    """Kind and class by handle, in one number of four bytes. Twice as long as there can be
    handles, so that numbers below zero find none, unless they are as far below."""
    egress: list[Gate]
    """By class, as is ingress."""
    ingress: list[Gate]
    seconds: "array[int]"
    """The class in IPv6 of who has one in each family."""
    faces: list[Faces]
    places: "array[int]"
    """Those of a node and of what runs on it differ by 1, no others do."""
    beyond: dict[Handle, Party] = field(default_factory=dict)
    """Who is no endpoint of the snapshot."""
    _nodes: dict[str, int] = field(default_factory=dict)

    @classmethod
    def below(cls, count: int, classes: int) -> "Handles":
        """Room for handles below a number, none of them given out."""
        return cls(
            array("I", [_NOT_GIVEN << _KIND]) * (2 * count),
            [OPEN_GATE] * classes,
            [OPEN_GATE] * classes,
            array("I", [0]) * count,
            [()] * count,
            array("i", [0]) * count,
        )

    def given(self, number: Handle) -> bool:
        """Whether a number is a handle."""
        return self.listings[number] != _NOT_GIVEN << _KIND

    def give(
        self,
        number: Handle,
        sight: Sight | None,
        obeyed: Callable[[ClassId], Known],
    ) -> None:
        """Makes a number the handle of a party that looks like this."""
        kind, first, second = _NO_FACE, ClassId(0), ClassId(0)
        if sight is not None:
            self.faces[number] = sight.faces
            self.places[number] = self._place(number, sight)
            for face in sight.faces:
                it = face.class_id
                self.egress[it], self.ingress[it] = obeyed(it)
            kind, first, second = _kind(sight)
        self.seconds[number] = second
        self.listings[number] = kind << _KIND | first  # last: now it is given out

    def meetings(self, source: Handle, target: Handle) -> Iterable[tuple[int, int]] | None:
        """The classes under which two ends meet; None where it may be no matter of rules.

        That is an end without faces, oneself, and one's own node. Raises KeyError for what is
        no handle.
        """
        left, right = self.listings[source] & ~_NODES, self.listings[target] & ~_NODES
        if max(left, right) >= _NO_FACE << _KIND:
            for number in (source, target):
                if not self.given(number):
                    raise KeyError(number)
            return None
        if source == target or self.places[source] ^ self.places[target] == 1:
            return None
        listed = left & CLASS, right & CLASS
        if left + right < BEYOND_PLAIN:
            return (listed,)
        if left >> _KIND == right >> _KIND == _TWO_FAMILIES:
            return listed, (self.seconds[source], self.seconds[target])
        return meetings(self.faces[source], self.faces[target])

    def _place(self, number: Handle, sight: Sight) -> int:
        """Without a node's name a place of its own, in which nobody else is."""
        if not sight.node:
            return -2 * (number + 1)
        return 2 * self._nodes.setdefault(sight.node, len(self._nodes)) + sight.host


def _kind(sight: Sight) -> tuple[int, ClassId, ClassId]:
    """What kind of party it is, with the class to list and the one in IPv6."""
    node = _NODE if sight.host else 0
    if sight.class_id is not None:
        alone = [face.family for face in sight.faces] == [_IPV4]
        kind = _IPV4_ALONE if alone else _ONE_CLASS
        return kind + node, sight.class_id, sight.class_id
    by_family = sorted((face.family, face.class_id) for face in sight.faces)
    families, classes = zip(*by_family, strict=True)
    kind = _TWO_FAMILIES if families == (_IPV4, IPV6) else _OTHER
    return kind + node, classes[0], classes[1]
