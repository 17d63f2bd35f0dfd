"""What answers about chains of connections hold."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from netsim.model.policy import RuleRef
from netsim.model.ports import PortSet
from netsim.model.workload import Endpoint
from netsim.query.networks import multi_digraph
from netsim.query.parties import Subject, subject_name
from netsim.query.tidy import ENDS, PORTS, ends_record, port_records
from netsim.views import Plotted, Record, Shown, Tidy

if TYPE_CHECKING:
    import networkx as nx


@dataclass(frozen=True, slots=True)
class Hop:
    """One connection of a chain."""

    source: Subject
    target: Subject
    ports: PortSet
    alike: int
    """How many endpoints beside the target would do as well."""


@dataclass(frozen=True, slots=True)
class Path:
    """Hops, each from where the last one ended."""

    hops: tuple[Hop, ...]

    def __str__(self) -> str:
        steps = "".join(f" -> {subject_name(it.target)} ({it.ports})" for it in self.hops)
        return f"{subject_name(self.hops[0].source)}{steps}"


@dataclass(frozen=True, slots=True)
class Paths(Shown, Plotted, Tidy):
    """The shortest chains between two parties."""

    COLUMNS: ClassVar = {"path": int, "hop": int, **ENDS, **PORTS, "alike": int}

    paths: tuple[Path, ...]
    """The shortest first; none where no chain of the wanted length leads there."""
    undecided: tuple[str, ...] = ()
    """Why hops may be missing, or too many."""

    def to_dicts(self) -> list[dict[str, str | int]]:
        """One flat dictionary for each hop of each path, both counted from 1."""
        return [
            {
                "path": number,
                "hop": place,
                "source": subject_name(hop.source),
                "target": subject_name(hop.target),
                "ports": str(hop.ports),
                "alike": hop.alike,
            }
            for number, path in enumerate(self.paths, 1)
            for place, hop in enumerate(path.hops, 1)
        ]

    def to_networkx(self) -> "nx.MultiDiGraph[str]":
        """One node for each end of a hop, one edge for each range of its ports.

        Nodes have `kind`, `namespace`, `name`, `labels` and `replicas`; edges have `protocol`,
        `first`, `last` (both included) and `alike` (int). A hop of several paths is there once.
        """
        hops = dict.fromkeys(hop for path in self.paths for hop in path.hops)
        return multi_digraph(
            (hop.source, hop.target, hop.ports, {"alike": hop.alike}) for hop in hops
        )

    def _records(self) -> Iterator[Record]:
        for number, path in enumerate(self.paths, 1):
            for place, hop in enumerate(path.hops, 1):
                for ports in port_records(hop.ports):
                    yield number, place, *ends_record(hop.source, hop.target), *ports, hop.alike


@dataclass(frozen=True, slots=True)
class Reached:
    """How far an intruder in a workload comes, and who comes to it."""

    subject: Endpoint
    direct: int
    """Other endpoints that it reaches in one hop."""
    reached: int
    """Other endpoints that it reaches hop by hop."""
    outside: bool
    """Whether it reaches some address outside, hop by hop."""


@dataclass(frozen=True, slots=True)
class BlastRadius(Shown, Tidy):
    """All workloads, those first that most could be reached from."""

    COLUMNS: ClassVar = {
        "namespace": str,
        "name": str,
        "kind": str,
        "direct": int,
        "reached": int,
        "outside": bool,
    }

    rows: tuple[Reached, ...]
    undecided: tuple[str, ...] = ()
    """Why hops may be missing, or too many."""

    def to_dicts(self) -> list[dict[str, str | int | bool]]:
        """One flat dictionary for each row."""
        return [
            {
                "namespace": row.subject.namespace,
                "name": row.subject.name,
                "kind": row.subject.kind,
                "direct": row.direct,
                "reached": row.reached,
                "outside": row.outside,
            }
            for row in self.rows
        ]

    def _records(self) -> Iterator[Record]:
        for it in self.rows:
            subject = it.subject.namespace, it.subject.name, it.subject.kind
            yield *subject, it.direct, it.reached, it.outside


@dataclass(frozen=True, slots=True)
class Stop:
    """Somebody reached, by one of the shortest chains that lead there."""

    subject: Subject
    hops: int
    """How many hops the chain has."""
    via: Subject
    """Where the last hop starts."""
    ports: PortSet
    """Those of the last hop."""


@dataclass(frozen=True, slots=True)
class Transit(Shown, Tidy):
    """Everybody that is reached hop by hop, the nearest first."""

    COLUMNS: ClassVar = {"target": str, "hops": int, "via": str, **PORTS}

    stops: tuple[Stop, ...]
    undecided: tuple[str, ...] = ()
    """Why hops may be missing, or too many."""

    def to_dicts(self) -> list[dict[str, str | int]]:
        """One flat dictionary for each stop."""
        return [
            {
                "target": subject_name(stop.subject),
                "hops": stop.hops,
                "via": subject_name(stop.via),
                "ports": str(stop.ports),
            }
            for stop in self.stops
        ]

    def _records(self) -> Iterator[Record]:
        for it in self.stops:
            for ports in port_records(it.ports):
                yield subject_name(it.subject), it.hops, subject_name(it.via), *ports


@dataclass(frozen=True, slots=True)
class ChokePoints(Shown, Tidy):
    """What every chain between two parties goes through; empty where there is no chain."""

    COLUMNS: ClassVar = {"kind": str, "name": str}

    endpoints: tuple[tuple[Endpoint, ...], ...]
    """In the order of a chain; those that no hop tells apart stand together, and cut as one."""
    rules: tuple[RuleRef, ...]
    """Rules without which no chain is left."""
    cut: tuple[tuple[Endpoint, ...], ...] = ()
    """The fewest endpoints that together lie on every chain, of whatever length; empty where a
    source reaches a target at once."""
    undecided: tuple[str, ...] = ()
    """Why hops may be missing, or too many."""

    def to_dicts(self) -> list[dict[str, str]]:
        """One flat dictionary for each point: workloads, rules, then a cut of several."""
        found = [("workload", ", ".join(it.key for it in some)) for some in self.endpoints]
        found += (("rule", str(ref)) for ref in self.rules)
        if len(self.cut) > 1:
            found += (("cut", ", ".join(it.key for it in some)) for some in self.cut)
        return [{"kind": kind, "name": name} for kind, name in found]

    def _records(self) -> Iterator[Record]:
        for it in self.to_dicts():
            yield it["kind"], it["name"]
