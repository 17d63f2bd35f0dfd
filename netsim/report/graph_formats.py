"""Networks in the formats of other programs: one small function a format."""

import io
import json
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING
from warnings import catch_warnings, filterwarnings

from netsim.query.tidy import port_records
from netsim.report.as_dot import as_dot
from netsim.report.as_mermaid import as_mermaid
from netsim.results import Network

if TYPE_CHECKING:
    import networkx as nx


def as_networkx(network: Network) -> "nx.MultiDiGraph[str]":
    """One node for each node, one edge for each range of ports, all attributes plain.

    Nodes have `label`, `namespace` and `kind`; edges `protocol`, `first`, `last` (both
    included; empty and 0 where only something undecided is known), `pairs`, `change`, and
    `undecided`.
    """
    import networkx as nx

    result: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for node in network.nodes:
        result.add_node(node.id, label=node.label, namespace=node.namespace, kind=node.kind)
    for edge in network.edges:
        for protocol, first, last in port_records(edge.ports):
            result.add_edge(
                edge.source,
                edge.target,
                key=f"{edge.change} {first}-{last}/{protocol}".strip(),
                protocol=protocol,
                first=first,
                last=last,
                pairs=edge.pairs,
                change=edge.change,
                undecided=edge.undecided,
            )
    return result


def as_graphml(network: Network) -> str:
    """GraphML, as Gephi, yEd and Cytoscape read it; attributes have their types."""
    import networkx as nx

    return "\n".join(nx.generate_graphml(as_networkx(network))) + "\n"


def as_json_graph(network: Network) -> str:
    """The node-link form of networkx, which D3 and Cytoscape.js also take."""
    import networkx as nx

    value = nx.node_link_data(as_networkx(network), edges="edges")
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def as_picture(network: Network, kind: str) -> bytes:
    """The network drawn by matplotlib, as SVG or PNG; the same bytes for the same network."""
    from netsim.report.plots import figure_of

    figure = figure_of(network)
    import matplotlib as mpl

    file = io.BytesIO()
    metadata = {"Date": None} if kind == "svg" else {"Software": None}
    with mpl.rc_context({"svg.hashsalt": "netsim", "svg.fonttype": "none"}), catch_warnings():
        # an SVG is drawn with the reader's fonts, and a PNG shows a box by itself
        filterwarnings("ignore", "Glyph .* missing from")
        figure.savefig(file, format=kind, dpi=150, metadata=metadata)
    return file.getvalue()


GRAPH_FORMATS: dict[str, Callable[[Network], str]] = {
    "dot": as_dot,
    "graphml": as_graphml,
    "mermaid": as_mermaid,
    "json-graph": as_json_graph,
}
PICTURE_FORMATS: dict[str, Callable[[Network], bytes]] = {
    "svg": partial(as_picture, kind="svg"),
    "png": partial(as_picture, kind="png"),
}
