"""What was probably meant: the label that exists and is spelt nearly like the one asked for."""

from collections.abc import Set as AbstractSet
from difflib import get_close_matches

from netsim.model.labels import LabelSelector, Operator, Requirement

Pair = tuple[str, str]
"""A label."""


def nearest_labels(selector: LabelSelector, known: AbstractSet[Pair]) -> str:
    """For a selector that picks nothing, labels that exist and were probably meant; or nothing.

    >>> from netsim.names import parse_selector
    >>> nearest_labels(parse_selector("app=postgres"), {("app", "postgresql")})
    'app=postgresql'
    """
    meant = (_meant(item, known) for item in selector.requirements)
    return ",".join(text for text in meant if text)


def _meant(requirement: Requirement, known: AbstractSet[Pair]) -> str:
    key, wanted = requirement.key, requirement.values
    if requirement.operator not in {Operator.IN, Operator.EXISTS}:
        return ""
    values = sorted(value for name, value in known if name == key)
    if any(value in wanted for value in values) or (values and not wanted):
        return ""
    for text in wanted:
        near = get_close_matches(text, values, n=1, cutoff=0.6)
        if near:
            return f"{key}={near[0]}"
    return _other_key(requirement, known)


def _other_key(requirement: Requirement, known: AbstractSet[Pair]) -> str:
    """The same value under another key, or a key that is spelt nearly alike."""
    same = sorted(pair for pair in known if pair[1] in requirement.values)
    near = get_close_matches(requirement.key, [key for key, _ in same], n=1, cutoff=0)
    if near:
        return "=".join(next(pair for pair in same if pair[0] == near[0]))
    if requirement.operator is Operator.EXISTS:
        keys = sorted({key for key, _ in known})
        return next(iter(get_close_matches(requirement.key, keys, n=1)), "")
    return ""
