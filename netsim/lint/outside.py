"""What comes from the internet and goes there, and the metadata address of the cloud."""

from collections.abc import Iterator

from netsim.compiler.sets import ClassId
from netsim.lint.context import Context, flow_text, listed
from netsim.lint.fragments import manifests, pod, policy
from netsim.lint.grants import granted_outside
from netsim.lint.rule import Observation, rule
from netsim.model.policy import Direction, NetworkPolicy, RuleRef
from netsim.model.ports import PortRange, PortSet, Protocol
from netsim.model.workload import Endpoint
from netsim.query.parties import Outside, range_text
from netsim.results import Severity

_WEB = pod("shop/web", "app: web", "{containerPort: 8443}")
_WEB_PORTS = PortSet.of(
    *(PortRange(Protocol.TCP, number, number) for number in (80, 443, 8080, 8443)),
    PortRange(Protocol.UDP, 443, 443),
)
"""What the internet is commonly let in to, and HTTP/3."""
_OUT_PORTS = _WEB_PORTS | PortSet.of(
    PortRange(Protocol.TCP, 53, 53), PortRange(Protocol.UDP, 53, 53)
)
_METADATA_PORT = PortSet.of(PortRange(Protocol.TCP, 80, 80))
_MANY = 1 << 24
"""A rule that reaches fewer addresses names somebody, and not the internet."""


def _ingress(rules: str) -> str:
    return policy("shop/web", f"podSelector: {{matchLabels: {{app: web}}}}\ningress:\n{rules}")


def _egress(rules: str) -> str:
    return policy(
        "shop/web",
        "podSelector: {matchLabels: {app: web}}\npolicyTypes: [Egress]\negress:\n" + rules,
    )


@rule(
    "internet-ingress",
    Severity.WARNING,
    bad=manifests(_WEB, _ingress("- from: [{ipBlock: {cidr: 0.0.0.0/0}}]")),
    good=manifests(
        _WEB,
        _ingress("- from: [{ipBlock: {cidr: 203.0.113.0/24}}]\n  ports: [{port: 8443}]"),
    ),
)
def internet_ingress(context: Context) -> Iterator[Observation]:
    """A rule lets the internet in.

    A rule without `from`, or with a block as large as 0.0.0.0/0, lets everybody in; whether a
    load balancer or a NodePort leads there is for others to say. On the ports of the web
    alone (80, 443, 8080, 8443) it is a note. Pods that nothing isolates are left to
    `pod-not-isolated`.
    """
    classes = _internet(context)
    for item, index, ports, subject in granted_outside(context, Direction.INGRESS, classes):
        yield Observation(
            item.source.at("spec", "ingress", index),
            str(item.ref),
            f"spec.ingress[{index}] lets the internet reach "
            f"{listed(it.key for it in context.selected(item))} on {_text(ports)}",
            witness=flow_text("internet", subject.key, ports),
            fix="name the peers, or at least the ports, that are meant",
            severity=Severity.NOTE if ports <= _WEB_PORTS else None,
        )


@rule(
    "internet-egress",
    Severity.WARNING,
    bad=manifests(_WEB, _egress("- {}")),
    good=manifests(
        _WEB, _egress("- to: [{ipBlock: {cidr: 203.0.113.0/24}}]\n  ports: [{port: 443}]")
    ),
)
def internet_egress(context: Context) -> Iterator[Observation]:
    """A rule lets pods go anywhere in the internet.

    That is the way out for stolen data. On the ports of the web and of DNS alone it is a note,
    on more a warning. Pods that nothing isolates are left to `pod-not-isolated`.
    """
    classes = _internet(context)
    for item, index, ports, subject in granted_outside(context, Direction.EGRESS, classes):
        yield Observation(
            item.source.at("spec", "egress", index),
            str(item.ref),
            f"spec.egress[{index}] lets {listed(it.key for it in context.selected(item))} "
            f"reach the internet on {_text(ports)}",
            witness=flow_text(subject.key, "internet", ports),
            fix="name the addresses that are needed, or send the traffic through a proxy",
            severity=Severity.NOTE if ports <= _OUT_PORTS else None,
        )


@rule(
    "metadata-reachable",
    Severity.WARNING,
    bad=manifests(_WEB, _egress("- to: [{ipBlock: {cidr: 0.0.0.0/0}}]")),
    good=manifests(
        _WEB,
        _egress("- to: [{ipBlock: {cidr: 0.0.0.0/0, except: [169.254.0.0/16]}}]"),
    ),
)
def metadata_reachable(context: Context) -> Iterator[Observation]:
    """Pods may reach the cloud's metadata address, which hands out credentials of the node.

    169.254.169.254 and, on IPv6, fd00:ec2::254, on 80/TCP. Told of each rule that allows it,
    and once of each namespace with pods that nothing isolates for egress; for those it is a
    note, since not every cluster is in a cloud.
    """
    groups = context.directory.metadata
    found: dict[RuleRef, tuple[NetworkPolicy, Endpoint, list[str]]] = {}
    for group in groups:
        classes = _classes(context, [group])
        for item, index, ports, subject in granted_outside(context, Direction.EGRESS, classes):
            if ports & _METADATA_PORT:
                ref = RuleRef(item.ref, Direction.EGRESS, index)
                addresses = found.setdefault(ref, (item, subject, []))[2]
                addresses += (range_text(it) for it in group.ranges)
    for ref, (item, subject, addresses) in found.items():
        yield Observation(
            item.place_of(ref),
            str(item.ref),
            f"spec.egress[{ref.index}] lets {listed(it.key for it in context.selected(item))} "
            f"reach the cloud's metadata address {' and '.join(addresses)}",
            witness=flow_text(subject.key, addresses[0], _METADATA_PORT),
            fix="except 169.254.169.254/32 and fd00:ec2::254/128 from blocks, or name peers",
        )
    yield from _open_namespaces(context)


def _open_namespaces(context: Context) -> Iterator[Observation]:
    open_: dict[str, list[Endpoint]] = {}
    for item in context.workloads:
        if not context.isolated(item, Direction.EGRESS):
            open_.setdefault(item.namespace, []).append(item)
    for name, items in open_.items():
        there = context.snapshot.namespaces[name]
        yield Observation(
            there.source or items[0].source,
            f"Namespace {name}",
            f"nothing keeps {listed(it.key for it in items)} from the cloud's metadata address",
            witness=flow_text(items[0].key, "169.254.169.254", _METADATA_PORT),
            fix="isolate egress, and allow what is needed",
            severity=Severity.NOTE,
        )


def _internet(context: Context) -> list[ClassId]:
    """Classes of public addresses that are many."""
    large = [
        group
        for group in context.directory.internet
        if sum(int(it.last) - int(it.first) + 1 for it in group.ranges) >= _MANY
    ]
    return _classes(context, large)


def _classes(context: Context, groups: list[Outside]) -> list[ClassId]:
    return [context.graph.compiled.class_of_address(group.sample) for group in groups]


def _text(ports: PortSet) -> str:
    text = str(ports)
    return "all ports" if text == "all" else text


CHECKS = (internet_ingress, internet_egress, metadata_reachable)
