"""NetworkPolicies with nothing unusual in them, as most are, read without a word.

A policy of which something is to be said, or might be, is left to the careful reader.
"""

from collections.abc import Iterator

from netsim.load.network_policy import (
    ANYONE,
    MANIFEST,
    READ_PEER,
    READ_PORTS,
    READ_TYPES,
    RULE,
    SPEC,
    effective,
)
from netsim.load.plain_values import (
    Object,
    OddError,
    plain_labels,
    plain_names,
    plain_object,
    sure,
)
from netsim.load.selectors import plain_selector
from netsim.model.policy import Direction, NetworkPolicy, Peer, Rule
from netsim.source import Source

_METADATA = frozenset({"name", "namespace", "labels"})
_KEYS = [(direction, direction.value, direction.peers_field) for direction in Direction]
"""Where the rules of a direction stand, and the peers of a rule."""


def read_plain_policy(value: Object, source: Source) -> NetworkPolicy | None:
    """A policy as `read_network_policy` reads it, or None where that might say something."""
    try:
        metadata = plain_object(plain_object(value, MANIFEST).get("metadata"), _METADATA)
        names = plain_names(metadata)
        plain_labels(metadata.get("labels"))
        spec = plain_object(value.get("spec"), SPEC)
        subject = sure(plain_selector(spec.get("podSelector")))
        written = {
            it: tuple(_rules(spec.get(key), peers, RULE[it])) for it, key, peers in _KEYS
        }
        listed = sure(READ_TYPES.without_a_word(spec.get("policyTypes")))
    except OddError:
        return None
    return NetworkPolicy(*names, subject, effective(written, listed), source)


def _rules(value: object, peers: str, known: frozenset[str]) -> Iterator[Rule]:
    if value is None:
        return
    if type(value) is not list:
        raise OddError
    for item in value:
        rule = plain_object(item, known)
        ports = sure(READ_PORTS.without_a_word(rule.get("ports")))
        yield Rule(_peers(rule.get(peers)), ports)


def _peers(value: object) -> tuple[Peer, ...]:
    if value is None:
        return ANYONE
    if type(value) is not list:
        raise OddError
    return tuple(map(_peer, value)) or ANYONE


def _peer(value: object) -> Peer:
    found = READ_PEER.without_a_word(value)
    if found is None:
        raise OddError
    return found
