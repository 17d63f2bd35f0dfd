"""What plots look like: against small pictures that a person has looked at.

Pictures are compared after blurring, so that another release of matplotlib, which may set a
letter a little differently, does not fail them. To accept new ones, delete the old ones, run
the tests once, and look at what they wrote.
"""

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from matplotlib import image
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray

import netsim
from netsim import Cluster, MissingExtraError
from netsim.model.ports import ALL_PORTS
from netsim.report.plots import plot_network
from netsim.results import Edge, Network, Node
from tests.cli.conftest import ROOT

BASELINE = Path(__file__).parent / "baseline"
TOLERANCE = 8.0
"""The greatest root mean square difference of two blurred pictures, of 255."""
_BLUR = 4

Draw = Callable[[Cluster, Axes], Axes]
PLOTS: dict[str, Draw] = {
    "matrix": lambda it, ax: it.matrix().plot(ax),
    "matrix-port": lambda it, ax: it.matrix(5432).plot(ax=ax),
    "matrix-namespace": lambda it, ax: it.matrix(by="namespace").plot(ax),
    "cluster": lambda it, ax: it.plot(ax=ax),
    "focus": lambda it, ax: it.plot("shop/db", ax=ax),
    "two-hops": lambda it, ax: it.plot("shop/db", hops=2, ax=ax),
    "connections": lambda it, ax: it.connections(target="shop/").plot(ax),
    "diff": lambda it, ax: netsim.diff(it, it.without("shop/allow-dns")).plot(ax),
    "paths": lambda it, ax: it.paths("shop/web", "shop/db").plot(ax),
}


def drawn(name: str, cluster: Cluster) -> NDArray[np.float64]:
    draw = PLOTS[name]
    figure = Figure(figsize=(9, 7), dpi=60)
    room = (0.2, 0.1, 0.6, 0.65) if name.startswith("matrix") else (0.02, 0.1, 0.96, 0.8)
    ax = figure.add_axes(room)
    assert draw(cluster, ax) is ax
    file = io.BytesIO()
    figure.savefig(file, format="png")
    file.seek(0)
    return blurred(image.imread(file, format="png")[:, :, :3] * 255)


def blurred(picture: NDArray[np.float64]) -> NDArray[np.float64]:
    height, width, _ = picture.shape
    rows, columns = height // _BLUR, width // _BLUR
    parts = picture[: rows * _BLUR, : columns * _BLUR].reshape(rows, _BLUR, columns, _BLUR, 3)
    found: NDArray[np.float64] = parts.mean(axis=(1, 3))
    return found


def distance(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    return float(np.sqrt(((one - other) ** 2).mean()))


@pytest.mark.parametrize("name", PLOTS)
def test_plots_look_as_they_were_accepted(name: str, shop: Cluster) -> None:
    path = BASELINE / f"{name}.png"
    found = drawn(name, shop)
    if not path.exists():
        image.imsave(path, found.round().astype(np.uint8))
        pytest.fail(f"{path.name} was not there: look at it, and keep it if it is right")
    kept = image.imread(path)[:, :, :3].astype(np.float64) * 255
    assert distance(found, kept) < TOLERANCE


def test_other_plots_are_farther_away_than_is_tolerated(shop: Cluster) -> None:
    pictures = {name: drawn(name, shop) for name in PLOTS}
    changed = shop.without("shop/default-deny", "shop/db-guard")
    for name in ("matrix", "focus"):
        assert distance(drawn(name, changed), pictures[name]) > TOLERANCE
    for name, other in zip(list(pictures), [*list(pictures)[1:], "matrix"], strict=True):
        assert distance(pictures[name], pictures[other]) > TOLERANCE


@pytest.mark.parametrize("name", PLOTS)
def test_the_same_plot_is_the_same_to_the_last_dot(name: str, shop: Cluster) -> None:
    first, second = drawn(name, shop), drawn(name, shop)
    assert (first == second).all()


def test_without_axes_new_ones_are_made_and_not_shown(
    shop: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def show(*_: object) -> None:
        raise AssertionError("shown")

    monkeypatch.setattr("matplotlib.pyplot.show", show)
    for ax in (shop.matrix().plot(), shop.plot(), shop.paths("shop/web", "shop/db").plot()):
        assert isinstance(ax, Axes)


def test_a_diff_shows_what_opened_closed_and_stayed(shop: Cluster) -> None:
    ax = netsim.diff(shop, shop.without("shop/allow-dns")).plot()
    legend = ax.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["unchanged", "closed (-)"]
    opened = netsim.diff(shop.without("shop/allow-dns"), shop).plot().get_legend()
    assert opened is not None
    assert "opened (+)" in [text.get_text() for text in opened.get_texts()]


def test_what_is_undecided_is_hatched_and_named() -> None:
    cilium = {
        "apiVersion": "cilium.io/v2",
        "kind": "CiliumNetworkPolicy",
        "metadata": {"name": "l7"},
    }
    pods = [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}} for name in "ab"]
    ax = netsim.from_objects([cilium, *pods]).matrix(80).plot()
    legend = ax.get_legend()
    assert legend is not None
    assert "undecided" in [text.get_text() for text in legend.get_texts()]
    assert "////" in {item.get_hatch() for item in ax.collections}


