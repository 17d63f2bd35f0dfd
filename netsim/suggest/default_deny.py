"""A default-deny for a namespace, with policies that keep what is needed and DNS.

Only pods that no policy isolates today lose anything, and only they get policies; so nothing
opens, and asking again changes nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from netsim.cluster import Cluster
from netsim.errors import UnknownEndpointError
from netsim.model.labels import EVERYTHING, LabelSelector, Operator, Requirement
from netsim.model.policy import Direction, PodPeer, Rule
from netsim.model.ports import NO_PORTS, PortRange, PortSet
from netsim.model.workload import Endpoint
from netsim.query.endpoints import DNS_LABELS
from netsim.query.expectations.invariants import DNS_PORTS, dns_notation
from netsim.query.label_space import fresh
from netsim.query.parties import Subject
from netsim.query.questions import targets_with_ports
from netsim.suggest.distinguishing import in_namespace, telling
from netsim.suggest.edits import Edit, Proposal
from netsim.suggest.manifests import policy_fields
from netsim.suggest.needs import Needs, Pair, Sayings, needs_of
from netsim.suggest.needs_peers import Look, Population, look, rules_for
from netsim.suggest.needs_proof import Remaining, proved, remaining
from netsim.suggest.needs_wishes import Wish, is_pod
from netsim.suggest.simulation import applied
from netsim.suggest.steady_labels import lasting

_DNS_NAMESPACE = "kube-system"


@dataclass(frozen=True, slots=True)
class Denied:
    """What is suggested, and what there is to know of it."""

    proposal: Proposal | None
    """None where nothing is to be changed."""
    needs: Needs
    remaining: tuple[Remaining, ...]
    """What stays open to or from pods of the new policies, and is not needed."""
    unsaid: tuple[Pair, ...]
    """What is needed and closes: no rule can name its other end."""
    assumed_dns: bool
    """Whether there are no DNS pods, so that they are taken to be labelled as usual."""


def default_denied(cluster: Cluster, namespace: str, sayings: Sayings) -> Denied:
    """Isolates every pod of a namespace in both directions, but for what is needed and DNS.

    Raises UnprovedError where the simulation shows another effect than this.
    """
    names = _dns_names(cluster)
    open_pods = _not_isolated(cluster, namespace)
    wish = Wish(open_pods[Direction.EGRESS], names, "DNS")
    needs = needs_of(cluster, sayings, [wish] if names else [])
    plan = _Plan(cluster, namespace, open_pods, needs, names)
    edits = tuple(plan.edits())
    after = applied(cluster, edits) if edits else cluster
    title = f"isolate every pod of {namespace}, but for what is needed"
    proposal = proved(title, (cluster, after), edits, needs, plan.unsaid)
    seen = needs_of(after, sayings, [wish] if names else [])
    governed = {way: set(_again(pods, after)) for way, pods in open_pods.items()}
    left = tuple(remaining(after, seen, governed)) if edits else ()
    assumed = not names and bool(edits)
    return Denied(proposal if edits else None, needs, left, tuple(plan.unsaid), assumed)


def _dns_names(cluster: Cluster) -> tuple[tuple[Subject, PortSet], ...]:
    """The DNS pods with their ports; nobody where the input has none."""
    directory = cluster.worlds.directory
    found: dict[Subject, PortSet] = {}
    try:
        notation = dns_notation(directory)
        for port in DNS_PORTS.choices:
            for subject, ports in targets_with_ports(notation, port, directory):
                found[subject] = found.get(subject, NO_PORTS) | ports
    except UnknownEndpointError:
        return ()
    return tuple(found.items())


def _not_isolated(cluster: Cluster, namespace: str) -> dict[Direction, list[Endpoint]]:
    """By direction the pods of a namespace that no policy of it isolates."""
    graph, directory = cluster.worlds.graph, cluster.worlds.directory
    pods = [it for it in directory.running_in.get(namespace, ()) if is_pod(it, cluster.profile)]
    return {way: [it for it in pods if not graph.isolating(it, way)] for way in Direction}


def _again(pods: Iterable[Endpoint], after: Cluster) -> Iterator[Subject]:
    """The same pods in another cluster."""
    for pod in pods:
        yield from after.worlds.directory.named(pod.namespace, pod.name, pod.kind)


@dataclass
class _Plan:
    """The policies for one namespace."""

    cluster: Cluster
    namespace: str
    open_pods: Mapping[Direction, Sequence[Endpoint]]
    needs: Needs
    names: Sequence[tuple[Subject, PortSet]]
    unsaid: list[Pair] = field(default_factory=list)
    _taken: list[str] = field(default_factory=list)

    def edits(self) -> Iterator[Edit]:
        """What is allowed comes first, so that applying it in order cuts off little."""
        own = [it for it in self.cluster.snapshot.policies if it.namespace == self.namespace]
        self._taken = [it.name for it in own]
        closed = {way for it in own if it.subject == EVERYTHING for way in it.rules}
        dns = self._dns_rules() if self.open_pods[Direction.EGRESS] else ()
        everyone = self._population.pods(self.namespace)
        for_all = len(self.open_pods[Direction.EGRESS]) == len(everyone)
        yield from self._workloads(() if for_all else dns)
        missing = [way for way in Direction if way not in closed]
        if for_all and Direction.EGRESS in missing:
            dns = dns or self._dns_rules()
            rules = {Direction.EGRESS: dns}
            yield self._new("allow-dns", EVERYTHING, rules, "every pod may look names up")
        if missing:
            nothing: dict[Direction, tuple[Rule, ...]] = dict.fromkeys(missing, ())
            yield self._new("default-deny", EVERYTHING, nothing, "isolates every pod")

    @cached_property
    def _population(self) -> Population:
        return Population(self.needs.parties, self.cluster.profile)

    def _dns_rules(self) -> tuple[Rule, ...]:
        """DNS as it is in the input, else as it is labelled in most clusters."""
        if self.names:
            rules, unnamed = rules_for(dict(self.names), self._population, self.namespace)
            pods = self.open_pods[Direction.EGRESS]
            self.unsaid += ((pod, name) for pod in pods for name in unnamed)
            return rules
        place = None if self.namespace == _DNS_NAMESPACE else in_namespace(_DNS_NAMESPACE)
        key, value = DNS_LABELS[0]
        labelled = LabelSelector((Requirement(key, Operator.IN, (value,)),))
        ports = tuple(it for it in DNS_PORTS.choices if isinstance(it, PortRange))
        return (Rule((PodPeer(labelled, place),), ports),)

    def _workloads(self, dns: tuple[Rule, ...]) -> Iterator[Edit]:
        """One policy for each workload that needs anything."""
        units: dict[Look, dict[Endpoint, None]] = {}
        for pods in self.open_pods.values():
            for pod in pods:
                units.setdefault(look(pod), {})[pod] = None
        neighbours = self._population.pods(self.namespace)
        for unit, several in sorted(units.items(), key=lambda item: next(iter(item[1])).name):
            rules: dict[Direction, tuple[Rule, ...]] = {}
            for way, pods in self.open_pods.items():
                mine = [pod for pod in pods if pod in several]
                found = self._rules(way, mine)
                found += dns if mine and way is Direction.EGRESS else ()
                if found:
                    rules[way] = found
            if rules:
                first = next(iter(several))
                others = [it.labels for it in neighbours if look(it) != unit]
                name = f"allow-{first.workload[1] or first.name}"
                subject = telling([lasting(first)], others)
                yield self._new(name, subject, rules, "keeps what it needs")

    def _rules(self, way: Direction, pods: Sequence[Endpoint]) -> tuple[Rule, ...]:
        """For what some pods need beside DNS."""
        names = dict(self.names) if way is Direction.EGRESS else {}
        needed: dict[Subject, PortSet] = {}
        pairs: dict[Subject, list[Pair]] = {}
        wanted = set(pods)
        for pair, ports in self.needs.passing.items():
            peer, subject = pair if way is Direction.INGRESS else pair[::-1]
            more = ports - names.get(peer, NO_PORTS)
            if subject in wanted and more:
                needed[peer] = needed.get(peer, NO_PORTS) | more
                pairs.setdefault(peer, []).append(pair)
        rules, unnamed = rules_for(needed, self._population, self.namespace)
        self.unsaid += (pair for peer in unnamed for pair in pairs[peer])
        return rules

    def _new(
        self,
        name: str,
        subject: LabelSelector,
        rules: Mapping[Direction, tuple[Rule, ...]],
        summary: str,
    ) -> Edit:
        free = fresh(name, self._taken)
        self._taken.append(free)
        return Edit(summary, None, policy_fields(self.namespace, free, subject, rules))
