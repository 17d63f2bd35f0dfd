"""Who the endpoints of an expectation are in a cluster, and on which ports they are meant."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from netsim.addresses import AddressRange
from netsim.errors import AmbiguousEndpointError, UnknownEndpointError
from netsim.model.ports import NO_PORTS, PortSet
from netsim.names import EndpointText
from netsim.query.directory import Directory
from netsim.query.endpoints import resolve
from netsim.query.expectations.facts import Ends, Ports
from netsim.query.expectations.notations import port_names
from netsim.query.parties import Outside, Subject, merged
from netsim.query.questions import targets_with_ports
from netsim.query.table import Target


@dataclass(slots=True)
class Complaints:
    """Why an expectation cannot be checked as it is written."""

    empty: list[str]
    """Notations that match nothing."""
    wrong: list[str]
    """Names that mean several things, or ports that a target does not have."""
    undecided: list[str]
    """Who it is about cannot be known."""

    @classmethod
    def none(cls) -> "Complaints":
        """Nothing to say yet."""
        return cls([], [], [])


def sources_of(ends: Ends, directory: Directory, complaints: Complaints) -> list[Subject]:
    """Everyone that some notations stand for, once."""
    found: dict[Subject, None] = {}
    for notation in ends.notations:
        for subject in _resolved(notation, directory, complaints):
            found.setdefault(subject)
    return list(found)


def targets_of(
    ends: Ends, ports: Ports, directory: Directory, complaints: Complaints
) -> dict[Subject, PortSet]:
    """Everyone that some notations stand for, with the ports in question on each."""
    found: dict[Subject, PortSet] = {}
    for notation in ends.notations:
        if not _resolved(notation, directory, complaints):
            continue
        for port in port_names(ports):
            try:
                targets = targets_with_ports(notation, port, directory)
            except UnknownEndpointError as error:
                complaints.wrong.append(str(error))
                continue
            for subject, asked in targets:
                found[subject] = found.get(subject, NO_PORTS) | asked
    return found


def without(subjects: Iterable[Subject], excepted: Sequence[Subject]) -> Iterator[Subject]:
    """Subjects that are not excepted; of addresses those that are left."""
    gone = set(excepted)
    barred = [item for one in excepted if isinstance(one, Outside) for item in one.ranges]
    for subject in subjects:
        if isinstance(subject, Outside):
            left = _less(subject.ranges, barred)
            if left:
                yield subject if left == subject.ranges else Outside(left)
        elif subject not in gone:
            yield subject


def targets_without(
    targets: dict[Subject, PortSet], excepted: Sequence[Subject]
) -> list[Target]:
    """Targets that are not excepted, as `without`."""
    return [
        (left, asked)
        for subject, asked in targets.items()
        for left in without([subject], excepted)
    ]


def pieces(
    outside: Iterable[Outside], listed: Sequence[Sequence[Subject]]
) -> Iterator[tuple[Outside, frozenset[int]]]:
    """Addresses cut where lists begin and end, each piece with the lists that hold it."""
    barred = [
        [item for one in some if isinstance(one, Outside) for item in one.ranges]
        for some in listed
    ]
    for group in outside:
        cut: list[tuple[tuple[AddressRange, ...], frozenset[int]]] = [
            (group.ranges, frozenset())
        ]
        for place, ranges in enumerate(barred):
            cut = [
                (part, holds)
                for had, known in cut
                for part, holds in (
                    (_common(had, ranges), known | {place}),
                    (_less(had, ranges), known),
                )
                if part
            ]
        for ranges_left, holds in cut:
            yield Outside(ranges_left), holds


def _resolved(
    notation: EndpointText, directory: Directory, complaints: Complaints
) -> Sequence[Subject]:
    try:
        found = resolve(notation, directory)
    except AmbiguousEndpointError as error:
        complaints.wrong.append(str(error))
        return ()
    except UnknownEndpointError as error:
        complaints.empty.append(str(error))
        return ()
    if found.undecided:
        complaints.undecided.append(found.undecided)
    return found.subjects


def _common(
    ranges: Sequence[AddressRange], others: Sequence[AddressRange]
) -> tuple[AddressRange, ...]:
    return merged(
        AddressRange(max(one.first, other.first), min(one.last, other.last))
        for one in ranges
        for other in others
        if one.first.version == other.first.version
        and int(one.first) <= int(other.last)
        and int(other.first) <= int(one.last)
    )


def _less(
    ranges: Sequence[AddressRange], others: Sequence[AddressRange]
) -> tuple[AddressRange, ...]:
    left: list[AddressRange] = []
    barred = merged(others)
    for one in ranges:
        kind, start = type(one.first), int(one.first)
        for other in barred:
            if other.first.version != one.first.version or int(other.last) < start:
                continue
            if int(other.first) > int(one.last):
                break
            if int(other.first) > start:
                left.append(AddressRange(kind(start), kind(int(other.first) - 1)))
            start = int(other.last) + 1
        if start <= int(one.last):
            left.append(AddressRange(kind(start), one.last))
    return merged(left)
