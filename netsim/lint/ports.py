"""Ports that rules name and that pods do not have."""

from collections.abc import Iterable, Iterator

from netsim.compiler.classes import resolved
from netsim.lint.context import Context, Endpoints, listed
from netsim.lint.fragments import manifests, pod, policy, service
from netsim.lint.rule import Observation, rule
from netsim.model.policy import Direction, NetworkPolicy, PodPeer, RuleRef
from netsim.model.ports import NamedPort, PortRange
from netsim.model.workload import Endpoint
from netsim.results import Severity
from netsim.source import Source

_WEB = pod("shop/web", "app: web", "{name: http, containerPort: 8080}")


def _guard(port: str) -> str:
    return policy(
        "shop/web",
        f"""
        podSelector: {{matchLabels: {{app: web}}}}
        ingress:
        - ports: [{{port: {port}}}]
        """,
    )


@rule(
    "service-port-not-pod-port",
    Severity.ERROR,
    bad=manifests(
        _WEB, service("shop/web", "app: web", "{port: 80, targetPort: 8080}"), _guard("80")
    ),
    good=manifests(
        _WEB, service("shop/web", "app: web", "{port: 80, targetPort: 8080}"), _guard("8080")
    ),
)
def service_port_not_pod_port(context: Context) -> Iterator[Observation]:
    """A rule names the port of a Service; its pods listen on another one.

    Policies see the connection after the Service's address was replaced by a pod's: the port
    is the pod's. It is told only where no target declares the port itself.
    """
    for item, place, port, targets in _numbers(context):
        if any(_declares(target, port) for target in targets):
            continue
        led = dict(_leads(context, targets, port))
        if led:
            target = next(iter(led.values()))
            yield Observation(
                place,
                str(item.ref),
                f"{port} is the port of Service {listed(led)}, which leads to {target}: "
                f"{item.ref} sees the pods' port",
                fix=f"write `port: {target}`",
            )


def _leads(
    context: Context, targets: Endpoints, port: PortRange
) -> Iterator[tuple[str, int | str]]:
    for target in targets:
        for before in context.services_before(target):
            for led in before.ports:
                here = (led.number, led.protocol) == (port.first, port.protocol)
                if here and led.target != port.first:
                    yield before.key, led.target


@rule(
    "named-port-unresolved",
    Severity.ERROR,
    bad=manifests(_WEB, _guard("https")),
    good=manifests(_WEB, _guard("http")),
)
def named_port_unresolved(context: Context) -> Iterator[Observation]:
    """A port's name is declared by no target.

    The name is looked up on the target of the connection, whichever direction the rule has,
    with its protocol. Where no container declares it the rule lets nothing through.
    """
    for item, place, port, targets in _names(context):
        if not any(_meanings(context, target, port) for target in targets):
            known = sorted({it.name for target in targets for it in target.ports if it.name})
            fix = f"declared are {listed(known)}" if known else "use the port's number"
            message = f"no target declares a port named {port}: {_named(targets)}"
            yield Observation(place, str(item.ref), message, fix=fix)


@rule(
    "named-port-ambiguous",
    Severity.WARNING,
    bad=manifests(
        _WEB,
        pod("shop/web2", "app: web", "{name: http, containerPort: 3000}"),
        _guard("http"),
    ),
    good=manifests(
        _WEB,
        pod("shop/web2", "app: web", "{name: http, containerPort: 8080}"),
        _guard("http"),
    ),
)
def named_port_ambiguous(context: Context) -> Iterator[Observation]:
    """A port's name means different numbers on different targets.

    That may be meant, and is what names are for; where it is not, the rule opens another
    port than the reader thinks. It is told only where the targets are selected by pod labels,
    as one application: over whole namespaces a name is meant to be many numbers.
    """
    for item, place, port, targets in _names(context, named=True):
        numbers: dict[int, str] = {}
        for target in targets:
            for number in _meanings(context, target, port):
                numbers.setdefault(number, target.key)
        if len(numbers) > 1:
            told = ", ".join(f"{number} on {key}" for number, key in sorted(numbers.items()))
            yield Observation(
                place,
                str(item.ref),
                f"{port} is {told}",
                fix="name one number, or give the ports different names",
            )


@rule(
    "port-not-declared",
    Severity.NOTE,
    bad=manifests(_WEB, _guard("9000")),
    good=manifests(_WEB, _guard("8080")),
)
def port_not_declared(context: Context) -> Iterator[Observation]:
    """No target declares the port of a rule.

    Kubernetes does not require that ports are declared, so this is a note: the port may be
    right all the same. It is told only where targets declare other ports, of egress rules
    only where each peer names pods by a label, and not where a Service's port was taken for
    a pod's, which `service-port-not-pod-port` tells.
    """
    for item, place, port, targets in _numbers(context, named=True):
        declared = [target for target in targets if target.ports]
        if not declared or any(_declares(target, port) for target in targets):
            continue
        if not any(_leads(context, targets, port)):
            other = sorted(
                {f"{it.number}/{it.protocol.value}" for t in declared for it in t.ports}
            )
            message = f"no target declares {port}; declared are {listed(other)}"
            yield Observation(place, str(item.ref), message)


def _numbers(
    context: Context, *, named: bool = False
) -> Iterator[tuple[NetworkPolicy, Source, PortRange, Endpoints]]:
    """Every single port that a rule names by number, where there are targets."""
    for item, place, ref, targets in _rules(context):
        if named and ref.direction is Direction.EGRESS and not _by_label(context, item, ref):
            continue
        for index, port in enumerate(item.rules[ref.direction][ref.index or 0].ports):
            if isinstance(port, PortRange) and port.first == port.last:
                yield item, place.at("ports", index), port, targets


def _names(
    context: Context, *, named: bool = False
) -> Iterator[tuple[NetworkPolicy, Source, NamedPort, Endpoints]]:
    """Every port that a rule gives by name; with `named` of targets selected by a label."""
    for item, place, ref, targets in _rules(context):
        if named and not _by_label(context, item, ref):
            continue
        for index, port in enumerate(item.rules[ref.direction][ref.index or 0].ports):
            if isinstance(port, NamedPort):
                yield item, place.at("ports", index), port, targets


def _rules(context: Context) -> Iterator[tuple[NetworkPolicy, Source, RuleRef, Endpoints]]:
    for item in context.policies:
        for direction, rules in item.rules.items():
            for index in range(len(rules)):
                ref = RuleRef(item.ref, direction, index)
                targets = context.targets(item, ref)
                if targets and context.selected(item):
                    yield item, item.place_of(ref), ref, targets


def _by_label(context: Context, item: NetworkPolicy, ref: RuleRef) -> bool:
    """Whether the targets of a rule are selected by a pod's label."""
    if ref.direction is Direction.INGRESS:
        return bool(item.subject.requirements)
    peers = context.rule_peers(item, ref)
    return all(isinstance(it, PodPeer) and it.pods.requirements for it in peers)


def _declares(endpoint: Endpoint, port: PortRange) -> bool:
    return any((it.protocol, it.number) == (port.protocol, port.first) for it in endpoint.ports)


def _meanings(context: Context, endpoint: Endpoint, port: NamedPort) -> tuple[int, ...]:
    profile = context.graph.compiled.profile
    return resolved(endpoint.ports, (port.protocol, port.name), profile)


def _named(targets: Iterable[Endpoint]) -> str:
    return listed(item.key for item in targets)


CHECKS = (
    service_port_not_pod_port,
    named_port_unresolved,
    named_port_ambiguous,
    port_not_declared,
)
