"""A network as nodes and lines; matplotlib gets a few collections, not an artist an edge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import log10
from typing import TYPE_CHECKING, Literal

import numpy as np

from netsim.model.ports import PortSet
from netsim.report.curves import curves, heads
from netsim.report.layout import BEYOND, Box, Floats, Layout, by_namespace, group_of, in_columns
from netsim.results import Edge, Network, Node

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Dash = Literal["solid", "dashed", "dashdot", "dotted"]

MOST_LINES = 20_000
"""With more edges than this there is one line for each pair of namespaces."""
_MOST_LABELS, _MOST_HEADS = 30, 4_000
_SCALE = 0.5
"""Inches of a figure for one unit of a layout whose nodes have labels."""
_NODE_TEXT, _EDGE_TEXT, _LEAST_TEXT = 8.0, 6.5, 4.0
"""Points of letters at that scale; smaller ones than the last are not written."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """What lines of one kind look like: a colour, and a dash or width as a second cue."""

    text: str
    colour: str
    dash: Dash = "solid"
    width: float = 1.1
    over: int = 2


_INSIDE = _Kind("within a namespace", "#6b6b6b", "solid")
_ACROSS = _Kind("between namespaces", "#0072b2", "dashdot", 1.2, 3)
_BEYOND = _Kind("from or to addresses outside", "#d55e00", "dashed", 1.2, 4)
_UNSURE = _Kind("undecided", "#aa3377", "dotted", 1.8, 5)
_UNCHANGED = _Kind("unchanged", "#a0a0a0", "solid", 0.7)
_OPENED = _Kind("opened (+)", "#d55e00", "solid", 2.4, 5)
_CLOSED = _Kind("closed (-)", "#0072b2", "dashed", 1.8, 4)
_UNDASHED = {_ACROSS: replace(_ACROSS, dash="solid")}
"""Where there are very many, dashes cannot be seen and take long to draw."""
_CHANGES = {"opened": _OPENED, "closed": _CLOSED, "unchanged": _UNCHANGED}


def draw_network(
    network: Network, ax: "Axes", focus: Mapping[str, int] | None = None
) -> "Axes":
    """Draws by namespace, or with a focus in columns by hops away from it."""
    drawn = network if len(network.edges) <= MOST_LINES else _by_namespace(network)
    layout = by_namespace(network) if focus is None else in_columns(network, focus)
    fit = _framed(layout, ax)
    _draw_boxes(layout.boxes, ax, min(9.0, 9 * fit) if layout.labelled else 7.0)
    kinds = _kinds(drawn, network)
    widths = np.array([1 + log10(edge.pairs) for edge in drawn.edges])
    if len(kinds) > _MOST_HEADS:
        kinds = [_UNDASHED.get(kind, kind) for kind in kinds]
    lines = _lines(drawn, network, layout)
    _draw_lines(lines, kinds, widths, layout, ax)
    _draw_nodes(network.nodes, layout, ax, focus or {})
    if layout.labelled:
        _write_nodes(layout, ax, float(np.clip(_NODE_TEXT * fit, _LEAST_TEXT, 10)))
    if layout.labelled and len(drawn.edges) <= _MOST_LABELS and _EDGE_TEXT * fit >= _LEAST_TEXT:
        _draw_labels(drawn.edges, lines, ax, min(9.0, _EDGE_TEXT * fit))
    _finish(network, drawn, kinds, ax)
    return ax


def size_of(network: Network, focus: Mapping[str, int] | None = None) -> tuple[float, float]:
    """The figure, in inches, on which its labels can be read."""
    layout = by_namespace(network) if focus is None else in_columns(network, focus)
    left, lower, right, upper = layout.bounds
    scale = _SCALE if layout.labelled else 0.42
    width, height = (right - left) * scale + 1, (upper - lower) * scale + 1.4
    most = max(width / 16, height / 13, 1)
    least = 6.0 if layout.labelled else 9.0
    return max(least, width / most), max(least / 2, height / most)


def _by_namespace(network: Network) -> Network:
    """One edge for each pair of namespaces, between the middles of their boxes."""
    place = {node.id: group_of(node) for node in network.nodes}
    joined: dict[tuple[str, str, str, bool], int] = {}
    for edge in network.edges:
        key = place[edge.source], place[edge.target], edge.change, bool(edge.undecided)
        joined[key] = joined.get(key, 0) + 1
    edges = (
        Edge(source, target, PortSet(), change, pairs, "undecided" if unsure else "")
        for (source, target, change, unsure), pairs in joined.items()
        if source != target
    )
    return Network(network.nodes, tuple(edges))


def _kinds(drawn: Network, network: Network) -> list[_Kind]:
    nodes = {node.id: node for node in network.nodes}
    places = {node.id: node.namespace for node in network.nodes}
    outside = {node.id for node in nodes.values() if node.kind in {"Outside", "Node"}}
    outside.add(BEYOND)
    kinds = []
    for edge in drawn.edges:
        if edge.undecided:
            kinds.append(_UNSURE)
        elif edge.change:
            kinds.append(_CHANGES[edge.change])
        elif edge.source in outside or edge.target in outside:
            kinds.append(_BEYOND)
        else:
            same = places.get(edge.source, edge.source) == places.get(edge.target, edge.target)
            kinds.append(_INSIDE if same else _ACROSS)
    return kinds


def _lines(drawn: Network, network: Network, layout: Layout) -> Floats:
    places = {
        node.id: (layout.places[number], layout.halves[number])
        for number, node in enumerate(network.nodes)
    }
    for box in layout.boxes if drawn is not network else ():
        half = np.array([box.width, box.height]) / 2
        places[box.name] = (np.array([box.x, box.y]) + half, half)
    starts, ends = (
        [places[name] for name in names]
        for names in (
            [edge.source for edge in drawn.edges],
            [edge.target for edge in drawn.edges],
        )
    )
    if not starts:
        return np.empty((0, 2, 2))
    (first, wide), (last, narrow) = (
        (np.array([it[0] for it in some]), np.array([it[1] for it in some]))
        for some in (starts, ends)
    )
    return curves(first, last, (wide, narrow))


def _draw_boxes(boxes: Sequence[Box], ax: "Axes", size: float) -> None:
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import Rectangle

    patches = [Rectangle((box.x, box.y), box.width, box.height) for box in boxes]
    shade = PatchCollection(patches, facecolor="#f1f4f7", edgecolor="#b9c2cb", zorder=1)
    ax.add_collection(shade, autolim=False)
    for box in boxes:
        ax.text(
            *(box.x, box.y + box.height + 0.1, _shortened(box.name, 24)),
            fontsize=size,
            fontweight="bold",
            color="#30363d",
            va="bottom",
            bbox={"boxstyle": "square,pad=0", "facecolor": "white", "edgecolor": "none"},
            zorder=6,
            parse_math=False,
        )


def _draw_lines(
    lines: Floats, kinds: Sequence[_Kind], widths: Floats, layout: Layout, ax: "Axes"
) -> None:
    from matplotlib.collections import LineCollection, PolyCollection

    alpha = float(np.clip(60 / max(len(kinds), 1) ** 0.75, 0.06, 0.9))
    for kind in dict.fromkeys(kinds):
        wanted = [it is kind for it in kinds]
        chosen = lines[wanted]
        thin = 1.0 if layout.labelled else 0.6
        ax.add_collection(
            LineCollection(
                list(chosen),
                linestyles=kind.dash,
                linewidths=widths[wanted] * kind.width * thin,
                colors=kind.colour,
                alpha=alpha,
                zorder=kind.over,
            ),
            autolim=False,
        )
        if len(kinds) <= _MOST_HEADS:
            ends = heads(chosen, 0.28 if layout.labelled else 0.2)
            ax.add_collection(
                PolyCollection(
                    list(ends), facecolors=kind.colour, alpha=alpha, zorder=kind.over
                ),
                autolim=False,
            )


def _draw_nodes(
    nodes: Sequence[Node], layout: Layout, ax: "Axes", focus: Mapping[str, int]
) -> None:
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import Circle, FancyBboxPatch

    patches: list[FancyBboxPatch | Circle] = []
    for (x, y), (width, height) in zip(layout.places, layout.halves, strict=True):
        if layout.labelled:
            corner = (x - width, y - height)
            style = "round,pad=0,rounding_size=0.15"
            patches.append(FancyBboxPatch(corner, 2 * width, 2 * height, boxstyle=style))
        else:
            patches.append(Circle((x, y), width * 0.8))
    middle = [focus.get(node.id) == 0 for node in nodes]
    ax.add_collection(
        PatchCollection(
            patches,
            facecolors=["#fff3c4" if it else "#ffffff" for it in middle],
            edgecolors=["#d55e00" if it.kind == "Outside" else "#30363d" for it in nodes],
            linewidths=[2.0 if it else 0.9 for it in middle],
            zorder=7,
        ),
        autolim=False,
    )


def _write_nodes(layout: Layout, ax: "Axes", size: float) -> None:
    for text, (x, y) in zip(layout.texts, layout.places.tolist(), strict=True):
        ax.text(
            *(x, y, text), ha="center", va="center", fontsize=size, zorder=8, parse_math=False
        )


def _draw_labels(edges: Sequence[Edge], lines: Floats, ax: "Axes", size: float) -> None:
    behind = {
        "boxstyle": "round,pad=0.1",
        "facecolor": "white",
        "edgecolor": "none",
        "alpha": 0.85,
    }
    signs = {"opened": "+ ", "closed": "- "}
    placed: list[tuple[float, float]] = []
    for edge, line in zip(edges, lines, strict=True):
        x, y = _freest([(x, y) for x, y in line[_PLACES].tolist()], placed)
        placed.append((x, y))
        text = f"{signs.get(edge.change, '')}{_shortened(str(edge.ports), 26)}"
        ax.text(
            *(x, y, text),
            fontsize=size,
            ha="center",
            va="center",
            bbox=behind,
            zorder=9,
            parse_math=False,
        )


_PLACES = [8, 6, 9, 5, 10, 4]
"""Where on a curve of 14 points a label may be, the best first."""
_WIDE, _HIGH = 1.9, 0.4


def _freest(
    places: list[tuple[float, float]], taken: list[tuple[float, float]]
) -> tuple[float, float]:
    """The first place that is far from all labels, or else the farthest from any."""

    def room(place: tuple[float, float]) -> float:
        # labels are wide and low
        gaps = (max(abs(place[0] - x) / _WIDE, abs(place[1] - y) / _HIGH) for x, y in taken)
        return min(1.0, *gaps, 1.0)

    return max(places, key=room)


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _framed(layout: Layout, ax: "Axes") -> float:
    """Sets the limits; returns the scale, of that at which letters have their size."""
    left, lower, right, upper = layout.bounds
    ax.set_xlim(left - 0.8, right + 0.8)
    ax.set_ylim(lower - 0.8, upper + 0.8)
    ax.set_aspect("equal")
    figure = ax.figure
    whole = np.array([figure.bbox.width, figure.bbox.height]) / figure.dpi
    if figure.get_layout_engine() is not None and figure.axes == [ax]:
        width, height = whole - (0.4, 1.0)  # the layout will use nearly all of it
    else:
        box = ax.get_position()
        width, height = whole * (box.width, box.height)
    room = min(width / (right - left + 1.6), height / (upper - lower + 1.6))
    return float(room) / _SCALE


def _finish(network: Network, drawn: Network, kinds: Sequence[_Kind], ax: "Axes") -> None:
    from matplotlib.lines import Line2D

    ax.set_axis_off()
    title = f"{len(network.nodes):,} nodes, {len(network.edges):,} connections"
    if drawn is not network:
        inside = len(network.edges) - sum(edge.pairs for edge in drawn.edges)
        title += f", drawn by namespace; {inside:,} within one are left out"
    ax.set_title(title, fontsize=10, loc="left")
    shown = sorted(set(kinds), key=lambda it: (it.over, it.text))
    handles = [
        Line2D([], [], color=it.colour, linestyle=it.dash, linewidth=it.width, label=it.text)
        for it in shown
    ]
    if handles:
        ax.legend(
            handles=handles,
            loc="upper center",
            bbox_to_anchor=(0.5, 0.0),
            ncols=len(handles),
            fontsize=8,
            frameon=False,
        )
