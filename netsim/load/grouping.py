"""Workloads and live pods to endpoints: pods of one controller are one, unless told apart.

Told apart means by something a policy or Service of the input looks at, so that no grouping
can change an answer.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter

from netsim.addresses import AddressSpace, address_space
from netsim.load.fields import Report
from netsim.load.pods import NO_OWNER, LivePod, Owner
from netsim.load.quick import quick_maker
from netsim.load.workloads import Workload
from netsim.model.labels import Labels, LabelSelector
from netsim.model.networks import IPBlock
from netsim.model.policy import PodPeer, Rule
from netsim.model.tiers import NetworksPeer, NodePeer, Policy, TierRule, blocks_of_nodes
from netsim.model.workload import PER_POD_LABELS, POWERS, Endpoint, Node, Service

POD_NAME = "statefulset.kubernetes.io/pod-name"
POD_INDEX = "apps.kubernetes.io/pod-index"
TEMPLATE_HASH = "pod-template-hash"
_UNKNOWABLE = {
    "Deployment": frozenset({TEMPLATE_HASH}),
    "DaemonSet": frozenset({"controller-revision-hash", "pod-template-generation"}),
    "StatefulSet": frozenset({"controller-revision-hash"}),
    "Job": frozenset({"controller-uid", "batch.kubernetes.io/controller-uid"}),
    "CronJob": frozenset(
        {
            "controller-uid",
            "batch.kubernetes.io/controller-uid",
            "job-name",
            "batch.kubernetes.io/job-name",
        }
    ),
}
"""Labels that controllers make up, which no template tells."""
_MOST_ORDINALS = 100

Key = tuple[str, Owner]
"""Namespace, and kind and name of a workload."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What the policies and Services of the input look at."""

    label_keys: frozenset[str]
    unseen: frozenset[str]
    """Labels of single pods that nothing looks at."""
    space: AddressSpace
    nodes: frozenset[str]
    """Nodes that are seen, by an object or a host-network pod: traffic to their pods passes."""


def looked_at(
    policies: Iterable[Policy],
    services: Iterable[Service],
    pods: Iterable[LivePod],
    node_objects: Sequence[Node] = (),
) -> Looked:
    """The label keys, address blocks and nodes that can tell pods apart."""
    keys: set[str] = set()
    blocks: set[IPBlock] = set()
    for policy in policies:
        subject = policy.subject
        keys |= _keys(subject.pods if isinstance(subject, PodPeer) else subject)
        for rule in (rule for rules in policy.rules.values() for rule in rules):
            keys |= _rule_keys(rule)
            for peer in rule.peers:
                if isinstance(peer, NodePeer):
                    blocks.update(blocks_of_nodes(node_objects))
                elif isinstance(peer, NetworksPeer):
                    blocks.update(peer.blocks)
                elif isinstance(peer, IPBlock):
                    blocks.add(peer)
    for service in services:
        keys |= set(service.selector or ())
    nodes = {pod.form.node for pod in pods if pod.form.host_network}
    nodes |= {node.name for node in node_objects}
    space = address_space(blocks)
    return Looked(frozenset(keys), PER_POD_LABELS - keys, space, frozenset(nodes))


def endpoints(
    workloads: Iterable[Workload], pods: Iterable[LivePod], looked: Looked, report: Report
) -> tuple[Endpoint, ...]:
    """Every endpoint of the input, sorted by namespace, name and kind."""
    by_key = {(item.namespace, (item.kind, item.name)): item for item in workloads}
    owned: dict[Key, list[LivePod]] = {}
    alone: list[LivePod] = []
    members_of: dict[tuple[str, Owner, Labels], list[LivePod]] = {}
    for pod in pods:
        made = (pod.namespace, pod.owner, pod.form.labels)
        members = members_of.get(made)
        if members is None:
            owner = _top_owner(pod, by_key)
            is_alone = owner == NO_OWNER
            members = alone if is_alone else owned.setdefault((pod.namespace, owner), [])
            members_of[made] = members
        members.append(pod)
    found = [_alone(pod, NO_OWNER) for pod in alone]
    distinctions = _Distinctions(looked)
    for key, members in owned.items():
        found += _of_controller(key, members, distinctions)
    for key, workload in by_key.items():
        if not _lives_elsewhere(key, workload, by_key, owned):
            found += _of_template(workload, looked, report)
    found.reverse()
    by_name = dict(zip(map(_identity, found), found, strict=True))
    return tuple(by_name[identity] for identity in sorted(by_name))


