"""Reads the cluster-wide policy kinds of `policy.networking.k8s.io`, in both versions.

Checks are those of the kinds' CRDs, under the ids of docs/semantics.md; label selectors, which
the CRDs leave to the network plugin, are checked as the API server checks NetworkPolicies'.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from netsim.load.cluster_peers import read_peer, read_subject
from netsim.load.cluster_ports import read_ports, read_protocols
from netsim.load.fields import Field
from netsim.load.metadata import METADATA, check_annotations, read_name
from netsim.load.validation import shown
from netsim.model.policy import AnyPeer, Direction
from netsim.model.ports import AnyPort, NamedPort, RulePort
from netsim.model.tiers import (
    MOST_PRIORITY,
    Action,
    ClusterPolicy,
    DomainPeer,
    NetworksPeer,
    NodePeer,
    Tier,
    TierPeer,
    TierRule,
)

_MANIFEST = frozenset({"apiVersion", "kind", "metadata", "spec", "status"})
_LONGEST_NAME = 100
_DEFAULT = "default"
_FORMER = {"Allow": Action.ACCEPT, "Deny": Action.DENY, "Pass": Action.PASS}
_CURRENT = {"Accept": Action.ACCEPT, "Deny": Action.DENY, "Pass": Action.PASS}
_TIERS = {tier.label: tier for tier in (Tier.ADMIN, Tier.BASELINE)}


@dataclass(frozen=True, slots=True)
class _Dialect:
    """What one kind of one version may say."""

    version: str
    tier: Tier | None
    """None where the manifest says it."""
    priority: bool
    actions: Mapping[str, Action]
    most: int
    """Rules in one direction, peers and ports of one rule."""
    ports: str
    """The field of a rule that lists its ports."""
    egress: frozenset[str]
    """What an egress peer may be."""


_INGRESS = frozenset({"namespaces", "pods"})
_EGRESS = _INGRESS | {"nodes", "networks", "domainNames"}

DIALECTS = {
    "ClusterNetworkPolicy": _Dialect(
        "v1alpha2",
        tier=None,
        priority=True,
        actions=_CURRENT,
        most=25,
        ports="protocols",
        egress=_EGRESS,
    ),
    "AdminNetworkPolicy": _Dialect(
        "v1alpha1",
        tier=Tier.ADMIN,
        priority=True,
        actions=_FORMER,
        most=100,
        ports="ports",
        egress=_EGRESS,
    ),
    "BaselineAdminNetworkPolicy": _Dialect(
        "v1alpha1",
        tier=Tier.BASELINE,
        priority=False,
        actions={word: _FORMER[word] for word in ("Allow", "Deny")},
        most=100,
        ports="ports",
        egress=_EGRESS - {"domainNames"},
    ),
}
"""The kinds that are read here."""


def read_cluster_policy(manifest: Field, kind: str, api_version: str) -> ClusterPolicy | None:
    """A policy, or None with every fault recorded."""
    dialect = DIALECTS[kind]
    before = len(manifest.report.errors)
    manifest.as_object(_MANIFEST)
    name = _identity(manifest, dialect)
    spec = manifest.get("spec")
    if spec.missing:
        spec.fault("a spec is required", kind="Required", rule="A4")
        return None
    known = {"subject", "ingress", "egress"} | ({"priority"} if dialect.priority else set())
    spec = spec.as_object(frozenset(known | (set() if dialect.tier is not None else {"tier"})))
    tier = _tier(spec.get("tier")) if dialect.tier is None else dialect.tier
    priority = _priority(spec.get("priority")) if dialect.priority else None
    subject = read_subject(spec.get("subject"), dialect.version)
    rules = {way: _rules(spec.get(way.value), way, dialect) for way in Direction}
    if len(manifest.report.errors) > before:
        return None
    return ClusterPolicy(
        kind=kind,
        api_version=api_version,
        name=name,
        tier=tier,
        priority=priority,
        subject=subject,
        rules={way: found for way, found in rules.items() if found},
        source=manifest.source,
    )


def _identity(manifest: Field, dialect: _Dialect) -> str:
    metadata = manifest.get("metadata").as_object(METADATA)
    name = read_name(metadata)
    metadata.get("labels").labels(("V3", "V3"))
    check_annotations(metadata)
    if metadata.get("namespace").text():
        problem = "is not allowed: the kind is cluster-scoped"
        metadata.get("namespace").fault(problem, kind="Forbidden", rule="A1")
    if dialect.tier is Tier.BASELINE and name and name != _DEFAULT:
        problem = f"{shown(name)} must be 'default': there is one such policy in a cluster"
        metadata.get("name").fault(problem, rule="A1")
    return name


def _tier(field: Field) -> Tier:
    word = field.text() or ""
    if word not in _TIERS:
        problem = f"{shown(word)} is no tier: use Admin or Baseline"
        missing = field.missing
        field.fault(
            "a tier is required: use Admin or Baseline" if missing else problem,
            kind="Required" if missing else "NotSupported",
            rule="C1",
        )
    return _TIERS.get(word, Tier.ADMIN)


def _priority(field: Field) -> int:
    number = field.integer()
    if field.missing:
        problem = f"a priority is required, from 0 (asked first) to {MOST_PRIORITY}"
        field.fault(problem, kind="Required", rule="A5")
    elif number is not None and not 0 <= number <= MOST_PRIORITY:
        field.fault(f"{number} is not between 0 and {MOST_PRIORITY}", rule="A5")
    return number or 0


def _rules(field: Field, direction: Direction, dialect: _Dialect) -> tuple[TierRule, ...]:
    found = [_rule(item, direction, dialect) for item in field.items()]
    if len(found) > dialect.most:
        problem = f"{len(found)} rules are more than {dialect.most}"
        field.fault(problem, kind="TooLong", rule="A19")
    return tuple(found)


def _rule(item: Field, direction: Direction, dialect: _Dialect) -> TierRule:
    peers_field = direction.peers_field
    rule = item.as_object(frozenset({"name", "action", peers_field, dialect.ports}))
    name = rule.get("name").text() or ""
    if len(name) > _LONGEST_NAME:
        problem = f"a name of {len(name)} characters is longer than {_LONGEST_NAME}"
        rule.get("name").fault(problem, kind="TooLong", rule="A19")
    action = _action(rule.get("action"), dialect)
    allowed = _INGRESS if direction is Direction.INGRESS else dialect.egress
    listed = list(rule.get(peers_field).items())
    _check_count(rule.get(peers_field), listed, dialect, "peer")
    peers = [read_peer(peer, allowed, dialect.version) for peer in listed]
    ports = _ports(rule.get(dialect.ports), dialect)
    _check_named(rule, ports, peers, direction)
    if None in peers:
        return _closed(item, TierRule(name, action, tuple(filter(None, peers)), ports))
    _check_domains(rule, action, peers)
    return TierRule(name, action, tuple(filter(None, peers)), ports)


def _action(field: Field, dialect: _Dialect) -> Action:
    word = field.text() or ""
    found = dialect.actions.get(word)
    if found is not None:
        return found
    known = ", ".join(dialect.actions)
    if field.missing:
        field.fault(f"an action is required: use {known}", kind="Required", rule="A7")
        return Action.DENY
    others = {"Allow": "Accept", "Accept": "Allow"}
    hint = ""
    if others.get(word) in dialect.actions:
        hint = f"; {dialect.version} says {others[word]}"
    elif word.capitalize() in dialect.actions:
        hint = f"; write {word.capitalize()}"
    problem = f"{shown(word)} is no action: use {known}{hint}"
    field.fault(problem, kind="NotSupported", rule="C22" if dialect.tier is None else "A7")
    return Action.DENY


def _ports(field: Field, dialect: _Dialect) -> tuple[RulePort, ...]:
    if field.missing:
        return (AnyPort(),)
    listed = list(field.items())
    _check_count(field, listed, dialect, "port")
    read = read_protocols if dialect.ports == "protocols" else read_ports
    return tuple(port for item in listed for port in read(item))


def _check_count(field: Field, listed: list[Field], dialect: _Dialect, what: str) -> None:
    if not listed and (field.missing or field.value == []):
        problem = f"at least one {what} is required"
        field.fault(problem, kind="Required", rule="A19")
    if len(listed) > dialect.most:
        problem = f"{len(listed)} {what}s are more than {dialect.most}"
        field.fault(problem, kind="TooLong", rule="A19")


def _check_named(
    rule: Field,
    ports: Iterable[RulePort],
    peers: Iterable[TierPeer | None],
    direction: Direction,
) -> None:
    """Port names are looked up on pods, which these peers need not be."""
    beyond = (NetworksPeer, NodePeer, DomainPeer)
    if any(isinstance(port, NamedPort) for port in ports) and any(
        isinstance(peer, beyond) for peer in peers
    ):
        problem = "a port name may not stand beside networks, nodes or domainNames"
        rule.get(direction.peers_field).fault(problem, kind="Forbidden", rule="C18")


def _check_domains(rule: Field, action: Action, peers: Iterable[TierPeer | None]) -> None:
    if action is not Action.ACCEPT and any(isinstance(peer, DomainPeer) for peer in peers):
        message = "domainNames are only supported for rules that accept"
        rule.warn("domain-names-without-accept", message)


def _closed(item: Field, rule: TierRule) -> TierRule:
    """A peer of a kind that is not known must not open anything (A16)."""
    if rule.action is Action.ACCEPT:
        item.warn("peer-not-known", "a peer of an unknown kind is not let in by this rule")
        return rule
    message = "a peer of an unknown kind: the rule denies everyone, as the API demands"
    item.warn("peer-not-known", message)
    return TierRule(rule.name, Action.DENY, (AnyPeer(),), rule.ports)
