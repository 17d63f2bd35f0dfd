"""Which findings a change brings: those of after that have no counterpart before."""

import re
from collections import Counter
from collections.abc import Iterable

from netsim.results import Finding

_INDEX = re.compile(r"\[\d+\]")


def novel(
    before: Iterable[Finding], after: Iterable[Finding]
) -> tuple[tuple[Finding, ...], int, int]:
    """What is new, how many were there before, and how many are there no more.

    A finding is the same one if its rule, what it speaks of and its message are: lines may
    move, and so may the index of a rule or peer in its list.

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
    loose: Counter[tuple[str, str, str]] = Counter()
    for (rule, subject, message), count in old.items():
        loose[rule, subject, _INDEX.sub("[]", message)] += count
    new = []
    for item in unmatched:
        key = (item.rule, item.subject, _INDEX.sub("[]", item.message))
        if loose[key]:
            loose[key] -= 1
        else:
            new.append(item)
    return tuple(new), len(listed) - len(new), sum(loose.values())


def _exact(item: Finding) -> tuple[str, str, str]:
    return item.rule, item.subject, item.message
