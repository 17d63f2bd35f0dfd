"""What was understood of the input, as tables: pods, policies, namespaces, services, kinds."""

from collections.abc import Callable, Mapping

from netsim.graph import Graph
from netsim.model.policy import Direction, NetworkPolicy
from netsim.model.workload import Endpoint, Service, ServicePort
from netsim.query.endpoints import leads_to, selects
from netsim.results import Table
from netsim.source import Place, Source

Locate = Callable[[Source], Place]


def pods_table(endpoints: tuple[Endpoint, ...], graph: Graph, *, wide: bool) -> Table:
    """Endpoints with the policies that isolate them."""
    columns = [
        "NAMESPACE",
        "NAME",
        "KIND",
        "REPLICAS",
        "INGRESS ISOLATED BY",
        "EGRESS ISOLATED BY",
    ]
    if wide:
        columns += ["LABELS", "PORTS", "ADDRESSES"]
    columns.append("MARKS")
    rows = []
    for item in endpoints:
        row: list[str | int] = [
            item.namespace,
            item.name,
            item.kind,
            "?" if item.replicas is None else item.replicas,
            _isolating(item, graph, Direction.INGRESS),
            _isolating(item, graph, Direction.EGRESS),
        ]
        if wide:
            row += [str(item.labels), _ports(item), ", ".join(map(str, item.addresses))]
        rows.append((*row, _marks(item)))
    return Table(tuple(columns), tuple(rows))


def policies_table(
    policies: tuple[NetworkPolicy, ...], endpoints: tuple[Endpoint, ...], locate: Locate
) -> Table:
    """Policies with what they select and where they are written."""
    rows = tuple(
        (
            policy.namespace,
            policy.name,
            str(policy.subject),
            sum(
                item.namespace == policy.namespace and selects(policy.subject, item.labels)
                for item in endpoints
            ),
            _rule_count(policy, Direction.INGRESS),
            _rule_count(policy, Direction.EGRESS),
            str(locate(policy.source)),
        )
        for policy in policies
    )
    columns = (
        "NAMESPACE",
        "NAME",
        "POD SELECTOR",
        "SELECTED",
        "INGRESS RULES",
        "EGRESS RULES",
        "PLACE",
    )
    return Table(columns, rows)


def namespaces_table(graph: Graph) -> Table:
    """Namespaces with their labels, and whether their object was in the input."""
    snapshot = graph.compiled.snapshot
    rows = tuple(
        (
            item.name,
            sum(endpoint.namespace == item.name for endpoint in snapshot.endpoints),
            sum(policy.namespace == item.name for policy in snapshot.policies),
            "synthesised" if item.synthesised else "in the input",
            str(item.labels),
        )
        for item in snapshot.namespaces.values()
    )
    return Table(("NAME", "ENDPOINTS", "POLICIES", "OBJECT", "LABELS"), rows)


def services_table(services: tuple[Service, ...], endpoints: tuple[Endpoint, ...]) -> Table:
    """Services with the endpoints behind them."""
    rows = tuple(
        (
            item.namespace,
            item.name,
            item.type.value,
            ", ".join(map(_service_port, item.ports)),
            str(item.selector or ""),
            ", ".join(end.key for end in endpoints if leads_to(item, end))
            or item.external_name,
        )
        for item in services
    )
    return Table(("NAMESPACE", "NAME", "TYPE", "PORTS", "SELECTOR", "LEADS TO"), rows)


def kinds_table(counts: Mapping[str, int]) -> Table:
    """How many objects of each kind the input had."""
    return Table(("KIND", "OBJECTS"), tuple(counts.items()))


def _isolating(item: Endpoint, graph: Graph, direction: Direction) -> str:
    names = dict.fromkeys(rule.ref.policy.name for rule in graph.isolating(item, direction))
    return ", ".join(names) or "-"


def _rule_count(policy: NetworkPolicy, direction: Direction) -> str | int:
    return len(policy.rules[direction]) if direction in policy.rules else "-"


def _ports(item: Endpoint) -> str:
    return ", ".join(
        f"{port.name}:{port.number}/{port.protocol.value}"
        if port.name
        else f"{port.number}/{port.protocol.value}"
        for port in item.ports
    )


def _marks(item: Endpoint) -> str:
    marks = [("host network", item.host_network), ("finished", item.finished)]
    return ", ".join(mark for mark, applies in marks if applies) or "-"


def _service_port(port: ServicePort) -> str:
    target = "" if port.target == port.number else f"->{port.target}"
    return f"{port.number}{target}/{port.protocol.value}"
