"""Pods and namespaces that nothing protects, or that are open to every neighbour."""

from collections.abc import Iterator

from netsim.lint.context import SYSTEM_NAMESPACES, Context, flow_text, listed
from netsim.lint.fragments import manifests, namespace, pod, policy
from netsim.lint.grants import is_open_to_pods, passing_source
from netsim.lint.rule import Observation, rule
from netsim.model.policy import Direction
from netsim.model.ports import NamedPort, PortRange, PortSet, Protocol
from netsim.model.workload import Endpoint
from netsim.query.endpoints import DNS_LABELS
from netsim.results import Severity

_WEB = pod("shop/web", "app: web")
_DB = pod("shop/db", "app: db", "{containerPort: 5432}")
_TWO = manifests(namespace("shop"), namespace("blog"), _DB, pod("blog/page", "app: page"))
_DENY = policy("shop/default-deny", "podSelector: {}\npolicyTypes: [Ingress, Egress]")


@rule(
    "pod-not-isolated",
    Severity.WARNING,
    bad=manifests(
        _WEB,
        _DB,
        policy("shop/db", "podSelector: {matchLabels: {app: db}}\npolicyTypes: [Ingress]"),
    ),
    good=manifests(_WEB, _DB, _DENY),
)
def pod_not_isolated(context: Context) -> Iterator[Observation]:
    """No policy isolates a pod in a direction, so everything is open there.

    A pod without a policy of type Ingress lets everybody in, the internet included; without
    one of type Egress it may go anywhere. Ingress is a warning, egress alone a note. Pods of
    the cluster's own namespaces and on the host network are left alone, and so is a namespace
    that no policy protects: `namespace-without-default-deny` speaks of it as a whole.
    """
    guarded = {item.namespace for item in context.policies}
    for item in context.workloads:
        if item.namespace not in guarded:
            continue
        open_ = [way for way in Direction if not context.isolated(item, way)]
        if open_:
            ways = " and ".join(way.value for way in open_)
            yield Observation(
                item.source,
                _name(item),
                f"no policy isolates {item.key} for {ways}",
                fix="select it in a policy, or add a default-deny to its namespace",
                severity=None if Direction.INGRESS in open_ else Severity.NOTE,
            )


@rule(
    "namespace-without-default-deny",
    Severity.WARNING,
    bad=manifests(
        namespace("shop"),
        _WEB,
        policy("shop/web", "podSelector: {matchLabels: {app: web}}\npolicyTypes: [Ingress]"),
    ),
    good=manifests(namespace("shop"), _WEB, _DENY),
)
def namespace_without_default_deny(context: Context) -> Iterator[Observation]:
    """A namespace has no policy that isolates every pod in it, those to come included.

    A pod whose labels no policy selects is open. A policy with an empty podSelector makes
    denial the default; the other policies of the namespace then add what is allowed. Missing
    ingress is a warning, missing egress alone a note.
    """
    covered: dict[str, set[Direction]] = {}
    for item in context.policies:
        if not item.subject.requirements:
            covered.setdefault(item.namespace, set()).update(item.rules)
    for name in dict.fromkeys(item.namespace for item in context.workloads):
        missing = [way for way in Direction if way not in covered.get(name, set())]
        if not missing:
            continue
        here = context.snapshot.namespaces[name]
        first = next(item for item in context.workloads if item.namespace == name)
        ways = " and ".join(way.value for way in missing)
        listed_types = ", ".join(way.policy_type for way in missing)
        yield Observation(
            here.source or first.source,
            f"Namespace {name}",
            f"no policy isolates every pod of namespace {name} for {ways}",
            fix=policy(
                f"{name}/default-deny", f"podSelector: {{}}\npolicyTypes: [{listed_types}]"
            ),
            severity=None if Direction.INGRESS in missing else Severity.NOTE,
        )


@rule(
    "cross-namespace-open",
    Severity.WARNING,
    bad=manifests(
        _TWO,
        policy(
            "shop/db",
            """
            podSelector: {matchLabels: {app: db}}
            ingress:
            - from: [{namespaceSelector: {}}]
            """,
        ),
    ),
    good=manifests(
        _TWO,
        policy(
            "shop/db",
            """
            podSelector: {matchLabels: {app: db}}
            ingress:
            - from: [{podSelector: {}}]
            """,
        ),
    ),
)
def cross_namespace_open(context: Context) -> Iterator[Observation]:
    """A rule lets every pod of every namespace in.

    Proved by a pod of another namespace that gets through. Pods that nothing isolates are
    left to `pod-not-isolated`, and a rule without `from`, which lets everybody in, to
    `internet-ingress`. With a list of ports the finding is a note.
    """
    for item in context.policies:
        for index, written in enumerate(item.rules.get(Direction.INGRESS, ())):
            if item.namespace in SYSTEM_NAMESPACES or not is_open_to_pods(written):
                continue
            found = passing_source(context, item, index)
            if found is not None:
                source, target, ports = found
                yield Observation(
                    item.source.at("spec", "ingress", index),
                    str(item.ref),
                    f"spec.ingress[{index}] lets every pod of every namespace reach "
                    f"{listed(it.key for it in context.selected(item))}",
                    witness=flow_text(source.key, target.key, ports),
                    fix="name the namespaces, or the pods, that need it",
                    severity=Severity.NOTE if all(map(_is_limited, written.ports)) else None,
                )


