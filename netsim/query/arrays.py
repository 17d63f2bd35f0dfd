"""Arrays of questions, by name or by handle: as `can_reach` answers them one by one."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from netsim.bulk import Bulk
from netsim.errors import NotationError, UndecidedError
from netsim.handles import Handle
from netsim.matrix import Bools, Numbers
from netsim.model.ports import PortRange, line_position
from netsim.names import parse_endpoint, parse_port
from netsim.query.endpoints import resolve
from netsim.query.parties import Subject, party_of, subject_name
from netsim.query.verdict import UNRESOLVED, undecided_reasons
from netsim.query.worlds import Worlds

Ends = NDArray[np.integer] | Sequence[str] | Sequence[int] | str | int
"""One side of the questions: handles or names, one or many."""


class Arrays:
    """Remembers which party outside the cluster a handle was given out for."""

    def __init__(self, worlds: Worlds, namespace: str) -> None:
        self._worlds = worlds
        self._namespace = namespace
        self._bulk = Bulk(worlds.graph)
        self._endpoints = worlds.snapshot.endpoints
        self._outside: dict[Handle, Subject] = {}
        self._touched: Bools | None = None
        self._doubts: list[Bulk] = []

    def handles(self, names: Iterable[str]) -> Numbers:
        """One handle a name, int64; an endpoint's is its position in the snapshot."""
        listed = [names] if isinstance(names, str) else list(names)
        known = {name: self._handle(name) for name in dict.fromkeys(listed)}
        return np.array([known[name] for name in listed], np.int64)

    def allowed(self, sources: Ends, targets: Ends, port: int | str) -> Bools:
        """Pair by pair, in the shape that both sides broadcast to, of one axis at least."""
        position = _position(port)
        left, right = np.broadcast_arrays(self._numbers(sources), self._numbers(targets))
        shape, left, right = left.shape, left.ravel(), right.ravel()
        self._check_decided(left, right, port)
        return self._bulk.allowed(left, right, position).reshape(shape)

    def reached(self, source: str | int, port: int | str) -> Bools:
        """Endpoint by endpoint of the snapshot, whether the source reaches it."""
        position = _position(port)
        numbers = self._numbers(source)
        if numbers.size != 1:
            raise ValueError(f"{numbers.size} sources where one is wanted")
        everyone = np.arange(len(self._endpoints))
        self._check_decided(np.broadcast_to(numbers.ravel(), everyone.shape), everyone, port)
        return self._bulk.reached(int(numbers.ravel()[0]), position)

    def _handle(self, name: str) -> Handle:
        if not isinstance(name, str):
            raise NotationError(str(name), "not a name: use ns/name or an address")
        found = resolve(parse_endpoint(name, namespace=self._namespace), self._worlds.directory)
        if found.service is not None:
            raise NotationError(name, "a Service: name the pod or workload behind it")
        if len(found.subjects) != 1:
            count = len(found.subjects)
            raise NotationError(name, f"{count} parties: name one endpoint or one address")
        (subject,) = found.subjects
        handle = self._worlds.graph.handle(party_of(subject))
        if handle >= len(self._endpoints):
            self._outside.setdefault(handle, subject)
        return handle

    def _numbers(self, ends: Ends) -> Numbers:
        given = np.atleast_1d(np.asarray(ends))
        if not given.size:
            return np.empty(given.shape, np.int64)
        if given.dtype.kind in "iu":
            return self._checked(given)
        if given.dtype.kind in "OTU":
            return self.handles(given.ravel().tolist()).reshape(given.shape)
        raise ValueError(f"neither handles nor names: an array of {given.dtype}")

    def _checked(self, given: NDArray[np.integer]) -> Numbers:
        """Raises ValueError for what is neither an endpoint's position nor given out."""
        strange = given[(given < 0) | (given >= len(self._endpoints))]
        for number in np.unique(strange).tolist():
            if number not in self._outside:
                count = len(self._endpoints)
                raise ValueError(
                    f"{number} is no handle: endpoints have 0 to {count - 1}, and for "
                    "everyone else it is what handles() of this cluster gives"
                )
        return given.astype(np.int64)

    def _check_decided(self, sources: Numbers, targets: Numbers, port: int | str) -> None:
        """Raises UndecidedError for the first pair that nobody can know the answer of."""
        self._check_names(sources, targets, port)
        if not self._worlds.snapshot.gaps:
            return
        touched = self._touched_endpoints()
        sides = (
            np.append(touched, False)[np.minimum(it, len(touched))] for it in (sources, targets)
        )
        for place in np.flatnonzero(np.logical_or(*sides)).tolist():
            ends = self._subject(int(sources[place])), self._subject(int(targets[place]))
            reasons = undecided_reasons(*ends, self._worlds)
            if reasons:
                source, target = map(subject_name, ends)
                raise UndecidedError(f"{source} -> {target} on {port}", reasons)

    def _check_names(self, sources: Numbers, targets: Numbers, port: int | str) -> None:
        """Raises UndecidedError where what a domain name stands for would change an answer."""
        if not self._doubts:
            self._doubts += (Bulk(other.graph) for other in self._worlds.doubts())
        position = _position(port)
        found = self._bulk.allowed(sources, targets, position) if self._doubts else sources
        for other in self._doubts:
            for number in np.unique(np.concatenate([sources, targets])).tolist():
                other.graph.handle(party_of(self._subject(number)))
            differing = np.flatnonzero(other.allowed(sources, targets, position) != found)
            if len(differing):
                place = int(differing[0])
                ends = self._subject(int(sources[place])), self._subject(int(targets[place]))
                source, target = map(subject_name, ends)
                raise UndecidedError(f"{source} -> {target} on {port}", (UNRESOLVED,))

    def _touched_endpoints(self) -> Bools:
        """Where policies that are not evaluated may have a say."""
        if self._touched is None:
            names = {item.namespace for item in self._endpoints}
            inside = {name for name in names if self._worlds.gaps([name])}
            touched = [item.namespace in inside for item in self._endpoints]
            self._touched = np.array(touched, np.bool_)
        return self._touched

    def _subject(self, handle: Handle) -> Subject:
        if handle < len(self._endpoints):
            return self._endpoints[handle]
        return self._outside[handle]


def _position(port: int | str) -> int:
    found = parse_port(str(port))
    if not isinstance(found, PortRange) or found.first != found.last:
        raise NotationError(str(port), "not one port: use 5432 or 53/udp")
    return line_position(found.protocol, found.first)
