"""The fewest workloads whose removal leaves no chain: a minimum vertex cut (Menger).

A maximum flow over the spots of `hops`, each of which lets through as much as it has members,
because members are alike and each is a way of its own. Every spot is two: where chains come in
and where they go on. What cannot be reached any more in what the flow leaves over is cut off,
and the spots between are the cut.
"""

from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from netsim.model.workload import Endpoint
from netsim.query.hops import Bits, Hops, members
from netsim.query.paths import Ends
from netsim.query.worlds import Worlds

_Node = tuple[int, bool]
"""A spot, and whether it is where chains go on; the start goes on as well."""
_START = -1


def minimum_cut(worlds: Worlds, asked: Ends) -> tuple[tuple[Endpoint, ...], ...]:
    """Endpoints without which no chain is left, as few as can be; alike ones stand together.

    Empty where there is no chain, and where a source reaches a target in one hop, which no
    removal between them could stop. A limit of hops is not looked at: what cuts all chains
    cuts short ones.
    """
    hops = Hops(worlds, asked.ports, (*asked.sources, *asked.targets))
    flow = _Flow(hops, asked)
    if flow.direct:
        return ()
    while flow.grow():
        pass
    return tuple(tuple(flow.removable(spot)) for spot in flow.cut())


@dataclass(slots=True)
class _Flow:
    hops: Hops
    asked: Ends
    _room: dict[int, int] = field(default_factory=dict)
    """By spot how much more it lets through; spots of ends alone have none."""
    _used: dict[int, int] = field(default_factory=dict)
    _from: dict[tuple[int, int], int] = field(default_factory=dict)
    """How much goes from where one spot goes on to where another comes in."""
    _came: dict[_Node, _Node] = field(default_factory=dict)
    _seen_in: Bits = 0
    _seen_out: Bits = 0

    def __post_init__(self) -> None:
        for spot in range(self.hops.inside):
            count = len(self.removable(spot))
            if count:
                self._room[spot] = count

    @property
    def direct(self) -> bool:
        """Whether a source reaches a target at once, or is one."""
        return bool(self._row(_START) & self._goal) or bool(
            set(self.asked.sources) & set(self.asked.targets)
        )

    def removable(self, spot: int) -> list[Endpoint]:
        """The members of a spot that are neither a source nor a target."""
        ends = {*self.asked.sources, *self.asked.targets}
        found = (it for it in self.hops.members[spot] if it not in ends)
        return [it for it in found if isinstance(it, Endpoint)]

    def grow(self) -> bool:
        """Sends as much as one more way takes; false where there is none."""
        last = self._searched()
        if last is None:
            return False
        way: list[_Node] = [last]
        while way[-1] != (_START, True):
            way.append(self._came[way[-1]])
        steps = list(zip(way[1:], way, strict=False))
        most = min(self._most(one, other) for one, other in steps)
        for one, other in steps:
            self._send(one, other, most)
        return True

    def cut(self) -> list[int]:
        """The spots that the last search came to and not through."""
        return members(self._seen_in & ~self._seen_out)

    @property
    def _goal(self) -> Bits:
        return reduce(or_, (1 << self.hops.spot_of[it] for it in self.asked.targets), 0)

    @property
    def _between(self) -> Bits:
        return reduce(or_, (1 << spot for spot in self._room), 0)

    def _row(self, spot: int) -> Bits:
        if spot != _START:
            return self.hops.row(spot)
        starts = {self.hops.spot_of[it] for it in self.asked.sources}
        return reduce(or_, map(self.hops.row, starts), 0)

    def _searched(self) -> _Node | None:
        """Breadth first; where a way goes on to a target, or None."""
        self._came, self._seen_in, self._seen_out = {}, 0, 0
        between, goal = self._between, self._goal
        back: dict[int, list[int]] = {}
        for (one, other), amount in self._from.items():
            if amount:
                back.setdefault(other, []).append(one)
        frontier: list[_Node] = [(_START, True)]
        while frontier:
            found: list[_Node] = []
            for node in frontier:
                spot, goes_on = node
                if goes_on and self._row(spot) & goal:
                    return node
                fresh = self._onward(node, between, back)
                self._came.update(dict.fromkeys(fresh, node))
                found += fresh
            frontier = found
        return None

    def _onward(self, node: _Node, between: Bits, back: dict[int, list[int]]) -> list[_Node]:
        spot, goes_on = node
        if goes_on:
            itself = 1 << spot if spot != _START else 0
            new = self._row(spot) & between & ~itself
            if self._used.get(spot):
                new |= itself
            new &= ~self._seen_in
            self._seen_in |= new
            return [(other, False) for other in members(new)]
        outs = [one for one in back.get(spot, ()) if one != _START]
        if self._room[spot] > self._used.get(spot, 0):
            outs.append(spot)
        fresh = [one for one in dict.fromkeys(outs) if not self._seen_out >> one & 1]
        self._seen_out |= reduce(or_, (1 << one for one in fresh), 0)
        return [(one, True) for one in fresh]

    def _most(self, one: _Node, other: _Node) -> int:
        """How much one step of a way takes."""
        (spot, goes_on), (after, _) = one, other
        if not goes_on:
            if spot == after:
                return self._room[spot] - self._used.get(spot, 0)
            return self._from[after, spot]
        if spot == after:
            return self._used[spot]
        return sum(self._room.values())

    def _send(self, one: _Node, other: _Node, amount: int) -> None:
        (spot, goes_on), (after, _) = one, other
        if spot == after:
            sign = -1 if goes_on else 1
            self._used[spot] = self._used.get(spot, 0) + sign * amount
        elif goes_on:
            self._from[spot, after] = self._from.get((spot, after), 0) + amount
        else:
            self._from[after, spot] -= amount
