"""The ways to change policies so that endpoints accept what they deny."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial, reduce
from operator import or_

from netsim.compiler import peers_of
from netsim.compiler.targets import ports_on
from netsim.model.policy import AnyPeer, Direction, NetworkPolicy, Rule
from netsim.model.ports import ALL_PORTS, NO_PORTS, AnyPort, PortSet, RulePort
from netsim.model.written import WrittenObject
from netsim.query.directory import Directory
from netsim.query.endpoints import selects
from netsim.query.parties import Subject, party_of
from netsim.suggest.allow_demands import Demand, Texts
from netsim.suggest.changes import Change, Written
from netsim.suggest.distinguishing import selectable
from netsim.suggest.edits import Fields
from netsim.suggest.manifests import peer_fields, policy_fields, port_fields, rule_fields
from netsim.suggest.policy_names import free_name, subject_of, word_for

_MOST_RULES, _MOST_POLICIES = 2, 2
_PORT, _PEER, _RULE, _POLICY = range(4)


@dataclass(frozen=True, slots=True)
class _Place:
    """A policy as it is written, and how many endpoints it selects besides."""

    policy: WrittenObject
    others: int


def ways(
    demand: Demand,
    name: str,
    directory: Directory,
    written: Written,
) -> list[Change]:
    """Every way to meet a demand, the smallest first, a policy of its own and of a name last.

    Of rules and policies that could be widened, only those that say the least are taken.
    """
    policies = sorted(_isolating(demand, directory), key=lambda it: _breadth(it, directory))
    rules = [
        (policy, index, rule)
        for policy in policies
        for index, rule in enumerate(policy.rules[demand.direction])
    ]

    def place(policy: NetworkPolicy) -> _Place:
        others = _breadth(policy, directory) - len(demand.subjects)
        return _Place(written[policy.ref], others)

    found: list[Change] = []
    with_peers = [it for it in rules if _has_peers(it[2], it[0].namespace, demand, directory)]
    for policy, index, _ in sorted(with_peers, key=lambda it: len(it[2].peers))[:_MOST_RULES]:
        found.append(_port_added(place(policy), index, demand))
    with_ports = [it for it in rules if _has_ports(it[2], demand, directory)]
    by_ports = sorted(with_ports, key=lambda it: _port_count(it[2], demand, directory))
    for policy, index, _ in by_ports[:_MOST_RULES]:
        found.append(_peer_added(place(policy), index, demand))
    found += (_rule_added(place(policy), demand) for policy in policies[:_MOST_POLICIES])
    found.append(_policy_added(demand, name, directory))
    return found


def is_isolated_as_one(demand: Demand, directory: Directory) -> bool:
    """Whether some policy isolates all subjects of a demand, so that one rule is enough."""
    return len(demand.subjects) == 1 or any(_isolating(demand, directory))


def ports_of(ports: PortSet) -> tuple[RulePort, ...]:
    """Ports as the items of a rule's list."""
    return (AnyPort(),) if ports == ALL_PORTS else tuple(ports)


def _isolating(demand: Demand, directory: Directory) -> Iterator[NetworkPolicy]:
    for policy in directory.snapshot.policies:
        here = policy.namespace == demand.namespace and demand.direction in policy.rules
        if here and all(selects(policy.subject, item.labels) for item in demand.subjects):
            yield policy


def _breadth(policy: NetworkPolicy, directory: Directory) -> int:
    """How many endpoints a policy selects."""
    here = selectable(policy.namespace, directory)
    return sum(selects(policy.subject, item.labels) for item in here)


def _has_peers(rule: Rule, namespace: str, demand: Demand, directory: Directory) -> bool:
    compiled = directory.graph.compiled
    matched = [compiled.sets[peers_of(peer, namespace, compiled)] for peer in rule.peers]
    return all(
        any(face.class_id in found for found in matched)
        for party in demand.parties
        for face in compiled.faces_of(party_of(party))
    )


