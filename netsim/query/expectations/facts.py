"""An expectation file as frozen values; every one knows where it is written."""

from dataclasses import dataclass
from enum import Enum

from netsim.model.policy import Direction
from netsim.names import EndpointText, PortText
from netsim.results import Severity
from netsim.source import Source


@dataclass(frozen=True, slots=True)
class Ends:
    """A set of endpoints: everything that some notations stand for."""

    text: str
    """As it was written, for messages."""
    notations: tuple[EndpointText, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class Ports:
    """Some ports, each a range or a name; without any, all ports."""

    text: str
    choices: tuple[PortText, ...] = ()


@dataclass(frozen=True, slots=True)
class FlowSet:
    """From each of some sources to each of some targets, on every one of some ports."""

    sources: Ends
    targets: Ends
    ports: Ports


@dataclass(frozen=True, slots=True)
class Passing:
    """All of the flows pass, or none does."""

    flows: FlowSet
    allowed: bool
    transitive: bool = False
    """With `allowed` false: not even on the way through other pods."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One item of `only`: the other end, and the ports."""

    peer: Ends
    ports: Ports
    source: Source


@dataclass(frozen=True, slots=True)
class ClosedWorld:
    """What is listed passes and nothing else does, on any port, from or to anyone."""

    subject: Ends
    inward: bool
    """Whether the subject is the target and sources are listed; else the other way round."""
    listed: tuple[Listed, ...]


class InvariantKind(Enum):
    """Sentences that need no second set of endpoints."""

    ISOLATED = "isolated"
    """Every pod of the target is selected by a policy, in each direction."""
    DEFAULT_DENY = "default-deny"
    """So is every pod that could be created in the namespaces of the target."""
    DNS_REACHABLE = "dns-reachable"
    NO_INTERNET_EGRESS = "no-internet-egress"
    NO_INTERNET_INGRESS = "no-internet-ingress"
    NO_CROSS_NAMESPACE = "no-cross-namespace"


@dataclass(frozen=True, slots=True)
class Invariant:
    """A named sentence about a target."""

    kind: InvariantKind
    target: Ends
    directions: tuple[Direction, ...] = (Direction.INGRESS, Direction.EGRESS)


Claim = Passing | ClosedWorld | Invariant


@dataclass(frozen=True, slots=True)
class Expectation:
    """One promise."""

    name: str
    claim: Claim
    source: Source
    severity: Severity = Severity.ERROR
    xfail: str = ""
    """Why it must fail for now; empty where it must hold."""
    allow_empty: bool = False
    undecided_ok: bool = False
    excepted: Ends | None = None
    """Flows with one of these at either end are left out; of a closed world's, at the other."""


@dataclass(frozen=True, slots=True)
class ExpectedDiff:
    """What a change may open and close, for a review."""

    added: tuple[FlowSet, ...]
    removed: tuple[FlowSet, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class ManifestPattern:
    """A file, folder or glob, relative to the expectation file."""

    text: str
    source: Source


@dataclass(frozen=True, slots=True)
class ExpectationFile:
    """Everything one file says."""

    file: str
    manifests: tuple[ManifestPattern, ...]
    expectations: tuple[Expectation, ...]
    expect_diff: ExpectedDiff | None = None
