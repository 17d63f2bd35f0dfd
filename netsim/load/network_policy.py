"""Reads `networking.k8s.io/v1` NetworkPolicies: decoding, validation, defaulting.

Everything the API server would reject is a fault here, under the ids of docs/semantics.md;
what it fills in is filled in, so that no evaluator ever sees an absent default.
"""

from collections.abc import Mapping
from ipaddress import ip_network

from netsim.load.fields import Field
from netsim.load.metadata import METADATA, check_annotations, read_name, read_namespace
from netsim.load.remembered import Remembered
from netsim.load.selectors import read_selector
from netsim.load.validation import PORT_NAME_RULE, is_canonical, is_port_name, parse_cidr, shown
from netsim.model.labels import EVERYTHING
from netsim.model.networks import IPBlock, Network
from netsim.model.policy import AnyPeer, Direction, NetworkPolicy, Peer, PodPeer, Rule
from netsim.model.ports import (
    FIRST_PORT,
    LAST_PORT,
    AnyPort,
    NamedPort,
    PortRange,
    Protocol,
    RulePort,
)

MANIFEST = frozenset({"apiVersion", "kind", "metadata", "spec", "status"})
SPEC = frozenset({"podSelector", "policyTypes", "ingress", "egress"})
_PEER = frozenset({"podSelector", "namespaceSelector", "ipBlock"})
_BLOCK = frozenset({"cidr", "except"})
_PORT = frozenset({"protocol", "port", "endPort"})
RULE = {direction: frozenset({direction.peers_field, "ports"}) for direction in Direction}
ANYONE: tuple[Peer, ...] = (AnyPeer(),)
"""The peers of a rule that lists none."""
_BY_TYPE = {direction.policy_type: direction for direction in Direction}


def read_network_policy(manifest: Field, default_namespace: str) -> NetworkPolicy | None:
    """A policy with its defaults, or None with every fault recorded."""
    before = len(manifest.report.errors)
    manifest.as_object(MANIFEST)
    metadata = manifest.get("metadata").as_object(METADATA)
    name = read_name(metadata)
    namespace = read_namespace(metadata, default_namespace)
    metadata.get("labels").labels(("V3", "V3"))
    check_annotations(metadata)
    spec = manifest.get("spec").as_object(SPEC)
    subject = read_selector(spec.get("podSelector"))
    written = {direction: _rules(spec, direction) for direction in Direction}
    listed = READ_TYPES(spec.get("policyTypes"))
    if len(manifest.report.errors) > before:
        return None
    rules = effective(written, listed)
    return NetworkPolicy(namespace, name, subject, rules, manifest.source)


def effective(
    written: Mapping[Direction, tuple[Rule, ...]], listed: frozenset[Direction]
) -> dict[Direction, tuple[Rule, ...]]:
    """The rules of a policy's directions alone."""
    directions = listed or _default_types(has_egress=bool(written[Direction.EGRESS]))
    return {direction: rules for direction, rules in written.items() if direction in directions}


def _default_types(*, has_egress: bool) -> set[Direction]:
    """By default Ingress and, with an egress rule, Egress."""
    return {Direction.INGRESS, Direction.EGRESS} if has_egress else {Direction.INGRESS}


def _policy_types(field: Field) -> frozenset[Direction]:
    """The listed directions."""
    listed = list(field.items())
    if len(listed) > len(Direction):
        field.fault("may not specify more than two policyTypes", rule="V6")
        return frozenset()
    found = set()
    for item in listed:
        word = item.text() or ""
        if word in _BY_TYPE:
            found.add(_BY_TYPE[word])
        else:
            problem = f"{shown(word)} is not a policy type: use Ingress or Egress"
            item.fault(problem, kind="NotSupported", rule="V7")
    return frozenset(found)


READ_TYPES = Remembered(_policy_types)


def _rules(spec: Field, direction: Direction) -> tuple[Rule, ...]:
    known = RULE[direction]
    rules = []
    for item in spec.get(direction.value).items():
        if item.missing:
            item.warn(
                "rule-is-null", "an empty list item is the rule {}, which allows everything"
            )
        rule = item.as_object(known)
        peers = tuple(map(READ_PEER, rule.get(direction.peers_field).items()))
        rules.append(Rule(peers or ANYONE, READ_PORTS(rule.get("ports"))))
    return tuple(rules)


