"""Labels and the selectors that pick objects by them.

Two selectors that mean the same set of requirements are equal, however they were written.
"""

from collections.abc import ItemsView, Iterator, KeysView, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Labels(Mapping[str, str]):
    """An immutable, hashable set of `key=value` pairs."""

    __slots__ = ("_hash", "_pairs")

    def __init__(self, pairs: Mapping[str, str] | None = None) -> None:
        self._pairs: dict[str, str] = dict(sorted((pairs or {}).items()))
        self._hash = hash(tuple(self._pairs.items()))

    def __getitem__(self, key: str) -> str:
        return self._pairs[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)

    def items(self) -> ItemsView[str, str]:
        """The pairs, in key order; a dictionary's own view, which is faster than Mapping's."""
        return self._pairs.items()

    def keys(self) -> KeysView[str]:
        """The keys, in order."""
        return self._pairs.keys()

    def __contains__(self, key: object) -> bool:
        return key in self._pairs

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Labels) and self._pairs == other._pairs

    def __repr__(self) -> str:
        return f"Labels({self._pairs!r})"

    def __str__(self) -> str:
        return ",".join(f"{key}={value}" for key, value in self._pairs.items())


class Operator(StrEnum):
    """The four operators of a `LabelSelectorRequirement` (apimachinery, meta/v1)."""

    IN = "In"
    NOT_IN = "NotIn"
    EXISTS = "Exists"
    DOES_NOT_EXIST = "DoesNotExist"


@dataclass(frozen=True, slots=True, order=True)
class Requirement:
    """One condition on one key; `NotIn` and `DoesNotExist` hold where the key is missing."""

    key: str
    operator: Operator
    values: tuple[str, ...] = ()
    """Sorted, without repeats; empty for Exists and DoesNotExist."""

    def __str__(self) -> str:
        match self.operator:
            case Operator.EXISTS:
                return self.key
            case Operator.DOES_NOT_EXIST:
                return f"!{self.key}"
            case Operator.IN if len(self.values) == 1:
                return f"{self.key}={self.values[0]}"
            case Operator.NOT_IN if len(self.values) == 1:
                return f"{self.key}!={self.values[0]}"
            case Operator.IN:
                return f"{self.key} in ({','.join(self.values)})"
            case Operator.NOT_IN:
                return f"{self.key} notin ({','.join(self.values)})"


@dataclass(frozen=True, slots=True)
class LabelSelector:
    """Requirements that must all hold; without any it selects everything.

    `matchLabels: {a: b}` is folded to the requirement `a In [b]`: both need the key to be
    present (Kubernetes documentation, "Labels and Selectors").
    """

    requirements: tuple[Requirement, ...] = ()
    _hash: int = field(init=False, repr=False, compare=False)
    """Worked out once: selectors are looked up far more often than they are made."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash(self.requirements))

    def __hash__(self) -> int:
        return self._hash

    def __str__(self) -> str:
        return ",".join(str(requirement) for requirement in self.requirements) or "{}"


EVERYTHING = LabelSelector()
