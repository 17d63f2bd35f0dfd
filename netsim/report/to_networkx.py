"""Reachability as a networkx graph, with the rules behind each edge."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from netsim.graph import Graph
from netsim.model.ports import PortSet
from netsim.query.connections import Connection, everyone_of
from netsim.query.networks import Flow, multi_digraph, node_names
from netsim.query.parties import Outside, party_of

if TYPE_CHECKING:
    import networkx as nx


def to_networkx(rows: Iterable[Connection], graph: Graph) -> "nx.MultiDiGraph[str]":
    """One node for each endpoint and address group, one edge for each port range.

    Nodes have `kind`, `namespace`, `name`, `labels` and `replicas`; edges have `protocol`,
    `first`, `last` (both included), `rules` and `undecided`.
    """
    listed = list(rows)
    inside = [it for it in everyone_of(graph) if not isinstance(it, Outside)]
    flows: list[Flow] = [(it.source, it.target, it.ports, {}) for it in listed]
    result = multi_digraph(flows, inside)
    name = node_names([*inside, *(end for it in listed for end in (it.source, it.target))])
    for row in listed:
        ends = name(row.source), name(row.target)
        parties = party_of(row.source), party_of(row.target)
        for span in row.ports:
            accepting = graph.accepting(*parties, PortSet.of(span))
            result.edges[(*ends, str(span))].update(
                rules=tuple(dict.fromkeys(str(rule.ref) for rule in accepting)),
                undecided="; ".join(row.undecided),
            )
    return result
