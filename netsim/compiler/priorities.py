"""Lets policies of one priority be asked in the order of what they would do.

Which of them is asked first is undefined. Where the profile lets an action come first, each
rule is cut down to what it decides within its policy; the parts are then in an order that no
name has a say in.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce

from netsim.compiler.rules import Action, CompiledRule
from netsim.compiler.sets import ClassSet
from netsim.compiler.universe import Universe
from netsim.model.ports import PortSet
from netsim.model.profile import SamePriority

_TURNS = {
    SamePriority.ACCEPT_FIRST: (Action.ACCEPT, Action.PASS, Action.DENY),
    SamePriority.DENY_FIRST: (Action.DENY, Action.PASS, Action.ACCEPT),
}

_Region = tuple[ClassSet, ClassSet, PortSet]
"""Subjects, peers and ports: everything that some rule decides."""


def by_turns(
    rules: Sequence[CompiledRule], universe: Universe, setting: SamePriority
) -> Iterable[CompiledRule]:
    """The rules of one policy and direction, as they are or each with its turn."""
    turns = _TURNS.get(setting)
    if turns is None:
        return rules
    return [
        part._replace(turn=turns.index(part.action))
        for place, rule in enumerate(rules)
        for part in _undecided(rule, rules[:place], universe)
    ]


def _undecided(
    rule: CompiledRule, before: Iterable[CompiledRule], universe: Universe
) -> Iterator[CompiledRule]:
    """What earlier rules of the policy, with another action, leave to a rule."""
    whole = [_region(rule, universe)]
    others = (_region(item, universe) for item in before if item.action is not rule.action)
    for subjects, peers, ports in reduce(_without, others, whole):
        yield rule._replace(
            subjects=universe.sets.number(subjects),
            peers=universe.sets.number(peers),
            ports=ports,
        )


def _region(rule: CompiledRule, universe: Universe) -> _Region:
    return universe.sets[rule.subjects], universe.sets[rule.peers], rule.ports


def _without(parts: list[_Region], taken: _Region) -> list[_Region]:
    return [rest for part in parts for rest in _cut(part, taken)]


def _cut(part: _Region, taken: _Region) -> Iterator[_Region]:
    """A region without another, as disjoint regions."""
    subjects, peers, ports = part
    both = subjects & taken[0], peers & taken[1], ports & taken[2]
    if not all(both):
        yield part
        return
    rest = (
        (subjects - taken[0], peers, ports),
        (both[0], peers - taken[1], ports),
        (both[0], both[1], ports - taken[2]),
    )
    yield from (region for region in rest if all(region))
