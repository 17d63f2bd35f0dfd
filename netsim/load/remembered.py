"""What many objects have alike, as the pods of one template do, is read once.

Values are told apart by the bytes that Python writes them in, where 1, 1.0 and true differ,
and the order of keys as well. Only what is read without a word is remembered: a fault belongs
to the place where it stands, and is found there anew each time.
"""

import marshal
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from netsim.load.fields import Field, Report
from netsim.source import Source

Read = TypeVar("Read")

_MOST = 1 << 12
_WITHOUT_REFERENCES = 2
"""The version in which equal values have equal bytes, whichever of them are one object."""


class Remembered(Generic[Read]):
    """A reader of one field that gives equal values the same result, never None."""

    __slots__ = ("_known", "_read")

    def __init__(self, read: Callable[[Field], Read]) -> None:
        self._read = read
        self._known: dict[bytes, Read | None] = {}

    def __call__(self, field: Field) -> Read:
        """What is read of the field, with a report of all that is to be said of it."""
        found = self.without_a_word(field.value)
        return self._read(field) if found is None else found

    def without_a_word(self, value: Any) -> Read | None:  # noqa: ANN401 - whatever was decoded
        """What is read of a value; None where something is to be said of it, or might be."""
        try:
            key = marshal.dumps(value, _WITHOUT_REFERENCES)
        except ValueError:
            return None
        try:
            return self._known[key]
        except KeyError:
            return self._first(key, value)

    def _first(self, key: bytes, value: object) -> Read | None:
        report = Report()
        read = self._read(Field(value, Source(""), "", report))
        if len(self._known) >= _MOST:
            self._known.clear()
        found = self._known[key] = None if report.said else read
        return found
