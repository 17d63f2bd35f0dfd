"""Parties by number, with all that a question between two of them looks at in flat lists.

On large clusters a question costs what its cache misses cost. So whatever it needs is one step
into a list away: nothing is looked up by value, and there is no object around what is wanted.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from netsim.compiler.classes import Face, Faces
from netsim.compiler.entries import OPEN_GATE, Gate, Known
from netsim.compiler.sets import ClassId
from netsim.model.flow import Party

Handle = int
"""A party by number: cheaper to ask about again and again than by value."""
IPV6 = 6
_IPV4 = 4

_IPV4_ALONE, _ONE_CLASS, _TWO_FAMILIES, _OTHER, _NOT_GIVEN = range(5)
"""Of one class in IPv4 only; of one class in whatever families it has; of one in each family,
the one in IPv4 listed; whatever else there is; and no handle at all."""
PLAIN = 2
"""What two kinds may add up to at most for the listed classes to be the ones that meet."""
_NODE = 8
"""Added to the kind of a node, with which pods have more to do than rules say."""


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
    """What each handle stands for; each list has a place for every number there can be."""

    kinds: bytearray
    """Twice as long, so that numbers below zero find no handle."""
    egress: list[Gate]
    ingress: list[Gate]
    classes: list[ClassId]
    faces: list[Faces | None]
    """None where identity alone settles a party's traffic."""
    places: list[int]
    """Those of a node and of what runs on it differ by 1, no others do."""
    beyond: dict[Handle, Party] = field(default_factory=dict)
    """Who is no endpoint of the snapshot."""
    _nodes: dict[str, int] = field(default_factory=dict)

    @classmethod
    def below(cls, count: int) -> "Handles":
        """Room for handles below a number, none of them given out."""
        return cls(
            bytearray([_NOT_GIVEN]) * (2 * count),
            [OPEN_GATE] * count,
            [OPEN_GATE] * count,
            [ClassId(0)] * count,
            [None] * count,
            [0] * count,
        )

    def given(self, number: Handle) -> bool:
        """Whether a number is a handle."""
        return self.kinds[number] != _NOT_GIVEN

    def give(
        self,
        number: Handle,
        sight: Sight | None,
        obeyed: Callable[[ClassId], Known],
    ) -> None:
        """Makes a number the handle of a party that looks like this."""
        kind, class_id = _OTHER, None
        if sight is not None:
            self.faces[number] = sight.faces
            self.places[number] = self._place(number, sight)
            kind, class_id = _kind(sight)
        if class_id is not None:
            self.classes[number] = class_id
            self.egress[number], self.ingress[number] = obeyed(class_id)
        self.kinds[number] = kind

    def by_identity(self, source: Handle, target: Handle) -> bool:
        """Whether it may be no matter of rules: an end without faces, oneself, one's own node.

        Raises KeyError for what is no handle.
        """
        if not (self.given(source) and self.given(target)):
            raise KeyError(target if self.given(source) else source)
        return (
            self.faces[source] is None
            or self.faces[target] is None
            or source == target
            or self.places[source] ^ self.places[target] == 1
        )

    def plain(self, source: Handle, target: Handle) -> bool:
        """Whether the listed classes are the ones that meet."""
        kinds = self.kinds
        return (kinds[source] & ~_NODE) + (kinds[target] & ~_NODE) <= PLAIN

    def _place(self, number: Handle, sight: Sight) -> int:
        """Without a node's name a place of its own, in which nobody else is."""
        if not sight.node:
            return -2 * (number + 1)
        return 2 * self._nodes.setdefault(sight.node, len(self._nodes)) + sight.host


def _kind(sight: Sight) -> tuple[int, ClassId | None]:
    """What kind of party it is, with the class to list."""
    families = [face.family for face in sight.faces]
    node = _NODE if sight.host else 0
    if sight.class_id is not None:
        kind = _IPV4_ALONE if families == [_IPV4] else _ONE_CLASS
        return kind + node, sight.class_id
    if sorted(families) == [_IPV4, IPV6]:
        return _TWO_FAMILIES + node, sight.faces[families.index(_IPV4)].class_id
    return _OTHER, None
