"""Label selectors as sets: each label's posting list, each selector a few set operations.

Selectors are evaluated inside a window of consecutive numbers, a namespace's for example, so
that a selector of one namespace costs what that namespace is large.
"""

from collections.abc import Iterable, Mapping
from itertools import product

from netsim.compiler.sets import ClassSet
from netsim.model.labels import Labels, LabelSelector, Operator, Requirement

Mark = tuple[str, str | None]
"""A label with its value, or a key whatever its value is: what a requirement can look at."""


def all_marks(labels: Labels) -> Iterable[Mark]:
    """Everything that requirements could look at."""
    yield from labels.items()
    yield from ((key, None) for key in labels)


def asked_marks(requirement: Requirement) -> Iterable[Mark]:
    """What a requirement looks at."""
    if requirement.operator in _BY_VALUE:
        return product((requirement.key,), requirement.values)
    return ((requirement.key, None),)


_BY_VALUE = (Operator.IN, Operator.NOT_IN)
_WANTED = (Operator.IN, Operator.EXISTS)


class LabelIndex:
    """Which of some numbered label sets bear a mark; posting lists become sets when asked."""

    def __init__(self, marks: Iterable[Iterable[Mark]]) -> None:
        places: dict[Mark, list[int]] = {}
        for number, found in enumerate(marks):
            for mark in found:
                here = places.get(mark)
                if here is None:
                    places[mark] = [number]
                else:
                    here.append(number)
        self._places: Mapping[Mark, list[int]] = places
        self._postings: dict[Mark, ClassSet] = {}

    def selected(self, selector: LabelSelector, among: int, start: int) -> int:
        """Of the numbers `start + n` with bit `n` in `among`, those that meet a selector."""
        end = start + among.bit_length()
        for requirement in selector.requirements:
            if not among:
                break
            marked = self._marked(requirement, start, end)
            among &= marked if requirement.operator in _WANTED else ~marked
        return among

    def bearing(self, mark: Mark) -> ClassSet:
        """The numbers that bear a mark."""
        found = self._postings.get(mark)
        if found is None:
            found = ClassSet.ascending(self._places.get(mark, ()))
            self._postings[mark] = found
        return found

    def extended(self, bearing: Mapping[Mark, ClassSet]) -> "LabelIndex":
        """The same index where other numbers bear some marks."""
        result = LabelIndex(())
        result._places = self._places
        result._postings = {**self._postings, **bearing}
        return result

    def _marked(self, requirement: Requirement, start: int, end: int) -> int:
        marked = 0
        for mark in asked_marks(requirement):
            marked |= self.bearing(mark).window(start, end)
        return marked
