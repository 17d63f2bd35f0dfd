"""What the API leaves open between cluster-wide policies: equal priorities, mixed versions."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, groupby

from netsim.load.fields import Field, Report
from netsim.load.selectors import selects
from netsim.model.policy import Direction
from netsim.model.profile import Profile, SamePriority
from netsim.model.tiers import ClusterPolicy
from netsim.model.workload import Endpoint, Namespace


def tell_of_conflicts(
    policies: Sequence[ClusterPolicy],
    endpoints: Iterable[Endpoint],
    namespaces: Mapping[str, Namespace],
    profile: Profile,
    report: Report,
) -> None:
    """Says where the order of policies is undefined (A9) or not written down (C24)."""
    pods = [item for item in endpoints if not item.host_network]
    for _, group in groupby(policies, key=lambda item: (item.tier, item.order)):
        for first, second in combinations(group, 2):
            if _differ(first, second) and _meet(first, second, pods, namespaces):
                _tell(first, second, profile, report)
    versions = sorted({policy.api_version for policy in policies})
    if len(versions) > 1:
        message = (
            f"policies of {' and '.join(versions)} together: nothing says how they are "
            "ordered; they are taken by priority, and one without a priority last in its tier"
        )
        last = next(it for it in reversed(policies) if it.api_version == versions[0])
        report.warn("mixed-policy-versions", message, last.source)


def _differ(first: ClusterPolicy, second: ClusterPolicy) -> bool:
    """Whether in some direction they have rules that do different things."""
    return any(
        len({rule.action for it in (first, second) for rule in it.rules.get(way, ())}) > 1
        and all(it.rules.get(way) for it in (first, second))
        for way in Direction
    )


def _meet(
    first: ClusterPolicy,
    second: ClusterPolicy,
    pods: Iterable[Endpoint],
    namespaces: Mapping[str, Namespace],
) -> bool:
    """Whether some pod is subject to both."""
    return any(
        all(_is_subject(policy, pod, namespaces) for policy in (first, second)) for pod in pods
    )


def _is_subject(
    policy: ClusterPolicy, pod: Endpoint, namespaces: Mapping[str, Namespace]
) -> bool:
    where = policy.subject.namespaces
    inside = where is None or selects(where, namespaces[pod.namespace].labels)
    return inside and selects(policy.subject.pods, pod.labels)


def _tell(
    first: ClusterPolicy, second: ClusterPolicy, profile: Profile, report: Report
) -> None:
    message = (
        f"{first.kind} {first.name} and {second.kind} {second.name} have priority "
        f"{first.order} in the {first.tier.label} tier and select the same pods: which of them "
        "is asked first is undefined"
    )
    source = second.source.at("spec", "priority")
    if profile.same_priority is SamePriority.ERROR:
        Field(None, source, f"{second.kind} {second.name}", report).fault(message)
    else:
        report.warn("same-priority-conflict", f"{message}; taken by name", source)
