"""What an intruder would ask of a cluster: who could come in, and how far one comes."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from netsim.errors import NotationError
from netsim.model.flow import OwnNode
from netsim.model.policy import Direction
from netsim.query import asked
from netsim.query.parties import Subject
from netsim.query.worlds import Worlds

if TYPE_CHECKING:
    from netsim.query.chains import BlastRadius, ChokePoints, Paths, Transit
    from netsim.query.exposed import Exposure
    from netsim.query.paths import Ends


class Threats(ABC):
    """The questions that are about pods yet to come and about chains of connections."""

    __slots__ = ()
    namespace: str

    @property
    @abstractmethod
    def worlds(self) -> Worlds:
        """The compiled form."""

    def exposure(
        self, namespace: str | None = None, *, direction: str | Direction = "ingress"
    ) -> "Exposure":
        """Who can reach each workload, counting pods and namespaces that do not exist yet.

        With `egress`, whom each workload can reach. Without a namespace, all workloads. Raises
        UnknownEndpointError for a namespace that does not exist.

        >>> import netsim
        >>> cluster = netsim.load("fixtures/clusters/shop/manifests")
        >>> rows = cluster.exposure("shop").rows
        >>> [str(row.peer) for row in rows if row.subject.name == "api"]
        ['any pod labelled app=web in namespace shop']
        """
        from netsim.query.exposure import exposure

        if namespace is not None and namespace not in self.worlds.snapshot.namespaces:
            asked.subjects(f"{namespace}/", self.namespace, self.worlds.directory)
        running = self.worlds.directory.running
        wanted = (item for item in running if namespace in {None, item.namespace})
        return exposure(self.worlds, wanted, Direction(direction))

    def paths(
        self,
        source: str,
        target: str,
        *,
        most_hops: int | None = None,
        most: int = 5,
        port: int | str | None = None,
    ) -> "Paths":
        """The shortest chains of connections from a source to a target, at most `most`.

        With a port every hop must be on it. Raises NotationError for `node` at either end.

        >>> import netsim
        >>> cluster = netsim.load("fixtures/clusters/shop/manifests")
        >>> print(cluster.paths("shop/web", "shop/db").paths[0])
        shop/web -> shop/api (8080/TCP) -> shop/db (5432/TCP)
        """
        from netsim.query.paths import paths

        return paths(self.worlds, self._ends(source, target, most_hops, port), most)

    def choke_points(
        self,
        source: str,
        target: str,
        *,
        most_hops: int | None = None,
        port: int | str | None = None,
    ) -> "ChokePoints":
        """The workloads and rules that every chain from a source to a target goes through.

        >>> import netsim
        >>> cluster = netsim.load("fixtures/clusters/shop/manifests")
        >>> cluster.choke_points("shop/web", "shop/db", most_hops=2).to_dicts()[0]
        {'kind': 'workload', 'name': 'shop/api'}
        """
        from netsim.query.transit import choke_points

        return choke_points(self.worlds, self._ends(source, target, most_hops, port))

    def transit(
        self,
        source: str,
        *,
        most_hops: int | None = None,
        port: int | str | None = None,
    ) -> "Transit":
        """Everybody that a source reaches hop by hop, with the number of hops.

        >>> import netsim
        >>> cluster = netsim.load("fixtures/clusters/shop/manifests")
        >>> stops = cluster.transit("shop/web").stops
        >>> [(str(stop.ports), stop.hops) for stop in stops if stop.via.key == "shop/api"]
        [('5432/TCP', 2)]
        """
        from netsim.query.transit import transit

        return transit(
            self.worlds,
            self._places(source),
            most_hops,
            asked.ports(port, self.worlds.directory),
        )

    def blast_radius(self, port: int | str | None = None) -> "BlastRadius":
        """How many others each workload reaches hop by hop, those that reach most first.

        >>> import netsim
        >>> cluster = netsim.load("fixtures/clusters/shop/manifests")
        >>> row = cluster.blast_radius().rows[0]
        >>> (row.subject.key, row.direct, row.reached)
        ('monitoring/prometheus', 3, 4)
        """
        from netsim.query.paths import blast_radius

        return blast_radius(self.worlds, asked.ports(port, self.worlds.directory))

    def _ends(
        self, source: str, target: str, most_hops: int | None, port: int | str | None
    ) -> "Ends":
        from netsim.query.paths import Ends

        ends = self._places(source), self._places(target)
        return Ends(ends[0], ends[1], most_hops, asked.ports(port, self.worlds.directory))

    def _places(self, text: str) -> tuple[Subject, ...]:
        """Where chains can lead from and to."""
        found = asked.subjects(text, self.namespace, self.worlds.directory) or ()
        if any(isinstance(item, OwnNode) for item in found):
            raise NotationError(text, "chains lead from and to pods and addresses only")
        return found
