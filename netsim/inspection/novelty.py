"""Which findings a change brings: those of after that have no counterpart before."""

import re
from collections import Counter
from collections.abc import Iterable

from netsim.results import Finding

_INDEX = re.compile(r"\[\d+\]")
_NAME = re.compile(r"[\w.-]+/[\w.-]+")
_LIST = re.compile(rf"{_NAME.pattern}(?:, {_NAME.pattern})*")

_Key = tuple[str, str, str]


def novel(
    before: Iterable[Finding], after: Iterable[Finding]
) -> tuple[tuple[Finding, ...], int, int]:
    """What is new, how many were there before, and how many are there no more.

    A finding is the same one if its rule, what it speaks of and its message are: lines may
    move, and so may the index of a rule or peer in its list. One that names fewer objects
    than before and is else the same is the same one too.

    >>> from netsim.results import Severity
    >>> from netsim.source import Source
    >>> one, other = (
    ...     Finding("r", Severity.NOTE, f"spec.ingress[{n}] is odd", Source(""), subject=s)
    ...     for n, s in ((0, "a"), (1, "a"))
    ... )
    >>> novel([one], [other]), len(novel([one], [one, other])[0])
    (((), 1, 0), 1)
    """
    listed = list(after)
    old = Counter(map(_exact, before))
    unmatched = []
    for item in listed:
        if old[_exact(item)]:
            old[_exact(item)] -= 1
        else:
            unmatched.append(item)
    loose: Counter[_Key] = Counter()
    for (rule, subject, message), count in old.items():
        loose[rule, subject, _INDEX.sub("[]", message)] += count
    new = []
    for item in unmatched:
        key = _counterpart(item, loose)
        if key is None:
            new.append(item)
        else:
            loose[key] -= 1
    return tuple(new), len(listed) - len(new), sum(loose.values())


def _counterpart(item: Finding, known: Counter[_Key]) -> _Key | None:
    """What it was before: the same but for indices, or the same of more objects."""
    key = (item.rule, item.subject, _INDEX.sub("[]", item.message))
    if known[key]:
        return key
    bare, names = _parted(key[2])
    for other, count in known.items():
        if count and other[:2] == key[:2] and names:
            text, others = _parted(other[2])
            if text == bare and names < others:
                return other
    return None


def _parted(message: str) -> tuple[str, frozenset[str]]:
    """A message without the lists of names in it, and the names."""
    found = frozenset(_NAME.findall(message))
    return _LIST.sub("_", message), found


def _exact(item: Finding) -> _Key:
    return item.rule, item.subject, item.message
