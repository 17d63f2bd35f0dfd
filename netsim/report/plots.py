"""Pictures by matplotlib, which is imported when the first is drawn and never shown."""

from collections.abc import Mapping
from functools import singledispatch
from importlib.util import find_spec
from typing import TYPE_CHECKING

from netsim.errors import MissingExtraError
from netsim.query.chains import Paths
from netsim.query.connection_set import Connections
from netsim.query.diff import Diff
from netsim.query.port_counts import Matrix
from netsim.report.networks import network, network_of
from netsim.results import Network

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@singledispatch
def plot(result: object, ax: "Axes | None" = None) -> "Axes":
    """Draws a result on some axes or on new ones; TypeError for what cannot be drawn."""
    raise TypeError(f"{type(result).__name__} cannot be drawn on {ax}")


@plot.register(Matrix)
def _(result: Matrix, ax: "Axes | None" = None) -> "Axes":
    _check()
    from netsim.report.plot_matrix import draw_matrix, side_of

    side = side_of(result)
    return draw_matrix(result, ax if ax is not None else _new_axes((side + 2.4, side)))


@plot.register(Connections)
def _(result: Connections, ax: "Axes | None" = None) -> "Axes":
    return plot_network(network_of(result), ax=ax)


@plot.register(Diff)
def _(result: Diff, ax: "Axes | None" = None) -> "Axes":
    moved = [
        (it.source, it.target, it.ports, change, it.undecided) for change, it in result.flows()
    ]
    still = [
        (it.source, it.target, it.ports, "unchanged", it.undecided) for it in result.unchanged()
    ]
    return plot_network(network((*still, *moved)), ax=ax)


@plot.register(Paths)
def _(result: Paths, ax: "Axes | None" = None) -> "Axes":
    from netsim.query.networks import node_names
    from netsim.report.formats import visible

    hops = [(place, hop) for path in result.paths for place, hop in enumerate(path.hops)]
    name = node_names([end for _, hop in hops for end in (hop.source, hop.target)])
    away: dict[str, int] = {}
    for place, hop in hops:
        for end, far in ((hop.source, place), (hop.target, place + 1)):
            key = visible(name(end))
            away[key] = min(away.get(key, far), far)
    return plot_network(network_of(result), focus=away, ax=ax)


def plot_network(
    found: Network, *, focus: Mapping[str, int] | None = None, ax: "Axes | None" = None
) -> "Axes":
    """Draws a network by namespace, or with a focus by hops from it, from left to right."""
    _check()
    from netsim.report.plot_network import draw_network, size_of

    given = ax if ax is not None else _new_axes(size_of(found, focus))
    return draw_network(found, given, focus)


def figure_of(found: Network) -> "Figure":
    """A figure of its own, of which nobody else knows."""
    _check()
    from matplotlib.figure import Figure

    from netsim.report.plot_network import draw_network, size_of

    figure = Figure(figsize=size_of(found), layout="constrained")
    draw_network(found, figure.add_subplot())
    return figure


def _new_axes(size: tuple[float, float]) -> "Axes":
    from matplotlib import pyplot as plt

    _, ax = plt.subplots(figsize=size, layout="constrained")
    return ax


def _check() -> None:
    if find_spec("matplotlib") is None:
        raise MissingExtraError("plot", "plot", "matplotlib")
