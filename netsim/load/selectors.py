"""Reads LabelSelectors and checks them as the API server does (rules V18 to V23)."""

from functools import lru_cache

from netsim.load.fields import Field
from netsim.load.remembered import Remembered
from netsim.load.validation import (
    LABEL_KEY_RULE,
    LABEL_VALUE_RULE,
    is_label_key,
    is_label_value,
    shown,
)
from netsim.model.labels import EVERYTHING, Labels, LabelSelector, Operator, Requirement

_SELECTOR = frozenset({"matchLabels", "matchExpressions"})
_EXPRESSION = frozenset({"key", "operator", "values"})
_SET_BASED = frozenset({Operator.IN, Operator.NOT_IN})


def _read(field: Field) -> LabelSelector:
    selector = field.as_object(_SELECTOR)
    wanted = [_equal(*pair) for pair in selector.get("matchLabels").labels().items()]
    if selector.get("matchExpressions").missing:
        return LabelSelector(tuple(wanted))
    for item in selector.get("matchExpressions").items():
        requirement = _requirement(item.as_object(_EXPRESSION))
        if requirement is not None:
            wanted.append(requirement)
    return LabelSelector(tuple(sorted(set(wanted))))


@lru_cache(1 << 12)
def _equal(key: str, value: str) -> Requirement:
    return Requirement(key, Operator.IN, (value,))


_remembered = Remembered(_read)


def read_selector(field: Field) -> LabelSelector:
    """A selector; missing and empty parts select everything."""
    return EVERYTHING if field.missing else _remembered(field)


def plain_selector(value: object) -> LabelSelector | None:
    """The same for a decoded value; None where something is to be said of it."""
    return EVERYTHING if value is None else _remembered.without_a_word(value)


def selects(selector: LabelSelector, labels: Labels) -> bool:
    """Whether every requirement holds."""
    return all(_holds(requirement, labels) for requirement in selector.requirements)


def _holds(requirement: Requirement, labels: Labels) -> bool:
    value = labels.get(requirement.key)
    match requirement.operator:
        case Operator.IN:
            return value is not None and value in requirement.values
        case Operator.NOT_IN:
            return value not in requirement.values
        case Operator.EXISTS:
            return value is not None
        case Operator.DOES_NOT_EXIST:
            return value is None


def _requirement(item: Field) -> Requirement | None:
    key = _key(item.get("key"))
    values = _values(item.get("values"))
    operator = _operator(item.get("operator"))
    if operator is None:
        return None
    if operator in _SET_BASED and not values:
        problem = f"{operator.value} needs at least one value"
        item.get("values").fault(problem, kind="Required", rule="V18")
    if operator not in _SET_BASED and values:
        problem = f"{operator.value} takes no values"
        item.get("values").fault(problem, kind="Forbidden", rule="V19")
    return Requirement(key, operator, tuple(sorted(set(values))))


def _key(field: Field) -> str:
    key = field.text() or ""
    if not is_label_key(key):
        field.fault(f"label key {shown(key)} is not valid: {LABEL_KEY_RULE}", rule="V22")
    return key


def _values(field: Field) -> list[str]:
    values = []
    for item in field.items():
        value = "" if item.missing else item.text()
        if value is not None and not is_label_value(value):
            item.fault(f"{shown(value)} is not valid: {LABEL_VALUE_RULE}", rule="V20")
        values.append(value or "")
    return values


def _operator(field: Field) -> Operator | None:
    word = field.text() or ""
    try:
        return Operator(word)
    except ValueError:
        problem = f"{shown(word)} is not an operator: use In, NotIn, Exists or DoesNotExist"
        field.fault(problem, rule="V21")
        return None