_identity = attrgetter("namespace", "name", "kind")
"""What no two endpoints share: a live pod comes before one that is only expected."""


def _top_owner(pod: LivePod, by_key: Mapping[Key, Workload]) -> Owner:
    """The workload people know: the Deployment of a ReplicaSet, the CronJob of a Job."""
    owner = pod.owner
    if owner == NO_OWNER:
        return owner
    listed = by_key.get((pod.namespace, owner))
    if listed is not None:
        return listed.owner if _is_part(listed) else owner
    suffix = f"-{pod.form.labels.get(TEMPLATE_HASH, '')}"
    if owner[0] == "ReplicaSet" and len(suffix) > 1 and owner[1].endswith(suffix):
        return ("Deployment", owner[1].removesuffix(suffix))
    return owner


def _is_part(workload: Workload) -> bool:
    """Whether it is one revision or one run of the workload that people know."""
    if workload.kind == "Job":
        return workload.owner[0] == "CronJob"
    return workload.kind == "ReplicaSet" and workload.owner[0] not in {"", "ReplicaSet"}


def _lives_elsewhere(
    key: Key,
    workload: Workload,
    by_key: Mapping[Key, Workload],
    owned: Mapping[Key, list[LivePod]],
) -> bool:
    """Already an endpoint through its live pods, or part of the workload that owns it."""
    members = owned.get(key, [])
    if any(not pod.finished for pod in members) or (members and workload.kind == "Job"):
        return True
    if not _is_part(workload):
        return False
    above = (workload.namespace, workload.owner)
    return above in by_key or above in owned or workload.replicas == 0


@dataclass(slots=True)
class _Distinctions:
    """What the input can tell of pods; what pods share is worked out once."""

    looked: Looked
    _labels: dict[Labels, Labels] = field(default_factory=dict)

    def alike(self, pods: list[LivePod]) -> bool:
        """Whether nothing in the input can tell them apart."""
        first = pods[0]
        labels, rest = first.form.labels, self._but_labels(first)
        return all(
            self._but_labels(pod) == rest
            and (pod.form.labels is labels or self._seen(pod.form.labels) == self._seen(labels))
            for pod in pods[1:]
        )

    def _but_labels(self, pod: LivePod) -> tuple[object, ...]:
        form, looked = pod.form, self.looked
        seen = frozenset(map(looked.space.seen, pod.addresses)) if looked.space.blocks else None
        node = form.node if form.node in looked.nodes else ""
        return form.ports, form.host_network, seen, node

    def _seen(self, labels: Labels) -> Labels:
        seen = self._labels.get(labels)
        if seen is None:
            items = labels.items()
            seen = Labels({key: value for key, value in items if key not in self.looked.unseen})
            self._labels[labels] = seen
        return seen


def _of_controller(
    key: Key, members: list[LivePod], distinctions: _Distinctions
) -> list[Endpoint]:
    namespace, owner = key
    running = [pod for pod in members if not pod.finished]
    finished = [pod for pod in members if pod.finished]
    if not running and owner[0] == "Job":
        running, finished = finished, []
    if running and distinctions.alike(running):
        return [_together(namespace, owner, running), *(_alone(pod, owner) for pod in finished)]
    return [_alone(pod, owner) for pod in (*running, *finished)]


