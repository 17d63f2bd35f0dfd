"""The object people hold: a loaded cluster and the questions it answers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from os import PathLike
from typing import TYPE_CHECKING

from netsim.errors import InputError, LoadError, UndecidedError
from netsim.load import Loaded, load_changed, load_snapshot, locate, snapshot_from_objects
from netsim.load.rereading import Origin
from netsim.model.ports import ALL_PORTS, PortSet
from netsim.model.profile import Profile
from netsim.model.snapshot import Snapshot
from netsim.model.workload import Endpoint
from netsim.model.written import WrittenObject
from netsim.pictures import Pictures
from netsim.promises import Promises
from netsim.query import asked
from netsim.query.connection_set import Connections
from netsim.query.connections import Fan, connections, fans
from netsim.query.parties import Subject
from netsim.query.points import Points
from netsim.query.questions import Question
from netsim.query.verdict import Outcome, Verdict, judge, judge_bare
from netsim.query.worlds import Worlds, worlds_of
from netsim.results import Finding
from netsim.threats import Threats

if TYPE_CHECKING:
    from netsim.matrix import Bools, Numbers
    from netsim.model.written import PodTemplate
    from netsim.podsecurity.configuration import Server
    from netsim.query.arrays import Arrays, Ends
    from netsim.query.edge_set import EdgeSet
    from netsim.query.explanation import Explanation
    from netsim.query.found import FindingRows
    from netsim.query.soundness import Soundness


@dataclass(slots=True)
class Cluster(Promises, Threats, Pictures):
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
    assume_admitted: bool = False
    """Whether pods are taken to run that Pod Security refuses."""
    _loaded: Loaded | None = field(default=None, repr=False, compare=False)
    _worlds: Worlds | None = field(default=None, repr=False, compare=False)
    _points: Points | None = field(default=None, repr=False, compare=False)
    _arrays: "Arrays | None" = field(default=None, repr=False, compare=False)
    _written: Origin = field(default_factory=Origin, repr=False, compare=False)
    """The second reading of what the cluster was loaded from."""
    _soundness: "Soundness | None" = field(default=None, repr=False, compare=False)
    _objects: tuple[WrittenObject, ...] | None = field(default=None, repr=False, compare=False)

    @property
    def objects(self) -> tuple[WrittenObject, ...]:
        """Every object that was read, with all its fields but values of secrets."""
        if self._objects is None:
            self._objects = self._written()
        return self._objects

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
        left, right = points.handles[source], points.handles[target]
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

    @property
    def server(self) -> "Server":
        """How Pod Security is set, by a PodSecurityConfiguration in the input or by default."""
        from netsim.query.soundness import server_in

        return server_in(self.counts, self._written)

    @property
    def soundness(self) -> "Soundness":
        """Which endpoints can go around policies, and which pods are never admitted."""
        from netsim.query.soundness import UNKNOWN, soundness

        if self.assume_admitted:
            return UNKNOWN
        if self._soundness is None:
            self._soundness = soundness(self.snapshot, self.server, self._written)
        return self._soundness

    def templates(self, workload: str) -> "Iterator[PodTemplate]":
        """What the pods of an endpoint, or of several, are made from, as it is written."""
        from netsim.query.soundness import templates_of

        endpoints = [it for it in self._subjects(workload) or () if isinstance(it, Endpoint)]
        return templates_of(endpoints, self._written)

    def explain(
        self, source: str, target: str, port: int | str | None = None, *, strict: bool = False
    ) -> "Explanation":
        """The verdict with its reasons: both ends, the deciding rules, file and line."""
        from netsim.query.explain import explain
        from netsim.query.remedy import remedy

        verdict = self.verdict(source, target, port, strict=strict)
        found = explain(_sentence(source, target, port), verdict, self.worlds, locate)
        sides = [side for part in found.parts for side in (part.pair.source, part.pair.target)]
        hint = remedy(found, (source, target, port), self.profile)
        return replace(found, notes=self.soundness.notes(sides), suggestion=hint)

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

    def lint(self, *, select: Iterable[str] = (), ignore: Iterable[str] = ()) -> "FindingRows":
        """What is wrong with the policies, worst first, but for what annotations answer for.

        Rules are given by id or pattern; ValueError for one that there is not.

        >>> cluster = load("fixtures/clusters/shop/manifests")
        >>> print(*(item.rule for item in cluster.lint(select=["internet-*"])))
        internet-ingress
        """
        from netsim.audit import RULES as AUDITING
        from netsim.lint import told
        from netsim.query.found import FindingRows

        said, choice = self.findings, (select, ignore)
        found = told(self.worlds.directory, self.objects, said, choice, AUDITING)
        return FindingRows(replace(item, place=locate(item.source)) for item in found)

    def under(self, profile: Profile) -> "Cluster":
        """The same cluster where Kubernetes' open behaviours are settled otherwise."""
        return replace(self, profile=profile, _worlds=None, _points=None, _arrays=None)

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
        return _cluster(changed, self._written.and_also(paths), self.profile, lenient=lenient)

    def with_objects(self, *objects: Mapping[str, object], lenient: bool = False) -> "Cluster":
        """The same cluster with decoded manifests put in, as `with_manifests` with files."""
        changed = load_changed(self._from_files(), objects=objects)
        return _cluster(changed, self._written.but_for(objects), self.profile, lenient=lenient)

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
        return _cluster(changed, self._written, self.profile, lenient=True)

    def edge_set(self) -> "EdgeSet":
        """Every allowed edge by workload, whose text is what `netsim snapshot` writes."""
        from netsim.query.edge_set import edge_set_of

        return edge_set_of(self.worlds)

    def _from_files(self) -> Loaded:
        if self._loaded is None:
            raise ValueError("only a cluster from `load` or `from_objects` can be changed")
        return self._loaded

    def _asked_in_arrays(self) -> "Arrays":
        from netsim.query.arrays import Arrays

        if self._arrays is None:
            self._arrays = Arrays(self.worlds, self.namespace)
        return self._arrays

    def _remembering(self) -> Points:
        self._points = Points(self.worlds, self.namespace)
        return self._points

    def _decided(self, source: str, target: str, port: int | str | None) -> Verdict:
        """The verdict without its assumptions; raises UndecidedError."""
        verdict = judge_bare(self._question(source, target, port), self.worlds)
        if verdict.outcome is Outcome.UNDECIDED:
            raise UndecidedError(_sentence(source, target, port), verdict.reasons)
        return verdict

    def _question(self, source: str, target: str, port: int | str | None) -> Question:
        return asked.pair(source, target, port, self.namespace, self.worlds.directory)

    def _subjects(self, text: str | None) -> tuple[Subject, ...] | None:
        return asked.subjects(text, self.namespace, self.worlds.directory)

    def _targets(
        self, text: str | None, port: int | str | None
    ) -> tuple[tuple[Subject, PortSet], ...] | None:
        return asked.targets(text, port, self.namespace, self.worlds.directory)


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
    origin = Origin(namespace, paths=paths)
    return _cluster(loaded, origin, settings, lenient=lenient)


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
    values = tuple(objects)
    loaded = snapshot_from_objects(values, namespace=namespace, profile=settings)
    origin = Origin(namespace, values=values)
    return _cluster(loaded, origin, settings, lenient=lenient)


def _cluster(loaded: Loaded, origin: Origin, profile: Profile, *, lenient: bool) -> Cluster:
    if loaded.errors and not lenient:
        raise LoadError(loaded.errors)
    return Cluster(
        loaded.snapshot,
        loaded.findings,
        loaded.errors,
        loaded.counts,
        origin.namespace,
        profile,
        _loaded=loaded,
        _written=origin,
    )


def _sentence(source: str, target: str, port: int | str | None) -> str:
    return f"{source} -> {target}" if port is None else f"{source} -> {target} on {port}"
