"""The object people hold: a loaded cluster and the questions it answers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from os import PathLike
from typing import TYPE_CHECKING

from netsim.errors import InputError, LoadError, NotationError, UndecidedError
from netsim.load import Loaded, load_changed, load_snapshot, locate, snapshot_from_objects
from netsim.model.flow import OwnNode
from netsim.model.policy import Direction
from netsim.model.ports import ALL_PORTS, PortRange, PortSet
from netsim.model.profile import Profile
from netsim.model.snapshot import Snapshot
from netsim.names import PortName, PortText, parse_endpoint, parse_port
from netsim.query.connection_set import Connections
from netsim.query.connections import Fan, connections, fans
from netsim.query.endpoints import resolve
from netsim.query.parties import Subject
from netsim.query.points import Points
from netsim.query.questions import Question, on_every_port, question, targets_with_ports
from netsim.query.verdict import Outcome, Verdict, judge, judge_bare
from netsim.query.worlds import Worlds, worlds_of
from netsim.results import Finding
from netsim.views import Bundle, Views

if TYPE_CHECKING:
    import networkx as nx
    from matplotlib.axes import Axes

    from netsim.matrix import Bools, Numbers
    from netsim.query.arrays import Arrays, Ends
    from netsim.query.edge_set import EdgeSet
    from netsim.query.explanation import Explanation
    from netsim.query.exposed import Exposure
    from netsim.query.paths import BlastRadius, Paths
    from netsim.query.port_counts import By, Matrix


def _bundle(result: object) -> Bundle:
    from netsim.report.notebook import bundle_of
    from netsim.report.sheets import sheet_of

    return bundle_of(sheet_of(result))


def _plot(result: object, ax: "Axes | None") -> "Axes":
    from netsim.report.plots import plot

    return plot(result, ax)


# results know nothing of how they are drawn; here is the first place that knows both
Views.bundle = staticmethod(_bundle)
Views.plot = staticmethod(_plot)


@dataclass(slots=True)
class Cluster:
    """A snapshot under a profile; names without a namespace are looked up in `namespace`.

    >>> import netsim
    >>> cluster = netsim.load("fixtures/clusters/shop/manifests")
    >>> cluster.can_reach("shop/api", "shop/db", "5432/tcp")
    True
    >>> print(cluster.ports("shop/api", "shop/db"))
    5432/TCP
    """

    snapshot: Snapshot
    findings: tuple[Finding, ...] = ()
    """What the loader had to say: warnings and notes, in input order."""
    errors: tuple[InputError, ...] = ()
    """What could not be read and was left out; empty unless loaded leniently."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """How many objects of each kind the input had."""
    namespace: str = "default"
    profile: Profile = field(default_factory=Profile)
    _loaded: Loaded | None = field(default=None, repr=False, compare=False)
    _worlds: Worlds | None = field(default=None, repr=False, compare=False)
    _points: Points | None = field(default=None, repr=False, compare=False)
    _arrays: "Arrays | None" = field(default=None, repr=False, compare=False)

    @property
    def worlds(self) -> Worlds:
        """The compiled form, made when first asked for."""
        if self._worlds is None:
            self._worlds = worlds_of(self.snapshot, self.profile)
        return self._worlds

    def can_reach(self, source: str, target: str, port: int | str | None = None) -> bool:
        """Whether every source may open a connection to every target on every port named.

        Without a port, on at least one. Raises UndecidedError rather than guess.
        """
        points = self._points or self._remembering()
        left, right = points.handle(source), points.handle(target)
        position = points.position(port)
        if left is not None and right is not None and position is not None:
            return points.reaches(left, right, position)
        return self._decided(source, target, port).outcome is Outcome.ALLOWED

    def ports(self, source: str, target: str) -> PortSet:
        """The ports open from every source to every target; raises UndecidedError."""
        points = self._points or self._remembering()
        found = points.ports(source, target)
        if found is not None:
            return found
        verdict = self._decided(source, target, None)
        result = ALL_PORTS if verdict.pairs else PortSet()
        for pair in verdict.pairs:
            result &= pair.allowed
        return result

    def verdict(
        self, source: str, target: str, port: int | str | None = None, *, strict: bool = False
    ) -> Verdict:
        """The answer with every pair it is made of and the assumptions it rests on.

        `strict` makes an answer that rests on an assumption undecided.
        """
        return judge(self._question(source, target, port), self.worlds, strict=strict)

    def explain(
        self, source: str, target: str, port: int | str | None = None, *, strict: bool = False
    ) -> "Explanation":
        """The verdict with its reasons: both ends, the deciding rules, file and line."""
        from netsim.query.explain import explain

        verdict = self.verdict(source, target, port, strict=strict)
        return explain(_sentence(source, target, port), verdict, self.worlds, locate)

    def connections(
        self,
        *,
        source: str | None = None,
        target: str | None = None,
        port: int | str | None = None,
        strict: bool = False,
    ) -> Connections:
        """Every allowed connection, cut down to some sources, targets or ports.

        `strict` makes rows that rest on an assumption undecided, also those without a port.
        """
        return Connections(
            connections(
                self.worlds,
                sources=self._subjects(source),
                targets=self._targets(target, port),
                strict=strict,
            )
        )

    def fans(
        self,
        *,
        source: str | None = None,
        target: str | None = None,
        port: int | str | None = None,
        strict: bool = False,
    ) -> Iterator[Fan]:
        """The connections by source, without an object for each: for large answers."""
        return fans(
            self.worlds,
            sources=self._subjects(source),
            targets=self._targets(target, port),
            strict=strict,
        )

    def who_can_reach(self, target: str, port: int | str | None = None) -> Connections:
        """The connections that end at a target.

        >>> import netsim
        >>> cluster = netsim.load("fixtures/clusters/shop/manifests")
        >>> [row.source.key for row in cluster.who_can_reach("shop/db", 5432)]
        ['shop/api']
        """
        return self.connections(target=target, port=port)

    def reachable_from(self, source: str, port: int | str | None = None) -> Connections:
        """The connections that start at a source."""
        return self.connections(source=source, port=port)

    def handles(self, names: Iterable[str]) -> "Numbers":
        """One number a name, int64 of shape (n,), to ask `allowed` by; this cluster's alone.

        Raises NotationError for a name that is a Service or means more than one party, and
        UnknownEndpointError or AmbiguousEndpointError.

        >>> cluster = load("fixtures/clusters/shop/manifests")
        >>> [cluster.snapshot.endpoints[n].key for n in cluster.handles(["shop/db"])]
        ['shop/db']
        """
        return self._asked_in_arrays().handles(names)

    def allowed(self, sources: "Ends", targets: "Ends", port: int | str) -> "Bools":
        """What `can_reach` says of each pair, on one port as `5432` or `"53/udp"`; bool.

        Sides are int arrays of handles or names, one or many; they broadcast as in numpy, and
        the result has that shape, (n,) at least. Raises as `handles` does, UndecidedError
        where `can_reach` does so for any pair, ValueError for a number that is no handle.

        >>> cluster = load("fixtures/clusters/shop/manifests")
        >>> cluster.allowed(["shop/api", "shop/web"], "shop/db", 5432).tolist()
        [True, False]
        """
        return self._asked_in_arrays().allowed(sources, targets, port)

    def reached(self, source: str | int, port: int | str) -> "Bools":
        """Whom a source reaches: bool, one for each of `snapshot.endpoints`; as `allowed`.

        >>> cluster = load("fixtures/clusters/shop/manifests")
        >>> found = zip(cluster.snapshot.endpoints, cluster.reached("shop/api", 5432))
        >>> [target.key for target, passes in found if passes]
        ['shop/db']
        """
        return self._asked_in_arrays().reached(source, port)

    def exposure(
        self, namespace: str | None = None, *, direction: str | Direction = "ingress"
    ) -> "Exposure":
        """Who can reach each workload, counting pods and namespaces that do not exist yet.

        With `egress`, whom each workload can reach. Without a namespace, all workloads. Raises
        UnknownEndpointError for a namespace that does not exist.

        >>> cluster = load("fixtures/clusters/shop/manifests")
        >>> [str(row.peer) for row in cluster.exposure("shop").rows if row.subject.name == "db"]
        ['any pod labelled app=prometheus in namespace monitoring']
        """
        from netsim.query.exposure import exposure

        running = self.worlds.directory.running
        if namespace is not None:
            inside = self._subjects(f"{namespace}/") or ()
            running = tuple(item for item in running if item in inside)
        return exposure(self.worlds, running, Direction(direction))

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

        >>> cluster = load("fixtures/clusters/shop/manifests")
        >>> print(cluster.paths("shop/web", "shop/db").paths[0])
        shop/web -> shop/api (8080/TCP) -> shop/db (5432/TCP)
        """
        from netsim.query.paths import Ends, paths

        ends = []
        for text in (source, target):
            found = self._subjects(text) or ()
            if any(isinstance(item, OwnNode) for item in found):
                raise NotationError(text, "chains lead from and to pods and addresses only")
            ends.append(found)
        asked = Ends(ends[0], ends[1], most_hops, self._numbers(_port(port)))
        return paths(self.worlds, asked, most)

    def blast_radius(self, port: int | str | None = None) -> "BlastRadius":
        """How many others each workload reaches hop by hop, those that reach most first.

        >>> cluster = load("fixtures/clusters/shop/manifests")
        >>> row = cluster.blast_radius().rows[0]
        >>> (row.subject.key, row.direct, row.reached)
        ('monitoring/prometheus', 3, 4)
        """
        from netsim.query.paths import blast_radius

        return blast_radius(self.worlds, self._numbers(_port(port)))

    def matrix(
        self, port: int | str | None = None, *, by: "By" = "workload", strict: bool = False
    ) -> "Matrix":
        """Who reaches whom, as arrays of sources by targets, with addresses outside last.

        On some ports only, or on all; by workload or by namespace. Its `plot` draws it.

        >>> cluster = load("fixtures/clusters/shop/manifests")
        >>> matrix = cluster.matrix(5432, by="namespace")
        >>> matrix.names[2], matrix.pairs[2].tolist(), matrix.of[2].tolist()
        ('shop', [0, 0, 1, 0, 0], [3, 3, 8, 3, 3])
        """
        from netsim.query.port_counts import matrix

        return matrix(self.worlds, by, self._numbers(_port(port)), strict=strict)

    def plot(
        self, focus: str | None = None, *, hops: int = 1, ax: "Axes | None" = None
    ) -> "Axes":
        """Draws who reaches whom: all, or what is some hops around one or more endpoints.

        Returns the axes and shows nothing. Needs matplotlib, else MissingExtraError.
        """
        from netsim.report.networks import around, network_of
        from netsim.report.plots import plot_network

        network = network_of(self.connections())
        if focus is None:
            return plot_network(network, ax)
        subjects = self._subjects(focus) or ()
        return plot_network(*around(network, subjects, hops), ax=ax)

    def graph(self) -> "nx.MultiDiGraph[str]":
        """All allowed connections as a networkx graph, one edge for each port range."""
        from netsim.report.to_networkx import to_networkx

        return to_networkx(self.connections(), self.worlds.graph)

    def under(self, profile: Profile) -> "Cluster":
        """The same cluster where Kubernetes' open behaviours are settled otherwise."""
        return Cluster(
            self.snapshot,
            self.findings,
            self.errors,
            self.counts,
            self.namespace,
            profile,
            self._loaded,
        )

    def with_manifests(self, *paths: str | PathLike[str], lenient: bool = False) -> "Cluster":
        """The same cluster with the objects of more files, as after `kubectl apply -f`.

        An object replaces one of its kind, namespace and name. This cluster stays as it is.
        Raises LoadError as `load` does, and ValueError where the cluster was not loaded.

        >>> cluster = load("fixtures/clusters/shop/manifests")
        >>> proposed = cluster.with_manifests("fixtures/clusters/shop/proposed")
        >>> cluster.counts["NetworkPolicy"], len(proposed.snapshot.policies)
        (5, 6)
        """
        changed = load_changed(self._from_files(), paths)
        return _cluster(changed, self.namespace, self.profile, lenient=lenient)

    def without(self, *names: str) -> "Cluster":
        """The same cluster without some objects, as after `kubectl delete`.

        A name is `shop/db-guard` (a policy, else a workload, pod or Service), or with a kind
        `shop/netpol/db-guard`, `shop/deploy/web`, or `shop/` for a namespace. Raises
        NotationError, UnknownEndpointError and AmbiguousEndpointError, and ValueError where
        the cluster was not loaded.

        >>> cluster = load("fixtures/clusters/shop/manifests")
        >>> changed = cluster.without("shop/db-guard", "shop/default-deny")
        >>> cluster.can_reach("shop/web", "shop/db"), changed.can_reach("shop/api", "shop/db")
        (False, True)
        """
        changed = load_changed(self._from_files(), without=names)
        return _cluster(changed, self.namespace, self.profile, lenient=True)

    def edge_set(self) -> "EdgeSet":
        """Every allowed edge by workload, whose text is what `netsim snapshot` writes."""
        from netsim.query.edge_set import edge_set_of

        return edge_set_of(self.worlds)

    def _from_files(self) -> Loaded:
        if self._loaded is None:
            raise ValueError("only a cluster from `load` or `from_objects` can be changed")
        return self._loaded

    def _repr_mimebundle_(
        self,
        include: object = None,  # noqa: ARG002 - Jupyter's signature
        exclude: object = None,  # noqa: ARG002
    ) -> Bundle:
        from netsim.report.notebook import bundle_of
        from netsim.report.sheets import cluster_sheet

        return bundle_of(cluster_sheet(self.worlds, self.findings, list(map(str, self.errors))))

    def _asked_in_arrays(self) -> "Arrays":
        from netsim.query.arrays import Arrays

        if self._arrays is None:
            self._arrays = Arrays(self.worlds, self.namespace)
        return self._arrays

    def _remembering(self) -> Points:
        self._points = Points(self.worlds.directory, self.namespace)
        return self._points

    def _decided(self, source: str, target: str, port: int | str | None) -> Verdict:
        """The verdict without its assumptions; raises UndecidedError."""
        verdict = judge_bare(self._question(source, target, port), self.worlds)
        if verdict.outcome is Outcome.UNDECIDED:
            raise UndecidedError(_sentence(source, target, port), verdict.reasons)
        return verdict

    def _question(self, source: str, target: str, port: int | str | None) -> Question:
        asked = question(
            parse_endpoint(source, namespace=self.namespace),
            parse_endpoint(target, namespace=self.namespace),
            _port(port),
            self.worlds.directory,
        )
        return on_every_port(asked) if port is not None and _port(port) is None else asked

    def _subjects(self, text: str | None) -> tuple[Subject, ...] | None:
        if text is None:
            return None
        notation = parse_endpoint(text, namespace=self.namespace)
        found = resolve(notation, self.worlds.directory)
        if found.undecided:
            raise UndecidedError(f"what {text} can reach", (found.undecided,))
        return found.subjects

    def _targets(
        self, text: str | None, port: int | str | None
    ) -> tuple[tuple[Subject, PortSet], ...] | None:
        if text is not None:
            notation = parse_endpoint(text, namespace=self.namespace)
            return targets_with_ports(notation, _port(port), self.worlds.directory)
        if port is None:
            return None
        asked = self._numbers(_port(port))
        return tuple((subject, asked) for subject in self.worlds.directory.everyone)

    def _numbers(self, name: PortText | None) -> PortSet:
        """The ports that are meant on any target: for a name, every number it has somewhere."""
        if not isinstance(name, PortName):
            return ALL_PORTS if name is None else PortSet.of(name)
        spans = (
            PortRange(port.protocol, port.number, port.number)
            for endpoint in self.snapshot.endpoints
            for port in endpoint.ports
            if port.name == name.name and name.protocol in {None, port.protocol}
        )
        return PortSet.of(*spans)


