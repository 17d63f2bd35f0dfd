"""Chains of hops from one party to another, the shortest first; and how far each one comes."""

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import islice

import numpy as np

from netsim.model.ports import ALL_PORTS, PortSet
from netsim.model.workload import Endpoint
from netsim.query.chains import BlastRadius, Hop, Path, Paths, Reached
from netsim.query.hops import Bits, Hops, closure, members
from netsim.query.parties import Subject, party_of
from netsim.query.verdict import reasons_within
from netsim.query.worlds import Worlds

_Chain = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Ends:
    """Between whom, how long, and on which ports."""

    sources: tuple[Subject, ...]
    targets: tuple[Subject, ...]
    most_hops: int | None = None
    ports: PortSet = ALL_PORTS
    without: Bits = 0
    """Spots that no chain may go through."""


def paths(worlds: Worlds, asked: Ends, most: int) -> Paths:
    """At most so many chains; those on the way are endpoints, each of them once in a chain.

    Endpoints that no hop tells apart are one step: the first of them stands for all.
    """
    hops = Hops(worlds, asked.ports, (*asked.sources, *asked.targets))
    walks = [_Walk(hops, source, asked) for source in asked.sources]
    found = [walk.path(chain) for walk in walks for chain in islice(walk.chains(), most)]
    found.sort(key=lambda path: len(path.hops))
    return Paths(tuple(found[:most]), undecided_chains(worlds))


def blast_radius(worlds: Worlds, ports: PortSet = ALL_PORTS) -> BlastRadius:
    """How far an intruder in each running endpoint comes on some ports."""
    hops = Hops(worlds, ports)
    rows = hops.rows()
    within = (1 << hops.inside) - 1
    sizes = np.array([len(item) for item in hops.members[: hops.inside]], np.int64)
    whole = closure(rows)
    counted: dict[Bits, int] = {}

    def count(bits: Bits, spot: int) -> int:
        inside = bits & within
        if inside not in counted:
            counted[inside] = int(sizes[members(inside)].sum())
        return counted[inside] - (inside >> spot & 1)

    found = [
        Reached(item, count(rows[spot], spot), count(whole[spot], spot), whole[spot] > within)
        for item, spot in hops.spot_of.items()
        if isinstance(item, Endpoint)
    ]
    found.sort(key=lambda it: (-it.reached, -it.direct, not it.outside, it.subject.key))
    return BlastRadius(tuple(found), undecided_chains(worlds))


class _Walk:
    """Chains of spots from one source, by Yen's algorithm over rows of bits.

    A chain is the spots on the way, each once, and at its end the spot of a target.
    """

    def __init__(self, hops: Hops, source: Subject, asked: Ends) -> None:
        self._hops = hops
        self._source = source
        self._ends = {source, *asked.targets}
        self._targets: dict[int, list[Subject]] = {}
        for target in asked.targets:
            if target != source:
                self._targets.setdefault(hops.spot_of[target], []).append(target)
        self._goal = sum(1 << spot for spot in self._targets)
        self._between = (1 << hops.inside) - 1
        for spot in {hops.spot_of[item] for item in self._ends}:
            if all(item in self._ends for item in hops.members[spot]):
                self._between &= ~(1 << spot)
        self._between &= ~asked.without
        every = range(hops.inside)
        self._last = sum(1 << spot for spot in every if hops.row(spot) & self._goal)
        self._most = asked.most_hops

    def chains(self) -> Iterator[_Chain]:
        """The shortest first."""
        found: list[_Chain] = []
        waiting: list[tuple[int, _Chain]] = []
        known: set[_Chain] = set()
        self._branch((), found, waiting, known)
        while waiting:
            _, chain = heappop(waiting)
            found.append(chain)
            yield chain
            for length in range(len(chain)):
                self._branch(chain[:length], found, waiting, known)

    def path(self, chain: _Chain) -> Path:
        """A chain with one endpoint for each spot, and the ports of each hop."""
        hops: list[Hop] = []
        for place, spot in enumerate(chain, 1):
            source = hops[-1].target if hops else self._source
            last = place == len(chain)
            choice = [it for it in self._hops.members[spot] if it not in self._ends]
            some = self._targets[spot] if last else choice
            ports = self._hops.graph.ports(party_of(source), party_of(some[0]))
            hops.append(Hop(source, some[0], ports & self._hops.ports, len(some) - 1))
        return Path(tuple(hops))

    def _branch(
        self,
        root: _Chain,
        found: list[_Chain],
        waiting: list[tuple[int, _Chain]],
        known: set[_Chain],
    ) -> None:
        """The shortest chain that begins like some others and then leaves all of them."""
        row = self._hops.row(root[-1] if root else self._hops.spot_of[self._source])
        steps, ends = row & self._between, row & self._goal
        used = sum(1 << spot for spot in root)
        for chain in found:
            if chain[: len(root)] == root and len(chain) > len(root):
                bit = 1 << chain[len(root)]
                if len(chain) == len(root) + 1:
                    ends &= ~bit
                else:
                    steps &= ~bit
        rest = self._shortest(steps & ~used, ends, used)
        chain = (*root, *rest)
        if rest and chain not in known and (self._most is None or len(chain) <= self._most):
            known.add(chain)
            heappush(waiting, (len(chain), chain))

    def _shortest(self, steps: Bits, ends: Bits, used: Bits) -> _Chain:
        """From some first steps, or at once to some ends; empty where nothing leads there."""
        if ends:
            return (_lowest(ends),)
        layers, seen = [steps], used | steps
        while layers[-1]:
            last = layers[-1] & self._last
            if last:
                chain = self._back(_lowest(last), layers)
                return (*chain, _lowest(self._hops.row(chain[-1]) & self._goal))
            layers.append(self._hops.joined(layers[-1]) & self._between & ~seen)
            seen |= layers[-1]
        return ()

    def _back(self, spot: int, layers: list[Bits]) -> _Chain:
        chain = [spot]
        for layer in reversed(layers[:-1]):
            before = (it for it in members(layer) if self._hops.row(it) >> chain[0] & 1)
            chain.insert(0, next(before))
        return tuple(chain)


def _lowest(bits: Bits) -> int:
    return (bits & -bits).bit_length() - 1


def undecided_chains(worlds: Worlds) -> tuple[str, ...]:
    """Why hops may be missing, or too many: any policy could cut any chain."""
    return reasons_within(worlds.snapshot.namespaces, worlds)
