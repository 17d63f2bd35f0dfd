"""What expectation files say is needed: everything they allow."""

from collections.abc import Iterator

from netsim.load import locate
from netsim.query.directory import Directory
from netsim.query.expectations.facts import (
    ClosedWorld,
    Ends,
    Expectation,
    FlowSet,
    Invariant,
    InvariantKind,
    Passing,
)
from netsim.query.expectations.finding import (
    Complaints,
    sources_of,
    targets_of,
    targets_without,
    without,
)
from netsim.query.expectations.invariants import DNS_PORTS, dns_notation
from netsim.suggest.needs_wishes import Wish


def wishes_of_expectation(
    expectation: Expectation, directory: Directory, notes: list[str]
) -> Iterator[Wish]:
    """The flows that an expectation allows: `allow`, what `only` lists, `dns-reachable`.

    Nothing of one that is expected to fail. Names that match nothing go to the notes.
    """
    if expectation.xfail:
        return
    said, place = Complaints.none(), str(locate(expectation.source))
    left_out = expectation.excepted
    excepted = [] if left_out is None else sources_of(left_out, directory, said)
    for flows in _allowed(expectation, directory):
        sources = without(sources_of(flows.sources, directory, said), excepted)
        targets = targets_of(flows.targets, flows.ports, directory, said)
        yield Wish(tuple(sources), targets_without(targets, excepted), place)
    reasons = dict.fromkeys((*said.empty, *said.wrong, *said.undecided))
    notes.extend(f"{place}: left out: {reason}" for reason in reasons)


def _allowed(expectation: Expectation, directory: Directory) -> Iterator[FlowSet]:
    match expectation.claim:
        case Passing(flows, allowed=True):
            yield flows
        case ClosedWorld(subject, inward, listed):
            for item in listed:
                ends = (item.peer, subject) if inward else (subject, item.peer)
                yield FlowSet(*ends, item.ports)
        case Invariant(InvariantKind.DNS_REACHABLE, target):
            dns = Ends("dns", (dns_notation(directory),), expectation.source)
            yield FlowSet(target, dns, DNS_PORTS)
        case _:
            return
