"""The cluster as rules look at it: who is selected, who is isolated, what is written.

Everything is worked out when it is first asked for, and only once.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from netsim.compiler.rules import Action, CompiledRule
from netsim.compiler.sets import ClassId
from netsim.graph import Graph
from netsim.model.labels import LabelSelector, Operator
from netsim.model.policy import AnyPeer, Direction, NetworkPolicy, Peer, PodPeer, RuleRef
from netsim.model.ports import PortSet
from netsim.model.profile import HostNetworkPods
from netsim.model.snapshot import Snapshot
from netsim.model.workload import Endpoint, Service
from netsim.model.written import PodTemplate, WrittenObject, pod_templates
from netsim.query.directory import Directory
from netsim.query.endpoints import leads_to, selects
from netsim.results import Finding
from netsim.source import Source

Endpoints = tuple[Endpoint, ...]

SYSTEM_NAMESPACES = frozenset(
    {"kube-system", "kube-public", "kube-node-lease", "calico-system", "tigera-operator"}
    | {"kube-flannel", "cilium", "cilium-system", "local-path-storage", "metallb-system"}
)
"""Where the parts of the cluster itself run."""


class Context:
    """One compiled cluster with the objects as they are written."""

    def __init__(
        self,
        directory: Directory,
        objects: tuple[WrittenObject, ...],
        said: tuple[Finding, ...] = (),
    ) -> None:
        self.directory = directory
        self.objects = objects
        self.said = said
        """What the loader had to say."""
        self._own: dict[tuple[str, LabelSelector], Endpoints] = {}
        self._peers: dict[tuple[str, PodPeer], Endpoints] = {}
        self._named: dict[LabelSelector, tuple[str, ...]] = {}

    @property
    def graph(self) -> Graph:
        """The compiled cluster."""
        return self.directory.graph

    @property
    def snapshot(self) -> Snapshot:
        """What it was compiled from."""
        return self.graph.compiled.snapshot

    @property
    def policies(self) -> Sequence[NetworkPolicy]:
        """The NetworkPolicies, in order."""
        return self.snapshot.policies

    @cached_property
    def endpoints_of(self) -> Mapping[str, Endpoints]:
        """By namespace, finished pods included."""
        found: dict[str, list[Endpoint]] = {}
        for item in self.snapshot.endpoints:
            found.setdefault(item.namespace, []).append(item)
        return {name: tuple(items) for name, items in found.items()}

    @cached_property
    def services_of(self) -> Mapping[str, tuple[Service, ...]]:
        """By namespace."""
        found: dict[str, list[Service]] = {}
        for item in self.snapshot.services:
            found.setdefault(item.namespace, []).append(item)
        return {name: tuple(items) for name, items in found.items()}

    @cached_property
    def workloads(self) -> Endpoints:
        """Running endpoints that are no part of the cluster itself and no node."""
        return tuple(
            item
            for item in self.directory.running
            if item.namespace not in SYSTEM_NAMESPACES and not self.is_node(item)
        )

    @cached_property
    def _written(self) -> Mapping[tuple[str, int, tuple[str | int, ...]], WrittenObject]:
        return {
            (item.source.file, item.source.document, item.source.route): item
            for item in self.objects
        }

    @cached_property
    def _templates(self) -> Mapping[tuple[str, int, tuple[str | int, ...]], PodTemplate]:
        return {
            (item.owner.source.file, item.owner.source.document, item.owner.source.route): item
            for item in pod_templates(self.objects)
        }

    @cached_property
    def objects_of(self) -> Mapping[tuple[str, str], tuple[WrittenObject, ...]]:
        """By kind and namespace, in input order."""
        found: dict[tuple[str, str], list[WrittenObject]] = {}
        for item in self.objects:
            found.setdefault((item.kind, item.namespace), []).append(item)
        return {key: tuple(items) for key, items in found.items()}

    def written(self, source: Source) -> WrittenObject | None:
        """The object that begins at a place, as it is written."""
        return self._written.get((source.file, source.document, source.route))

    def owner(self, source: Source) -> WrittenObject | None:
        """The object that a value stands in, as it is written."""
        for end in range(len(source.route) + 1):
            found = self._written.get((source.file, source.document, source.route[:end]))
            if found is not None:
                return found
        return None

    def template(self, endpoint: Endpoint) -> PodTemplate | None:
        """What an endpoint's pods are made from, as it is written."""
        source = endpoint.source
        return self._templates.get((source.file, source.document, source.route))

    def is_node(self, endpoint: Endpoint) -> bool:
        """A host-network pod that policies see as its node."""
        settings = self.graph.compiled.profile.host_network_pods
        return endpoint.host_network and settings is HostNetworkPods.NODE

    def selected(self, policy: NetworkPolicy) -> Endpoints:
        """The endpoints whose labels a policy selects, on the host network or not."""
        return self.labelled(policy.namespace, policy.subject)

    def labelled(self, namespace: str, pods: LabelSelector) -> Endpoints:
        """The endpoints of one namespace that a selector picks."""
        key = (namespace, pods)
        found = self._own.get(key)
        if found is None:
            here = self._candidates(namespace, pods)
            found = tuple(item for item in here if selects(pods, item.labels))
            self._own[key] = found
        return found

    def _candidates(self, namespace: str, pods: LabelSelector) -> Sequence[Endpoint]:
        """Those that have the first label which a selector wants, where it wants one."""
        for item in pods.requirements:
            if item.operator is Operator.IN and len(item.values) == 1:
                return self._labelled.get((namespace, item.key, item.values[0]), ())
        return self.endpoints_of.get(namespace, ())

    @cached_property
    def labels_of(self) -> Mapping[str, frozenset[tuple[str, str]]]:
        """Every label that pods of a namespace have."""
        found: dict[str, set[tuple[str, str]]] = {}
        for namespace, key, value in self._labelled:
            found.setdefault(namespace, set()).add((key, value))
        return {name: frozenset(labels) for name, labels in found.items()}

    @cached_property
    def _labelled(self) -> Mapping[tuple[str, str, str], list[Endpoint]]:
        found: dict[tuple[str, str, str], list[Endpoint]] = {}
        for item in self.snapshot.endpoints:
            for key, value in item.labels.items():
                found.setdefault((item.namespace, key, value), []).append(item)
        return found

    def namespaces(self, selector: LabelSelector) -> tuple[str, ...]:
        """The names of the namespaces that a selector picks."""
        found = self._named.get(selector)
        if found is None:
            every = self.snapshot.namespaces.values()
            found = tuple(item.name for item in every if selects(selector, item.labels))
            self._named[selector] = found
        return found

    def peers(self, policy: NetworkPolicy, peer: PodPeer) -> Endpoints:
        """The endpoints that one item of `from` or `to` means."""
        if peer.namespaces is None:
            return self.labelled(policy.namespace, peer.pods)
        key = ("", peer)
        found = self._peers.get(key)
        if found is None:
            names = self.namespaces(peer.namespaces)
            found = tuple(it for name in names for it in self.labelled(name, peer.pods))
            self._peers[key] = found
        return found

    def matches(self, policy: NetworkPolicy, peer: PodPeer) -> bool:
        """Whether an item of `from` or `to` means any endpoint, on the host network or not."""
        universe = self.graph.compiled.universe
        if peer.namespaces is None:
            found = universe.pods_of(policy.namespace, peer.pods)
        else:
            found = universe.pods_in(peer.namespaces, peer.pods)
        return bool(found) or bool(self.peers(policy, peer))

    def targets(self, policy: NetworkPolicy, ref: RuleRef) -> Endpoints:
        """The endpoints on which a rule's ports are looked up; none where they are unknown."""
        if ref.direction is Direction.INGRESS:
            return self.selected(policy)
        peers = self.rule_peers(policy, ref)
        if not all(isinstance(item, PodPeer) for item in peers):
            return ()
        found = (self.peers(policy, item) for item in peers if isinstance(item, PodPeer))
        return tuple({item.key: item for some in found for item in some}.values())

    def rule_peers(self, policy: NetworkPolicy, ref: RuleRef) -> tuple[Peer, ...]:
        """The peers of a written rule; everyone where it is the isolation itself."""
        if ref.index is None:
            return (AnyPeer(),)
        return policy.rules[ref.direction][ref.index].peers

    def services_before(self, endpoint: Endpoint) -> tuple[Service, ...]:
        """The Services that lead to an endpoint."""
        here = self.services_of.get(endpoint.namespace, ())
        return tuple(item for item in here if leads_to(item, endpoint))

    def isolated(self, endpoint: Endpoint, direction: Direction) -> bool:
        """Whether some policy isolates an endpoint in a direction."""
        programs = self.graph.compiled.programs[direction]
        faces = self.graph.compiled.faces_of(endpoint)
        return any(rule.ref.index is None for face in faces for rule in programs[face.class_id])

    @cached_property
    def accepting(self) -> tuple[CompiledRule, ...]:
        """Every compiled rule that accepts something."""
        rules = self.graph.compiled.rules
        return tuple(item for item in rules if item.action is Action.ACCEPT)

    @cached_property
    def _policy_of(self) -> Mapping[tuple[str, str], NetworkPolicy]:
        return {(item.namespace, item.name): item for item in self.policies}

    def policy_of(self, ref: RuleRef) -> NetworkPolicy | None:
        """The NetworkPolicy that a rule stands in; None for other kinds."""
        return self._policy_of.get((ref.policy.namespace, ref.policy.name))

    @cached_property
    def _members(self) -> Mapping[ClassId, list[Endpoint]]:
        found: dict[ClassId, list[Endpoint]] = {}
        for item in self.directory.running:
            for face in self.graph.compiled.faces_of(item):
                found.setdefault(face.class_id, []).append(item)
        return found

    def members(self, classes: Iterable[ClassId]) -> list[Endpoint]:
        """The running endpoints of some classes, each once, in the order of the classes."""
        every = (item for class_id in classes for item in self._members.get(class_id, ()))
        return list({(it.namespace, it.name, it.kind): it for it in every}.values())


def flow_text(source: str, target: str, ports: PortSet) -> str:
    """A witness: who opens a connection to whom, on which ports.

    >>> from netsim.model.ports import ALL_PORTS
    >>> flow_text("shop/web", "shop/db", ALL_PORTS)
    'shop/web -> shop/db on all ports'
    """
    text = str(ports)
    return f"{source} -> {target} on {'all ports' if text == 'all' else text}"


def listed(names: Iterable[str], most: int = 3) -> str:
    """Some names, and how many more there are.

    >>> listed("abcde")
    'a, b, c and 2 more'
    """
    every = list(dict.fromkeys(names))
    text = ", ".join(every[:most])
    return f"{text} and {len(every) - most} more" if len(every) > most else text
