"""Many questions at once: arrays of sources and targets, whole rows, whole matrices."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from netsim.grants import Grants, grants_of
from netsim.graph import Graph
from netsim.handles import Handle
from netsim.matrix import Bools, Numbers, Octets, PortMatrix
from netsim.model.policy import Direction
from netsim.sights import UNKNOWN, Sights, sights_of

_MOST_MATRICES = 4
_BATCH = 1 << 15
"""Questions answered at a time: what one step leaves is in the cache for the next."""


Look = Callable[[Numbers, Numbers], Bools]
"""Pair by pair, whether a class reaches another."""


@dataclass(slots=True)
class Bulk:
    """Answers for arrays of handles (`Graph.handle`), exactly as `Graph.reaches` does.

    The handle of an endpoint is its position in the snapshot.

    >>> import netsim
    >>> cluster = netsim.load("fixtures/clusters/shop/manifests")
    >>> bulk = Bulk(cluster.worlds.graph)
    >>> everyone = np.arange(len(cluster.snapshot.endpoints))
    >>> int(bulk.reached(everyone[0], 5432).sum()) <= len(everyone)
    True
    """

    graph: Graph
    _grants: dict[Direction, Grants] = field(default_factory=dict)
    _matrices: dict[int, PortMatrix] = field(default_factory=dict)
    _sights: Sights | None = None
    _several: Numbers | None = None

    def matrix(self, position: int) -> PortMatrix:
        """The class-by-class matrix of a place of the port line; the last few are kept."""
        found = self._matrices.pop(position, None)
        if found is None:
            ends = self._side(Direction.EGRESS), self._side(Direction.INGRESS)
            found = PortMatrix(len(self.graph.compiled.classes), position, *ends)
            while len(self._matrices) >= _MOST_MATRICES:
                del self._matrices[next(iter(self._matrices))]
        self._matrices[position] = found
        return found

    def allowed(self, sources: Numbers, targets: Numbers, position: int) -> Bools:
        """Pair by pair, whether the source may open a connection to the target.

        Takes two int64 arrays of one length n and gives a boolean array of n. The place is
        `line_position(protocol, port)`.
        """
        matrix = self.matrix(position).prepare()
        step = _BATCH if matrix.prepared else max(1, len(sources))
        found = np.empty(len(sources), np.bool_)
        for start in range(0, len(sources), step):
            part = slice(start, start + step)
            found[part] = self._answered(matrix.lookup, sources[part], targets[part], position)
        return found

    def reached(self, source: Handle, position: int) -> Bools:
        """Which endpoints a source reaches, by their position in the snapshot."""
        seen, count = self._seen(), len(self.graph.compiled.snapshot.endpoints)
        matrix = self.matrix(position)
        alone = int(seen.alone[source])
        if alone == UNKNOWN:
            apart: Numbers | slice = slice(count)
            found = np.zeros(count, np.bool_)
        else:
            apart = self._apart()
            found = _flags(matrix.row(alone))[seen.alone[:count]]
        answers: Bools | bool = False
        unmet: Bools | bool = True
        for classes in seen.by_family:
            own = int(classes[source])
            if own != UNKNOWN:
                theirs = classes[:count][apart]
                answers |= _flags(matrix.row(own))[theirs]
                unmet &= theirs == UNKNOWN
        found[apart] = answers
        one_by_one = np.zeros(count, np.bool_)
        one_by_one[apart] = unmet
        one_by_one |= seen.places[:count] == seen.places[source] ^ 1
        one_by_one[source : source + 1] = True
        for place in np.flatnonzero(one_by_one).tolist():
            found[place] = self._asked(source, place, position)
        return found

    def _apart(self) -> Numbers:
        """Endpoints of which no one class tells all."""
        if self._several is None:
            count = len(self.graph.compiled.snapshot.endpoints)
            self._several = np.flatnonzero(self._seen().alone[:count] == UNKNOWN)
        return self._several

    def _answered(self, look: Look, sources: Numbers, targets: Numbers, position: int) -> Bools:
        """By the one class of each end, or else family by family, or else one by one."""
        sights = self._seen()
        left, right = sights.alone[sources], sights.alone[targets]
        identity = sights.settled_by_identity(sources, targets)
        special = np.flatnonzero(identity | ((left | right) < 0))
        if not len(special):
            return look(left, right)
        left[special] = right[special] = 0
        ends, lefts, rights = [], [left], [right]
        for classes in sights.by_family:
            one, other = classes[sources[special]], classes[targets[special]]
            both = np.flatnonzero(((one | other) >= 0) & ~identity[special])
            ends.append(special[both])
            lefts.append(one[both])
            rights.append(other[both])
        answers = look(np.concatenate(lefts), np.concatenate(rights))
        found = answers[: len(sources)]
        found[special] = False
        start = len(sources)
        for places in ends:
            found[places] |= answers[start : start + len(places)]
            start += len(places)
        one_by_one = np.zeros(len(sources), np.bool_)
        one_by_one[special] = True
        one_by_one[np.concatenate(ends)] = False
        for place in np.flatnonzero(one_by_one).tolist():
            found[place] = self._asked(int(sources[place]), int(targets[place]), position)
        return found

    def _asked(self, source: Handle, target: Handle, position: int) -> bool:
        """Where identity may settle it, or where one end has several classes."""
        endpoints = self.graph.compiled.snapshot.endpoints
        for number in (source, target):
            if number < len(endpoints):
                self.graph.handle(endpoints[number])
        return self.graph.reaches(source, target, position)

    def _seen(self) -> Sights:
        if self._sights is None:
            self._sights = sights_of(self.graph)
        return self._sights

    def _side(self, direction: Direction) -> Grants:
        found = self._grants.get(direction)
        if found is None:
            found = self._grants[direction] = grants_of(self.graph, direction)
        return found


def _flags(row: Octets) -> Bools:
    """A row's bits one by one, and False at last, which is where `UNKNOWN` looks."""
    flags = np.zeros(len(row) * 8 + 1, np.bool_)
    flags[:-1] = np.unpackbits(row, bitorder="little")
    return flags
