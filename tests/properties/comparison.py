"""The engine against the judge: every pair of parties on every port that could matter."""

from collections.abc import Iterator
from itertools import product

from netsim.compiler import compile_snapshot
from netsim.graph import Graph
from netsim.model.flow import Flow, Party
from netsim.model.ports import Protocol
from netsim.model.profile import Profile
from netsim.model.snapshot import Snapshot
from netsim.model.workload import Endpoint
from netsim.reference import Reference
from netsim.strategies import boundary_ports, parties

Port = tuple[Protocol, int]


def disagreements(snapshot: Snapshot, profile: Profile) -> Iterator[str]:
    """Where the engine's three ways to answer differ from the judge's one, as sentences."""
    graph = Graph(compile_snapshot(snapshot, profile))
    judge = Reference(snapshot, profile)
    ports = boundary_ports(snapshot)
    for source, target in pairs(snapshot):
        through = graph.ports(source, target)
        for port in ports:
            flow = Flow(source, target, *port)
            answers = {
                "allows": graph.allows(flow),
                "decide": graph.decide(flow).allowed,
                "ports": port in through,
            }
            expected = judge.allows(flow)
            for question, answer in answers.items():
                if answer is not expected:
                    yield f"{question}: {sentence(flow)}: {answer}, the judge says {expected}"


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
