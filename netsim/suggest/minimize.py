"""Edits that drop from policies what other rules allow, and change no connection."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from typing import Any

from netsim.cluster import Cluster
from netsim.model.policy import Direction, NetworkPolicy, PolicyRef
from netsim.model.written import WrittenObject
from netsim.suggest.edits import Edit, Proposal
from netsim.suggest.minimize_drops import Drop, drops_of
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
    drops = [drop for found in by_namespace.values() for drop in drops_of(found)]
    edits = list(_edits(drops, cluster)) if drops else []
    proposal = simulated(cluster, _title(drops), edits)
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


def _edits(drops: Iterable[Drop], cluster: Cluster) -> Iterator[Edit]:
    written = {
        (it.namespace, it.name): it for it in cluster.objects if it.kind == "NetworkPolicy"
    }
    by_policy: dict[PolicyRef, list[Drop]] = {}
    for drop in drops:
        by_policy.setdefault(drop.policy.ref, []).append(drop)
    for ref in sorted(by_policy):
        yield _edit(by_policy[ref], written[ref.namespace, ref.name])


def _edit(drops: Sequence[Drop], before: WrittenObject) -> Edit:
    summary = "; ".join(drop.summary for drop in drops)
    if any(drop.rule is None for drop in drops):
        return Edit(summary, before, None)
    after: dict[str, Any] = deepcopy(dict(before.value))
    spec = after["spec"]
    policy = drops[0].policy
    items = [drop for drop in drops if drop.list_name]
    for drop in sorted(items, key=lambda drop: -drop.index):
        assert drop.rule is not None  # noqa: S101 - items stand in rules
        del spec[drop.rule.direction.value][drop.rule.index][drop.list_name][drop.index]
    gone = [drop.rule for drop in drops if drop.rule is not None and not drop.list_name]
    for way in Direction:
        indices = {rule.index for rule in gone if rule.direction is way}
        if indices:
            kept = [it for i, it in enumerate(spec[way.value]) if i not in indices]
            spec[way.value] = kept
    # without egress rules the default would be Ingress alone
    if not spec.get("policyTypes") and Direction.EGRESS in policy.rules and not spec["egress"]:
        spec["policyTypes"] = [way.policy_type for way in policy.rules]
    return Edit(summary, before, after)
