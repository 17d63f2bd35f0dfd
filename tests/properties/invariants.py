"""What must hold on every cluster, whatever its policies, and needs no judge.

Each function yields a sentence for every connection that breaks the invariant.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from netsim.compiler import compile_snapshot
from netsim.graph import Graph
from netsim.model.flow import OwnNode, Party
from netsim.model.labels import EVERYTHING, Labels, LabelSelector, Operator, Requirement
from netsim.model.policy import Direction, NetworkPolicy, PodPeer, Rule
from netsim.model.ports import ALL_PORTS, NO_PORTS, PortRange, PortSet, Protocol
from netsim.model.snapshot import Snapshot
from netsim.model.workload import NAMESPACE_NAME_LABEL, Endpoint
from netsim.source import Source
from netsim.strategies import parties
from tests.properties.comparison import name, pairs

MARK = "netsim.test/mark"
"""A label key that no policy in any input mentions."""
_DNS_NAMESPACE = "kube-system"
_DNS_PORTS = (PortRange(Protocol.UDP, 53, 53), PortRange(Protocol.TCP, 53, 53))


def differences(before: Snapshot, after: Snapshot) -> Iterator[str]:
    """Where two snapshots with parties of the same names answer differently."""
    then, now = graph_of(before), graph_of(after)
    twins = {name(party): party for party in parties(after)}
    for source, target in pairs(before):
        ports = then.ports(source, target)
        other = now.ports(twins[name(source)], twins[name(target)])
        if ports != other:
            yield f"{name(source)} -> {name(target)}: {ports} before, {other} after"


def closed_by_adding(snapshot: Snapshot, *policies: NetworkPolicy) -> Iterator[str]:
    """Flows that more policies close although they isolate neither end anew."""
    before, after = graph_of(snapshot), graph_of(with_policies(snapshot, *policies))
    for source, target in pairs(snapshot):
        anew = any(
            bool(before.isolating(end, direction)) is not bool(after.isolating(end, direction))
            for end, direction in ((source, Direction.EGRESS), (target, Direction.INGRESS))
        )
        if not anew and not before.ports(source, target) <= after.ports(source, target):
            yield f"{name(source)} -> {name(target)} is closed"


def replies_that_need_a_rule(snapshot: Snapshot) -> Iterator[str]:
    """Flows that change when one end is closed in the direction of their replies."""
    told_apart = marked(snapshot)
    before = graph_of(told_apart)
    for pod in told_apart.endpoints:
        for direction in Direction:
            after = graph_of(with_policies(told_apart, _on(pod, {direction: ()})))
            for other in told_apart.endpoints:
                ends = (pod, other) if direction is Direction.INGRESS else (other, pod)
                if other != pod and before.ports(*ends) != after.ports(*ends):
                    yield f"{name(ends[0])} -> {name(ends[1])} needs a rule for its replies"


def not_open_without_policies(snapshot: Snapshot) -> Iterator[str]:
    """Flows between running endpoints that are closed although there is no policy."""
    bare = replace(snapshot, policies=(), cluster_policies=())
    graph = graph_of(bare)
    for source, target in pairs(bare):
        finished = any(isinstance(end, Endpoint) and end.finished for end in (source, target))
        ports = graph.ports(source, target)
        if ports != (NO_PORTS if finished else ALL_PORTS):
            yield f"{name(source)} -> {name(target)}: {ports}"


def leaks_of_isolated_pods(snapshot: Snapshot) -> Iterator[str]:
    """What passes from or to a pod that is isolated in both directions and allowed nothing."""
    told_apart = marked(snapshot)
    for pod in ordinary_pods(told_apart):
        elsewhere = tuple(it for it in snapshot.policies if it.namespace != pod.namespace)
        isolating = _on(pod, dict.fromkeys(Direction, ()))
        graph = graph_of(
            with_policies(
                replace(told_apart, policies=elsewhere, cluster_policies=()), isolating
            )
        )
        for other in parties(told_apart):
            through = graph.ports(pod, other) | graph.ports(other, pod)
            if through and not _of_one_machine(pod, other):
                yield f"{name(pod)} and {name(other)}: {through}"


def out_of_reach_of_dns(snapshot: Snapshot) -> set[Endpoint]:
    """Running endpoints that do not reach every kube-dns on both protocols."""
    graph = graph_of(snapshot)
    wanted = PortSet.of(*_DNS_PORTS)
    servers = [item for item in snapshot.endpoints if is_dns(item)]
    assert servers, "the invariant is about clusters with DNS"
    return {
        client
        for client in snapshot.endpoints
        if not client.finished
        and not all(wanted <= graph.ports(client, server) for server in servers)
    }


def closed_but_for_dns(snapshot: Snapshot, allowed: Collection[Endpoint]) -> Snapshot:
    """No pod of a marked snapshot may open connections, but some may to kube-dns."""
    inward = tuple(
        replace(policy, rules={Direction.INGRESS: policy.rules[Direction.INGRESS]})
        for policy in snapshot.policies
        if Direction.INGRESS in policy.rules
    )
    closing = [
        _policy(namespace, "closed", EVERYTHING, {Direction.EGRESS: ()})
        for namespace in snapshot.namespaces
    ]
    opening = [_on(pod, {Direction.EGRESS: (_dns_rule(),)}) for pod in allowed]
    return with_policies(
        replace(snapshot, policies=inward, cluster_policies=()), *closing, *opening
    )


def with_dns_for_all(snapshot: Snapshot) -> Snapshot:
    """The snapshot with a policy in each namespace that lets its pods ask kube-dns."""
    rules = {Direction.EGRESS: (_dns_rule(),)}
    allowing = [_policy(it, "allow-dns", EVERYTHING, rules) for it in snapshot.namespaces]
    return with_policies(snapshot, *allowing)


def marked(snapshot: Snapshot) -> Snapshot:
    """Every endpoint gets a label that no other has, so that a policy can mean it alone."""
    endpoints = tuple(
        replace(item, labels=Labels({**item.labels, MARK: f"m{number}"}))
        for number, item in enumerate(snapshot.endpoints)
    )
    return replace(snapshot, endpoints=endpoints)


def ordinary_pods(snapshot: Snapshot) -> list[Endpoint]:
    """Endpoints that policies can isolate: running, and not their node."""
    return [it for it in snapshot.endpoints if not (it.finished or it.host_network)]


def is_dns(endpoint: Endpoint) -> bool:
    """Whether it serves kube-dns."""
    label = endpoint.labels.get("k8s-app")
    return endpoint.namespace == _DNS_NAMESPACE and label == "kube-dns"


def with_policies(snapshot: Snapshot, *policies: NetworkPolicy) -> Snapshot:
    """A snapshot with policies added, in the order a snapshot has."""
    ordered = sorted((*snapshot.policies, *policies), key=lambda it: (it.namespace, it.name))
    return replace(snapshot, policies=tuple(ordered))


def graph_of(snapshot: Snapshot) -> Graph:
    """The engine under the default profile."""
    return Graph(compile_snapshot(snapshot))


def _dns_rule() -> Rule:
    pods = Requirement("k8s-app", Operator.IN, ("kube-dns",))
    namespace = Requirement(NAMESPACE_NAME_LABEL, Operator.IN, (_DNS_NAMESPACE,))
    return Rule((PodPeer(LabelSelector((pods,)), LabelSelector((namespace,))),), _DNS_PORTS)


def _on(pod: Endpoint, rules: Mapping[Direction, tuple[Rule, ...]]) -> NetworkPolicy:
    """A policy on one endpoint of a marked snapshot."""
    mark = pod.labels[MARK]
    subject = LabelSelector((Requirement(MARK, Operator.IN, (mark,)),))
    return _policy(pod.namespace, f"on-{mark}", subject, rules)


def _policy(
    namespace: str,
    title: str,
    subject: LabelSelector,
    rules: Mapping[Direction, tuple[Rule, ...]],
) -> NetworkPolicy:
    return NetworkPolicy(namespace, title, subject, rules, Source("<invariant>"))


def _of_one_machine(pod: Endpoint, other: Party) -> bool:
    """A pod and itself, or a pod and the node it runs on: no policy parts them."""
    if isinstance(other, OwnNode):
        return True
    if not isinstance(other, Endpoint):
        return False
    if other == pod:
        return pod.single
    return other.host_network and other.node != "" and other.node == pod.node
