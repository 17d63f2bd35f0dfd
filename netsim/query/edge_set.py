"""All allowed edges as sorted text, one a line, and that text read again."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from ipaddress import ip_address, ip_network

from netsim.addresses import AddressRange
from netsim.errors import DocumentError
from netsim.model.labels import Labels
from netsim.model.ports import ALL_PORTS, FIRST_PORT, LAST_PORT, PortRange, PortSet, Protocol
from netsim.model.workload import NODE_KIND, Endpoint
from netsim.names import KINDS, Special
from netsim.query.moves import moves
from netsim.query.parties import Outside, Subject, merged, range_text
from netsim.query.units import Sides, sides_of
from netsim.query.verdict import undecided_reasons
from netsim.query.worlds import Worlds
from netsim.source import Place, Source

HEADER = "# netsim snapshot, version 1: every allowed edge, SOURCE -> TARGET on PORTS"
_REASON = "# undecided: "
_LINE = re.compile(r"(\S+) -> (\S+) on ([^()]+?)( \(undecided\))?")
_GROUP = re.compile(r"([0-9,-]+|all)/(TCP|UDP|SCTP)")
_SavedEnd = Endpoint | AddressRange
_SHORT = {kind: word for word, kind in reversed(KINDS.items())}


@dataclass(frozen=True, slots=True)
class SavedEdge:
    """A source may open connections to a target on these ports."""

    source: Endpoint | AddressRange
    target: Endpoint | AddressRange
    ports: PortSet
    undecided: bool = False
    """Whether the ports may be wrong."""

    def __str__(self) -> str:
        mark = " (undecided)" if self.undecided else ""
        return f"{_end_text(self.source)} -> {_end_text(self.target)} on {self.ports}{mark}"


@dataclass(frozen=True, slots=True)
class EdgeSet:
    """What a saved snapshot holds; its text is the same for the same edges.

    An edge ends at a workload, at a pod that stands for itself, or at addresses outside that
    no pod has. A workload and itself stands for two of its pods, however many there are.
    """

    edges: tuple[SavedEdge, ...]
    """In the order of their texts."""
    reasons: tuple[str, ...] = ()
    """Why edges are undecided."""

    def __str__(self) -> str:
        reasons = [_REASON + reason for reason in self.reasons]
        return "\n".join([HEADER, *reasons, *map(str, self.edges)]) + "\n"


def edge_set_of(worlds: Worlds) -> EdgeSet:
    """Every allowed edge of a cluster; equal addresses outside are joined."""
    nobody = replace(worlds.snapshot, endpoints=(), services=(), unmodelled=(), unread=())
    sides = sides_of(nobody, worlds.snapshot, worlds.profile)
    found: list[SavedEdge] = []
    reasons: dict[str, None] = {}
    beyond: dict[tuple[int, bool, PortSet, bool], list[Outside]] = {}
    for move in moves(sides):
        source, target = sides.units[move.source].subject, sides.units[move.target].subject
        why = _why(source, target, sides)
        reasons |= dict.fromkeys(why)
        if isinstance(source, Outside):
            key = (move.target, False, move.after, bool(why))
            beyond.setdefault(key, []).append(source)
        elif isinstance(target, Outside):
            key = (move.source, True, move.after, bool(why))
            beyond.setdefault(key, []).append(target)
        elif isinstance(source, Endpoint) and isinstance(target, Endpoint):
            found.append(SavedEdge(_bare(source), _bare(target), move.after, bool(why)))
    for (place, outward, ports, unsure), groups in beyond.items():
        subject = sides.units[place].subject
        if isinstance(subject, Endpoint):
            for item in Outside.joined(groups).around:
                one = _bare(subject)
                ends: tuple[_SavedEnd, _SavedEnd] = (one, item) if outward else (item, one)
                found.append(SavedEdge(ends[0], ends[1], ports, unsure))
    return EdgeSet(tuple(sorted(found, key=str)), tuple(sorted(reasons)))


def _why(source: Subject, target: Subject, sides: Sides) -> tuple[str, ...]:
    if not sides.after.snapshot.gaps:
        return ()
    return undecided_reasons(source, target, sides.after)


def _bare(endpoint: Endpoint) -> Endpoint:
    """With what the text says of it, and no more."""
    return Endpoint(endpoint.namespace, endpoint.name, endpoint.kind, Labels())


def looks_saved(text: str) -> bool:
    """Whether a text is a saved snapshot, and no manifest."""
    return text.startswith("# netsim snapshot, version ")


def read_edge_set(text: str, file: str) -> EdgeSet:
    """A saved snapshot; raises DocumentError with the line of what is no edge."""
    reasons: list[str] = []
    edges: list[SavedEdge] = []
    lines = text.splitlines()
    if not lines or lines[0] != HEADER:
        raise _fault(file, 1, "not a snapshot that this version of netsim reads")
    for number, line in enumerate(lines, 1):
        if line.startswith(_REASON):
            reasons.append(line.removeprefix(_REASON))
        elif line.strip() and not line.startswith("#"):
            edges.append(_edge(line, file, number))
    return EdgeSet(tuple(sorted(edges, key=str)), tuple(reasons))


def _edge(line: str, file: str, number: int) -> SavedEdge:
    found = _LINE.fullmatch(line.strip())
    if found is None:
        raise _fault(file, number, "not an edge: use SOURCE -> TARGET on PORTS")
    try:
        ends = _end(found[1]), _end(found[2])
        return SavedEdge(*ends, _ports(found[3]), undecided=bool(found[4]))
    except ValueError as error:
        raise _fault(file, number, f"not an edge: {error}") from None


def _fault(file: str, line: int, problem: str) -> DocumentError:
    return DocumentError(Source(file), problem, Place(file, line))


def _end_text(end: Endpoint | AddressRange) -> str:
    if isinstance(end, AddressRange):
        return range_text(end)
    if end.is_node_object:
        return end.key
    return f"{end.namespace}/{_SHORT.get(end.kind, end.kind)}/{end.name}"


def _end(text: str) -> Endpoint | AddressRange:
    parts = text.split("/")
    if len(parts) == 3 and all(parts):  # noqa: PLR2004 - namespace, kind, name
        return Endpoint(parts[0], parts[2], KINDS.get(parts[1], parts[1]), Labels())
    if len(parts) == 2 and parts[0] == Special.NODE.value:  # noqa: PLR2004 - node/name
        return Endpoint("", parts[1], NODE_KIND, Labels())
    first, dash, last = text.partition("-")
    if dash:
        return AddressRange(ip_address(first), ip_address(last))
    network = ip_network(text)
    return AddressRange(network[0], network[-1])


def _ports(text: str) -> PortSet:
    if text == "all":
        return ALL_PORTS
    spans: list[PortRange] = []
    for group in text.split(", "):
        found = _GROUP.fullmatch(group)
        if found is None:
            raise ValueError(f"{group!r} are no ports")
        spans += (_span(part, Protocol(found[2])) for part in found[1].split(","))
    return PortSet.of(*spans)


def _span(text: str, protocol: Protocol) -> PortRange:
    if text == "all":
        return PortRange(protocol)
    first, _, last = text.partition("-")
    span = PortRange(protocol, int(first), int(last or first))
    if not FIRST_PORT <= span.first <= span.last <= LAST_PORT:
        raise ValueError(f"{text!r} is no port or range of ports")
    return span


def joined_ranges(ranges: Iterable[AddressRange]) -> Iterator[Outside]:
    """Ranges as one subject; nothing where there is none."""
    found = merged(ranges)
    if found:
        yield Outside(found, found)
