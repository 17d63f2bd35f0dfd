"""A matrix as a picture: sources down, targets across, in blocks by namespace."""

from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from netsim.matrix import Numbers
from netsim.query.port_counts import Matrix

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NONE, _ITSELF, _UNSURE = 0, 6, 7
_COLOURS = (
    "#ffffff",
    "#8fd19e",
    "#35b0ab",
    "#2a7fb8",
    "#2b4b9b",
    "#1a1440",
    "#d9d9d9",
    "#d55e00",
)
_TEXTS = ("none", "1 port", "2-9 ports", "10-999 ports", "1,000 or more", "all asked")
_SIZES = (0.0, 0.42, 0.56, 0.7, 0.82, 0.94)
"""Sides of squares by level, the second cue beside how dark they are."""
_MOST_SQUARES, _MOST_TEXTS = 130, 20
_LEAST_PIXELS = 11
"""What a label needs, at 100 dots an inch."""


def side_of(matrix: Matrix) -> float:
    """The side of the figure, in inches, on which it can be read."""
    return float(np.clip(0.3 * len(matrix.names) + 2.5, 4.5, 16))


def draw_matrix(matrix: Matrix, ax: "Axes") -> "Axes":
    """Draws it on some axes."""
    levels = _levels(matrix)
    if len(matrix.names) <= _MOST_SQUARES:
        _draw_squares(matrix, levels, ax)
    else:
        _draw_image(levels, ax)
    _separate(matrix, ax)
    _name(matrix, ax)
    _legend(matrix, levels, ax)
    cells, whole = int((matrix.ports > 0).sum()), int((matrix.of > 0).sum())
    ports = "any port" if len(matrix.asked) > _ALL else str(matrix.asked)
    title = f"{ports}: {cells:,} of {whole:,} cells open, by {matrix.by}"
    ax.set_title(title, fontsize=10, loc="left", parse_math=False)
    ax.set_xlabel("target")
    ax.set_ylabel("source")
    return ax


_ALL = 3 * 65_535 - 1


def _levels(matrix: Matrix) -> Numbers:
    """By cell the number of its colour; what is undecided or a pod itself comes last."""
    levels = np.digitize(matrix.ports, (1, 2, 10, 1000)).astype(np.int64)
    levels[(matrix.ports > 0) & (matrix.ports == len(matrix.asked))] = len(_TEXTS) - 1
    levels[matrix.of == 0] = _ITSELF
    levels[matrix.undecided] = _UNSURE
    return levels


def _draw_squares(matrix: Matrix, levels: Numbers, ax: "Axes") -> None:
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import Rectangle

    count = len(levels)
    for level in np.unique(levels).tolist():
        if level == _NONE:
            continue
        side = _SIZES[level] if level < len(_SIZES) else 0.94
        squares = [
            Rectangle((column - side / 2, row - side / 2), side, side)
            for row, column in np.argwhere(levels == level).tolist()
        ]
        face, edge, hatch = _looks(level)
        ax.add_collection(
            PatchCollection(
                squares, linewidth=0, zorder=2, facecolor=face, edgecolor=edge, hatch=hatch
            )
        )
    if count <= _MOST_TEXTS:
        for row, column in np.argwhere((levels != _NONE) & (levels != _ITSELF)).tolist():
            dark = levels[row, column] in {3, 4, 5}
            ax.text(
                *(column, row, _said(matrix, row, column)),
                color="#ffffff" if dark else "#000000",
                ha="center",
                va="center",
                fontsize=6.5,
                zorder=3,
            )
    ax.set_facecolor("#ffffff")
    _frame(count, ax)


def _looks(level: int) -> tuple[str, str, str | None]:
    """The fill, the colour of what is drawn on it, and the hatching."""
    if level == _ITSELF:
        return "#f2f2f2", "#c4c4c4", "xx"
    if level == _UNSURE:
        return "#fbe3d2", _COLOURS[level], "////"
    return _COLOURS[level], "none", None