def _is_limited(port: object) -> bool:
    """Whether a port is one number or name, and not a range or every port."""
    return isinstance(port, NamedPort) or (
        isinstance(port, PortRange) and port.first == port.last
    )


@rule(
    "system-namespace-exposed",
    Severity.WARNING,
    bad=manifests(
        _WEB, pod("kube-system/dashboard", "app: dashboard", "{containerPort: 8443}")
    ),
    good=manifests(
        _WEB,
        pod("kube-system/dashboard", "app: dashboard", "{containerPort: 8443}"),
        policy("kube-system/dashboard", "podSelector: {}\npolicyTypes: [Ingress]"),
    ),
)
def system_namespace_exposed(context: Context) -> Iterator[Observation]:
    """Workloads can reach pods of kube-system, or of another namespace of the cluster itself.

    What runs there often has more rights than a workload. DNS is meant to be reached and is
    left out; so are ports that no container declares.
    """
    for name in sorted(SYSTEM_NAMESPACES & context.endpoints_of.keys()):
        reached: dict[str, str] = {}
        place = None
        for target in context.endpoints_of[name]:
            if context.is_node(target) or target.finished or _is_dns(target):
                continue
            witness = _reached_by_workload(context, target)
            if witness:
                reached[target.key] = witness
                place = place or target.source
        if place is not None:
            yield Observation(
                place,
                f"Namespace {name}",
                f"workloads can reach {listed(reached)}",
                witness=next(iter(reached.values())),
                fix=f"isolate the pods of {name} for ingress, but for what must be reached",
            )


def _reached_by_workload(context: Context, target: Endpoint) -> str:
    declared = PortSet.of(
        *(PortRange(it.protocol, it.number, it.number) for it in target.ports)
    )
    if not declared:
        return ""
    for source in context.workloads:
        found = context.graph.ports(source, target) & declared
        if found:
            return flow_text(source.key, target.key, found)
    return ""


def _is_dns(endpoint: Endpoint) -> bool:
    return any(endpoint.labels.get(key) == value for key, value in DNS_LABELS)


_SENSITIVE = {
    2049: "NFS",
    2375: "Docker",
    2376: "Docker",
    2379: "etcd",
    2380: "etcd",
    3306: "MySQL",
    1433: "SQL Server",
    1521: "Oracle",
    5432: "PostgreSQL",
    5984: "CouchDB",
    6379: "Redis",
    8086: "InfluxDB",
    9042: "Cassandra",
    9200: "Elasticsearch",
    9300: "Elasticsearch",
    11211: "Memcached",
    26257: "CockroachDB",
    27017: "MongoDB",
}


@rule(
    "sensitive-port-open",
    Severity.ERROR,
    bad=_TWO,
    good=manifests(
        _TWO,
        policy(
            "shop/db",
            """
            podSelector: {matchLabels: {app: db}}
            ingress:
            - from: [{podSelector: {}}]
            """,
        ),
    ),
)
def sensitive_port_open(context: Context) -> Iterator[Observation]:
    """A database, etcd or Docker port is open to any pod of other namespaces.

    Told where nothing isolates the pod, or a rule lets every pod of every namespace in, and
    a workload of another namespace indeed gets through. Pods of other namespaces that a rule
    names are meant. The kubelet's port is no pod's: 10250 of a pod is some webhook.
    """
    for target in context.workloads:
        found = {
            it.number: _SENSITIVE[it.number]
            for it in target.ports
            if it.protocol is Protocol.TCP and it.number in _SENSITIVE
        }
        if not found or not _anybody_may(context, target):
            continue
        asked = PortSet.of(*(PortRange(Protocol.TCP, number, number) for number in found))
        for source in context.workloads:
            ports = context.graph.ports(source, target) & asked
            if source.namespace != target.namespace and ports:
                told = ", ".join(f"{number} ({what})" for number, what in found.items())
                yield Observation(
                    target.source,
                    _name(target),
                    f"{told} of {target.key} is open to any pod of other namespaces",
                    witness=flow_text(source.key, target.key, ports),
                    fix="allow ingress from the pods that need it, and from no other",
                )
                break


def _anybody_may(context: Context, target: Endpoint) -> bool:
    if not context.isolated(target, Direction.INGRESS):
        return True
    return any(
        is_open_to_pods(written)
        for item in context.policies
        if item.namespace == target.namespace and target in context.selected(item)
        for written in item.rules.get(Direction.INGRESS, ())
    )


def _name(endpoint: Endpoint) -> str:
    return f"{endpoint.kind} {endpoint.key}"


CHECKS = (
    pod_not_isolated,
    namespace_without_default_deny,
    cross_namespace_open,
    system_namespace_exposed,
    sensitive_port_open,
)