def _peer(item: Field) -> Peer:
    peer = item.as_object(_PEER)
    pods, namespaces = peer.get("podSelector"), peer.get("namespaceSelector")
    block = peer.get("ipBlock")
    if not block.missing:
        if not (pods.missing and namespaces.missing):
            problem = "ipBlock may not be combined with podSelector or namespaceSelector"
            item.fault(problem, kind="Forbidden", rule="V8")
        return _block(block.as_object(_BLOCK))
    if pods.missing and namespaces.missing:
        problem = "must specify a peer: podSelector, namespaceSelector or ipBlock"
        item.fault(problem, kind="Required", rule="V9")
    return PodPeer(
        pods=EVERYTHING if pods.missing else read_selector(pods),
        namespaces=None if namespaces.missing else read_selector(namespaces),
    )


_NO_BLOCK = IPBlock(ip_network("0.0.0.0/0"))


def _block(block: Field) -> IPBlock:
    field = block.get("cidr")
    text = field.text()
    if not text:
        if field.missing or text == "":
            field.fault("a CIDR is required", kind="Required", rule="V10")
        return _NO_BLOCK
    cidr = _cidr(field, text, "V11")
    if cidr is None:
        return _NO_BLOCK
    excepts = [_except(item, cidr) for item in block.get("except").items()]
    return IPBlock(cidr, tuple(dict.fromkeys(item for item in excepts if item is not None)))


def _except(item: Field, cidr: Network) -> Network | None:
    text = item.text() or ""
    network = _cidr(item, text, "V12")
    if network is None:
        return None
    inside = network.version == cidr.version and network.network_address in cidr
    if not inside or network.prefixlen <= cidr.prefixlen:
        item.fault(f"{text} must be a strict subset of cidr {cidr}", rule="V13")
        return None
    return network


def _cidr(field: Field, text: str, rule: str) -> Network | None:
    network = parse_cidr(text)
    if network is None:
        field.fault(f"{shown(text)} is not a CIDR such as 10.0.0.0/8 or fd00::/8", rule=rule)
        return None
    if not is_canonical(text, network):
        field.warn("cidr-not-canonical", f"{text} is taken as {network}")
    return network


def _ports(field: Field) -> tuple[RulePort, ...]:
    found = [port for item in field.items() if (port := _read_port(item)) is not None]
    return tuple(found) or (AnyPort(),)


def _port(written: Field) -> RulePort | None:
    item = written.as_object(_PORT)
    protocol = _protocol(item.get("protocol"))
    field = item.get("port")
    if field.missing:
        if not item.get("endPort").missing:
            item.get("endPort").integer()
            item.get("endPort").fault("may not be set without port", rule="V16")
        return PortRange(protocol)
    if isinstance(field.value, str):
        return _named_port(item, protocol, field.value)
    return _numbered_port(item, protocol)


def _named_port(item: Field, protocol: Protocol, name: str) -> RulePort | None:
    if not is_port_name(name):
        item.get("port").fault(f"{shown(name)} is not a port: {PORT_NAME_RULE}", rule="V15")
    if item.get("endPort").integer() is not None:
        item.get("endPort").fault("may not be set with a named port", rule="V16")
    return NamedPort(protocol, name)


def _numbered_port(item: Field, protocol: Protocol) -> RulePort | None:
    first, end = item.get("port").integer(), item.get("endPort").integer()
    if first is None:
        return None
    if not FIRST_PORT <= first <= LAST_PORT:
        item.get("port").fault(f"{first} is not between 1 and 65535", rule="V15")
    if end is None:
        return PortRange(protocol, first, first)
    if end < first:
        item.get("endPort").fault(f"{end} is below port {first}", rule="V16")
    if not FIRST_PORT <= end <= LAST_PORT:
        item.get("endPort").fault(f"{end} is not between 1 and 65535", rule="V16")
    return PortRange(protocol, first, end)


def _protocol(field: Field) -> Protocol:
    word = field.text()
    if word is None:
        return Protocol.TCP
    try:
        return Protocol(word)
    except ValueError:
        hint = f"; write {word.upper()}" if word.upper() in Protocol.__members__ else ""
        problem = f"{shown(word)} is not supported: use TCP, UDP or SCTP{hint}"
        field.fault(problem, kind="NotSupported", rule="V14")
        return Protocol.TCP


READ_PEER: Remembered[Peer] = Remembered(_peer)
READ_PORTS: Remembered[tuple[RulePort, ...]] = Remembered(_ports)
_read_port = Remembered(_port)