def _has_ports(rule: Rule, demand: Demand, directory: Directory) -> bool:
    return all(
        demand.ports <= _ports_of_rule(rule, target, directory) for target in demand.targets
    )


def _port_count(rule: Rule, demand: Demand, directory: Directory) -> int:
    return len(_ports_of_rule(rule, demand.targets[0], directory))


def _ports_of_rule(rule: Rule, target: Subject, directory: Directory) -> PortSet:
    compiled = directory.graph.compiled
    face = compiled.faces_of(party_of(target))[0].class_id
    found = (ports_on(port, face, compiled.universe) for port in rule.ports)
    return reduce(or_, found, NO_PORTS)


def _port_added(place: _Place, index: int, demand: Demand) -> Change:
    items = [port_fields(port) for port in ports_of(demand.ports) if port != AnyPort()]
    if items:
        change = partial(_listed, (demand.direction, index, "ports"), items)
        return _change("add a port to a rule of ", _PORT, place, change)
    change = partial(_every_port, demand.direction, index)
    return _change("open every port in a rule of ", _PORT, place, change)


def _peer_added(place: _Place, index: int, demand: Demand) -> Change:
    field = demand.direction.peers_field
    items = [peer_fields(peer) for peer in demand.peers]
    change = partial(_listed, (demand.direction, index, field), items)
    return _change("add a peer to a rule of ", _PEER, place, change)


def _change(title: str, size: int, place: _Place, change: Callable[[Fields], str]) -> Change:
    return Change(f"{title}{place.policy.key}", size, place.others, place.policy, change)


def _listed(at: tuple[Direction, int, str], items: list[Fields], fields: Fields) -> str:
    direction, index, field = at
    there = fields["spec"][direction.value][index][field]
    added = [item for item in items if item not in there]
    first = len(there)
    there += added
    path = f"spec.{direction.value}[{index}].{field}"
    paths = [f"{path}[{first + place}]" for place in range(len(added))]
    what = "port" if field == "ports" else "peer"
    verb = f"{what} is" if len(added) == 1 else f"{what}s are"
    return f"{'a ' if len(added) == 1 else ''}{verb} added: {', '.join(paths)}"


def _every_port(direction: Direction, index: int, fields: Fields) -> str:
    del fields["spec"][direction.value][index]["ports"]
    return f"the list of ports is removed: spec.{direction.value}[{index}].ports"


def _rule_added(place: _Place, demand: Demand) -> Change:
    change = partial(_appended, demand)
    return _change("add a rule to ", _RULE, place, change)


def _appended(demand: Demand, fields: Fields) -> str:
    spec, direction = fields["spec"], demand.direction
    rules = spec.get(direction.value) or []
    spec[direction.value] = [*rules, rule_fields(_rule(demand), direction)]
    return f"a rule is added: spec.{direction.value}[{len(rules)}]"


def name_of_policy(
    demand: Demand, texts: Texts, directory: Directory, used: Collection[str]
) -> str:
    """What a policy of the demand's own is called."""
    own = word_for(demand.text, demand.subjects)
    other = word_for(texts.other(demand.direction), demand.parties)
    joint = "from" if demand.direction is Direction.INGRESS else "to"
    return free_name(f"{own}-{joint}-{other}", demand.namespace, directory, used)


def _policy_added(demand: Demand, name: str, directory: Directory) -> Change:
    made = policy_fields(
        demand.namespace,
        name,
        subject_of(demand.text, demand.subjects, directory),
        {demand.direction: (_rule(demand),)},
    )
    change: Callable[[Fields], str] = partial(_filled, made)
    return Change(f"add a policy {demand.namespace}/{name}", _POLICY, 0, None, change)


def _filled(made: Fields, fields: Fields) -> str:
    fields.update(made)
    return "a policy is added"


def _rule(demand: Demand) -> Rule:
    return Rule(demand.peers or (AnyPeer(),), ports_of(demand.ports))
