"""The policies of a generated cluster: what teams write, feature by feature."""

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from random import Random

from benchmarks.plan import (
    ENVIRONMENTS,
    MONITORING,
    NODES,
    SYSTEM,
    TIERS,
    TRAIT_VALUES,
    TRAITS,
    Plan,
    Workload,
    teams_of,
)
from benchmarks.shape import Mode
from netsim.model.labels import EVERYTHING, LabelSelector, Operator, Requirement
from netsim.model.networks import IPBlock
from netsim.model.policy import AnyPeer, Direction, NetworkPolicy, Peer, PodPeer, Rule
from netsim.model.ports import AnyPort, NamedPort, PortRange, Protocol, RulePort
from netsim.model.workload import NAMESPACE_NAME_LABEL
from netsim.source import Source

_FROM_POLICIES = 0x5EED
"""Added to a shape's seed, so that policies and workloads are drawn apart."""
_INGRESS, _EGRESS = Direction.INGRESS, Direction.EGRESS
_DNS = (PortRange(Protocol.UDP, 53, 53), PortRange(Protocol.TCP, 53, 53))
_NUMBERS = (80, 443, 3306, 5432, 6379, 8000, 8080, 9090, 9102)
_NAMES = ("http", "grpc", "metrics", "postgres", "redis")
_BLOCKS = (
    IPBlock(
        IPv4Network("0.0.0.0/0"), (IPv4Network("10.0.0.0/8"), IPv4Network("169.254.0.0/16"))
    ),
    IPBlock(IPv4Network("10.0.0.0/8")),
    IPBlock(IPv4Network(f"{NODES}/16"), (IPv4Network(f"{NODES}/30"),)),
    IPBlock(IPv6Network("::/0"), (IPv6Network("fd00::/8"),)),
    IPBlock(IPv6Network("2001:db8::/32"), (IPv6Network("2001:db8:bad::/48"),)),
)


@dataclass(frozen=True, slots=True)
class _Team:
    """What the author of a namespace's policies knows."""

    plan: Plan
    namespace: str
    workloads: tuple[Workload, ...]
    random: Random


