"""What every benchmark is given: a cluster, compiled once, and what to compare it with."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from benchmarks.generate import snapshot
from benchmarks.shape import Mode, Shape
from benchmarks.yardsticks import Yardsticks
from netsim.compiler import Compiled, compile_snapshot
from netsim.graph import Graph
from netsim.model.snapshot import Snapshot

_MOST_CLASSES = {Mode.REPLICAS: 20_000, Mode.DISTINCT: 2_000}
"""With more classes, nearly each pair of them has ports of its own: minutes, and no news."""


@dataclass
class Setting:
    """One shape of cluster on one machine; the costly parts are made when first asked for."""

    shape: Shape
    bandwidth: float
    """Bytes a second that the machine's memory moves."""
    folder: Path
    """Where files to be read are written."""
    repeats: int = 3

    @cached_property
    def snapshot(self) -> Snapshot:
        """The cluster itself."""
        return snapshot(self.shape)

    @cached_property
    def compiled(self) -> Compiled:
        """The cluster compiled."""
        return compile_snapshot(self.snapshot)

    @cached_property
    def graph(self) -> Graph:
        """The graph over the compiled cluster, whose caches fill as it is asked."""
        return Graph(self.compiled)

    @property
    def edges_fit(self) -> bool:
        """Whether every pair of classes can be asked for its ports in a minute."""
        return len(self.compiled.classes) <= _MOST_CLASSES[self.shape.mode]

    @cached_property
    def yardsticks(self) -> Yardsticks:
        """The judge and the plain matrix on this cluster."""
        return Yardsticks(self.snapshot)
