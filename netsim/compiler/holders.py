"""Which sets hold some classes, found without a walk over every set."""

from collections.abc import Iterator, Sequence
from itertools import accumulate, compress
from typing import cast

import numpy as np

from netsim.compiler.sets import ClassId, ClassSet, SetId


class Holders:
    """The windows and the bits of many sets in flat arrays."""

    def __init__(self, sets: Sequence[ClassSet]) -> None:
        sizes = [len(item.octets) for item in sets]
        self.count = len(sets)
        """Sets with greater numbers are unknown here."""
        self._firsts = np.array([item.first for item in sets], np.int32)
        self._ends = self._firsts + np.array(sizes, np.int32)
        self._octets = np.frombuffer(b"".join([item.octets for item in sets]), np.uint8)
        # where a set's octet 0 would be, were it not trimmed
        self._starts = np.array(list(accumulate(sizes, initial=0))[:-1], np.int64)
        self._starts -= self._firsts

    def holding(
        self, members: Sequence[ClassId]
    ) -> Iterator[tuple[tuple[ClassId, ...], list[SetId]]]:
        """Some of the classes at a time, with every set that holds just those of them."""
        held = np.zeros((len(members), self.count), np.bool_)
        for row, member in zip(held, members, strict=True):
            at = member >> 3
            near = np.flatnonzero((self._firsts <= at) & (at < self._ends))
            row[near] = self._octets[self._starts[near] + at] >> (member & 7) & 1
        some = np.flatnonzero(held.any(axis=0))
        alike: dict[bytes, list[int]] = {}
        for number, column in zip(some.tolist(), held.T[some], strict=True):
            alike.setdefault(column.tobytes(), []).append(number)
        for column, numbers in alike.items():
            yield tuple(compress(members, column)), cast(list[SetId], numbers)
