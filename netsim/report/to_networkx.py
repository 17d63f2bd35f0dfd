"""Reachability as a networkx graph, the form that other libraries take."""

from typing import TYPE_CHECKING

from netsim.graph import Graph
from netsim.model.ports import PortSet
from netsim.model.workload import Endpoint
from netsim.query.connections import Connection, everyone_of
from netsim.query.parties import Subject, party_of, subject_name

if TYPE_CHECKING:
    import networkx as nx


def to_networkx(rows: tuple[Connection, ...], graph: Graph) -> "nx.MultiDiGraph[str]":
    """One node for each endpoint and address group, one edge for each port range.

    Nodes have `kind`, `namespace`, `name`, `labels` and `replicas`; edges have `protocol`,
    `first`, `last` (both included), `rules` and `undecided`.
    """
    import networkx as nx

    result: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for subject in everyone_of(graph):
        if isinstance(subject, Endpoint):
            result.add_node(subject_name(subject), **_attributes(subject))
    for row in rows:
        for subject in (row.source, row.target):
            result.add_node(subject_name(subject), **_attributes(subject))
        _add_edges(result, row, graph)
    return result


def _add_edges(result: "nx.MultiDiGraph[str]", row: Connection, graph: Graph) -> None:
    for span in row.ports:
        accepting = graph.accepting(
            party_of(row.source), party_of(row.target), PortSet.of(span)
        )
        result.add_edge(
            subject_name(row.source),
            subject_name(row.target),
            key=str(span),
            protocol=span.protocol.value,
            first=span.first,
            last=span.last,
            rules=tuple(dict.fromkeys(str(rule.ref) for rule in accepting)),
            undecided="; ".join(row.undecided),
        )


def _attributes(subject: Subject) -> dict[str, object]:
    if not isinstance(subject, Endpoint):
        return {
            "kind": "Outside",
            "namespace": "",
            "name": str(subject),
            "labels": {},
            "replicas": 0,
        }
    return {
        "kind": subject.kind,
        "namespace": subject.namespace,
        "name": subject.name,
        "labels": dict(subject.labels),
        "replicas": subject.replicas,
    }
