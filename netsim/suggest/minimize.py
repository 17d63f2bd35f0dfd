"""Edits that drop from policies what other rules allow, and change no connection."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from typing import Any

from netsim.cluster import Cluster
from netsim.model.policy import Direction, NetworkPolicy, PolicyRef
from netsim.model.written import WrittenObject
from netsim.suggest.changes import written_policies
from netsim.suggest.edits import Edit, Proposal
from netsim.suggest.minimize_drops import Drop, Reasoned, drops_of
from netsim.suggest.simulation import simulated

_PLURALS = {"policy": "policies", "rule": "rules", "peer": "peers", "port": "ports"}


def minimized(cluster: Cluster, namespace: str | None = None) -> Proposal:
    """The edits that leave only what is needed, of one namespace or of all.

    Without any edit where everything is needed. The edits were simulated: no connection moves.
    """
    by_namespace: dict[str, list[NetworkPolicy]] = {}
    for policy in cluster.snapshot.policies:
        if namespace in {None, policy.namespace}:
            by_namespace.setdefault(policy.namespace, []).append(policy)
    found = [item for policies in by_namespace.values() for item in drops_of(policies)]
    edits = list(_edits(found, cluster)) if found else []
    proposal = simulated(cluster, _title(item.drop for item in found), edits)
    rows = (*proposal.moved.opened, *proposal.moved.closed)
    assert not rows  # noqa: S101 - what goes is allowed by what stays
    return proposal


def _title(drops: Iterable[Drop]) -> str:
    counts = Counter(drop.what for drop in drops)
    told = [
        f"{number} {what if number == 1 else plural}"
        for what, plural in _PLURALS.items()
        if (number := counts[what])
    ]
    return f"drop what other rules allow: {', '.join(told)}" if told else "nothing to drop"


def _edits(found: Iterable[Reasoned], cluster: Cluster) -> Iterator[Edit]:
    written = written_policies(cluster.objects)
    by_policy: dict[PolicyRef, list[Reasoned]] = {}
    for item in found:
        by_policy.setdefault(item.drop.policy.ref, []).append(item)
    for ref, items in sorted(by_policy.items()):
        before = written[ref]
        summary = "; ".join(f"{it.drop.path} is dropped: {it.why}".lstrip() for it in items)
        yield Edit(summary, before, _after([it.drop for it in items], before))


def _after(drops: Sequence[Drop], before: WrittenObject) -> dict[str, Any] | None:
    """The manifest without what goes; None where all of it does."""
    if any(drop.rule is None for drop in drops):
        return None
    after: dict[str, Any] = deepcopy(dict(before.value))
    spec, policy = after["spec"], drops[0].policy
    # items first, and of each list the last one first: so places stay what they are
    for drop in sorted(drops, key=lambda it: (not it.list_name, -_position(it))):
        assert drop.rule is not None  # noqa: S101 - asked above
        rules = spec[drop.rule.direction.value]
        if drop.list_name:
            del rules[drop.rule.index][drop.list_name][drop.index]
        else:
            del rules[drop.rule.index]
    # without egress rules the default would be Ingress alone
    if not spec.get("policyTypes") and Direction.EGRESS in policy.rules and not spec["egress"]:
        spec["policyTypes"] = [way.policy_type for way in policy.rules]
    return after


def _position(drop: Drop) -> int:
    """Where it stands in its list."""
    return drop.index if drop.list_name or drop.rule is None else drop.rule.index or 0
