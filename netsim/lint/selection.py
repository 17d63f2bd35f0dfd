"""What policies and peers select: nothing, nothing known, or what no policy can isolate."""

from collections.abc import Iterator
from difflib import get_close_matches

from netsim.lint.context import SYSTEM_NAMESPACES, Context, listed
from netsim.lint.fragments import manifests, namespace, pod, policy
from netsim.lint.nearest import nearest_labels
from netsim.lint.rule import Observation, rule
from netsim.model.labels import LabelSelector
from netsim.model.policy import NetworkPolicy, PodPeer
from netsim.model.workload import NAMESPACE_NAME_LABEL
from netsim.results import Severity
from netsim.source import Source

_WEB = pod("shop/web", "app: web")
_DB = pod("shop/db", "app: db")


@rule(
    "policy-selects-nothing",
    Severity.WARNING,
    bad=manifests(_DB, policy("shop/db", "podSelector: {matchLabels: {app: postgres-db}}")),
    good=manifests(_DB, policy("shop/db", "podSelector: {matchLabels: {app: db}}")),
)
def policy_selects_nothing(context: Context) -> Iterator[Observation]:
    """The podSelector of a policy matches no pod.

    Such a policy protects nobody and grants nothing, without any error from the API server.
    A policy selects pods of its own namespace only. An empty selector in a namespace without
    pods is left alone: it waits for pods to come.
    """
    for item in context.policies:
        if context.selected(item) or not item.subject.requirements:
            continue
        here = context.endpoints_of.get(item.namespace, ())
        source = item.source.at("spec", "podSelector")
        message = f"{item.ref} selects no pod: none in {item.namespace} has `{item.subject}`"
        if not here:
            if item.namespace in context.snapshot.namespaces and not _unknown(context, item):
                message = (
                    f"{item.ref} selects no pod: {item.namespace} has no pods in the input"
                )
                yield Observation(source, str(item.ref), message, severity=Severity.NOTE)
            continue
        yield Observation(source, str(item.ref), message, fix=_selection_fix(context, item))


def _unknown(context: Context, policy_: NetworkPolicy) -> bool:
    return context.snapshot.namespaces[policy_.namespace].synthesised


def _selection_fix(context: Context, item: NetworkPolicy) -> str:
    near = nearest_labels(item.subject, context.labels_of.get(item.namespace, frozenset()))
    if near:
        return f"did you mean podSelector `{near}`?"
    places = [
        name
        for name in context.snapshot.namespaces
        if name != item.namespace and context.labelled(name, item.subject)
    ]
    if places:
        return f"pods with these labels are in {listed(places)}: move the policy there"
    return "use labels that pods of the namespace have, or remove the policy"


@rule(
    "peer-selects-nothing",
    Severity.WARNING,
    bad=manifests(
        _WEB,
        _DB,
        policy(
            "shop/db",
            """
            podSelector: {matchLabels: {app: db}}
            ingress:
            - from: [{podSelector: {matchLabels: {app: wep}}}]
            """,
        ),
    ),
    good=manifests(
        _WEB,
        _DB,
        policy(
            "shop/db",
            """
            podSelector: {matchLabels: {app: db}}
            ingress:
            - from: [{podSelector: {matchLabels: {app: web}}}]
            """,
        ),
    ),
)
def peer_selects_nothing(context: Context) -> Iterator[Observation]:
    """A peer of a rule matches no pod.

    The item of `from` or `to` lets nobody in or out. A podSelector without a
    namespaceSelector means pods of the policy's own namespace. Where the namespaces meant
    have no pods in the input at all, the finding is a note: the input may be a part.
    """
    for item, source, peer in pod_peers(context):
        if context.matches(item, peer):
            continue
        names = _peer_namespaces(context, item, peer)
        populated = any(name in context.endpoints_of for name in names)
        if not names:
            continue  # namespace-label-unknown speaks of it
        if not populated and not peer.pods.requirements:
            continue  # whole namespaces, whose pods are yet to come
        severity = None if populated else Severity.NOTE
        where = f"namespace {names[0]}" if len(names) == 1 else f"{len(names)} namespaces"
        message = f"{source.path} matches no pod: none in {where} has `{peer.pods}`"
        if not populated:
            message = f"{source.path} matches no pod: none of {where} is in the input"
        yield Observation(
            source,
            str(item.ref),
            message,
            fix=_peer_fix(context, item, peer),
            severity=severity,
        )


def _peer_fix(context: Context, item: NetworkPolicy, peer: PodPeer) -> str:
    names = _peer_namespaces(context, item, peer)
    none: frozenset[tuple[str, str]] = frozenset()
    near = nearest_labels(
        peer.pods, none.union(*(context.labels_of.get(it, ()) for it in names))
    )
    if near:
        return f"did you mean podSelector `{near}`?"
    places = [name for name in context.endpoints_of if context.labelled(name, peer.pods)]
    if places and peer.namespaces is None and peer.pods.requirements:
        label = f"{NAMESPACE_NAME_LABEL}: {places[0]}"
        return (
            f"pods with these labels are in {listed(places)}: add to the same item "
            f"`namespaceSelector: {{matchLabels: {{{label}}}}}`"
        )
    return ""


def _peer_namespaces(context: Context, item: NetworkPolicy, peer: PodPeer) -> tuple[str, ...]:
    if peer.namespaces is None:
        return (item.namespace,)
    return context.namespaces(peer.namespaces)


def pod_peers(context: Context) -> Iterator[tuple[NetworkPolicy, Source, PodPeer]]:
    """Every item of `from` and `to` that selects pods, with its place."""
    for item in context.policies:
        for direction, rules in item.rules.items():
            for index, rule_ in enumerate(rules):
                for place, peer in enumerate(rule_.peers):
                    if isinstance(peer, PodPeer):
                        field = direction.peers_field
                        route = ("spec", direction.value, index, field, place)
                        yield item, item.source.at(*route), peer


