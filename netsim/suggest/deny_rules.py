"""The ways to change policies so that endpoints do not accept what they accept."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from enum import Enum
from functools import partial, reduce
from operator import or_

from netsim.compiler import peers_of
from netsim.compiler.targets import ports_on
from netsim.model.policy import AnyPeer, Direction, NetworkPolicy, Peer, Rule
from netsim.model.ports import ALL_PORTS, NO_PORTS, AnyPort, NamedPort, PortSet, RulePort
from netsim.model.workload import Endpoint
from netsim.model.written import WrittenObject
from netsim.names import EndpointText
from netsim.query.directory import Directory
from netsim.query.endpoints import selects
from netsim.query.parties import Subject, party_of
from netsim.suggest.changes import Change, Written
from netsim.suggest.deny_peers import Shut, shut_of, without
from netsim.suggest.distinguishing import selectable
from netsim.suggest.edits import Fields
from netsim.suggest.ends import Ends
from netsim.suggest.manifests import peer_fields, policy_fields, port_fields
from netsim.suggest.policy_names import free_name, subject_of, word_for


class Way(Enum):
    """How a rule that lets too much by is changed; the order is that of the size."""

    PEERS = "the peers are removed"
    PORTS = "the ports are removed"
    RULE = "the rule is removed"
    NARROWED = "the rule is narrowed"
    """The peers remain on other ports, and other pods of the peers on all."""
    WIDE = "the rule is narrowed, all addresses remain"
    """The same, where addresses of pods are not known that the addresses may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing(Ends):
    """Endpoints of one namespace that are not to accept some peers on some ports."""

    other: EndpointText
    """What the parties were asked by."""


def changes(
    closing: Closing, way: Way, directory: Directory, written: Written
) -> list[Change] | None:
    """Every change that a closing needs; None where it cannot be done in this way."""
    shut = shut_of(closing.other, closing.parties, directory)
    asked = (closing, way, shut)
    found: list[Change | None] = []
    isolated: set[Endpoint] = set()
    for policy in directory.snapshot.policies:
        if policy.namespace != closing.namespace or closing.direction not in policy.rules:
            continue
        selected = [it for it in closing.subjects if selects(policy.subject, it.labels)]
        isolated.update(selected)
        cuts = _cuts(policy, closing, directory) if selected else {}
        if cuts:
            before = written[policy.ref]
            found.append(_narrowed(policy, cuts, asked, before, directory))
    free = tuple(item for item in closing.subjects if item not in isolated)
    if free:
        found.append(_policy(free, asked, directory))
    whole = [item for item in found if item is not None]
    return whole if len(whole) == len(found) else None


@dataclass(frozen=True, slots=True)
class _Cut:
    """What of a rule lets by what is to be closed."""

    rule: Rule
    peers: frozenset[int]
    """Which of its peers mean someone who is to be left out."""
    ports: frozenset[int]
    """Which of its ports."""


def _cuts(policy: NetworkPolicy, closing: Closing, directory: Directory) -> dict[int, _Cut]:
    found: dict[int, _Cut] = {}
    for index, rule in enumerate(policy.rules[closing.direction]):
        peers = frozenset(
            place
            for place, peer in enumerate(rule.peers)
            if _means(peer, policy.namespace, closing.parties, directory)
        )
        ports = frozenset(
            place
            for place, port in enumerate(rule.ports)
            if _numbers(port, closing.targets, directory) & closing.ports
        )
        if peers and ports:
            found[index] = _Cut(rule, peers, ports)
    return found


def _means(
    peer: Peer, namespace: str, parties: Sequence[Subject], directory: Directory
) -> bool:
    compiled = directory.graph.compiled
    matched = compiled.sets[peers_of(peer, namespace, compiled)]
    return any(
        face.class_id in matched
        for party in parties
        for face in compiled.faces_of(party_of(party))
    )


def _numbers(port: RulePort, targets: Sequence[Subject], directory: Directory) -> PortSet:
    compiled = directory.graph.compiled
    faces = (face for it in targets for face in compiled.faces_of(party_of(it)))
    found = (ports_on(port, face.class_id, compiled.universe) for face in faces)
    return reduce(or_, found, NO_PORTS)


_Asked = tuple[Closing, Way, Shut]


def _narrowed(
    policy: NetworkPolicy,
    cuts: Mapping[int, _Cut],
    asked: _Asked,
    before: WrittenObject,
    directory: Directory,
) -> Change | None:
    _, way, _ = asked
    anyone = any(isinstance(it, AnyPeer) for cut in cuts.values() for it in cut.rule.peers)
    if way is Way.PEERS and anyone:
        return None
    types = [it.policy_type for it in Direction if it in policy.rules]
    here = selectable(policy.namespace, directory)
    selected = [item for item in here if selects(policy.subject, item.labels)]
    others = len(set(selected) - set(asked[0].subjects))
    change: Callable[[Fields], str] = partial(_rewritten, cuts, asked, types)
    rules = "a rule" if len(cuts) == 1 else f"{len(cuts)} rules"
    verb = "remove" if way is Way.RULE else "narrow"
    title = f"{verb} {rules} of {before.key}"
    return Change(title, len(cuts) * list(Way).index(way), others, before, change)


