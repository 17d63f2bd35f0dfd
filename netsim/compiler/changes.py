"""What-if: other policies on what is compiled already, at the price of what they touch."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import replace

from netsim.collector import collector_paused
from netsim.compiler import Compiled, lowered
from netsim.compiler.overlay import Overlay
from netsim.compiler.programs import Program
from netsim.compiler.rules import CompiledRule
from netsim.compiler.sets import ClassId, SetId
from netsim.compiler.splitting import with_classes_split
from netsim.compiler.vocabulary import words_of
from netsim.model.policy import Direction, NetworkPolicy, PolicyRef
from netsim.model.revised import Name, named, revised
from netsim.model.snapshot import Snapshot
from netsim.model.tiers import ClusterPolicy, Policy

_Asked = tuple[int, int, int, str, str, str]


def with_policies(
    compiled: Compiled,
    *,
    added: Iterable[Policy] = (),
    removed: Iterable[PolicyRef] = (),
) -> Compiled:
    """The same cluster with some policies put in, replaced, or taken out.

    A policy replaces one of its own kind, namespace and name. The argument stays as it is.
    Raises KeyError for a namespace that is not in the snapshot or a policy to remove that is
    not there, and GroupedPodsError where pods that are one endpoint would be told apart.
    """
    put = {policy.ref: policy for policy in added}
    taken = set(removed)
    snapshot = compiled.snapshot
    for policy in put.values():
        if isinstance(policy, NetworkPolicy):
            snapshot.namespaces[policy.namespace]
    words = words_of(put.values(), snapshot.nodes).beyond(compiled.vocabulary)
    if words:
        with collector_paused():
            compiled = with_classes_split(compiled, words)
    old = {ref: compiled.rules_of.get(ref, ()) for ref in (*taken, *put)}
    universe, profile = compiled.universe, compiled.profile
    new = {it.ref: lowered(it, universe, profile, snapshot.nodes) for it in put.values()}
    return replace(
        compiled,
        snapshot=_with(snapshot, put.values(), taken),
        rules_of=Overlay.over(compiled.rules_of, {**dict.fromkeys(taken, ()), **new}),
        programs={
            direction: Overlay.over(known, _programs(compiled, direction, old, new))
            for direction, known in compiled.programs.items()
        },
    )


def _programs(
    compiled: Compiled,
    direction: Direction,
    old: Mapping[PolicyRef, tuple[CompiledRule, ...]],
    new: Mapping[PolicyRef, tuple[CompiledRule, ...]],
) -> dict[ClassId, Program]:
    """New programs for the classes that some rule stops or starts applying to."""
    known, sets = compiled.programs[direction], compiled.sets
    come = [rule for rules in new.values() for rule in rules if rule.direction is direction]
    coming: dict[ClassId, list[int]] = {}
    went = [rule for rules in old.values() for rule in rules if rule.direction is direction]
    gone = set(map(id, went))  # programs hold the very rules of the policies
    for subjects in {rule.subjects for rule in went}:
        for class_id in sets[subjects]:
            coming.setdefault(class_id, [])
    members: dict[SetId, tuple[list[int], ...]] = {}
    for place, rule in enumerate(come):
        chosen = members.get(rule.subjects)
        if chosen is None:
            chosen = tuple(coming.setdefault(it, []) for it in sets[rule.subjects])
            members[rule.subjects] = chosen
        for places in chosen:
            places.append(place)
    ranked = [(_asked(rule), rule) for rule in come]
    shared: dict[tuple[int, ...], Program] = {}
    result: dict[ClassId, Program] = {}
    for class_id, places in coming.items():
        before = known[class_id]
        key = (id(before), *places)
        program = shared.get(key)
        if program is None:
            kept = [rule for rule in before if id(rule) not in gone]
            program = shared[key] = _joined(kept, map(ranked.__getitem__, places))
        result[class_id] = program
    return result


def _joined(
    program: list[CompiledRule], come: Iterable[tuple[_Asked, CompiledRule]]
) -> Program:
    """A program with some rules put where they are asked; those of one turn stay in order."""
    for asked, rule in come:
        program.insert(bisect_right(program, asked, key=_asked), rule)
    return tuple(program)


def _asked(rule: CompiledRule) -> _Asked:
    """The order in which a fresh compilation asks rules; those of one policy stay in order."""
    policy = rule.ref.policy
    names = policy.namespace, policy.name, policy.kind
    return rule.tier, rule.order, rule.turn, *names


def _with(snapshot: Snapshot, put: Iterable[Policy], taken: set[PolicyRef]) -> Snapshot:
    """The snapshot with some policies in the place of others; KeyError for one not there."""
    wide = {item.ref: item for item in put if isinstance(item, ClusterPolicy)}
    known = {item.ref: item for item in snapshot.cluster_policies}
    gone = taken & known.keys()
    kept = {ref: item for ref, item in known.items() if ref not in gone}
    changes: dict[Name, NetworkPolicy | None] = {}
    for ref in taken - gone:
        found = named(snapshot.policies, (ref.namespace, ref.name))
        if found is None or found.ref != ref:
            raise KeyError(ref)
        changes[found.namespace, found.name] = None
    for item in put:
        if isinstance(item, NetworkPolicy):
            changes[item.namespace, item.name] = item
    return replace(
        snapshot,
        policies=revised(snapshot.policies, changes),
        cluster_policies=tuple(sorted({**kept, **wide}.values(), key=lambda item: item.rank)),
    )
