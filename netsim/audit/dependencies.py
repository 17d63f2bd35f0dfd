"""Connections that a workload needs, by the addresses it is told, and whether they pass."""

from collections.abc import Iterator
from dataclasses import dataclass

from netsim.audit.addresses import Address, addresses
from netsim.audit.templates import distinct
from netsim.errors import NetsimError
from netsim.graph import Decision
from netsim.lint.context import Context, flow_text
from netsim.lint.fragments import manifests, pod, policy, service
from netsim.lint.rule import Observation, rule
from netsim.load import locate
from netsim.model.flow import Flow
from netsim.model.policy import Direction, NetworkPolicy
from netsim.model.ports import ALL_PORTS, PortRange, PortSet, Protocol
from netsim.model.workload import Endpoint
from netsim.model.written import PodTemplate
from netsim.names import NamedService
from netsim.query.questions import targets_with_ports
from netsim.results import Severity
from netsim.source import Source


@dataclass(frozen=True, slots=True)
class Need:
    """A Service that a workload is told of, and whether it reaches it."""

    template: PodTemplate
    source: Endpoint
    address: Address
    asked: PortSet
    """On the target."""
    target: Endpoint
    """The first that is refused, or the first of all."""
    allowed: bool

    @property
    def crosses(self) -> bool:
        """Whether it leads to another namespace."""
        return self.source.namespace != self.target.namespace

    @property
    def flow(self) -> str:
        """As `apps/web -> storage/db on 5432/TCP`."""
        return flow_text(self.source.key, self.target.key, self.asked)


_CLIENT = """\
apiVersion: v1
kind: Pod
metadata: {name: init, namespace: storage, labels: {app: init}}
spec:
  containers:
  - name: init
    image: postgres
    env: [{name: PGHOST, value: db-rw.storage.svc}]
"""
_SERVER = manifests(
    pod("storage/db", "app: db", "{containerPort: 5432}"),
    service("storage/db-rw", "app: db", "{port: 5432}"),
)


def _from(peer: str) -> str:
    return policy(
        "storage/db",
        f"""
        podSelector: {{matchLabels: {{app: db}}}}
        ingress: [{{from: [{peer}], ports: [{{port: 5432}}]}}]
        """,
    )


@rule(
    "dependency-denied",
    Severity.ERROR,
    bad=manifests(
        _CLIENT,
        _SERVER,
        _from("namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: apps}}"),
    ),
    good=manifests(_CLIENT, _SERVER, _from("podSelector: {matchLabels: {app: init}}")),
)
def dependency_denied(context: Context) -> Iterator[Observation]:
    """A workload is told of a Service that policies do not let it reach.

    An address in a variable, an argument or a ConfigMap of the workload, as `db.storage.svc`,
    means that it needs that connection, on the port of the address or of the Service. Judged
    on the compiled cluster, against every pod behind the Service: it is told where one that
    takes the traffic is refused. Where policies refuse by rejecting, as on k3s, the client
    sees "connection refused", which it also sees while the target is not up; elsewhere it
    waits until it gives up.
    """
    for template in distinct(context):
        for need in needs(context, template):
            if not need.allowed:
                yield _observation(context, need)


def needs(context: Context, template: PodTemplate) -> Iterator[Need]:
    """What a workload needs to reach, as far as the input tells."""
    owner = template.owner
    named = context.directory.named(owner.namespace, owner.name, owner.kind)
    sources = [it for it in named if not it.finished and not context.is_node(it)]
    for address in addresses(context, template) if sources else ():
        targets = _targets(context, address)
        if not targets or sources[0] in [target for target, _ in targets]:
            continue
        refused = [
            (target, asked)
            for target, asked in targets
            if not _passes(context, sources[0], target, asked, address)
        ]
        target, asked = (refused or targets)[0]
        yield Need(template, sources[0], address, asked, target, not refused)


def _targets(context: Context, address: Address) -> list[tuple[Endpoint, PortSet]]:
    name = NamedService(address.service.namespace, address.service.name)
    port = None
    if address.port is not None:
        port = PortRange(Protocol.TCP, address.port, address.port)
    try:
        found = targets_with_ports(name, port, context.directory)
    except NetsimError:  # it leads nowhere known, or not on this port
        return []
    return [(it, asked) for it, asked in found if isinstance(it, Endpoint)]


def _passes(
    context: Context, source: Endpoint, target: Endpoint, asked: PortSet, address: Address
) -> bool:
    through = context.graph.ports(source, target)
    if address.port is None or asked == ALL_PORTS:
        return bool(through & asked)  # which of its ports is meant is not known
    return asked <= through


def _observation(context: Context, need: Need) -> Observation:
    address, owner = need.address, need.template.owner
    ends = list(_refusing(context, need))
    direction, policies = ends[0] if ends else (Direction.INGRESS, ())
    names = ", ".join(str(it.ref) for it in policies) or "another policy"
    end = need.target if direction is Direction.INGRESS else need.source
    places = ", ".join(str(locate(it.source)) for it in policies)
    return Observation(
        _placed(need.template, address.source),
        owner.title,
        f"{owner.title} needs {address.service.key} ({address.where}), but {names} "
        f"refuses it on {direction.value} of {end.key}",
        witness=f"{need.flow}: refused" + (f" ({places})" if places else ""),
        fix=_fix(need, direction),
    )


def _placed(template: PodTemplate, source: Source) -> Source:
    """In the workload, also where the address stands in a ConfigMap: who answers looks here."""
    own = template.owner.source
    same = (source.file, source.document) == (own.file, own.document)
    return source if same else template.source


def _refusing(
    context: Context, need: Need
) -> Iterator[tuple[Direction, tuple[NetworkPolicy, ...]]]:
    span = next(iter(need.asked))
    decision: Decision = context.graph.decide(
        Flow(need.source, need.target, span.protocol, span.first)
    )
    for side, party in ((decision.egress, need.source), (decision.ingress, need.target)):
        if not side.accepts:
            rules = context.graph.isolating(party, side.direction)
            found = [context.policy_of(it.ref) for it in rules]
            yield side.direction, tuple(it for it in found if it is not None)


def _fix(need: Need, direction: Direction) -> str:
    other, key = (
        (need.source, "from") if direction is Direction.INGRESS else (need.target, "to")
    )
    labels = ", ".join(f"{name}: {value}" for name, value in _telling(other).items())
    lines = [f"{direction.value}:", f"- {key}:"]
    if need.crosses:
        name = f"kubernetes.io/metadata.name: {other.namespace}"
        lines += [f"  - namespaceSelector: {{matchLabels: {{{name}}}}}"]
        lines += [f"    podSelector: {{matchLabels: {{{labels}}}}}"]
    else:
        lines += [f"  - podSelector: {{matchLabels: {{{labels}}}}}"]
    ports = [f"{{port: {it.first}, protocol: {it.protocol.value}}}" for it in need.asked]
    return "\n".join([*lines, f"  ports: [{', '.join(ports)}]", ""])


def _telling(endpoint: Endpoint) -> dict[str, str]:
    """The labels that a policy would select it by."""
    if "batch.kubernetes.io/job-name" in endpoint.labels:
        return {"batch.kubernetes.io/job-name": endpoint.labels["batch.kubernetes.io/job-name"]}
    return dict(endpoint.labels)


CHECKS = (dependency_denied,)
