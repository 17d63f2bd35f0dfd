"""Connections as columns of an Arrow table, without a Python object for each row."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from netsim.model.ports import Protocol
from netsim.model.workload import Endpoint
from netsim.query.connections import End, Fan
from netsim.query.parties import Subject, subject_name

if TYPE_CHECKING:
    import pyarrow as pa

Rows = NDArray[np.int32]
"""One row a connection and range of ports, of shape (n, 6): source and target, protocol, first
and last port, why it may be wrong. All but the ports are numbers into lists of texts."""

_Row = tuple[int, int, int, int, int, int]
_PROTOCOLS = {protocol: number for number, protocol in enumerate(Protocol)}


def connection_columns(cluster: str, fans: Iterable[Fan]) -> "list[pa.Array]":
    """The cluster, the ends of three columns each, the protocol, two ports, and the reasons."""
    import pyarrow as pa

    found = _Found()
    table = np.concatenate([np.empty((0, 6), np.int32), *map(found.rows, fans)])
    source, target, protocol, first, last, reasons = map(
        pa.array, np.ascontiguousarray(table.T)
    )
    parties = [[party[part] for party in found.parties] for part in range(3)]
    return [
        _texts([cluster], pa.array(np.zeros(len(table), np.int32))),
        *(_texts(texts, side) for side in (source, target) for texts in parties),
        _texts([it.value for it in Protocol], protocol),
        first.cast("uint16"),
        last.cast("uint16"),
        _texts(list(found.reasons), reasons),
    ]


def _texts(texts: list[str], numbers: "pa.Array") -> "pa.DictionaryArray":
    """Texts by number, each held once."""
    import pyarrow as pa

    known = pa.array(texts, type="string").dictionary_encode()
    return pa.DictionaryArray.from_arrays(known.indices.take(numbers), known.dictionary)


def party(subject: Subject) -> tuple[str, str, str]:
    """Namespace, kind and name; addresses outside are of the kind `Outside`."""
    if isinstance(subject, Endpoint):
        return subject.namespace, subject.kind, subject.name
    return "", "Outside", subject_name(subject)


class _Found:
    """The texts that rows have numbers for, and the rows of ends that sources share."""

    def __init__(self) -> None:
        self.parties: dict[tuple[str, str, str], int] = {}
        self.reasons: dict[str, int] = {}
        self._numbers: dict[int, tuple[Subject, int]] = {}
        self._shared: dict[int, tuple[tuple[End, ...], Rows, list[int]]] = {}
        self._rows: dict[int, tuple[End, list[_Row]]] = {}

    def rows(self, fan: Fan) -> Rows:
        """The rows of one source, in order."""
        shared, starts = self._of_ends(fan.ends)
        place = fan.without
        own = shared.copy()
        if place >= 0:
            own = np.delete(own, np.s_[starts[place] : starts[place + 1]], axis=0)
        own[:, 0] = self._number(fan.source)
        return own

    def _of_ends(self, ends: tuple[End, ...]) -> tuple[Rows, list[int]]:
        """The rows without their source, and where those of each end begin."""
        found = self._shared.get(id(ends))
        if found is None:
            rows: list[_Row] = []
            starts = [0]
            for end in ends:
                rows += self._of_end(end)
                starts.append(len(rows))
            table = np.array(rows, np.int32).reshape(-1, 6)
            # kept with its key, whose id another object would have after it
            found = self._shared[id(ends)] = (ends, table, starts)
        return found[1:]

    def _of_end(self, end: End) -> list[_Row]:
        found = self._rows.get(id(end))
        if found is None:
            target, ports, reasons = end
            number = self._number(target)
            why = self.reasons.setdefault("; ".join(reasons), len(self.reasons))
            rows = [
                (0, number, _PROTOCOLS[it.protocol], it.first, it.last, why) for it in ports
            ]
            found = self._rows[id(end)] = (end, rows)
        return found[1]

    def _number(self, subject: Subject) -> int:
        found = self._numbers.get(id(subject))
        if found is None:
            number = self.parties.setdefault(party(subject), len(self.parties))
            found = self._numbers[id(subject)] = (subject, number)
        return found[1]
