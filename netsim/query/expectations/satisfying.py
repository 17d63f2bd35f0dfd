"""Labels that meet some requirements, and escape some selectors: pods that could be created."""

from collections.abc import Iterable, Iterator, Sequence

from netsim.model.labels import Labels, LabelSelector, Operator, Requirement
from netsim.query.endpoints import selects

_NEGATED = {
    Operator.IN: Operator.NOT_IN,
    Operator.NOT_IN: Operator.IN,
    Operator.EXISTS: Operator.DOES_NOT_EXIST,
    Operator.DOES_NOT_EXIST: Operator.EXISTS,
}


def satisfying(requirements: Iterable[Requirement]) -> Iterator[Labels]:
    """The fewest labels that meet all requirements, each value that is named once.

    Nothing where the requirements contradict each other.

    >>> app = Requirement("app", Operator.IN, ("a", "b"))
    >>> [str(labels) for labels in satisfying([app, Requirement("x", Operator.EXISTS)])]
    ['app=a,x=any', 'app=b,x=any']
    """
    choices = _choices(requirements)
    if choices is None:
        return
    for place in range(max(map(len, choices.values()), default=1)):
        yield Labels(
            {key: values[min(place, len(values) - 1)] for key, values in choices.items()}
        )


def escaping(
    requirements: Sequence[Requirement], selectors: Sequence[LabelSelector]
) -> Labels | None:
    """Labels that meet all requirements and that no selector picks; None if there are none.

    >>> web = LabelSelector((Requirement("app", Operator.NOT_IN, ("web",)),))
    >>> print(escaping([], [web]))
    app=web
    >>> escaping([], [LabelSelector()]) is None
    True
    """
    labels = next(satisfying(requirements), None)
    if labels is None:
        return None
    caught = next((item for item in selectors if selects(item, labels)), None)
    if caught is None:
        return labels
    for requirement in caught.requirements:
        negated = Requirement(
            requirement.key, _NEGATED[requirement.operator], requirement.values
        )
        found = escaping([*requirements, negated], selectors)
        if found is not None:
            return found
    return None


def _choices(requirements: Iterable[Requirement]) -> dict[str, list[str]] | None:
    """The values that each key may have; keys that may be missing are."""
    by_key: dict[str, list[Requirement]] = {}
    for requirement in requirements:
        by_key.setdefault(requirement.key, []).append(requirement)
    choices: dict[str, list[str]] = {}
    for key, wanted in by_key.items():
        operators = {item.operator for item in wanted}
        present = bool(operators & {Operator.IN, Operator.EXISTS})
        if not present:
            continue
        values = [] if Operator.DOES_NOT_EXIST in operators else _values(wanted)
        if not values:
            return None
        choices[key] = values
    return choices


def _values(wanted: Sequence[Requirement]) -> list[str]:
    barred = {
        value for item in wanted if item.operator is Operator.NOT_IN for value in item.values
    }
    named = [set(item.values) for item in wanted if item.operator is Operator.IN]
    if named:
        return sorted(set.intersection(*named) - barred)
    value = "any"
    while value in barred:
        value += "-other"
    return [value]