def _rewritten(
    cuts: Mapping[int, _Cut], asked: _Asked, types: list[str], fields: Fields
) -> str:
    spec, direction = fields["spec"], asked[0].direction
    rules: list[Fields] = []
    said: list[str] = []
    for index, rule in enumerate(spec[direction.value]):
        made = list(_parts(rule, cuts[index], asked)) if index in cuts else [rule]
        rules += made
        if index in cuts:
            verb = "narrowed" if made else "removed"
            parts = f" and split into {len(made)} rules" if len(made) > 1 else ""
            said.append(f"spec.{direction.value}[{index}] is {verb}{parts}")
    spec[direction.value] = rules
    if not rules and not spec.get("policyTypes"):
        # without rules and without policyTypes, egress would not be isolated any more
        spec["policyTypes"] = types
    return ", ".join(said)


def _parts(rule: Fields, cut: _Cut, asked: _Asked) -> Iterator[Fields]:
    """What is left of a rule: the same on other ports, and on these without some peers."""
    closing, way, _ = asked
    rest = _ports_left(rule, cut, closing.ports)
    if rest and way not in {Way.RULE, Way.PEERS}:
        yield _with(rule, "ports", rest)
    if way in {Way.RULE, Way.PORTS}:
        return
    peers = _peers_left(rule, cut, asked)
    if peers:
        narrowed = _with(rule, closing.direction.peers_field, peers)
        is_split = rest and way is not Way.PEERS
        hit = _ports_hit(rule, cut, closing.ports)
        yield _with(narrowed, "ports", hit) if is_split else narrowed


def _peers_left(rule: Fields, cut: _Cut, asked: _Asked) -> list[Fields]:
    closing, way, shut = asked
    left: list[Fields] = []
    for place, peer in enumerate(cut.rule.peers):
        if place not in cut.peers:
            left.append(rule[closing.direction.peers_field][place])
        elif way is not Way.PEERS:
            kept = without(peer, shut, closing.namespace, public_only=_is_public(way, shut))
            left += map(peer_fields, kept)
    return left


def _is_public(way: Way, shut: Shut) -> bool:
    """Whether of all addresses only those of the internet stay: others may be pods."""
    return way is Way.NARROWED and shut.has_unknown_addresses


def _with(rule: Fields, field: str, items: list[Fields]) -> Fields:
    """The same rule with another list; a list of peers that is new stands first."""
    changed = deepcopy(rule)
    if field in changed or field == "ports":
        changed[field] = deepcopy(items)
        return changed
    return {field: deepcopy(items), **changed}


def _ports_left(rule: Fields, cut: _Cut, closed: PortSet) -> list[Fields]:
    """The ports that are not to be closed; none where all of them are."""
    found: list[Fields] = []
    for place, port in enumerate(cut.rule.ports):
        if place not in cut.ports:
            found.append(rule["ports"][place])
        elif not isinstance(port, NamedPort):
            found += map(port_fields, _fixed(port) - closed)
    return found


def _ports_hit(rule: Fields, cut: _Cut, closed: PortSet) -> list[Fields]:
    """The ports that are to be closed."""
    found: list[Fields] = []
    for place in sorted(cut.ports):
        port = cut.rule.ports[place]
        if isinstance(port, NamedPort):
            found.append(rule["ports"][place])
        else:
            found += map(port_fields, _fixed(port) & closed)
    return found


def _fixed(port: RulePort) -> PortSet:
    if isinstance(port, NamedPort):
        return NO_PORTS
    return ALL_PORTS if isinstance(port, AnyPort) else PortSet.of(port)


def _policy(
    subjects: tuple[Endpoint, ...], asked: _Asked, directory: Directory
) -> Change | None:
    """A policy that isolates and lets all by but what is to be closed."""
    closing, way, shut = asked
    if way not in {Way.NARROWED, Way.WIDE}:
        return None
    if way is Way.WIDE and not shut.has_unknown_addresses:
        return None
    own = word_for(closing.text, subjects)
    other = word_for(closing.other, closing.parties)
    joint = "not-from" if closing.direction is Direction.INGRESS else "not-to"
    name = free_name(f"{own}-{joint}-{other}", closing.namespace, directory)
    others = without(AnyPeer(), shut, closing.namespace, public_only=_is_public(way, shut))
    rules = []
    rest = ALL_PORTS - closing.ports
    if rest:
        rules.append(Rule((AnyPeer(),), tuple(rest)))
    if others:
        hit = (AnyPort(),) if closing.ports == ALL_PORTS else tuple(closing.ports)
        rules.append(Rule(others, hit))
    made = policy_fields(
        closing.namespace,
        name,
        subject_of(closing.text, subjects, directory),
        {closing.direction: rules},
    )
    change: Callable[[Fields], str] = partial(_filled, made)
    size = list(Way).index(way)
    return Change(f"add a policy {closing.namespace}/{name}", size, 0, None, change)


def _filled(made: Fields, fields: Fields) -> str:
    fields.update(made)
    return "a policy is added"
