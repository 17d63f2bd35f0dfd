"""Who reaches whom on one port, for all classes at once: rows of bits and blocks of rows.

A class stands for all pods that no rule tells apart; what identity settles (a pod and itself,
a pod and its node, finished pods) is no matter of classes and not seen here.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from netsim.compiler.sets import ClassSet
from netsim.grants import Grants

Octets = NDArray[np.uint8]
Numbers = NDArray[np.int64]
Bools = NDArray[np.bool_]

_CACHE_OCTETS = 1 << 19
"""Blocks that are only joined are this large, so that they stay in the processor's cache."""
_BLOCK_OCTETS = 1 << 26
"""Blocks that have to be worked out first are larger: each costs a walk over all pairs."""
_KEPT_OCTETS = 1 << 28

_Pair = tuple[int, int, bytes, ClassSet]
"""Sources as a trimmed bit string with its first and end byte, and targets."""


class PortMatrix:
    """The class-by-class matrix of one place of the port line (`line_position`)."""

    def __init__(self, count: int, position: int, egress: Grants, ingress: Grants) -> None:
        self.count = count
        """Classes, which are the rows and the columns."""
        self.width = -(-count // 64) * 8
        """Bytes of a row, a multiple of 8; bits past the last class are zero."""
        everyone = ClassSet.shifted((1 << count) - 1, 0)
        self._egress = [_pair(egress.unisolated, everyone)]
        self._egress += (_pair(item.subjects, item.peers) for item in egress.on(position))
        self._ingress = [_pair(everyone, ingress.unisolated)]
        self._ingress += (_pair(item.peers, item.subjects) for item in ingress.on(position))
        self._kept: tuple[Octets, Octets] | None = None
        self._joined: Octets | None = None
        self._holders: tuple[_Holders, _Holders] | None = None

    def prepare(self) -> "PortMatrix":
        """Works both ends out for all rows if each fits in 256 MiB; returns itself.

        Rows and blocks are then only looked up and joined.
        """
        if self._kept is None and self.count * self.width <= _KEPT_OCTETS:
            self._kept = self._ends(0, self.count)
        return self

    @property
    def prepared(self) -> bool:
        """Whether rows and blocks are only looked up."""
        return self._kept is not None

    def row(self, source: int) -> Octets:
        """The classes that one class reaches: bit `t % 8` of byte `t // 8` for class `t`."""
        if self._kept is not None:
            egress, ingress = (end[source] for end in self._kept)
        else:
            if self._holders is None:
                self._holders = _Holders(self._egress), _Holders(self._ingress)
            egress, ingress = (self._row(source, held) for held in self._holders)
        found: Octets = egress & ingress
        return found

    def lookup(self, sources: Numbers, targets: Numbers) -> Bools:
        """For arrays of classes, pair by pair, whether the source reaches the target."""
        if self._kept is None:
            return self._lookup_in_blocks(sources, targets)
        if self._joined is None:
            self._joined = self._kept[0] & self._kept[1]
        return _looked_up(self._joined, sources, targets)

    def blocks(self) -> Iterator[tuple[int, Octets]]:
        """The whole matrix as blocks of rows, shape (rows, width), each with its first class.

        A block is overwritten by the next one: copy what is to be kept.
        """
        room = _CACHE_OCTETS if self._kept else _BLOCK_OCTETS
        height = max(8, room // self.width // 8 * 8)
        buffer = np.empty((min(height, self.count), self.width), np.uint8)
        for first in range(0, self.count, height):
            last = min(first + height, self.count)
            if self._kept:
                egress, ingress = (end[first:last] for end in self._kept)
            else:
                egress, ingress = self._ends(first, last)
            block = buffer[: last - first]
            np.bitwise_and(
                egress.view(np.uint64), ingress.view(np.uint64), out=block.view(np.uint64)
            )
            yield first, block

    def _lookup_in_blocks(self, sources: Numbers, targets: Numbers) -> Bools:
        """Where the matrix is not kept it is made once a call, block by block."""
        found = np.empty(len(sources), np.bool_)
        order = np.argsort(sources, kind="stable")
        ordered = sources[order]
        for first, block in self.blocks():
            start, end = np.searchsorted(ordered, (first, first + len(block)))
            chosen = order[start:end]
            found[chosen] = _looked_up(block, sources[chosen] - first, targets[chosen])
        return found

    def _ends(self, first: int, last: int) -> tuple[Octets, Octets]:
        return self._rows(first, last, self._egress), self._rows(first, last, self._ingress)

    def _rows(self, first: int, last: int, pairs: Iterable[_Pair]) -> Octets:
        rows = np.zeros((last - first, self.width), np.uint8)
        for start, end, octets, targets in pairs:
            if start * 8 >= last or end * 8 <= first:
                continue
            chosen = _members(start, octets, first, last)
            if len(chosen):
                columns = slice(targets.first, targets.first + len(targets.octets))
                rows[chosen, columns] |= as_octets(targets)
        return rows

    def _row(self, source: int, held: "_Holders") -> Octets:
        row = np.zeros(self.width, np.uint8)
        for targets in held.targets(source):
            columns = slice(targets.first, targets.first + len(targets.octets))
            row[columns] |= as_octets(targets)
        return row


class _Holders:
    """Which of some pairs have a source, found for all pairs in one step."""

    def __init__(self, pairs: Sequence[_Pair]) -> None:
        self._targets = [targets for *_, targets in pairs]
        self._starts = np.array([start for start, *_ in pairs])
        self._ends = np.array([end for _, end, *_ in pairs])
        # from where a set's octets would begin if they were not trimmed
        self._offsets = np.cumsum(self._ends - self._starts) - self._ends
        self._octets = np.frombuffer(b"".join(octets for _, _, octets, _ in pairs), np.uint8)

    def targets(self, source: int) -> Iterator[ClassSet]:
        """The targets of every pair that holds the source."""
        octet, bit = source >> 3, 1 << (source & 7)
        around = np.flatnonzero((self._starts <= octet) & (octet < self._ends))
        chosen = around[self._octets[self._offsets[around] + octet] & bit != 0]
        return map(self._targets.__getitem__, chosen.tolist())


def _pair(sources: ClassSet, targets: ClassSet) -> _Pair:
    return sources.first, sources.first + len(sources.octets), sources.octets, targets


def _looked_up(rows: Octets, sources: Numbers, targets: Numbers) -> Bools:
    places = sources * rows.shape[1]
    places += targets >> 3
    octets = rows.reshape(-1)[places]
    octets >>= (targets & 7).astype(np.uint8)
    octets &= 1
    found: Bools = octets.view(np.bool_)
    return found


def as_octets(members: ClassSet) -> Octets:
    """The trimmed bits of a set, lowest bit first."""
    return np.frombuffer(members.octets, np.uint8)


def members_within(members: ClassSet, first: int, last: int) -> NDArray[np.intp]:
    """Members from `first`, a multiple of 8, to below `last`, counted from `first`."""
    if members.start >= last or members.end <= first:
        return np.empty(0, np.intp)
    return _members(members.first, members.octets, first, last)


def _members(start: int, octets: bytes, first: int, last: int) -> NDArray[np.intp]:
    """Members from `first`, a multiple of 8, to below `last`, counted from `first`."""
    low = max(first >> 3, start)
    inside = octets[low - start : -(-last // 8) - start]
    bits = np.unpackbits(np.frombuffer(inside, np.uint8), bitorder="little")
    return np.flatnonzero(bits[: last - low * 8]) + (low * 8 - first)
