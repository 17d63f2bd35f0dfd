"""What is around the policies: who enforces them, and what netsim does not evaluate."""

from collections.abc import Iterator

from netsim.lint.context import Context, listed
from netsim.lint.fragments import manifests, pod, policy
from netsim.lint.rule import Observation, rule
from netsim.results import Severity

_DB = pod("shop/db", "app: db")
_DENY = policy("shop/default-deny", "podSelector: {}")
_ENFORCING = ("calico", "canal", "cilium", "antrea", "weave", "kube-router", "ovn", "netpol")


@rule(
    "cni-does-not-enforce",
    Severity.ERROR,
    bad=manifests(pod("kube-flannel/kube-flannel-ds", "app: flannel"), _DB, _DENY),
    good=manifests(pod("kube-system/calico-node", "k8s-app: calico-node"), _DB, _DENY),
)
def cni_does_not_enforce(context: Context) -> Iterator[Observation]:
    """The input has policies, and a network plugin that does not enforce any.

    Flannel alone ignores NetworkPolicies; so does a cluster without any plugin that enforces
    them. Told where Flannel's pods are in the input and those of no enforcing plugin.
    """
    if not context.policies:
        return
    names = [f"{it.name} {it.labels}".lower() for it in context.snapshot.endpoints]
    if any(word in text for text in names for word in _ENFORCING):
        return
    for item in context.snapshot.endpoints:
        if "flannel" in f"{item.name} {item.labels}".lower():
            yield Observation(
                item.source,
                f"{item.kind} {item.key}",
                f"{item.key} is Flannel, which enforces no NetworkPolicy: "
                f"the {len(context.policies)} of the input have no effect",
                fix="run a plugin that enforces them beside it, as Canal does, or instead",
            )
            return


@rule(
    "kind-not-modelled",
    Severity.WARNING,
    bad=manifests(
        _DB,
        """\
apiVersion: crd.projectcalico.org/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec: {selector: app == 'db'}
""",
    ),
    good=manifests(_DB, _DENY),
)
def kind_not_modelled(context: Context) -> Iterator[Observation]:
    """A policy of a kind that netsim does not evaluate may touch these pods.

    Answers about them are undecided, and what lint finds holds only if that policy does not
    change it.
    """
    for item in context.snapshot.unmodelled:
        touched = [
            it.key for it in context.snapshot.endpoints if item.namespace in {"", it.namespace}
        ]
        if touched:
            name = f"{item.namespace}/{item.name}" if item.namespace else item.name
            yield Observation(
                item.source,
                f"{item.kind} {name}",
                f"{item.kind} {name} ({item.api_version}) is not evaluated and may touch "
                f"{listed(touched)}",
            )


def _cluster_policy(name: str, priority: int, action: str) -> str:
    return f"""\
apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: {{name: {name}}}
spec:
  tier: Admin
  priority: {priority}
  subject: {{namespaces: {{}}}}
  ingress:
  - action: {action}
    from: [{{namespaces: {{}}}}]
"""


@rule(
    "same-priority-conflict",
    Severity.WARNING,
    bad=manifests(
        _DB, _cluster_policy("open", 10, "Accept"), _cluster_policy("shut", 10, "Deny")
    ),
    good=manifests(
        _DB, _cluster_policy("open", 10, "Accept"), _cluster_policy("shut", 20, "Deny")
    ),
)
def same_priority_conflict(context: Context) -> Iterator[Observation]:
    """Cluster-wide policies of one priority select the same pods and do different things.

    Which of them is asked first is undefined, so that two clusters may answer differently.
    netsim takes them by name. Give each its own priority.
    """
    for item in context.said:
        if item.rule == "same-priority-conflict":
            owner = context.owner(item.source)
            name = f"{owner.kind} {owner.key}" if owner is not None else item.subject
            fix = "give each policy a priority of its own"
            yield Observation(item.source, name, item.message, fix=fix)


CHECKS = (cni_does_not_enforce, kind_not_modelled, same_priority_conflict)
