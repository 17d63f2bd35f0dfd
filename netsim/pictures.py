"""How a cluster is looked at: as a matrix, a picture, a graph, and a notebook's cell."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from netsim.errors import InputError
from netsim.query import asked
from netsim.query.worlds import Worlds
from netsim.results import Finding
from netsim.views import Bundle, Views

if TYPE_CHECKING:
    import networkx as nx
    from matplotlib.axes import Axes

    from netsim.query.connection_set import Connections
    from netsim.query.port_counts import By, Matrix


class Pictures(ABC):
    """The part of a cluster that draws."""

    __slots__ = ()
    namespace: str
    findings: tuple[Finding, ...]
    errors: tuple[InputError, ...]

    @property
    @abstractmethod
    def worlds(self) -> Worlds:
        """The compiled form."""

    @abstractmethod
    def connections(self) -> "Connections":
        """Every allowed connection."""

    def matrix(
        self, port: int | str | None = None, *, by: "By" = "workload", strict: bool = False
    ) -> "Matrix":
        """Who reaches whom, as arrays of sources by targets, with addresses outside last.

        On some ports only, or on all; by workload or by namespace. Its `plot` draws it.
        Raises ValueError for what is neither.

        >>> import netsim
        >>> cluster = netsim.load("fixtures/clusters/shop/manifests")
        >>> matrix = cluster.matrix(5432, by="namespace")
        >>> matrix.names[2], matrix.pairs[2].tolist(), matrix.of[2].tolist()
        ('shop', [0, 0, 1, 0, 0], [3, 3, 8, 3, 3])
        """
        from netsim.query.port_counts import matrix

        if by not in {"workload", "namespace"}:
            raise ValueError(f"by is 'workload' or 'namespace', not {by!r}")
        ports = asked.ports(port, self.worlds.directory)
        return matrix(self.worlds, by, ports, strict=strict)

    def plot(
        self, focus: str | None = None, *, hops: int = 1, ax: "Axes | None" = None
    ) -> "Axes":
        """Draws who reaches whom: all, or what is some hops around one or more endpoints.

        Returns the axes and shows nothing. Needs matplotlib, else MissingExtraError.
        """
        from netsim.report.networks import around, network_of
        from netsim.report.plots import plot_network

        rows = self.connections()
        if focus is None:
            return plot_network(network_of(rows), ax=ax)
        subjects = asked.subjects(focus, self.namespace, self.worlds.directory) or ()
        near, places = around(rows, subjects, hops)
        return plot_network(near, focus=places, ax=ax)

    def graph(self) -> "nx.MultiDiGraph[str]":
        """All allowed connections as a networkx graph, one edge for each port range."""
        from netsim.report.to_networkx import to_networkx

        return to_networkx(self.connections(), self.worlds.graph)

    def _repr_mimebundle_(
        self,
        include: object = None,  # noqa: ARG002 - Jupyter's signature; it picks by itself
        exclude: object = None,  # noqa: ARG002
    ) -> Bundle:
        from netsim.report.notebook import bundle_of
        from netsim.report.sheets import cluster_sheet

        return bundle_of(cluster_sheet(self.worlds, self.findings, list(map(str, self.errors))))


def _bundle(result: object) -> Bundle:
    from netsim.report.notebook import bundle_of
    from netsim.report.sheets import sheet_of

    return bundle_of(sheet_of(result))


def _plot(result: object, ax: "Axes | None") -> "Axes":
    from netsim.report.plots import plot

    return plot(result, ax)


# results know nothing of how they are drawn; this is the lowest module that knows both
Views.bundle = staticmethod(_bundle)
Views.plot = staticmethod(_plot)
