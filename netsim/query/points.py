"""Questions about one source, one target and one port, asked again and again by name."""

from collections.abc import Callable
from functools import lru_cache

from netsim.errors import NetsimError
from netsim.handles import Handle
from netsim.model.flow import OwnNode, Party
from netsim.model.ports import PortRange, PortSet, line_position
from netsim.names import parse_endpoint, parse_port
from netsim.query.endpoints import resolve
from netsim.query.parties import party_of
from netsim.query.worlds import Worlds

_MOST_NAMES = 1 << 20
_MOST_PAIRS = 1 << 16


class Named(dict[str, Handle | None]):
    """Handles by name, found when first asked for.

    A plain dictionary, because a cache that knows what was used last would fetch four more
    places of memory for each name.
    """

    def __init__(self, find: Callable[[str], Handle | None]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, text: str) -> Handle | None:
        if len(self) >= _MOST_NAMES:
            self.clear()
        found = self[text] = self._find(text)
        return found


class Points:
    """Remembers what names stand for; None is the answer where the long way must be taken.

    That is where a name means several parties, a Service or nothing, where a port is not one
    number, and where a policy kind that is not evaluated or a domain name may have a say.
    """

    def __init__(self, worlds: Worlds, namespace: str) -> None:
        self._directory = directory = worlds.directory
        self._uncertain = bool(worlds.snapshot.gaps or worlds.doubts())
        self._namespace = namespace
        self.handles = Named(self._handle)
        # typed, because 1 and True are equal, and only one of them is a port
        self.position = lru_cache(_MOST_PAIRS, typed=True)(self._position)
        self.ports = lru_cache(_MOST_PAIRS)(self._ports)
        self.reaches = directory.graph.reaches

    def _handle(self, text: str) -> Handle | None:
        party = self._party(text)
        return None if party is None else self._directory.graph.handle(party)

    def _ports(self, source: str, target: str) -> PortSet | None:
        left, right = self._party(source), self._party(target)
        if left is None or right is None:
            return None
        return self._directory.graph.ports(left, right)

    def _party(self, text: str) -> Party | None:
        if self._uncertain:
            return None
        try:
            found = resolve(parse_endpoint(text, namespace=self._namespace), self._directory)
        except NetsimError:
            return None
        if found.service is not None or len(found.subjects) != 1:
            return None
        party = party_of(found.subjects[0])
        if isinstance(party, OwnNode) and self._directory.snapshot.nodes:
            return None  # which node it is depends on the other end
        return party

    def _position(self, port: int | str | None) -> int | None:
        """The place of a single port on the line that port sets are cut from."""
        if port is None:
            return None
        try:
            found = parse_port(str(port))
        except NetsimError:
            return None
        if not isinstance(found, PortRange) or found.first != found.last:
            return None
        return line_position(found.protocol, found.first)
