"""Which rule decides which ports of one end, for one peer."""

from collections.abc import Iterator
from typing import NamedTuple

from netsim.compiler.rules import Action, CompiledRule
from netsim.compiler.sets import ClassId
from netsim.graph import Graph
from netsim.model.policy import Direction
from netsim.model.ports import ALL_PORTS, NO_PORTS, PortSet


class Decided(NamedTuple):
    """Some ports with the rule that decided them; no rule means that everything is let by."""

    ports: PortSet
    rule: CompiledRule | None

    @property
    def accepts(self) -> bool:
        """Whether this end lets the connection through."""
        return self.rule is None or self.rule.action is Action.ACCEPT


def deciders(
    graph: Graph, direction: Direction, subject: ClassId, peer: ClassId
) -> Iterator[Decided]:
    """Every port once, with the first rule that decides it."""
    sets = graph.compiled.sets
    undecided, passed, tier = ALL_PORTS, NO_PORTS, None
    for rule in graph.compiled.programs[direction][subject]:
        if rule.tier is not tier:
            undecided, passed, tier = undecided | passed, NO_PORTS, rule.tier
        if peer not in sets[rule.peers]:
            continue
        hit = undecided & rule.ports
        if not hit:
            continue
        undecided -= hit
        if rule.action is Action.PASS:
            passed |= hit
        else:
            yield Decided(hit, rule)
    if undecided | passed:
        yield Decided(undecided | passed, None)


def denying(
    graph: Graph, direction: Direction, subject: ClassId, decided: CompiledRule
) -> Iterator[CompiledRule]:
    """The rule that denied, with the others that would have done so in its place."""
    for rule in graph.compiled.programs[direction][subject]:
        same = (rule.tier, rule.action) == (decided.tier, Action.DENY)
        if rule is decided or (same and rule.ref.index is None and decided.ref.index is None):
            yield rule
