"""What pods need and may not reach: DNS, the API server; and who has to reach them."""

from collections.abc import Iterator, Mapping
from functools import reduce
from operator import or_

from netsim.lint.context import Context, flow_text, listed
from netsim.lint.fragments import manifests, pod, policy
from netsim.lint.rule import Observation, rule
from netsim.model.policy import Direction
from netsim.model.ports import (
    ALL_PORTS,
    NO_PORTS,
    AnyPort,
    NamedPort,
    PortRange,
    PortSet,
    Protocol,
)
from netsim.model.workload import Endpoint, Service
from netsim.model.written import WrittenObject
from netsim.query.endpoints import DNS_LABELS, leads_to
from netsim.results import Severity

_DNS = pod("kube-system/coredns", "k8s-app: kube-dns")
_WEB = pod("shop/web", "app: web")
_UDP, _TCP = (PortSet.of(PortRange(way, 53, 53)) for way in (Protocol.UDP, Protocol.TCP))


def _egress(ports: str) -> str:
    return policy(
        "shop/web",
        f"""
        podSelector: {{matchLabels: {{app: web}}}}
        policyTypes: [Egress]
        egress:
        - to:
          - namespaceSelector: {{matchLabels: {{kubernetes.io/metadata.name: kube-system}}}}
          ports: [{ports}]
        """,
    )


@rule(
    "dns-unreachable",
    Severity.ERROR,
    bad=manifests(_DNS, _WEB, _egress("{port: 443}")),
    good=manifests(_DNS, _WEB, _egress("{port: 53, protocol: UDP}, {port: 53, protocol: TCP}")),
)
def dns_unreachable(context: Context) -> Iterator[Observation]:
    """A pod may send something somewhere, but not ask the cluster's DNS.

    Judged for each pod over all its policies together, against the DNS pods of the input, on
    53/UDP and 53/TCP (or the ports that the kube-dns Service leads to). Where only 53/TCP is
    missing it is a warning: long answers fail. Where the input has no DNS pods, it is told if
    no rule of any of the pod's policies allows port 53 to anybody. A pod that may send nothing
    at all needs no DNS.
    """
    servers = _dns_pods(context)
    wants = _dns_ports(context)
    written = _WrittenEgress(context)
    for item in context.workloads:
        if not context.isolated(item, Direction.EGRESS) or not written.allowed(item):
            continue
        missing = _missing(context, item, servers, wants) if servers else written.missing(item)
        if not missing:
            continue
        udp = missing & PortSet.of(PortRange(Protocol.UDP))
        target = servers[0].key if servers else "any DNS pod"
        yield Observation(
            item.source,
            f"{item.kind} {item.key}",
            f"{item.key} cannot ask the cluster's DNS on {missing}",
            witness=f"{flow_text(item.key, target, missing)}: refused",
            fix=_DNS_FIX,
            severity=None if udp else Severity.WARNING,
        )


_DNS_FIX = """\
egress:
- to:
  - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}
    podSelector: {matchLabels: {k8s-app: kube-dns}}
  ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]
"""


def _dns_pods(context: Context) -> list[Endpoint]:
    service = _dns_service(context)
    running = context.directory.running
    if service is not None:
        found = [item for item in running if leads_to(service, item)]
        if found:
            return found
    return [
        item
        for item in running
        if any(item.labels.get(key) == value for key, value in DNS_LABELS)
    ]


def _dns_service(context: Context) -> Service | None:
    here = context.services_of.get("kube-system", ())
    return next((item for item in here if item.name == "kube-dns"), None)


def _dns_ports(context: Context) -> list[tuple[Protocol, int | str]]:
    service = _dns_service(context)
    found = [
        (it.protocol, it.target)
        for it in (service.ports if service else ())
        if it.number == 53  # noqa: PLR2004 - DNS
    ]
    return found or [(Protocol.UDP, 53), (Protocol.TCP, 53)]


def _missing(
    context: Context,
    source: Endpoint,
    servers: list[Endpoint],
    wants: list[tuple[Protocol, int | str]],
) -> PortSet:
    """What some DNS pod does not let through; a lookup may be sent to any of them."""
    missing = NO_PORTS
    for server in servers:
        if server is source:
            continue
        asked = reduce(or_, (_on(server, *want) for want in wants), NO_PORTS)
        missing |= asked - context.graph.ports(source, server)
    return missing


