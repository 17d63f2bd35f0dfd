"""Least privilege: existing policies cut down to what is needed, which stays open.

Nothing is opened: a policy accepts afterwards what it accepted before, or less, and isolates
the same pods.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from netsim.cluster import Cluster
from netsim.model.labels import LabelSelector
from netsim.model.policy import Direction, NetworkPolicy, PolicyRef, Rule
from netsim.model.ports import NO_PORTS, PortSet
from netsim.model.workload import Endpoint
from netsim.model.written import WrittenObject
from netsim.query.label_space import fresh
from netsim.query.parties import Subject
from netsim.suggest.changes import Written, written_policies
from netsim.suggest.distinguishing import both, common_key, telling
from netsim.suggest.edits import Edit, Fields, Proposal
from netsim.suggest.manifests import policy_fields, rule_fields
from netsim.suggest.needs import Needs, Sayings, needs_of
from netsim.suggest.needs_peers import Look, Population, Unit, look
from netsim.suggest.needs_proof import Remaining, proved, remaining
from netsim.suggest.simulation import applied
from netsim.suggest.steady_labels import lasting
from netsim.suggest.tighten_reading import Crowd, Reading
from netsim.suggest.tighten_rules import Narrowed, Needed, narrowed, needed_whole

_MOST_TURNS = 8
_SHOWN = 3
"""Workloads that the name of a policy names."""


@dataclass(frozen=True, slots=True)
class Tightened:
    """What is suggested, and what there is to know of it."""

    proposal: Proposal | None
    """None where nothing is to be changed."""
    needs: Needs
    remaining: tuple[Remaining, ...]
    """What stays open to or from pods of these policies, and is not needed."""


def tightened(cluster: Cluster, sayings: Sayings, namespace: str | None = None) -> Tightened:
    """Cuts the policies of a namespace, or all of them, down to what is needed.

    Raises UnprovedError where the simulation shows another effect than this.
    """
    needs = needs_of(cluster, sayings)
    edits, after = _settled(cluster, sayings, namespace)
    subject = "every policy" if namespace is None else f"the policies of {namespace}"
    proposal = proved(f"tighten {subject} to what is needed", (cluster, after), edits, needs)
    still = needs_of(after, sayings)
    left = tuple(remaining(after, still, _governed(after, still, namespace)))
    return Tightened(proposal if edits else None, needs, left)


def _governed(
    cluster: Cluster, needs: Needs, namespace: str | None
) -> dict[Direction, set[Subject]]:
    """Whom the policies isolate, by direction."""
    crowd = Crowd(cluster.worlds.graph, needs.parties)
    found: dict[Direction, set[Subject]] = {way: set() for way in Direction}
    for policy in _chosen(cluster, namespace):
        for way in policy.rules:
            found[way].update(Reading(policy, way, crowd).subjects)
    return found


def _chosen(cluster: Cluster, namespace: str | None) -> list[NetworkPolicy]:
    return [it for it in cluster.snapshot.policies if namespace in {None, it.namespace}]


def _settled(
    cluster: Cluster, sayings: Sayings, namespace: str | None
) -> tuple[tuple[Edit, ...], Cluster]:
    """Edits after which nothing is left to be done, and the cluster with them.

    Where labels mean more than is needed, what one policy keeps open may make a rule of
    another one needless: that is found by asking again.
    """
    edits: dict[PolicyRef, Edit] = {}
    for _ in range(_MOST_TURNS):
        policies = _chosen(cluster, namespace)
        found = list(_edits(cluster, needs_of(cluster, sayings), policies))
        if not found:
            break
        for edit in found:
            known = edits.get(edit.ref)
            edits[edit.ref] = edit if known is None else replace(known, after=edit.after)
        cluster = applied(cluster, found)
    return tuple(edits.values()), cluster


def _edits(cluster: Cluster, needs: Needs, policies: Sequence[NetworkPolicy]) -> Iterator[Edit]:
    population = Population(needs.parties, cluster.profile)
    crowd = Crowd(cluster.worlds.graph, needs.parties)
    needed = {way: _closed(needs, way, population) for way in Direction}
    rest = {way: {it: dict(some) for it, some in needed[way].items()} for way in Direction}
    readings = [Reading(policy, way, crowd) for policy in policies for way in policy.rules]
    kept = {
        (it.policy.ref, it.direction): needed_whole(
            it, needed[it.direction], rest[it.direction]
        )
        for it in readings
    }
    written: Written = {}
    names = {it.ref for it in cluster.snapshot.policies}
    for policy, several in groupby(readings, key=lambda it: it.policy):
        every = list(several)
        subjects = every[0].subjects
        if not subjects:
            continue
        found = {
            it.direction: narrowed(
                it, kept[policy.ref, it.direction], rest[it.direction], population
            )
            for it in every
        }
        if any(_changed(policy, way, item) for way, item in found.items()):
            # the objects are read again for this, so only where there is something to change
            written = written or written_policies(cluster.objects)
            yield _rewritten(policy, found, written[policy.ref])
        for edit in _apart(policy, found, subjects, names):
            names.add(edit.ref)
            yield edit


def _closed(needs: Needs, direction: Direction, population: Population) -> Needed:
    """Needs by subject; of those who cannot be told apart each needs what any of them does."""
    inward = direction is Direction.INGRESS
    units: dict[tuple[Unit, Unit], PortSet] = {}
    for (source, target), ports in needs.passing.items():
        ends = (target, source) if inward else (source, target)
        pair = population.unit(ends[0]), population.unit(ends[1])
        units[pair] = units.get(pair, NO_PORTS) | ports
    found: dict[Subject, dict[Subject, PortSet]] = {}
    for (one, other), ports in units.items():
        same = dict.fromkeys(population.members(other), ports)
        for subject in population.members(one):
            found.setdefault(subject, {}).update(same)
    return found


def _changed(policy: NetworkPolicy, way: Direction, found: Narrowed) -> bool:
    return tuple(rule for _, rule in found.rules) != policy.rules[way]


def _rewritten(
    policy: NetworkPolicy, found: Mapping[Direction, Narrowed], before: WrittenObject
) -> Edit:
    """The manifest with its rules narrowed; rules that stay keep their words."""
    after: dict[str, Any] = deepcopy(dict(before.value))
    spec: Fields = after["spec"]
    spec["policyTypes"] = [way.policy_type for way in Direction if way in policy.rules]
    for way, narrow in found.items():
        if not _changed(policy, way, narrow):
            continue
        old = policy.rules[way]
        listed = spec[way.value]
        spec[way.value] = [
            listed[index] if rule == old[index] else rule_fields(rule, way)
            for index, rule in narrow.rules
        ]
    return Edit("; ".join(_told(policy, found)), before, after)


def _told(policy: NetworkPolicy, found: Mapping[Direction, Narrowed]) -> Iterator[str]:
    """Which rules are not as they were."""
    cut: list[str] = []
    gone: list[str] = []
    for way, narrow in found.items():
        left = {index for index, _ in narrow.rules}
        altered = {index for index, rule in narrow.rules if rule != policy.rules[way][index]}
        for index in range(len(policy.rules[way])):
            if index in altered or index not in left:
                (cut if index in left else gone).append(f"spec.{way.value}[{index}]")
    for word, places in (("narrowed", cut), ("removed", gone)):
        if places:
            yield f"{word}: {', '.join(places)}"


_Rules = tuple[tuple[Direction, tuple[Rule, ...]], ...]


def _apart(
    policy: NetworkPolicy,
    found: Mapping[Direction, Narrowed],
    subjects: Sequence[Endpoint],
    names: Iterable[PolicyRef],
) -> Iterator[Edit]:
    """New policies for what some of a policy's pods need and others do not."""
    units: dict[Look, list[Endpoint]] = {}
    for subject in subjects:
        units.setdefault(look(subject), []).append(subject)
    groups: dict[_Rules, list[Look]] = {}
    for unit in units:
        rules = tuple((way, it.apart[unit]) for way, it in found.items() if unit in it.apart)
        if rules:
            groups.setdefault(rules, []).append(unit)
    taken = [ref.name for ref in names if ref.namespace == policy.namespace]
    for rules, some in groups.items():
        for group, selector in _selectors(some, units):
            pods = [pod for unit in group for pod in units[unit]]
            name = fresh(_name(policy, pods), taken)
            taken.append(name)
            theirs = both(policy.subject, selector)
            fields = policy_fields(policy.namespace, name, theirs, dict(rules))
            yield Edit("what only these of its pods need is a policy of theirs", None, fields)


def _selectors(
    some: Sequence[Look], units: Mapping[Look, Sequence[Endpoint]]
) -> Iterator[tuple[Sequence[Look], LabelSelector]]:
    """One selector for some units where one label tells them, else one for each."""
    labels = {unit: lasting(pods[0]) for unit, pods in units.items()}
    others = [labels[unit] for unit in units if unit not in some]
    shared = common_key([labels[unit] for unit in some], others)
    if shared is not None:
        yield some, shared
        return
    for unit in some:
        rest = [labels[other] for other in units if other != unit]
        yield (unit,), telling([labels[unit]], rest)


def _name(policy: NetworkPolicy, pods: Sequence[Endpoint]) -> str:
    names = list(dict.fromkeys(pod.workload[1] or pod.name for pod in pods))
    ending = "-".join(names) if len(names) <= _SHOWN else "some"
    return f"{policy.name}-{ending}"