def _said(matrix: Matrix, row: int, column: int) -> str:
    """How many pairs of namespaces, or ports of workloads."""
    if matrix.by == "namespace":
        share = 100 * int(matrix.pairs[row, column]) / int(matrix.of[row, column])
        return "<1%" if 0 < share < 1 else ">99%" if 99 < share < 100 else f"{share:.0f}%"  # noqa: PLR2004
    if matrix.undecided[row, column]:
        return "?"
    ports = int(matrix.ports[row, column])
    if len(matrix.asked) == 1:
        return ""  # the colour says it all
    return "all" if ports == len(matrix.asked) else str(ports)


def _draw_image(levels: Numbers, ax: "Axes") -> None:
    from matplotlib.colors import ListedColormap

    ax.imshow(
        levels,
        cmap=ListedColormap(_COLOURS),
        vmin=-0.5,
        vmax=len(_COLOURS) - 0.5,
        interpolation="nearest",
        aspect="equal",
    )
    _frame(len(levels), ax)


def _frame(count: int, ax: "Axes") -> None:
    ax.set_xlim(-0.5, count - 0.5)
    ax.set_ylim(count - 0.5, -0.5)
    ax.set_aspect("equal")


def _runs(matrix: Matrix) -> list[tuple[str, int, int]]:
    """Namespaces with their first row and that after their last; addresses outside as one."""
    found = []
    start = 0
    keys = (it or "addresses outside" for it in matrix.namespaces)
    for key, some in groupby(keys):
        end = start + sum(1 for _ in some)
        found.append((key, start, end))
        start = end
    return found


def _separate(matrix: Matrix, ax: "Axes") -> None:
    from matplotlib.collections import LineCollection

    if matrix.by == "namespace":
        edges = [float(len(matrix.names) - 2)]
    else:
        edges = [float(end) for _, _, end in _runs(matrix)[:-1]]
    count = len(matrix.names)
    across = [((-0.5, edge - 0.5), (count - 0.5, edge - 0.5)) for edge in edges]
    down = [((edge - 0.5, -0.5), (edge - 0.5, count - 0.5)) for edge in edges]
    width = 0.9 if count <= _MOST_SQUARES else 0.35
    lines = LineCollection([*across, *down], colors="#4d4d4d", linewidths=width, zorder=4)
    ax.add_collection(lines, autolim=False)


def _name(matrix: Matrix, ax: "Axes") -> None:
    """Every row where there is room, else namespaces, as many as there is room for."""
    count = len(matrix.names)
    box = ax.get_window_extent()
    cell = min(box.width, box.height) / count * 100 / ax.figure.dpi
    if cell >= _LEAST_PIXELS:
        places, names = [float(it) for it in range(count)], list(matrix.names)
    else:
        places, names = [], []
        for name, start, end in _runs(matrix):
            middle = (start + end - 1) / 2
            if not places or (middle - places[-1]) * cell >= _LEAST_PIXELS:
                places.append(middle)
                names.append(name)
    shown = [name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…" for name in names]
    ax.xaxis.tick_top()
    ax.xaxis.set_label_position("top")
    ax.set_xticks(places, shown, rotation=90, fontsize=7, parse_math=False)
    ax.set_yticks(places, shown, fontsize=7, parse_math=False)
    ax.tick_params(length=0 if cell >= _LEAST_PIXELS else 2)


_LONGEST = 34


def _legend(matrix: Matrix, levels: Numbers, ax: "Axes") -> None:
    from matplotlib.patches import Patch

    found = np.unique(levels).tolist()
    handles = [
        Patch(facecolor=_COLOURS[level], edgecolor="#4d4d4d", linewidth=0.5, label=text)
        for level, text in enumerate(_TEXTS)
        if level in found
    ]
    if len(matrix.asked) == 1 and handles and _TEXTS[-1] in {it.get_label() for it in handles}:
        handles[-1].set_label("open")
    for level, text in ((_ITSELF, "no connection"), (_UNSURE, "undecided")):
        if level in found:
            face, edge, hatch = _looks(level)
            handles.append(Patch(label=text, facecolor=face, edgecolor=edge, hatch=hatch))
    shares = matrix.by == "namespace" and len(levels) <= _MOST_TEXTS
    title = "open ports\n(text: share of pairs)" if shares else "open ports"
    ax.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(1.01, 1.0),
        fontsize=8,
        frameon=False,
        title=title,
        title_fontsize=8,
        alignment="left",
    )
