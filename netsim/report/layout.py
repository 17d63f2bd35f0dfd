"""Where the nodes of a picture stand: in boxes by namespace, or in columns by hops.

The same network always has the same layout: nothing is drawn by lot, nothing is relaxed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import ceil, cos, hypot, pi, sin, sqrt

import numpy as np
from numpy.typing import NDArray

from netsim.results import Network, Node

Floats = NDArray[np.float64]

MOST_LABELLED = 80
"""With more nodes than this, nodes are dots and only their boxes have names."""
_ON_A_CIRCLE = 12
"""With more boxes than this they stand in rows."""
_LETTER, _LINE, _PADDING = 0.155, 0.62, 0.45
_DOT = 0.4
BEYOND = "addresses outside"
"""The name of their box."""
_FEW, _FAR, _NEAR, _CLOSE = 25, (1.9, 1.2), (0.4, 0.45), (0.12, 0.12)


@dataclass(frozen=True, slots=True)
class Box:
    """A namespace: its name and its rectangle, from the lower left corner."""

    name: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Centres of nodes, shape (n, 2), in the order of the network; half their sizes; boxes."""

    places: Floats
    halves: Floats
    texts: tuple[str, ...]
    """What is written in the nodes."""
    boxes: tuple[Box, ...]
    labelled: bool
    """Whether nodes are large enough for their labels."""

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Left, lower, right and upper end of everything."""
        low = [tuple(row) for row in (self.places - self.halves).tolist()]
        high = [tuple(row) for row in (self.places + self.halves).tolist()]
        low += [(box.x, box.y) for box in self.boxes]
        high += [(box.x + box.width, box.y + box.height + 0.6) for box in self.boxes]
        if not low:
            return 0.0, 0.0, 1.0, 1.0
        (left, lower), (right, upper) = (
            map(min, zip(*low, strict=True)),
            map(max, zip(*high, strict=True)),
        )
        return left, lower, right, upper


def by_namespace(network: Network) -> Layout:
    """Namespaces as boxes around a circle, or in rows where there are many."""
    labelled = len(network.nodes) <= MOST_LABELLED
    # few nodes stand so far apart that labels of lines have room between them
    gaps = (_FAR if len(network.nodes) <= _FEW else _NEAR) if labelled else _CLOSE
    blocks = [
        _Block.of(name, list(some), gaps, labelled=labelled)
        for name, some in groupby(network.nodes, key=group_of)
    ]
    corners = _around(blocks) if len(blocks) <= _ON_A_CIRCLE else _in_rows(blocks)
    places: list[tuple[float, float]] = []
    boxes: list[Box] = []
    for block, (x, y) in zip(blocks, corners, strict=True):
        places += ((x + dx, y + dy) for dx, dy in block.offsets)
        if block.boxed:
            boxes.append(Box(block.name, x, y, block.width, block.height))
    return _laid(network.nodes, places, boxes, labelled=labelled)


def in_columns(network: Network, away: Mapping[str, int]) -> Layout:
    """One column for each number of hops, from left to right, by namespace within it."""
    labelled = len(network.nodes) <= MOST_LABELLED
    # without boxes it is the nodes' names that say where they belong
    whole = [replace(node, label=node.id) if node.namespace else node for node in network.nodes]
    columns: dict[int, list[int]] = {}
    for number, node in enumerate(network.nodes):
        columns.setdefault(away.get(node.id, 0), []).append(number)
    places = [(0.0, 0.0)] * len(network.nodes)
    x = 0.0
    height = 1.6 if labelled else 0.6
    for hop in sorted(columns):
        members = columns[hop]
        widest = max(_half(whole[it], labelled=labelled)[0] for it in members)
        x += widest
        for row, number in enumerate(members):
            places[number] = (x, ((len(members) - 1) / 2 - row) * height)
        x += widest + 3.2
    return _laid(whole, places, (), labelled=labelled)


@dataclass(frozen=True, slots=True)
class _Block:
    name: str
    offsets: tuple[tuple[float, float], ...]
    width: float
    height: float
    boxed: bool

    @classmethod
    def of(
        cls, name: str, nodes: Sequence[Node], gaps: tuple[float, float], *, labelled: bool
    ) -> "_Block":
        """Its nodes in a grid that is about as wide as high, in reading order."""
        halves = [_half(node, labelled=labelled) for node in nodes]
        across, down = gaps
        wide = 2 * max(half[0] for half in halves) + across
        high = 2 * halves[0][1] + down
        columns = max(1, min(len(nodes), ceil(sqrt(len(nodes) * high / wide))))
        rows = ceil(len(nodes) / columns)
        margin = _PADDING if labelled else 0.2
        offsets = tuple(
            (
                margin + (place % columns + 0.5) * wide,
                margin + (rows - place // columns - 0.5) * high,
            )
            for place in range(len(nodes))
        )
        boxed = len(nodes) > 1 or bool(nodes[0].namespace)
        boxed = boxed and nodes[0].kind != "Namespace"
        return cls(name, offsets, columns * wide + 2 * margin, rows * high + 2 * margin, boxed)


def group_of(node: Node) -> str:
    """The namespace; namespaces as nodes stand alone, addresses outside together."""
    return node.namespace or (BEYOND if node.kind == "Outside" else f"\0{node.id}")


def _around(blocks: Sequence[_Block]) -> list[tuple[float, float]]:
    if len(blocks) <= 2:  # noqa: PLR2004 - side by side
        second = blocks[0].width + 4.0
        return [(x, -block.height / 2) for x, block in zip((0.0, second), blocks, strict=False)]
    spans = [hypot(block.width, block.height) + 1.6 for block in blocks]
    whole = sum(spans)
    radius = max(whole / (2 * pi) * 1.15, max(spans) * 0.75)
    corners = []
    start = 0.0
    for block, span in zip(blocks, spans, strict=True):
        angle = pi - 2 * pi * (start + span / 2 - spans[0] / 2) / whole
        start += span
        x, y = 1.25 * radius * cos(angle), 0.85 * radius * sin(angle)
        corners.append((x - block.width / 2, y - block.height / 2))
    return corners


def _in_rows(blocks: Sequence[_Block]) -> list[tuple[float, float]]:
    """Left to right, top to bottom, all rows about as long as all are high."""
    gap = 1.4
    area = sum((block.width + gap) * (block.height + gap) for block in blocks)
    limit = 1.35 * sqrt(area)
    corners: list[tuple[float, float]] = []
    row: list[_Block] = []
    top = 0.0

    def place() -> float:
        x = 0.0
        height = max(block.height for block in row)
        for block in row:
            corners.append((x, top - block.height))
            x += block.width + gap
        return top - height - gap

    for block in blocks:
        if row and sum(it.width + gap for it in row) + block.width > limit:
            top = place()
            row.clear()
        row.append(block)
    place()
    return corners


def _half(node: Node, *, labelled: bool) -> tuple[float, float]:
    if not labelled:
        return _DOT / 2, _DOT / 2
    return max(0.5, len(node.label) * _LETTER / 2 + 0.2), _LINE / 2


def _laid(
    nodes: Sequence[Node],
    places: Iterable[tuple[float, float]],
    boxes: Iterable[Box],
    *,
    labelled: bool,
) -> Layout:
    halves = [_half(node, labelled=labelled) for node in nodes]
    shape = (len(nodes), 2)
    return Layout(
        np.array(list(places), np.float64).reshape(shape),
        np.array(halves, np.float64).reshape(shape),
        tuple(node.label for node in nodes),
        tuple(boxes),
        labelled,
    )