def policies(plan: Plan) -> tuple[NetworkPolicy, ...]:
    """As many as the shape says, dealt out over the namespaces, in the order of a snapshot."""
    random = Random(plan.shape.seed + _FROM_POLICIES)
    teams = _teams(plan, random)
    found = [
        _policy(teams[number % len(teams)], number // len(teams))
        for number in range(plan.shape.policies)
    ]
    return tuple(sorted(found, key=lambda item: (item.namespace, item.name)))


def _teams(plan: Plan, random: Random) -> list[_Team]:
    by_namespace: dict[str, list[Workload]] = {}
    for workload in plan.workloads:
        if not workload.host_network:
            by_namespace.setdefault(workload.namespace, []).append(workload)
    return [
        _Team(plan, name, tuple(by_namespace[name]), random)
        for name in plan.namespaces
        if name in by_namespace and name != SYSTEM
    ]


def _policy(team: _Team, place: int) -> NetworkPolicy:
    """First the two that most namespaces start with, then one workload after the other."""
    match place:
        case 0:
            return _isolation(team)
        case 1:
            return _dns(team)
        case _:
            workload = team.workloads[(place - 2) % len(team.workloads)]
            return _of_workload(team, workload, place)


def _isolation(team: _Team) -> NetworkPolicy:
    """Most namespaces deny by default, some only what comes in, a few nothing."""
    drawn = team.random.random()
    if drawn < 0.6:
        return _written(team, "default-deny", EVERYTHING, {_INGRESS: (), _EGRESS: ()})
    if drawn < 0.85:
        return _written(team, "default-deny-ingress", EVERYTHING, {_INGRESS: ()})
    everyone = Rule((PodPeer(EVERYTHING, None),), (AnyPort(),))
    return _written(team, "allow-same-namespace", EVERYTHING, {_INGRESS: (everyone,)})


def _dns(team: _Team) -> NetworkPolicy:
    peer = PodPeer(_equal("k8s-app", "kube-dns"), _equal(NAMESPACE_NAME_LABEL, SYSTEM))
    return _written(team, "allow-dns", EVERYTHING, {_EGRESS: (Rule((peer,), _DNS),)})


def _of_workload(team: _Team, workload: Workload, place: int) -> NetworkPolicy:
    """One to three rules in, and for some policies one or two out."""
    random = team.random
    rules = {_INGRESS: tuple(_rule(team) for _ in range(random.randint(1, 3)))}
    if random.random() < 0.5:
        rules[_EGRESS] = tuple(_rule(team) for _ in range(random.randint(1, 2)))
    return _written(team, f"{workload.name}-{place}", _subject(team, workload), rules)


def _written(
    team: _Team, name: str, subject: LabelSelector, rules: dict[Direction, tuple[Rule, ...]]
) -> NetworkPolicy:
    return NetworkPolicy(team.namespace, name, subject, rules, Source("<generated>"))


def _rule(team: _Team) -> Rule:
    peers = tuple(dict.fromkeys(_peer(team) for _ in range(team.random.randint(1, 2))))
    return Rule((AnyPeer(),) if AnyPeer() in peers else peers, _ports(team.random))


def _subject(team: _Team, workload: Workload) -> LabelSelector:
    if team.plan.shape.mode is Mode.DISTINCT:
        return _traits(team)
    match team.random.randrange(6):
        case 0:
            return _selector(Requirement("tier", Operator.IN, (workload.tier,)))
        case 1:
            version = _of(team.random, ("v1", "v2", "v3"))
            return _selector(
                Requirement("app", Operator.IN, (workload.name,)),
                Requirement("version", Operator.NOT_IN, (version,)),
            )
        case _:
            return _equal("app", workload.name)


def _peer(team: _Team) -> Peer:
    """Every form of peer, the common ones more often."""
    random = team.random
    makers: tuple[tuple[Callable[[_Team], Peer], int], ...] = (
        (_neighbours, 40),
        (_neighbour_namespaces, 8),
        (_pods_of_namespaces, 20),
        (_monitoring, 10),
        (_with_expressions, 10),
        (_block, 10),
        (lambda _: AnyPeer(), 2),
    )
    (maker,) = random.choices([item for item, _ in makers], [often for _, often in makers])
    return maker(team)


def _neighbours(team: _Team) -> Peer:
    if team.plan.shape.mode is Mode.DISTINCT:
        return PodPeer(_traits(team), None)
    if team.random.random() < 0.2:
        return PodPeer(_equal("tier", _of(team.random, TIERS)), None)
    place = team.random.randrange(len(team.workloads))
    return PodPeer(_equal("app", team.workloads[place].labels["app"]), None)


def _neighbour_namespaces(team: _Team) -> Peer:
    return PodPeer(EVERYTHING, _namespaces(team))


def _pods_of_namespaces(team: _Team) -> Peer:
    if team.plan.shape.mode is Mode.DISTINCT:
        return PodPeer(_traits(team), _namespaces(team))
    return PodPeer(_equal("tier", _of(team.random, TIERS)), _namespaces(team))


def _monitoring(_: _Team) -> Peer:
    return PodPeer(_equal("app", "prometheus"), _equal(NAMESPACE_NAME_LABEL, MONITORING))


def _with_expressions(team: _Team) -> Peer:
    random = team.random
    tiers = tuple(sorted({_of(random, TIERS), _of(random, TIERS)}))
    forms = (
        Requirement("tier", Operator.IN, tiers),
        Requirement("tier", Operator.NOT_IN, tiers),
        Requirement("canary", Operator.EXISTS),
        Requirement("canary", Operator.DOES_NOT_EXIST),
    )
    own = random.random() < 0.7
    namespaces = (
        None
        if own
        else _selector(Requirement("env", Operator.IN, tuple(sorted(ENVIRONMENTS[1:]))))
    )
    return PodPeer(_selector(forms[random.randrange(len(forms))]), namespaces)


def _block(team: _Team) -> Peer:
    """The usual blocks, or one of a partner's office that nobody else names."""
    random = team.random
    if random.random() < 0.5:
        return _BLOCKS[random.randrange(len(_BLOCKS))]
    second, third = random.randrange(256), random.randrange(256)
    office = IPv4Network(f"203.{second}.{third}.0/24")
    if random.random() < 0.5:
        return IPBlock(office)
    return IPBlock(office, (IPv4Network(f"203.{second}.{third}.128/25"),))


def _namespaces(team: _Team) -> LabelSelector:
    """All of one team, or one team's of one environment."""
    owner = Requirement("team", Operator.IN, (f"team-{_team_number(team)}",))
    if team.random.random() < 0.6:
        return _selector(owner)
    environment = _of(team.random, ENVIRONMENTS)
    return _selector(Requirement("env", Operator.IN, (environment,)), owner)


def _team_number(team: _Team) -> int:
    return team.random.randrange(teams_of(team.plan.shape))


def _traits(team: _Team) -> LabelSelector:
    """Two values, one that must not be there, or a key that must: a part of all pods."""
    first, second, third = team.random.sample(TRAITS, 3)
    random = team.random
    return _selector(
        Requirement(first, Operator.IN, tuple(sorted(random.sample(TRAIT_VALUES, 2)))),
        Requirement(second, Operator.NOT_IN, (_of(random, TRAIT_VALUES),)),
        Requirement(third, Operator.EXISTS),
    )


def _ports(random: Random) -> tuple[RulePort, ...]:
    drawn = random.random()
    if drawn < 0.1:
        return (AnyPort(),)
    return tuple(dict.fromkeys(_port(random) for _ in range(random.randint(1, 2))))


def _port(random: Random) -> RulePort:
    match random.randrange(10):
        case 0 | 1 | 2:
            return NamedPort(Protocol.TCP, _of(random, _NAMES))
        case 3:
            first = random.randrange(30_000, 32_000)
            return PortRange(Protocol.TCP, first, first + random.randrange(1, 500))
        case 4:
            return PortRange(Protocol.UDP, 8125, 8125)
        case _:
            number = _NUMBERS[random.randrange(len(_NUMBERS))]
            return PortRange(Protocol.TCP, number, number)


def _of(random: Random, words: tuple[str, ...]) -> str:
    return words[random.randrange(len(words))]


def _equal(key: str, value: str) -> LabelSelector:
    return _selector(Requirement(key, Operator.IN, (value,)))


def _selector(*requirements: Requirement) -> LabelSelector:
    """In the order that equal selectors have."""
    return LabelSelector(tuple(sorted(requirements)))
