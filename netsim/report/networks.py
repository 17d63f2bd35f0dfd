"""Results as networks: who is joined with whom, by workload or by namespace."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import singledispatch

from netsim.model.ports import NO_PORTS, PortSet
from netsim.model.workload import Endpoint
from netsim.query.chains import Paths, Transit
from netsim.query.connection_set import Connections
from netsim.query.connections import Fan
from netsim.query.diff import Diff
from netsim.query.networks import node_names
from netsim.query.parties import Outside, Subject
from netsim.query.port_counts import By
from netsim.query.tidy import kind_of
from netsim.report.formats import visible
from netsim.report.shapes import short_name
from netsim.results import Edge, Network, Node

Row = tuple[Subject, Subject, PortSet, str, tuple[str, ...]]
"""A source, a target, the ports, `opened` or `closed` or nothing, and why it may be wrong."""

OUTSIDE, OWN_NODE = "addresses outside", "own node"
"""What has no namespace, by namespace: no namespace can have such a name."""


@singledispatch
def network_of(result: object, by: By = "workload") -> Network:
    """The network of a result; TypeError for what has none."""
    raise TypeError(f"{type(result).__name__}, by {by}, is no network")


@network_of.register
def _(result: Connections, by: By = "workload") -> Network:
    rows = ((it.source, it.target, it.ports, "", it.undecided) for it in result)
    return network(rows, by)


@network_of.register
def _(result: Diff, by: By = "workload") -> Network:
    rows = (
        (it.source, it.target, it.ports, change, it.undecided) for change, it in result.flows()
    )
    return network(rows, by)


@network_of.register
def _(result: Paths, by: By = "workload") -> Network:
    hops = dict.fromkeys(hop for path in result.paths for hop in path.hops)
    rows = ((it.source, it.target, it.ports, "", result.undecided) for it in hops)
    return network(rows, by)


@network_of.register
def _(result: Transit, by: By = "workload") -> Network:
    rows = ((it.via, it.subject, it.ports, "", result.undecided) for it in result.stops)
    return network(rows, by)


def network_of_fans(fans: Iterable[Fan], by: By = "workload") -> Network:
    """The network of connections by source."""
    return network(((fan.source, *_with_change(*end)) for fan in fans for end in fan.rows), by)


def network(rows: Iterable[Row], by: By = "workload") -> Network:
    """Nodes by namespace, addresses outside last; edges in the order of their first row."""
    listed = list(rows)
    subjects = dict.fromkeys(end for row in listed for end in row[:2])
    nodes = dict(_by_workload(subjects) if by == "workload" else _by_namespace(subjects))
    joined: dict[tuple[str, str, str], _Joined] = {}
    for source, target, ports, change, reasons in listed:
        key = (nodes[source].id, nodes[target].id, change)
        joined.setdefault(key, _Joined()).add(ports, reasons)
    distinct = dict.fromkeys(nodes.values())
    ordered = sorted(distinct, key=lambda it: (it.kind == "Outside", it.namespace, it.id))
    edges = (item.edge(*key) for key, item in joined.items())
    return Network(tuple(ordered), tuple(edges))


def around(
    rows: Connections, subjects: Sequence[Subject], hops: int
) -> tuple[Network, dict[str, int]]:
    """The rows some hops around subjects, and by node how many hops it is away.

    Those that open connections to the subjects are at negative hops, those that the subjects
    reach at positive ones; who is both is counted as reached.
    """
    start = set(map(_key, subjects))
    start |= {
        _key(end) for row in rows for end in (row.source, row.target) if _within(end, subjects)
    }
    away: dict[object, int] = dict.fromkeys(start, 0)
    outward = _spread(away, ((row.source, row.target) for row in rows), hops)
    inward = _spread(away, ((row.target, row.source) for row in rows), hops)
    away = {key: -hop for key, hop in inward.items()} | outward | away
    near = [
        row
        for row in rows
        if {_key(row.source), _key(row.target)} <= away.keys()
        and (away[_key(row.source)] == 0 or away[_key(row.target)] == 0 or hops > 1)
    ]
    found = network_of(Connections(near))
    ends = dict.fromkeys(end for row in near for end in (row.source, row.target))
    names = {subject: node.id for subject, node in _by_workload(ends)}
    return found, {name: away[_key(subject)] for subject, name in names.items()}


def _spread(
    start: dict[object, int], steps: Iterable[tuple[Subject, Subject]], hops: int
) -> dict[object, int]:
    """By key how many steps it is away; addresses outside lead nowhere."""
    leads: dict[object, list[object]] = {}
    for left, right in steps:
        leads.setdefault(_key(left), []).append(_key(right))
    found = dict(start)
    layer = list(start)
    for hop in range(1, hops + 1):
        ahead = dict.fromkeys(key for one in layer for key in leads.get(one, ()))
        layer = [key for key in ahead if key not in found]
        found |= dict.fromkeys(layer, hop)
        layer = [key for key in layer if not isinstance(key, Outside)]
    return {key: hop for key, hop in found.items() if hop}


def _key(subject: Subject) -> object:
    return subject if isinstance(subject, Outside) else id(subject)


def _within(end: Subject, subjects: Sequence[Subject]) -> bool:
    """Whether some of the addresses of an end are asked about."""
    if not isinstance(end, Outside):
        return False
    spans = [
        it for subject in subjects if isinstance(subject, Outside) for it in subject.ranges
    ]
    return any(
        one.first.version == it.first.version
        and int(one.first) <= int(it.last)
        and int(it.first) <= int(one.last)
        for it in spans
        for one in end.ranges
    )


@dataclass(slots=True)
class _Joined:
    ports: PortSet = NO_PORTS
    pairs: int = 0
    reasons: dict[str, None] = field(default_factory=dict)

    def add(self, ports: PortSet, reasons: tuple[str, ...]) -> None:
        self.ports |= ports
        self.pairs += 1
        self.reasons |= dict.fromkeys(reasons)

    def edge(self, source: str, target: str, change: str) -> Edge:
        reasons = visible("; ".join(self.reasons))
        return Edge(source, target, self.ports, change, self.pairs, reasons)


def _with_change(
    target: Subject, ports: PortSet, reasons: tuple[str, ...]
) -> tuple[Subject, PortSet, str, tuple[str, ...]]:
    return target, ports, "", reasons


def _by_workload(subjects: Iterable[Subject]) -> Iterator[tuple[Subject, Node]]:
    listed = list(subjects)
    name = node_names(listed)
    for subject in listed:
        own = visible(name(subject))
        if isinstance(subject, Endpoint):
            namespace = visible(subject.namespace)
            label = own.removeprefix(f"{namespace}/")
            yield subject, Node(own, label, namespace, subject.kind)
        else:
            yield subject, Node(own, visible(short_name(subject)), "", kind_of(subject))


def _by_namespace(subjects: Iterable[Subject]) -> Iterator[tuple[Subject, Node]]:
    for subject in subjects:
        match subject:
            case Endpoint():
                name = visible(subject.namespace)
                yield subject, Node(name, name, name, "Namespace")
            case Outside():
                yield subject, Node(OUTSIDE, OUTSIDE, "", "Outside")
            case _:
                yield subject, Node(OWN_NODE, OWN_NODE, "", "Node")