@rule(
    "namespace-label-unknown",
    Severity.WARNING,
    bad=manifests(
        namespace("shop"),
        namespace("monitoring", "team: ops"),
        _DB,
        pod("monitoring/prometheus", "app: prometheus"),
        policy(
            "shop/db",
            """
            podSelector: {matchLabels: {app: db}}
            ingress:
            - from: [{namespaceSelector: {matchLabels: {name: monitoring}}}]
            """,
        ),
    ),
    good=manifests(
        namespace("shop"),
        namespace("monitoring", "team: ops"),
        _DB,
        pod("monitoring/prometheus", "app: prometheus"),
        policy(
            "shop/db",
            """
            podSelector: {matchLabels: {app: db}}
            ingress:
            - from:
              - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}
            """,
        ),
    ),
)
def namespace_label_unknown(context: Context) -> Iterator[Observation]:
    """A namespaceSelector asks for a label or value that no namespace has.

    A namespace has no `name` label unless somebody gave it one; every namespace has
    `kubernetes.io/metadata.name`. Where a namespace's object is not in the input its labels
    are unknown, and where only the name is asked for it may be a namespace of another
    repository: then the finding is a note.
    """
    known = context.snapshot.namespaces.values()
    partial = any(item.synthesised for item in known)
    for item, source, peer in pod_peers(context):
        if peer.namespaces is None or context.namespaces(peer.namespaces):
            continue
        by_name = all(it.key == NAMESPACE_NAME_LABEL for it in peer.namespaces.requirements)
        fix = _namespace_fix(context, peer.namespaces)
        unsure = partial or (by_name and not fix)
        severity = Severity.NOTE if unsure else None
        message = f"no namespace in the input has `{peer.namespaces}`"
        place = source.at("namespaceSelector")
        yield Observation(place, str(item.ref), message, fix=fix, severity=severity)


def _namespace_fix(context: Context, selector: LabelSelector) -> str:
    names = sorted(context.snapshot.namespaces)
    for requirement in selector.requirements:
        for value in requirement.values:
            near = get_close_matches(value, names, n=1, cutoff=0.8)
            if near and (requirement.key != NAMESPACE_NAME_LABEL or near[0] != value):
                return f"use `{NAMESPACE_NAME_LABEL}: {near[0]}`, which every namespace has"
    known = context.snapshot.namespaces.values()
    near_label = nearest_labels(selector, {it for item in known for it in item.labels.items()})
    if near_label and not near_label.startswith(NAMESPACE_NAME_LABEL):
        return f"did you mean `{near_label}`?"
    return ""


@rule(
    "selects-host-network",
    Severity.WARNING,
    bad=manifests(
        pod("shop/agent", "app: agent", spec="hostNetwork: true"),
        policy("shop/agent", "podSelector: {matchLabels: {app: agent}}"),
    ),
    good=manifests(
        pod("shop/agent", "app: agent"),
        policy("shop/agent", "podSelector: {matchLabels: {app: agent}}"),
    ),
)
def selects_host_network(context: Context) -> Iterator[Observation]:
    """A policy selects a pod on the host network.

    Kubernetes leaves open what then happens, and most network plugins ignore the policy: the
    pod's traffic is its node's. A policy that selects every pod of its namespace makes it a
    note.
    """
    for item in context.policies:
        hosts = [it.key for it in context.selected(item) if context.is_node(it)]
        if not hosts:
            continue
        verb = "is" if len(hosts) == 1 else "are"
        yield Observation(
            item.source.at("spec", "podSelector"),
            str(item.ref),
            f"{item.ref} selects {listed(hosts)}, which {verb} on the host network: "
            "most network plugins do not enforce it there",
            fix="protect the node's ports by a firewall, or take the pod off the host network",
            severity=None if item.subject.requirements else Severity.NOTE,
        )


@rule(
    "namespace-not-in-input",
    Severity.WARNING,
    bad=manifests(_DB, policy("shpo/db", "podSelector: {}")),
    good=manifests(_DB, policy("shop/db", "podSelector: {}")),
)
def namespace_not_in_input(context: Context) -> Iterator[Observation]:
    """The policy's namespace is unknown: neither it nor any pod in it is in the input.

    A policy without `metadata.namespace` goes where `kubectl apply` is told to, and `-n` says
    so to netsim. Where the input has no pods at all the finding is a note.
    """
    everything = sorted(context.endpoints_of)
    for item in context.policies:
        there = context.snapshot.namespaces[item.namespace]
        if not there.synthesised or item.namespace in context.endpoints_of:
            continue
        near = get_close_matches(item.namespace, everything, n=1, cutoff=0.7)
        severity = None if everything else Severity.NOTE
        fix = f"did you mean namespace {near[0]}?" if near else ""
        message = f"namespace {item.namespace} of {item.ref} is not in the input"
        place = item.source.at("metadata")
        yield Observation(place, str(item.ref), message, fix=fix, severity=severity)


def is_everybody(peer: PodPeer) -> bool:
    """Whether a peer means every pod of every namespace."""
    everywhere = peer.namespaces is not None and not peer.namespaces.requirements
    return everywhere and not peer.pods.requirements


def outsiders(context: Context, namespace_: str) -> tuple[str, ...]:
    """The namespaces of workloads other than one."""
    return tuple(
        name
        for name in context.endpoints_of
        if name != namespace_ and name not in SYSTEM_NAMESPACES
    )


CHECKS = (
    policy_selects_nothing,
    peer_selects_nothing,
    namespace_label_unknown,
    selects_host_network,
    namespace_not_in_input,
)