def _on(server: Endpoint, protocol: Protocol, port: int | str) -> PortSet:
    if isinstance(port, int):
        return PortSet.of(PortRange(protocol, port, port))
    named = (it for it in server.ports if (it.name, it.protocol) == (port, protocol))
    return PortSet.of(*(PortRange(protocol, it.number, it.number) for it in named))


class _WrittenEgress:
    """What egress rules say, to whomever they say it."""

    def __init__(self, context: Context) -> None:
        self._by_pod: dict[int, PortSet] = {}
        for item in context.policies:
            ports = NO_PORTS
            for written in item.rules.get(Direction.EGRESS, ()):
                for port in written.ports:
                    ports |= _said(port)
            if ports:
                for endpoint in context.selected(item):
                    known = self._by_pod.get(id(endpoint), NO_PORTS)
                    self._by_pod[id(endpoint)] = known | ports

    def allowed(self, endpoint: Endpoint) -> bool:
        """Whether some rule lets something out."""
        return id(endpoint) in self._by_pod

    def missing(self, endpoint: Endpoint) -> PortSet:
        """Of DNS, what no rule allows to anybody."""
        return (_UDP | _TCP) - self._by_pod.get(id(endpoint), NO_PORTS)


def _said(port: object) -> PortSet:
    match port:
        case PortRange():
            return PortSet.of(port)
        case NamedPort(protocol, _):
            return PortSet.of(PortRange(protocol))
        case AnyPort():
            return ALL_PORTS
        case _:
            return NO_PORTS


@rule(
    "api-server-unreachable",
    Severity.WARNING,
    bad=manifests(
        pod("shop/operator", "app: operator", spec="serviceAccountName: operator"),
        """\
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: operator, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: operator}
subjects: [{kind: ServiceAccount, name: operator, namespace: shop}]
""",
        policy("shop/operator", "podSelector: {}\npolicyTypes: [Egress]"),
    ),
    good=manifests(
        pod(
            "shop/operator",
            "app: operator",
            spec="serviceAccountName: operator, automountServiceAccountToken: false",
        ),
        policy("shop/operator", "podSelector: {}\npolicyTypes: [Egress]"),
    ),
)
def api_server_unreachable(context: Context) -> Iterator[Observation]:
    """A pod mounts a token for the API server, which its policies do not let it reach.

    Told of pods with a service account of their own, or that ask for the token, unless pod or
    service account switch automountServiceAccountToken off. Where nothing says that the pod
    uses it, neither automountServiceAccountToken: true nor a binding of a role to the account,
    it is a note. The API server stands outside:
    what counts is whether any address outside is open on 443/TCP or 6443/TCP, or a pod
    labelled component=kube-apiserver.
    """
    accounts = {
        (it.namespace, it.name): it for it in context.objects if it.kind == "ServiceAccount"
    }
    asked = PortSet.of(*(PortRange(Protocol.TCP, number, number) for number in (443, 6443)))
    outside = [class_id for _, class_id in context.graph.outside()]
    servers = [
        it for it in context.directory.running if it.labels.get("component") == "kube-apiserver"
    ]
    for item in context.workloads:
        if not context.isolated(item, Direction.EGRESS) or not _mounts(context, item, accounts):
            continue
        faces = context.graph.compiled.faces_of(item)
        pairs = ((face.class_id, other) for face in faces for other in outside)
        if any(context.graph.class_ports(*pair) & asked for pair in pairs):
            continue
        if any(context.graph.ports(item, server) & asked for server in servers):
            continue
        yield Observation(
            item.source,
            f"{item.kind} {item.key}",
            f"{item.key} mounts a token and cannot reach the API server",
            witness=f"{flow_text(item.key, 'the API server', asked)}: refused",
            fix="allow egress to the API server's addresses on 443 and 6443, or set "
            "automountServiceAccountToken: false",
            severity=None if _uses(context, item) else Severity.NOTE,
        )


def _uses(context: Context, item: Endpoint) -> bool:
    """Whether the token is asked for, or some role is bound to the account."""
    template = context.template(item)
    if template is None or template.spec.get("automountServiceAccountToken") is True:
        return True
    account = (item.namespace, template.spec.get("serviceAccountName"))
    return any(
        isinstance(subject, Mapping)
        and (subject.get("namespace") or binding.namespace, subject.get("name")) == account
        for binding in context.objects
        if binding.kind in {"RoleBinding", "ClusterRoleBinding"}
        for subject in _listed(binding.value.get("subjects"))
    )


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _mounts(
    context: Context, item: Endpoint, accounts: Mapping[tuple[str, str], WrittenObject]
) -> bool:
    template = context.template(item)
    if template is None:
        return False
    own = template.spec.get("automountServiceAccountToken")
    if isinstance(own, bool):
        return own
    name = template.spec.get("serviceAccountName") or template.spec.get("serviceAccount")
    if not isinstance(name, str) or name in {"", "default"}:
        return False
    account = accounts.get((item.namespace, name))
    return account is None or account.at("automountServiceAccountToken") is not False


