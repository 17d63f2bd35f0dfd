"""What was understood of the input, as tables: pods, policies, namespaces, services, kinds."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from netsim.compiler.cluster_policy import subjects_of
from netsim.graph import Graph
from netsim.model.policy import Direction, PolicyRef
from netsim.model.ports import ContainerPort
from netsim.model.snapshot import Snapshot, UnmodelledPolicy
from netsim.model.tiers import ClusterPolicy, Policy, Tier
from netsim.model.workload import Endpoint, Namespace, Service, ServicePort
from netsim.query.endpoints import leads_to
from netsim.results import Cell, Table
from netsim.source import Place, Source

Locate = Callable[[Source], Place]

NARROW = {"pods": 7, "policies": 7, "namespaces": 5, "services": 5, "kinds": 2}
"""How many of a table's columns are shown where not all are asked for."""


def pods_table(endpoints: Iterable[Endpoint], graph: Graph) -> Table:
    """Endpoints with the policies that isolate them in each direction."""
    rows = tuple(
        (
            item.namespace,
            item.name,
            item.kind,
            replicas_text(item),
            _isolation_text(item, graph, Direction.INGRESS),
            _isolation_text(item, graph, Direction.EGRESS),
            ", ".join(marks(item)) or "-",
            str(item.labels) or "-",
            ", ".join(map(container_port_text, item.ports)) or "-",
            ", ".join(map(str, item.addresses)) or "-",
            item.node or "-",
        )
        for item in endpoints
    )
    columns = (
        *("NAMESPACE", "NAME", "KIND", "REPLICAS", "INGRESS", "EGRESS", "MARKS"),
        *("LABELS", "PORTS", "ADDRESSES", "NODE"),
    )
    return Table(columns, rows)


def policies_table(
    policies: Iterable[Policy],
    unmodelled: Iterable[UnmodelledPolicy],
    graph: Graph,
    locate: Locate,
) -> Table:
    """Policies with what they select and where they are written, the evaluated ones first."""
    selected = selected_counts(graph)
    rows: list[tuple[Cell, ...]] = [
        (
            policy.namespace or "-",
            policy.name,
            str(policy.subject),
            selected[policy.ref],
            _rules_text(policy, Direction.INGRESS),
            _rules_text(policy, Direction.EGRESS),
            str(locate(policy.source)),
            policy.ref.kind,
            tier_of(policy).label,
            _priority_text(policy),
        )
        for policy in policies
    ]
    rows += [
        (
            item.namespace or "-",
            item.name,
            "not evaluated",
            "?",
            "?",
            "?",
            str(locate(item.source)),
            item.kind,
            "?",
            "?",
        )
        for item in unmodelled
    ]
    columns = (
        *("NAMESPACE", "NAME", "POD SELECTOR", "SELECTED"),
        *("INGRESS RULES", "EGRESS RULES", "PLACE", "KIND", "TIER", "PRIORITY"),
    )
    return Table(columns, tuple(rows))


def namespaces_table(namespaces: Iterable[Namespace], snapshot: Snapshot) -> Table:
    """Namespaces with what they hold, and whether their object was in the input."""
    endpoints = Counter(item.namespace for item in snapshot.endpoints)
    policies = Counter(item.namespace for item in snapshot.policies)
    rows = tuple(
        (
            item.name,
            endpoints[item.name],
            policies[item.name],
            "synthesised" if item.synthesised else "in the input",
            str(item.labels),
        )
        for item in namespaces
    )
    return Table(("NAME", "ENDPOINTS", "POLICIES", "OBJECT", "LABELS"), rows)


def services_table(services: Iterable[Service], running: Sequence[Endpoint]) -> Table:
    """Services with the endpoints behind them."""
    rows = tuple(
        (
            item.namespace,
            item.name,
            item.type.value,
            ", ".join(map(_service_port_text, item.ports)) or "-",
            ", ".join(end.key for end in behind(item, running)) or item.external_name or "-",
            str(item.selector or "-"),
        )
        for item in services
    )
    return Table(("NAMESPACE", "NAME", "TYPE", "PORTS", "LEADS TO", "SELECTOR"), rows)


def kinds_table(counts: Mapping[str, int]) -> Table:
    """How many objects of each kind the input had."""
    return Table(("KIND", "OBJECTS"), tuple(counts.items()))


def narrowed(table: Table, count: int | None) -> Table:
    """The first columns of a table, or all of them."""
    return Table(table.columns[:count], tuple(row[:count] for row in table.rows))


def isolating(item: Endpoint, graph: Graph, direction: Direction) -> tuple[PolicyRef, ...]:
    """The policies that isolate an endpoint, each once."""
    rules = graph.isolating(item, direction)
    return tuple(dict.fromkeys(rule.ref.policy for rule in rules))


def selected_counts(graph: Graph) -> Counter[PolicyRef]:
    """How many endpoints each policy applies to; those on the host network do not count."""
    counts: Counter[PolicyRef] = Counter()
    compiled = graph.compiled
    for item in compiled.snapshot.endpoints:
        counts.update({ref for way in Direction for ref in isolating(item, graph, way)})
    for policy in compiled.snapshot.cluster_policies:
        subjects = compiled.sets[subjects_of(policy, compiled.universe)]
        counts[policy.ref] = sum(
            compiled.faces_of(item)[0].class_id in subjects
            for item in compiled.snapshot.endpoints
        )
    return counts


def tier_of(policy: Policy) -> Tier:
    """The tier that a policy speaks in."""
    return policy.tier if isinstance(policy, ClusterPolicy) else Tier.NETWORK_POLICY


def priority_of(policy: Policy) -> int | None:
    """The priority within the tier; None where there is none."""
    return policy.priority if isinstance(policy, ClusterPolicy) else None


def behind(service: Service, running: Iterable[Endpoint]) -> tuple[Endpoint, ...]:
    """The running endpoints that a Service selects."""
    return tuple(item for item in running if leads_to(service, item))


def marks(item: Endpoint) -> tuple[str, ...]:
    """What sets an endpoint apart from an ordinary pod."""
    found = (("host network", item.host_network), ("finished", item.finished))
    return tuple(mark for mark, applies in found if applies)


def replicas_text(item: Endpoint) -> str:
    """The number of pods; `?` where it is not written down, as for a DaemonSet."""
    return "?" if item.replicas is None else str(item.replicas)


def container_port_text(port: ContainerPort) -> str:
    """`8080/TCP`, with the name in front where there is one: `http:8080/TCP`."""
    text = f"{port.number}/{port.protocol.value}"
    return f"{port.name}:{text}" if port.name else text


def _isolation_text(item: Endpoint, graph: Graph, direction: Direction) -> str:
    if item.finished:
        return "-"
    names = (ref.name for ref in isolating(item, graph, direction))
    return ", ".join(names) or "open"


def _priority_text(policy: Policy) -> str:
    priority = priority_of(policy)
    return "-" if priority is None else str(priority)


def _rules_text(policy: Policy, direction: Direction) -> str:
    return str(len(policy.rules[direction])) if direction in policy.rules else "-"


def _service_port_text(port: ServicePort) -> str:
    target = "" if port.target == port.number else f"->{port.target}"
    return f"{port.number}{target}/{port.protocol.value}"
