"""One kind of a cluster, read page by page until it is whole, or not at all.

A page that fails for a passing reason is asked for again; where the server no longer has the
state that the list began with (410), the list begins anew. Nothing that was read before then
is used, so that a list is always one state of the cluster.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from netsim.live.kubectl import CallError, Fault, Kubectl

_TRIES = 5
"""Calls for one page before it is given up."""
_BEGINNINGS = 4
"""How often a list is begun before it is given up."""
_PAUSE = 0.5
"""Seconds before a page is asked for again; doubled each time."""


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list."""

    items: tuple[dict[str, object], ...]
    remaining: int
    """Items after this page, as far as the server says; 0 at the end."""


Sleep = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads lists in pages of at most `chunk` items."""

    kubectl: Kubectl
    chunk: int
    sleep: Sleep = time.sleep

    def attempts(self, path: str) -> Iterator[Iterator[Page]]:
        """Each attempt at the whole list; the next one is asked for only if one expired.

        An attempt raises CallError; with Fault.EXPIRED another one may be tried.
        """
        for _ in range(_BEGINNINGS):
            yield self._pages(path)

    def _pages(self, path: str) -> Iterator[Page]:
        token: object = ""
        while True:
            query = {"limit": str(self.chunk)}
            if token:
                query["continue"] = str(token)
            page = self._page(f"{path}?{urlencode(query)}")
            metadata = page.get("metadata")
            metadata = metadata if isinstance(metadata, dict) else {}
            token = metadata.get("continue") or ""
            remaining = metadata.get("remainingItemCount")
            yield Page(_items(page), remaining if isinstance(remaining, int) else 0)
            if not token:
                return

    def _page(self, path: str) -> dict[str, object]:
        pause = _PAUSE
        for attempt in range(1, _TRIES + 1):
            try:
                return _list(self.kubectl.raw(path))
            except CallError as error:
                if error.fault is not Fault.PASSING or attempt == _TRIES:
                    raise
            self.sleep(pause)
            pause *= 2
        raise AssertionError("the last attempt returns or raises")


def _list(body: bytes) -> dict[str, object]:
    """The body of a list; one that is cut off or no list is a fault like any other."""
    try:
        value = json.loads(body)
    except ValueError as error:
        problem = f"the server's answer of {len(body)} bytes is not whole: {error}"
        raise CallError(Fault.PASSING, 0, (problem,)) from None
    if not isinstance(value, dict) or not isinstance(value.get("items", []), list | None):
        raise CallError(Fault.PASSING, 0, ("the server's answer is no list",))
    if "items" not in value or not isinstance(value.get("metadata"), dict):
        raise CallError(Fault.PASSING, 0, ("the server's answer is no list",))
    return value


def _items(page: dict[str, object]) -> tuple[dict[str, object], ...]:
    items = page["items"]
    if items is None:
        return ()
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise CallError(Fault.OTHER, 0, ("the server's list holds no objects",))
    return tuple(items)
