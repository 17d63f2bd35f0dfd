"""How figures grow with the cluster: the exponent that fits best on a log-log scale."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.row import Row
from benchmarks.shape import Mode

_SCALED = frozenset({Mode.REPLICAS, "workloads"})
"""Kinds of cluster that are measured at every size."""


@dataclass(frozen=True, slots=True)
class Series:
    """One figure at several sizes of cluster."""

    name: str
    pods: tuple[int, ...]
    values: tuple[float, ...]

    @property
    def exponent(self) -> float:
        """1 is linear, 2 is with the square; fitted over all sizes."""
        slope, _ = np.polyfit(np.log(self.pods), np.log(self.values), 1)
        return float(slope)


def seconds_by_pods(rows: Iterable[Row]) -> list[Series]:
    """Of every measurement that was taken at two sizes or more."""
    return _series(rows, lambda row: row.seconds)


def memory_by_pods(rows: Iterable[Row]) -> list[Series]:
    """Of every measurement that counted memory."""
    return _series(rows, lambda row: row.memory)


def _series(rows: Iterable[Row], value: Callable[[Row], float | None]) -> list[Series]:
    found: dict[str, dict[int, float]] = {}
    for row in rows:
        number = value(row)
        if row.cluster in _SCALED and row.pods and number:
            found.setdefault(row.name, {})[row.pods] = number
    return [
        Series(name, tuple(sorted(points)), tuple(points[pods] for pods in sorted(points)))
        for name, points in found.items()
        if len(points) > 1
    ]


def growth_table(groups: Sequence[tuple[str, Sequence[Series]]]) -> str:
    """Every exponent as a line of a pipe table."""
    lines = ["| measurement | of | sizes | grows with pods to the power of |\n"]
    lines.append("| --- | --- | --- | ---: |\n")
    for unit, group in groups:
        for item in group:
            sizes = ", ".join(f"{pods:,}" for pods in item.pods)
            lines.append(f"| {item.name} | {unit} | {sizes} | {item.exponent:.2f} |\n")
    return "".join(lines)
