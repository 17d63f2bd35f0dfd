"""What must keep passing, by a log of flows and by what expectation files allow."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from netsim.cluster import Cluster
from netsim.graph import Exemption
from netsim.load.flow_logs import FlowLog
from netsim.model.flow import OwnNode
from netsim.model.ports import NO_PORTS, PortSet
from netsim.model.workload import Endpoint
from netsim.query.expectations.facts import ExpectationFile
from netsim.query.parties import Outside, Subject, party_of, subject_name
from netsim.suggest.flows import wishes_of_log
from netsim.suggest.needs_addresses import Pieces, cut
from netsim.suggest.needs_expected import wishes_of_expectation
from netsim.suggest.needs_wishes import Wish

Pair = tuple[Subject, Subject]
"""A source and a target."""


@dataclass(frozen=True, slots=True)
class Sayings:
    """Where it is said what is needed."""

    logs: tuple[FlowLog, ...] = ()
    files: tuple[ExpectationFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """Something needed that is denied today, and stays so."""

    source: Subject
    target: Subject
    ports: PortSet
    place: str

    def __str__(self) -> str:
        ends = f"{subject_name(self.source)} -> {subject_name(self.target)}"
        return f"{self.place}: {ends} on {self.ports} is needed and denied today"


@dataclass(frozen=True, slots=True)
class Needs:
    """What is needed and passes today, exactly; addresses are cut where answers differ."""

    parties: tuple[Subject, ...]
    """Everyone there is: nodes, running endpoints, addresses outside."""
    passing: dict[Pair, PortSet]
    """Only what rules have a say over: not a pod and itself, nor a pod and its node."""
    refused: tuple[Refused, ...]
    notes: tuple[str, ...]
    """What was left out, and why."""


def needs_of(cluster: Cluster, sayings: Sayings, more: Iterable[Wish] = ()) -> Needs:
    """Looks up in a cluster what is said to be needed, and what of that passes today."""
    notes: list[str] = []
    wishes = [*more, *_said(sayings, cluster, notes)]
    directory = cluster.worlds.directory
    outside = (item for item in directory.everyone if isinstance(item, Outside))
    pieces = cut(
        outside, (it for wish in wishes for it in wish.ends if isinstance(it, Outside))
    )
    passing: dict[Pair, PortSet] = {}
    refused: dict[Pair, Refused] = {}
    for wish in wishes:
        for source, target, ports in _flows(wish, pieces):
            opened = _opened(cluster, source, target)
            if opened is None:
                continue
            pair = (source, target)
            if ports & opened:
                passing[pair] = passing.get(pair, NO_PORTS) | ports & opened
            if ports - opened:
                known = refused.get(pair) or Refused(*pair, NO_PORTS, wish.place)
                refused[pair] = replace(known, ports=known.ports | ports - opened)
    inside: list[Subject] = [OwnNode(), *directory.nodes, *directory.running]
    told = tuple(dict.fromkeys(notes))
    return Needs((*inside, *pieces.every), passing, tuple(refused.values()), told)


def _said(sayings: Sayings, cluster: Cluster, notes: list[str]) -> Iterator[Wish]:
    for log in sayings.logs:
        yield from wishes_of_log(log, cluster, notes)
    for file in sayings.files:
        for item in file.expectations:
            yield from wishes_of_expectation(item, cluster.worlds.directory, notes)


def _flows(wish: Wish, pieces: Pieces) -> Iterator[tuple[Subject, Subject, PortSet]]:
    for source in pieces.parts(wish.sources):
        for whole, ports in wish.targets:
            for target in pieces.parts([whole]):
                if isinstance(source, Endpoint) or isinstance(target, Endpoint):
                    yield source, target, ports


def _opened(cluster: Cluster, source: Subject, target: Subject) -> PortSet | None:
    """What passes from a source to a target; None where NetworkPolicies have no say over it."""
    graph, ends = cluster.worlds.graph, (party_of(source), party_of(target))
    if graph.exemption(*ends) not in {None, Exemption.FINISHED}:
        return None
    return graph.ports(*ends)
