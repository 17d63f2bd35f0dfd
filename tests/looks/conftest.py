from collections.abc import Iterator

import matplotlib as mpl
import pytest
from matplotlib import pyplot as plt

import netsim
from netsim.model.ports import ALL_PORTS, PortRange, PortSet, Protocol
from netsim.results import Edge, Network, Node
from tests.cli.conftest import ROOT, Run, process, run

__all__ = ["Run", "process", "run"]

HOSTILE = (
    "<script>alert(1)</script>",
    "a\"b'c",
    "[x](y)",
    "q`w`e",
    "*b* _i_ __u__",
    "é中文🙂",
    "#35; &lt; &amp; &#x41;",
    "back\\slash\\n\\",
    "end",
    "1. item",
    "%%{init}%%",
    "{a}|b|",
    "a;b -->|x| c",
    "$x^2$",
)


@pytest.fixture
def shop() -> netsim.Cluster:
    return netsim.load(ROOT / "fixtures/clusters/shop/manifests")


@pytest.fixture
def hostile() -> Network:
    """Every name that some format could take for markup, joined in a ring."""
    nodes = tuple(Node(f"ns/{name}", name, '<b>"ns"', "Pod") for name in HOSTILE)
    web = PortSet.of(PortRange(Protocol.TCP, 80, 80))
    edges = tuple(
        Edge(one.id, other.id, web, change, 2, "why <i>")
        for one, other, change in zip(
            nodes, (*nodes[1:], nodes[0]), ["", "opened", "closed"] * 5, strict=False
        )
    )
    outside = Node("0.0.0.0/0", "0.0.0.0/0", "", "Outside")
    return Network((*nodes, outside), (*edges, Edge(nodes[0].id, outside.id, ALL_PORTS)))


@pytest.fixture(autouse=True)
def _figures() -> Iterator[None]:
    """No window is opened, matplotlib is as it comes, and figures are closed."""
    with mpl.rc_context():
        mpl.rcdefaults()
        plt.switch_backend("Agg")
        yield
        plt.close("all")