def _together(namespace: str, owner: Owner, pods: list[LivePod]) -> Endpoint:
    first = min(pods, key=lambda pod: pod.name)
    nodes = {pod.form.node for pod in pods}
    common = set(first.form.labels.items()).intersection(
        *(pod.form.labels.items() for pod in pods)
    )
    ordered = sorted(pods, key=lambda pod: pod.name)
    powers = {pod.form.powers for pod in pods}
    return Endpoint(
        namespace=namespace,
        name=owner[1],
        kind=owner[0],
        labels=Labels(dict(common)),
        ports=first.form.ports,
        addresses=first.addresses,
        replicas=len(pods),
        host_network=first.form.host_network,
        powers=_united(powers),
        node=nodes.pop() if len(nodes) == 1 else "",
        finished=first.finished,
        pods=tuple(pod.name for pod in ordered),
        pod_addresses=tuple((ip, pod.name) for pod in ordered for ip in pod.addresses),
        source=first.source,
    )


def _united(powers: set[tuple[str, ...]]) -> tuple[str, ...]:
    """What some pod of several has."""
    if len(powers) == 1:
        return powers.pop()
    found = frozenset().union(*powers)
    return tuple(power for power in POWERS if power in found)


_quick_endpoint = quick_maker(Endpoint)
_ONE_REPLICA = 1
_NO_PODS = ()


def _alone(pod: LivePod, owner: Owner) -> Endpoint:
    """By place, not by name: there may be a hundred thousand, and names take time."""
    form = pod.form
    return _quick_endpoint(
        pod.namespace,
        pod.name,
        "Pod",
        form.labels,
        form.ports,
        pod.addresses,
        _ONE_REPLICA,
        form.host_network,
        form.powers,
        form.node,
        pod.finished,
        owner,
        _NO_PODS,
        _NO_PODS,
        pod.source,
    )


def _of_template(workload: Workload, looked: Looked, report: Report) -> Iterator[Endpoint]:
    endpoint = Endpoint(
        namespace=workload.namespace,
        name=workload.name,
        kind=workload.kind,
        labels=workload.form.labels,
        ports=workload.form.ports,
        replicas=workload.replicas,
        host_network=workload.form.host_network,
        powers=workload.form.powers,
        node=workload.form.node,
        source=workload.source,
    )
    _warn_of_unknowable(workload, looked, report)
    by_ordinal = workload.kind == "StatefulSet" and looked.label_keys & {POD_NAME, POD_INDEX}
    if not by_ordinal or not workload.replicas:
        yield endpoint
    elif workload.replicas > _MOST_ORDINALS:
        message = (
            f"StatefulSet {endpoint.key}: selectors by pod name or index are not applied to "
            f"{workload.replicas} replicas"
        )
        report.warn("too-many-ordinals", message, workload.source)
        yield endpoint
    else:
        yield from _ordinals(endpoint, workload)


def _warn_of_unknowable(workload: Workload, looked: Looked, report: Report) -> None:
    asked = looked.label_keys & _UNKNOWABLE.get(workload.kind, frozenset())
    asked -= workload.form.labels.keys()
    if asked:
        message = (
            f"{workload.kind} {workload.namespace}/{workload.name}: a selector asks for "
            f"{', '.join(sorted(asked))}, which only its live pods carry"
        )
        report.warn("label-unknowable", message, workload.source)


def _ordinals(endpoint: Endpoint, workload: Workload) -> Iterator[Endpoint]:
    for ordinal in range(
        workload.first_ordinal, workload.first_ordinal + (workload.replicas or 0)
    ):
        name = f"{workload.name}-{ordinal}"
        added = {POD_NAME: name, POD_INDEX: str(ordinal)}
        yield replace(
            endpoint,
            name=name,
            kind="Pod",
            replicas=1,
            labels=Labels({**endpoint.labels, **added}),
            workload=("StatefulSet", workload.name),
        )


def _rule_keys(rule: Rule | TierRule) -> set[str]:
    return {key for peer in rule.peers if isinstance(peer, PodPeer) for key in _keys(peer.pods)}


def _keys(selector: LabelSelector) -> set[str]:
    return {requirement.key for requirement in selector.requirements}
