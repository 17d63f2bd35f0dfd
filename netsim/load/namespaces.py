"""Namespaces: the automatic label, and those that are named but not in the input."""

from collections.abc import Iterable, Iterator, Mapping

from netsim.load.fields import Field, Report
from netsim.load.validation import NAMESPACE_RULE, is_dns_label, shown
from netsim.model.labels import Labels
from netsim.model.policy import PodPeer
from netsim.model.profile import MissingNamespaceObject, Profile
from netsim.model.tiers import ClusterPolicy, Policy
from netsim.model.workload import NAMESPACE_NAME_LABEL, Namespace
from netsim.source import Source


def read_namespace_object(manifest: Field, name: str) -> Namespace:
    """A namespace; `kubernetes.io/metadata.name` is its name whatever the object says."""
    if name and not is_dns_label(name):
        field = manifest.get("metadata").get("name")
        field.fault(f"{shown(name)} is not a valid namespace: {NAMESPACE_RULE}", rule="V2")
    field = manifest.get("metadata").as_object().get("labels")
    labels = field.labels()
    written = labels.get(NAMESPACE_NAME_LABEL, name)
    if written != name:
        message = f"{NAMESPACE_NAME_LABEL}={written} is overridden by the server with {name}"
        field.warn("namespace-label-overridden", message)
    labels = Labels({**labels, NAMESPACE_NAME_LABEL: name})
    return Namespace(name, labels, synthesised=False, source=manifest.source)


def completed(
    known: Mapping[str, Namespace],
    used: Mapping[str, Source],
    asked_keys: frozenset[str],
    profile: Profile,
    report: Report,
) -> dict[str, Namespace]:
    """All namespaces in name order, with those that are only named made up (rule S70)."""
    result = dict(known)
    for name, source in used.items():
        if name in result:
            continue
        labels = Labels({NAMESPACE_NAME_LABEL: name})
        result[name] = Namespace(name, labels, synthesised=True, source=None)
        message = f"namespace {name} has no Namespace object in the input"
        if profile.missing_namespace_object is MissingNamespaceObject.ERROR:
            Field(None, source, f"Namespace {name}", report).fault(message, kind="Required")
        elif asked_keys:
            keys = ", ".join(sorted(asked_keys))
            message += f"; namespaceSelectors that ask for {keys} do not match it"
            report.warn("namespace-synthesised", message, source)
        else:
            report.note("namespace-synthesised", message, source)
    return dict(sorted(result.items()))


def asked_label_keys(policies: Iterable[Policy]) -> frozenset[str]:
    """Keys that some namespaceSelector asks for, besides the automatic one."""
    keys = {
        requirement.key
        for policy in policies
        for peer in _pod_peers(policy)
        if peer.namespaces is not None
        for requirement in peer.namespaces.requirements
    }
    return frozenset(keys - {NAMESPACE_NAME_LABEL})


def _pod_peers(policy: Policy) -> Iterator[PodPeer]:
    """Wherever a policy names pods and namespaces by label."""
    if isinstance(policy, ClusterPolicy):
        yield policy.subject
    for rules in policy.rules.values():
        for rule in rules:
            yield from (peer for peer in rule.peers if isinstance(peer, PodPeer))
