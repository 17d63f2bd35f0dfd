"""Everything that is reached hop by hop from somewhere, and what every chain goes through."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from netsim.compiler import Compiled
from netsim.compiler.programs import Program
from netsim.compiler.rules import CompiledRule
from netsim.compiler.sets import ClassId
from netsim.graph import Graph
from netsim.model.policy import Direction, RuleRef
from netsim.model.ports import ALL_PORTS, PortSet
from netsim.model.workload import Endpoint
from netsim.query.chains import ChokePoints, Path, Stop, Transit
from netsim.query.cuts import minimum_cut
from netsim.query.hops import Bits, Hops, members
from netsim.query.parties import Subject, party_of
from netsim.query.paths import Ends, paths, undecided_chains
from netsim.query.worlds import Worlds


def transit(
    worlds: Worlds,
    sources: tuple[Subject, ...],
    most_hops: int | None = None,
    ports: PortSet = ALL_PORTS,
) -> Transit:
    """Whom some sources reach on some ports; the sources themselves are no stops."""
    hops = Hops(worlds, ports, sources)
    inside = (1 << hops.inside) - 1
    origins: dict[int, Subject] = {}
    for source in sources:
        origins.setdefault(hops.spot_of[source], source)
    stops: list[Stop] = []
    before: Mapping[int, Subject] = origins
    seen: Bits = 0
    while before and (most_hops is None or not stops or stops[-1].hops < most_hops):
        number = stops[-1].hops + 1 if stops else 1
        found = dict(_next(hops, before, seen))
        seen |= sum(1 << spot for spot in found)
        layer: dict[int, Subject] = {}
        for spot, via in found.items():
            others = [item for item in hops.members[spot] if item not in sources]
            for item in others:
                through = worlds.graph.ports(party_of(via), party_of(item)) & ports
                stops.append(Stop(item, number, via, through))
            if others and inside >> spot & 1:
                layer[spot] = others[0]
        before = layer
    return Transit(tuple(stops), undecided_chains(worlds))


def choke_points(worlds: Worlds, asked: Ends) -> ChokePoints:
    """The workloads and rules that lie on every chain, and the fewest that do together.

    Only what lies on one of the shortest chains can lie on all; each is left out in turn.
    """
    first = paths(worlds, asked, 1).paths
    if not first:
        return ChokePoints((), (), (), undecided_chains(worlds))
    hops = Hops(worlds, asked.ports, (*asked.sources, *asked.targets))
    endpoints = tuple(
        tuple(item for item in hops.members[spot] if isinstance(item, Endpoint))
        for spot in (hops.spot_of[hop.target] for hop in first[0].hops[:-1])
        if not paths(worlds, replace(asked, without=asked.without | 1 << spot), 1).paths
    )
    rules = tuple(
        ref
        for ref in _rules(worlds.graph, first[0])
        if not paths(Worlds(_without(worlds.graph, ref)), asked, 1).paths
    )
    cut = minimum_cut(worlds, asked)
    return ChokePoints(endpoints, rules, cut, undecided_chains(worlds))


def _next(
    hops: Hops, before: Mapping[int, Subject], seen: Bits
) -> Iterator[tuple[int, Subject]]:
    """The spots that are reached now and were not yet, each with where from."""
    for spot, via in before.items():
        new = hops.row(spot) & ~seen
        seen |= new
        for other in members(new):
            yield other, via


def _rules(graph: Graph, path: Path) -> tuple[RuleRef, ...]:
    found: dict[RuleRef, None] = {}
    for hop in path.hops:
        for rule in graph.accepting(party_of(hop.source), party_of(hop.target), hop.ports):
            found[rule.ref] = None
    return tuple(found)


def _without(graph: Graph, ref: RuleRef) -> Graph:
    """The graph as if a rule were deleted, while its policy still isolates."""
    compiled: Compiled = graph.compiled
    shared: dict[int, Program] = {}

    def left(program: Program) -> Program:
        found = shared.get(id(program))
        if found is None:
            rules: Iterator[CompiledRule] = (rule for rule in program if rule.ref != ref)
            found = shared[id(program)] = tuple(rules)
        return found

    programs: dict[Direction, dict[ClassId, Program]] = {
        direction: {number: left(program) for number, program in by_class.items()}
        for direction, by_class in compiled.programs.items()
    }
    return Graph(replace(compiled, programs=programs))
