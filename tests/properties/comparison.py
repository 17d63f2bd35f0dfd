"""The engine against the judge: every pair of parties on every port that could matter."""

from collections.abc import Iterator
from functools import reduce
from itertools import product
from operator import or_

from netsim.compiler import compile_snapshot
from netsim.graph import Graph
from netsim.model.flow import Flow, Party
from netsim.model.ports import PortSet, Protocol, line_position
from netsim.model.profile import Profile
from netsim.model.snapshot import Snapshot
from netsim.model.workload import Endpoint
from netsim.reference import Reference
from netsim.strategies import boundary_ports, parties

Port = tuple[Protocol, int]


def disagreements(
    snapshot: Snapshot, profile: Profile, compiled: Graph | None = None
) -> Iterator[str]:
    """Where the engine's ways to answer differ from the judge's one, as sentences."""
    graph = compiled or Graph(compile_snapshot(snapshot, profile))
    judge = Reference(snapshot, profile)
    ports = boundary_ports(snapshot)
    for source, target in pairs(snapshot):
        through = graph.ports(source, target)
        handles = graph.handle(source), graph.handle(target)
        row = _row(graph, source, target)
        for port in ports:
            flow = Flow(source, target, *port)
            answers = {
                "allows": graph.allows(flow),
                "decide": graph.decide(flow).allowed,
                "ports": port in through,
                "reaches": graph.reaches(*handles, line_position(*port)),
                "ports_from": port in row,
            }
            expected = judge.allows(flow)
            for question, answer in answers.items():
                if answer is not expected:
                    yield f"{question}: {sentence(flow)}: {answer}, the judge says {expected}"


def _row(graph: Graph, source: Party, target: Party) -> PortSet:
    """The ports as whole rows tell them, unless identity settles the traffic."""
    if graph.exemption(source, target) is not None:
        return graph.ports(source, target)
    found = (graph.ports_from(left)[right] for left, right in graph.class_pairs(source, target))
    return reduce(or_, found)


def pairs(snapshot: Snapshot) -> Iterator[tuple[Party, Party]]:
    """Every ordered pair of parties, of those between two outside addresses only one each."""
    everyone = parties(snapshot)
    for source, target in product(everyone, repeat=2):
        if isinstance(source, Endpoint) or isinstance(target, Endpoint) or source == target:
            yield source, target


def sentence(flow: Flow) -> str:
    """A flow as people write it."""
    return f"{name(flow.source)} -> {name(flow.target)}:{flow.port}/{flow.protocol.value}"


def name(party: Party) -> str:
    """A party's name with its kind, since two kinds may share a name."""
    return f"{party.kind} {party.key}" if isinstance(party, Endpoint) else str(party)
