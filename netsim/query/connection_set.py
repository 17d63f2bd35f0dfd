"""Connections as one value: a tuple of rows with set algebra, tables and graphs."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, ClassVar, SupportsIndex, overload

from netsim.query.connections import Connection
from netsim.query.edge_algebra import combined, difference, intersection, union
from netsim.query.networks import Flow, multi_digraph
from netsim.query.parties import subject_name
from netsim.query.tidy import ENDS, PORTS, ends_record, port_records
from netsim.views import Plotted, Record, Shown, Tidy

if TYPE_CHECKING:
    import networkx as nx


class Connections(Shown, Plotted, Tidy, tuple[Connection, ...]):
    """A tuple of connections that is also a set of edges.

    `|`, `&` and `-` are exact to the port and the address, also between two clusters. A row
    says why it may be wrong if either side does so.

    >>> from netsim.cluster import load
    >>> cluster = load("fixtures/clusters/shop/manifests")
    >>> proposed = cluster.without("shop/db-guard")
    >>> print(cluster.who_can_reach("shop/db") - proposed.who_can_reach("shop/db"))
    monitoring/prometheus -> shop/db on 9187/TCP
    shop/api -> shop/db on 5432/TCP
    """

    __slots__ = ()

    COLUMNS: ClassVar = {**ENDS, **PORTS, "undecided": str}

    def __or__(self, other: Iterable[Connection]) -> "Connections":
        return Connections(combined(self, other, union))

    def __and__(self, other: Iterable[Connection]) -> "Connections":
        return Connections(combined(self, other, intersection))

    def __sub__(self, other: Iterable[Connection]) -> "Connections":
        return Connections(combined(self, other, difference))

    @overload
    def __getitem__(self, place: SupportsIndex) -> Connection: ...
    @overload
    def __getitem__(self, place: slice) -> "Connections": ...
    def __getitem__(self, place: SupportsIndex | slice) -> "Connection | Connections":
        if isinstance(place, slice):
            return Connections(tuple(self)[place])
        return super().__getitem__(place)

    def __str__(self) -> str:
        return "\n".join(
            f"{subject_name(row.source)} -> {subject_name(row.target)} on {row.ports}"
            for row in self
        )

    def __repr__(self) -> str:
        return f"<Connections: {len(self)} rows>"

    def to_dicts(self) -> list[dict[str, object]]:
        """One flat dictionary for each row: `source`, `target`, `ports` and `undecided`.

        All values are texts, but for `undecided`, a list of them.
        """
        return [
            {
                "source": subject_name(row.source),
                "target": subject_name(row.target),
                "ports": str(row.ports),
                "undecided": list(row.undecided),
            }
            for row in self
        ]

    def to_networkx(self) -> "nx.MultiDiGraph[str]":
        """One node for each end, one edge for each range of ports.

        Nodes have `kind`, `namespace`, `name`, `labels` and `replicas`; edges have `protocol`,
        `first`, `last` (both included) and `undecided`, a text. `Cluster.graph` also has
        those who have no connection, and the rules behind each edge.
        """
        return multi_digraph(map(_flow, self))

    def _records(self) -> Iterator[Record]:
        for row in self:
            for ports in port_records(row.ports):
                yield *ends_record(row.source, row.target), *ports, "; ".join(row.undecided)


def _flow(row: Connection) -> Flow:
    return row.source, row.target, row.ports, {"undecided": "; ".join(row.undecided)}
