"""Label selectors as sets: each label's posting list, each selector a few set operations."""

from collections.abc import Iterable
from functools import reduce
from operator import or_

from netsim.compiler.rules import EndpointSet
from netsim.model.labels import Labels, LabelSelector, Operator, Requirement


class LabelIndex:
    """Which of some numbered label sets hold a key, or a key with a value."""

    def __init__(self, labels: Iterable[Labels]) -> None:
        self._everything = 0
        self._with_key: dict[str, int] = {}
        self._with_pair: dict[tuple[str, str], int] = {}
        self._answers: dict[LabelSelector, int] = {}
        for number, pairs in enumerate(labels):
            bit = 1 << number
            self._everything |= bit
            for pair in pairs.items():
                self._with_key[pair[0]] = self._with_key.get(pair[0], 0) | bit
                self._with_pair[pair] = self._with_pair.get(pair, 0) | bit

    def selected(self, selector: LabelSelector) -> EndpointSet:
        """The numbers whose labels meet every requirement."""
        answer = self._answers.get(selector)
        if answer is None:
            answer = self._everything
            for requirement in selector.requirements:
                answer &= self._meeting(requirement)
            self._answers[selector] = answer
        return EndpointSet(answer)

    def _meeting(self, requirement: Requirement) -> int:
        match requirement.operator:
            case Operator.IN:
                return self._with_any(requirement)
            case Operator.NOT_IN:
                return self._everything & ~self._with_any(requirement)
            case Operator.EXISTS:
                return self._with_key.get(requirement.key, 0)
            case Operator.DOES_NOT_EXIST:
                return self._everything & ~self._with_key.get(requirement.key, 0)

    def _with_any(self, requirement: Requirement) -> int:
        pairs = ((requirement.key, value) for value in requirement.values)
        return reduce(or_, (self._with_pair.get(pair, 0) for pair in pairs), 0)
