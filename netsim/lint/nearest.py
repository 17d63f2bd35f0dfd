"""What was probably meant: the label that exists and is spelt nearly like the one asked for."""

from collections.abc import Collection, Iterable
from difflib import get_close_matches

from netsim.model.labels import Labels, LabelSelector, Operator, Requirement
from netsim.query.endpoints import selects


def nearest_labels(selector: LabelSelector, known: Collection[Labels]) -> str:
    """For a selector that picks none of some labelled things, labels that would; or nothing.

    >>> from netsim.model.labels import Labels
    >>> from netsim.names import parse_selector
    >>> nearest_labels(parse_selector("app=postgres"), [Labels({"app": "postgresql"})])
    'app=postgresql'
    """
    meant = (_meant(item, known) for item in selector.requirements)
    return ",".join(text for text in meant if text)


def _meant(requirement: Requirement, known: Collection[Labels]) -> str:
    if requirement.operator not in {Operator.IN, Operator.EXISTS}:
        return ""
    single = LabelSelector((requirement,))
    if any(selects(single, labels) for labels in known):
        return ""
    values = {labels[requirement.key] for labels in known if requirement.key in labels}
    for wanted in requirement.values:
        near = get_close_matches(wanted, sorted(values), n=1, cutoff=0.6)
        if near:
            return f"{requirement.key}={near[0]}"
    return _other_key(requirement, known)


def _other_key(requirement: Requirement, known: Iterable[Labels]) -> str:
    """The same value under another key, or a key that is spelt nearly alike."""
    pairs = sorted({pair for labels in known for pair in labels.items()})
    same = [key for key, value in pairs if value in requirement.values]
    if same:
        near = get_close_matches(requirement.key, same, n=1, cutoff=0)
        key = near[0] if near else same[0]
        value = next(value for it, value in pairs if it == key and value in requirement.values)
        return f"{key}={value}"
    if requirement.operator is Operator.EXISTS:
        near = get_close_matches(requirement.key, sorted({key for key, _ in pairs}), n=1)
        return near[0] if near else ""
    return ""
