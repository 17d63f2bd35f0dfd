"""Many questions at once: arrays of sources and targets, whole rows, whole matrices."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from netsim.grants import Grants, grants_of
from netsim.graph import Graph, Handle
from netsim.matrix import Bools, Numbers, PortMatrix
from netsim.model.policy import Direction

_MOST_MATRICES = 4
_WITH_CARE = -1
_BATCH = 1 << 15
"""Questions answered at a time: what one step leaves is in the cache for the next."""


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
    _classes: NDArray[np.int64] | None = None

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
            found[part] = self._answered(matrix, sources[part], targets[part], position)
        return found

    def reached(self, source: Handle, position: int) -> Bools:
        """Which endpoints a source reaches, by their position in the snapshot."""
        classes = self._class_numbers()[: len(self.graph.compiled.snapshot.endpoints)]
        own = int(self._class_numbers()[source])
        with_care = np.flatnonzero(classes < 0) if own >= 0 else np.arange(len(classes))
        row = np.unpackbits(self.matrix(position).row(max(own, 0)), bitorder="little")
        found: Bools = row.view(np.bool_)[classes]
        same = [source] if source < len(classes) else []
        for target in (*with_care.tolist(), *same):
            found[target] = self._asked(source, target, position)
        return found

    def _answered(
        self, matrix: PortMatrix, sources: Numbers, targets: Numbers, position: int
    ) -> Bools:
        classes = self._class_numbers()
        left, right = classes[sources], classes[targets]
        with_care = np.flatnonzero(((left | right) < 0) | (sources == targets))
        left[with_care] = right[with_care] = 0
        found = matrix.lookup(left, right)
        for place in with_care.tolist():
            found[place] = self._asked(int(sources[place]), int(targets[place]), position)
        return found

    def _asked(self, source: Handle, target: Handle, position: int) -> bool:
        """Where identity may settle it, or where one end has several classes."""
        endpoints = self.graph.compiled.snapshot.endpoints
        for number in (source, target):
            if number < len(endpoints):
                self.graph.handle(endpoints[number])
        return self.graph.reaches(source, target, position)

    def _class_numbers(self) -> Numbers:
        """By handle the class, or -1 for whom classes do not tell everything."""
        if self._classes is None:
            graph = self.graph
            known = [graph.class_of(item) for item in graph.compiled.snapshot.endpoints]
            outside = np.repeat(np.arange(len(graph.compiled.classes)), 2)
            own = [_WITH_CARE if class_id is None else class_id for class_id in known]
            node = [_WITH_CARE]
            self._classes = np.concatenate([own, node, outside]).astype(np.int64)
        return self._classes

    def _side(self, direction: Direction) -> Grants:
        found = self._grants.get(direction)
        if found is None:
            found = self._grants[direction] = grants_of(self.graph, direction)
        return found
