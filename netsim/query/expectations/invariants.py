"""The sentences that have a name: each is a question about one target."""

from collections.abc import Iterator, Sequence

from netsim.compiler.classes import is_node
from netsim.model.labels import Labels
from netsim.model.policy import Direction
from netsim.model.ports import ALL_PORTS, NO_PORTS, PortRange, PortSet, Protocol
from netsim.model.workload import Endpoint
from netsim.names import EndpointText, NamedService, Special
from netsim.query.directory import Directory
from netsim.query.expectations.facts import (
    Ends,
    Expectation,
    FlowSet,
    Invariant,
    InvariantKind,
    Passing,
    Ports,
)
from netsim.query.expectations.finding import (
    Complaints,
    sources_of,
    targets_of,
    targets_without,
    without,
)
from netsim.query.expectations.outcomes import Status, Witness
from netsim.query.expectations.passing import flows_ruling
from netsim.query.expectations.rulings import (
    HOLDS,
    Court,
    Ruling,
    excepted_of,
    objection,
    ruling_of,
)
from netsim.query.expectations.satisfying import escaping
from netsim.query.expectations.survey import Judgement, survey
from netsim.query.parties import Subject, party_of, subject_name
from netsim.query.verdict import reasons_within

_Fault = tuple[str, str]
"""A sentence, and the namespace it is about; empty for what is in none."""
DNS_PORTS = Ports(
    "53/udp, 53/tcp", (PortRange(Protocol.UDP, 53, 53), PortRange(Protocol.TCP, 53, 53))
)
"""A long answer comes over TCP (RFC 7766)."""


def invariant_ruling(expectation: Expectation, claim: Invariant, court: Court) -> Ruling:
    """Whether the sentence holds for every endpoint of the target."""
    said = Complaints.none()
    excepted = excepted_of(expectation, court, said)
    target = list(without(sources_of(claim.target, court.directory, said), excepted))
    found = objection(said, expectation, len(target))
    if found is not None or not target:
        return found or HOLDS
    match claim.kind:
        case InvariantKind.ISOLATED | InvariantKind.DEFAULT_DENY:
            return _first(_BY_POLICIES[claim.kind](target, claim.directions, court), court)
        case InvariantKind.DNS_REACHABLE:
            return _reaching(expectation, target, (court, said), excepted)
        case InvariantKind.NO_INTERNET_EGRESS:
            internet = [(item, ALL_PORTS) for item in court.directory.internet]
            return _denied(expectation, (target, internet), claim, (court, said))
        case InvariantKind.NO_INTERNET_INGRESS:
            internet_first = list(court.directory.internet)
            everyone = [(item, ALL_PORTS) for item in target]
            return _denied(expectation, (internet_first, everyone), claim, (court, said))
        case InvariantKind.NO_CROSS_NAMESPACE:
            return _within_namespaces(target, excepted, court)


def _denied(
    expectation: Expectation,
    ends: tuple[Sequence[Subject], Sequence[tuple[Subject, PortSet]]],
    claim: Invariant,
    asking: tuple[Court, Complaints],
) -> Ruling:
    excepted = excepted_of(expectation, *asking)
    sources = list(without(ends[0], excepted))
    targets = targets_without(dict(ends[1]), excepted)
    passing = Passing(FlowSet(claim.target, claim.target, Ports("")), allowed=False)
    return flows_ruling(expectation, (sources, targets), passing, asking)


def _reaching(
    expectation: Expectation,
    sources: list[Subject],
    asking: tuple[Court, Complaints],
    excepted: Sequence[Subject],
) -> Ruling:
    court, said = asking
    dns = Ends("dns", (dns_notation(court.directory),), expectation.source)
    targets = targets_without(targets_of(dns, DNS_PORTS, court.directory, said), excepted)
    passing = Passing(FlowSet(dns, dns, DNS_PORTS), allowed=True)
    return flows_ruling(expectation, (sources, targets), passing, asking)


def dns_notation(directory: Directory) -> EndpointText:
    """The Service in front, which knows the pods' own port; else the pods."""
    for service in directory.snapshot.services:
        if service.key == "kube-system/kube-dns" and service.selector:
            wanted = {(Protocol.UDP, 53), (Protocol.TCP, 53)}
            if wanted <= {(port.protocol, port.number) for port in service.ports}:
                return NamedService(service.namespace, service.name)
    return Special.DNS


def _within_namespaces(
    target: list[Subject], excepted: Sequence[Subject], court: Court
) -> Ruling:
    def crossing(source: Subject, other: Subject, _: PortSet, opened: PortSet) -> PortSet:
        return NO_PORTS if _namespace(source) == _namespace(other) else opened

    judgement = Judgement(crossing, kinship=_namespace)
    everyone = list(without(court.directory.running, excepted))
    out = survey(court.worlds, target, [(pod, ALL_PORTS) for pod in everyone], judgement)
    into = survey(court.worlds, everyone, [(pod, ALL_PORTS) for pod in target], judgement)
    return ruling_of(out.joined(into), court, allowed=True)


def _namespace(subject: Subject) -> str | None:
    return subject.namespace if isinstance(subject, Endpoint) else None


def _first(faults: Iterator[_Fault], court: Court) -> Ruling:
    """What fails first, or cannot be known: what is not evaluated may isolate as well."""
    found = list(faults)
    if not found:
        return HOLDS
    sure = [sentence for sentence, place in found if not reasons_within([place], court.worlds)]
    if sure:
        return Ruling(Status.FAILED, Witness(sure[0], more=len(sure) - 1))
    sentence, place = found[0]
    reason = reasons_within([place], court.worlds)[0]
    return Ruling(Status.UNDECIDED, Witness(f"{sentence}; but {reason}"))


def _not_isolated(
    target: Sequence[Subject], directions: Sequence[Direction], court: Court
) -> Iterator[_Fault]:
    graph = court.worlds.graph
    for subject in target:
        for direction in directions:
            if isinstance(subject, Endpoint) and graph.isolating(party_of(subject), direction):
                continue
            sentence = f"{subject_name(subject)} {_why(subject, court)} for {direction.value}"
            yield sentence, _namespace(subject) or ""


def _why(subject: Subject, court: Court) -> str:
    if not isinstance(subject, Endpoint):
        return "is no pod: no policy isolates it"
    if is_node(subject, court.worlds.profile):
        return "is on the host network: no policy isolates it"
    return "is not isolated: no policy selects it"


def _open_to_newcomers(
    target: Sequence[Subject], directions: Sequence[Direction], court: Court
) -> Iterator[_Fault]:
    for namespace in sorted({_namespace(item) or "" for item in target} - {""}):
        for direction in directions:
            selectors = [
                policy.subject
                for policy in court.worlds.snapshot.policies
                if policy.namespace == namespace and direction in policy.rules
            ]
            labels = escaping((), selectors)
            if labels is not None:
                sentence = (
                    f"{namespace}/{_newcomer(labels)} would not be isolated for "
                    f"{direction.value}: no policy of the namespace selects it"
                )
                yield sentence, namespace


def _newcomer(labels: Labels) -> str:
    return f"a new pod with {labels}" if labels else "a new pod without labels"


_BY_POLICIES = {
    InvariantKind.ISOLATED: _not_isolated,
    InvariantKind.DEFAULT_DENY: _open_to_newcomers,
}