_HOOK = """\
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: guard}
webhooks:
- name: guard.shop.example
  clientConfig: {service: {namespace: shop, name: guard, port: 443}}
"""
_GUARD = manifests(
    pod("shop/guard", "app: guard", "{containerPort: 9443}"),
    """\
apiVersion: v1
kind: Service
metadata: {name: guard, namespace: shop}
spec: {selector: {app: guard}, ports: [{port: 443, targetPort: 9443}]}
""",
    _HOOK,
)


@rule(
    "probe-target-declared",
    Severity.ERROR,
    bad=manifests(_GUARD, policy("shop/deny", "podSelector: {}\npolicyTypes: [Ingress]")),
    good=manifests(
        _GUARD, policy("shop/guard", "podSelector: {}\ningress: [{ports: [{port: 9443}]}]")
    ),
)
def probe_target_declared(context: Context) -> Iterator[Observation]:
    """A webhook or a scrape target is declared, and cannot be reached on its port.

    A webhook is called by the API server, which is no pod: some address outside must get
    through to the pods behind its Service, or objects are refused. A pod annotated
    `prometheus.io/scrape: "true"` must be reachable for a Prometheus in the input, if there
    is one, on `prometheus.io/port`.
    """
    yield from _webhooks(context)
    yield from _scrapes(context)


def _webhooks(context: Context) -> Iterator[Observation]:
    outside = [class_id for _, class_id in context.graph.outside()]
    for item in context.objects:
        if item.kind not in {"ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"}:
            continue
        for index, hook in enumerate(_listed(item.at("webhooks"))):
            for target, ports in _behind_hook(context, hook):
                faces = context.graph.compiled.faces_of(target)
                pairs = ((other, face.class_id) for face in faces for other in outside)
                if ports and not any(context.graph.class_ports(*it) & ports for it in pairs):
                    yield Observation(
                        item.source.at("webhooks", index),
                        f"{item.kind} {item.name}",
                        f"the API server cannot call {target.key} on {ports}",
                        witness=f"{flow_text('the API server', target.key, ports)}: refused",
                        fix=f"allow ingress to {target.key} on {ports} from the API server's "
                        "addresses",
                    )


def _behind_hook(context: Context, hook: object) -> Iterator[tuple[Endpoint, PortSet]]:
    client = hook.get("clientConfig") if isinstance(hook, Mapping) else None
    named = client.get("service") if isinstance(client, Mapping) else None
    if not isinstance(named, Mapping):
        return
    number = named.get("port", 443)
    for service in context.services_of.get(str(named.get("namespace")), ()):
        for port in service.ports if service.name == named.get("name") else ():
            if port.number == number:
                for target in context.endpoints_of.get(service.namespace, ()):
                    if leads_to(service, target) and not context.is_node(target):
                        yield target, _on(target, port.protocol, port.target)


def _scrapes(context: Context) -> Iterator[Observation]:
    scrapers = [
        item
        for item in context.workloads
        if "prometheus" in {item.labels.get("app"), item.labels.get("app.kubernetes.io/name")}
    ]
    for item in context.workloads if scrapers else ():
        template = context.template(item)
        notes = template.metadata.get("annotations") if template is not None else None
        if not isinstance(notes, Mapping) or str(notes.get("prometheus.io/scrape")) != "true":
            continue
        number = str(notes.get("prometheus.io/port", ""))
        if not number.isdecimal() or not 0 < int(number) < 1 << 16:
            continue
        ports = PortSet.of(PortRange(Protocol.TCP, int(number), int(number)))
        if not any(context.graph.ports(one, item) & ports for one in scrapers):
            yield Observation(
                item.source,
                f"{item.kind} {item.key}",
                f"{listed(it.key for it in scrapers)} cannot scrape {item.key} on {ports}",
                witness=f"{flow_text(scrapers[0].key, item.key, ports)}: refused",
                fix=f"allow it in the egress of {scrapers[0].key} and in the target's ingress",
                severity=Severity.WARNING,
            )


CHECKS = (dns_unreachable, api_server_unreachable, probe_target_declared)