def load(
    *paths: str | PathLike[str],
    namespace: str = "default",
    profile: Profile | None = None,
    lenient: bool = False,
) -> Cluster:
    """Reads manifests from files, folders (recursively) and `-` for standard input.

    Raises LoadError with every fault of the input, unless `lenient`: then what cannot be
    read is left out and listed in `errors`.
    """
    settings = profile or Profile()
    loaded = load_snapshot(paths, namespace=namespace, profile=settings)
    return _cluster(loaded, namespace, settings, lenient=lenient)


def from_objects(
    objects: Iterable[Mapping[str, object]],
    *,
    namespace: str = "default",
    profile: Profile | None = None,
    lenient: bool = False,
) -> Cluster:
    """A cluster from decoded manifests, as `load` from files.

    >>> pods = [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": n}} for n in "ab"]
    >>> from_objects(pods).can_reach("a", "b", 80)
    True
    """
    settings = profile or Profile()
    loaded = snapshot_from_objects(objects, namespace=namespace, profile=settings)
    return _cluster(loaded, namespace, settings, lenient=lenient)


def _cluster(loaded: Loaded, namespace: str, profile: Profile, *, lenient: bool) -> Cluster:
    if loaded.errors and not lenient:
        raise LoadError(loaded.errors)
    return Cluster(
        loaded.snapshot,
        loaded.findings,
        loaded.errors,
        loaded.counts,
        namespace,
        profile,
        loaded,
    )


def _port(port: int | str | None) -> PortText | None:
    return None if port is None else parse_port(str(port))


def _sentence(source: str, target: str, port: int | str | None) -> str:
    return f"{source} -> {target}" if port is None else f"{source} -> {target} on {port}"
