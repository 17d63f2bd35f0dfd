"""Reads who a cluster-wide policy is about, and who its rules name."""

import re
from ipaddress import IPv6Network, ip_network

from netsim.load.fields import Field
from netsim.load.selectors import read_selector
from netsim.load.validation import is_canonical, shown
from netsim.model.labels import EVERYTHING
from netsim.model.networks import IPBlock
from netsim.model.policy import PodPeer
from netsim.model.tiers import DomainPeer, NetworksPeer, NodePeer, TierPeer

_SUBJECT = frozenset({"namespaces", "pods"})
_PODS = frozenset({"namespaceSelector", "podSelector"})
_OLD = frozenset({"namespaceSelector", "sameLabels", "notSameLabels"})
_MOST = 25
_LONGEST_CIDR = 43
_NOWHERE = PodPeer(EVERYTHING, EVERYTHING)
_PART = r"[a-zA-Z0-9]([-a-zA-Z0-9_]*[a-zA-Z0-9])?"
_DOMAIN = re.compile(rf"(\*\.)?({_PART}\.)+{_PART}\.?")


def read_subject(field: Field, version: str) -> PodPeer:
    """The pods a policy is about; exactly one of two ways to say it (A4)."""
    if field.missing:
        field.fault(
            "a subject is required: namespaces or pods; {} selects all",
            kind="Required",
            rule="A4",
        )
        return _NOWHERE
    return _pods(field.as_object(_SUBJECT), _SUBJECT, version, rule="A4") or _NOWHERE


def read_peer(item: Field, allowed: frozenset[str], version: str) -> TierPeer | None:
    """One peer; None where none of its fields is one that netsim knows (A16)."""
    peer = item.as_object()
    keys = {str(key) for key in peer.value} if isinstance(peer.value, dict) else set()
    if keys and not any(_known_or_misspelt(key, allowed) for key in keys):
        return None
    before = len(item.report.errors)
    peer.as_object(allowed)
    if len(item.report.errors) > before:
        return _NOWHERE
    rule = "A12" if allowed == _SUBJECT else "A13"
    found = _pods(peer, allowed, version, rule=rule)
    if found is not None:
        return found
    return _addressed(peer)


def _addressed(peer: Field) -> TierPeer:
    """The peers that are addresses; one of the three is set."""
    if not peer.get("nodes").missing:
        return NodePeer(read_selector(peer.get("nodes")))
    if not peer.get("networks").missing:
        return NetworksPeer(_networks(peer.get("networks")))
    return DomainPeer(_domains(peer.get("domainNames")))


def _known_or_misspelt(key: str, allowed: frozenset[str]) -> bool:
    """Whether a field is a known one, of this or the other direction, or is meant to be."""
    from difflib import get_close_matches

    known = sorted(allowed | {"nodes", "networks", "domainNames", "ipBlock", *_PODS})
    return bool(get_close_matches(key, known, n=1, cutoff=0.75))


def _pods(field: Field, allowed: frozenset[str], version: str, *, rule: str) -> PodPeer | None:
    """The two peers that are pods; checks as well that exactly one field is set."""
    present = [key for key in sorted(allowed) if not field.get(key).missing]
    if len(present) != 1:
        said = f"not {' and '.join(present)}" if present else "none is"
        hint = ""
        if isinstance(field.value, dict) and not present and field.value:
            hint = "; an empty selector is written {}"
        problem = f"exactly one of {', '.join(sorted(allowed))} must be set, {said}{hint}"
        field.fault(problem, kind="Invalid" if present else "Required", rule=rule)
        return _NOWHERE
    if present == ["namespaces"]:
        namespaces = field.get("namespaces")
        if _is_old(namespaces):
            return _NOWHERE
        return PodPeer(EVERYTHING, read_selector(namespaces))
    if present == ["pods"]:
        return _pods_of(field.get("pods"), version, rule)
    return None


def _pods_of(pods: Field, version: str, rule: str) -> PodPeer:
    if not pods.get("namespaces").missing:
        _refuse_old(pods.get("namespaces"))
        return _NOWHERE
    pods = pods.as_object(_PODS)
    required = (
        ("podSelector",) if version == "v1alpha2" else ("namespaceSelector", "podSelector")
    )
    for key in required:
        if pods.get(key).missing:
            problem = f"a {key} is required; {{}} selects all"
            pods.get(key).fault(problem, kind="Required", rule=rule)
    return PodPeer(
        read_selector(pods.get("podSelector")), read_selector(pods.get("namespaceSelector"))
    )


def _is_old(namespaces: Field) -> bool:
    """Whether it is the shape of old, which is a fault."""
    written = namespaces.value if isinstance(namespaces.value, dict) else {}
    found = sorted(_OLD & written.keys())
    for key in found:
        _refuse_old(namespaces.get(key))
    return bool(found)


def _refuse_old(field: Field) -> None:
    """Read as a selector this would be empty and mean every namespace."""
    problem = (
        "this is the shape of peers before v0.1.2, which servers no longer have: put the "
        "selector itself under namespaces, or under pods.namespaceSelector"
    )
    field.fault(problem, kind="Decode", rule="A18")


def _networks(field: Field) -> tuple[IPBlock, ...]:
    listed = list(field.items())
    _check_count(field, len(listed), "network")
    return tuple(filter(None, map(_network, listed)))


def _network(item: Field) -> IPBlock | None:
    """CRDs check `isCIDR`: no leading zeros and no IPv4 inside IPv6; host bits are masked."""
    text = item.text() or ""
    try:
        network = ip_network(text, strict=False) if "/" in text else None
    except ValueError:
        network = None
    mapped = isinstance(network, IPv6Network) and network[0].ipv4_mapped is not None
    if network is None or mapped or "%" in text or len(text) > _LONGEST_CIDR:
        problem = f"{shown(text)} is not a CIDR such as 10.0.0.0/8 or fd00::/8"
        item.fault(problem, rule="C22")
        return None
    if not is_canonical(text, network):
        item.warn("cidr-not-canonical", f"{text} is taken as {network}")
    return IPBlock(network, with_pods=True)


def _domains(field: Field) -> tuple[str, ...]:
    listed = list(field.items())
    _check_count(field, len(listed), "domain name")
    names = []
    for item in listed:
        name = item.text() or ""
        if not _DOMAIN.fullmatch(name):
            problem = f"{shown(name)} is no domain name: use example.com or *.example.com"
            item.fault(problem, rule="A15")
        names.append(name)
    return tuple(names)


def _check_count(field: Field, count: int, what: str) -> None:
    if not count:
        field.fault(f"at least one {what} is required", kind="Required", rule="C22")
    elif count > _MOST:
        field.fault(f"{count} {what}s are more than {_MOST}", kind="TooLong", rule="C22")