def test_labels_are_thinned_where_there_are_many_rows() -> None:
    pods = [
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": f"p{n}", "namespace": f"n{n % 9}"},
        }
        for n in range(400)
    ]
    cluster = netsim.from_objects(pods)
    few, many = cluster.matrix(by="namespace").plot(), cluster.matrix().plot()
    assert len(few.get_yticks()) == 11
    labels = [text.get_text() for text in many.get_yticklabels()]
    assert labels[:9] == [f"n{n}" for n in range(9)]
    assert len(labels) <= 10


def test_edges_are_a_few_collections_however_many_they_are() -> None:
    nodes = tuple(
        Node(f"n{number % 20:02}/w{number}", f"w{number}", f"n{number % 20:02}", "Deployment")
        for number in range(1000)
    )
    ordered = tuple(sorted(nodes, key=lambda node: (node.namespace, node.id)))
    edges = tuple(
        Edge(nodes[number % 1000].id, nodes[number * 7 % 1000].id, ALL_PORTS)
        for number in range(12_000)
    )
    ax = plot_network(Network(ordered, edges))
    lines = [item for item in ax.collections if isinstance(item, LineCollection)]
    assert len(lines) == 2
    assert sum(len(item.get_segments()) for item in lines) == 12_000
    assert len(ax.texts) == 20


def test_more_edges_than_can_be_told_apart_are_counted_and_joined() -> None:
    nodes = tuple(Node(f"{ns}/{n}", str(n), ns, "Pod") for ns in "ab" for n in range(200))
    edges = tuple(
        Edge(one.id, other.id, ALL_PORTS) for one in nodes[:110] for other in nodes[200:]
    )
    ax = plot_network(Network(nodes, edges))
    title = ax.get_title(loc="left")
    assert title == (
        "400 nodes, 22,000 connections, drawn by namespace; 0 within one are left out"
    )


def test_names_are_no_mathematics(hostile: Network) -> None:
    texts = {text.get_text(): text for text in plot_network(hostile).texts}
    assert not texts["$x^2$"].get_parse_math()


def test_without_matplotlib_the_extra_is_named(
    shop: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("netsim.report.plots.find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"netsim-k8s\[plot\]"):
        shop.plot()


def test_nothing_heavy_is_imported_by_asking() -> None:
    code = (
        "import sys, netsim\n"
        f"c = netsim.load({str(ROOT / 'fixtures/clusters/shop/manifests')!r})\n"
        "c.connections(); c.can_reach('shop/web', 'shop/db')\n"
        "print(*{'pandas', 'matplotlib', 'networkx'} & set(sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert found.stdout == b"\n"
