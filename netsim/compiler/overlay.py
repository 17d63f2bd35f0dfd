"""A mapping that differs from another one in a few keys, made without copying it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")

_MOST = 4096
"""Changes beyond this are folded into the base, so that chains of changes stay cheap."""


@dataclass(frozen=True, slots=True)
class Overlay(Mapping[Key, Value]):
    """What `changes` does not hold is looked up in `base`."""

    base: Mapping[Key, Value]
    changes: Mapping[Key, Value] = field(default_factory=dict)

    def __getitem__(self, key: Key) -> Value:
        changes = self.changes
        return changes[key] if key in changes else self.base[key]

    def __iter__(self) -> Iterator[Key]:
        yield from self.base
        yield from (key for key in self.changes if key not in self.base)

    def __len__(self) -> int:
        return len(self.base) + sum(key not in self.base for key in self.changes)

    @classmethod
    def over(
        cls, known: Mapping[Key, Value], changes: Mapping[Key, Value]
    ) -> "Overlay[Key, Value]":
        """A mapping with other values for some keys, never more than one deep."""
        base, both = known, changes
        if isinstance(known, Overlay):
            base, both = known.base, {**known.changes, **changes}
        if len(both) > _MOST:
            return cls({**base, **both})
        return cls(base, both)
