"""What was found when the baseline was written, and is not told again.

A finding is the same one if its rule, what it speaks of and its message are the same; lines
may move. The file says how many of each there were: one more, and all of them are told.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from netsim.results import Dismissed, Finding

_API_VERSION, _KIND = "netsim/v1", "Baseline"

_Key = tuple[str, str, str]


class BaselineError(ValueError):
    """A text that is no baseline; says what is wrong."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """How many findings of each kind are known."""

    counts: Counter[_Key]

    @classmethod
    def of(cls, found: Iterable[Finding]) -> "Baseline":
        """One that knows all of these."""
        return cls(Counter(map(_key, found)))

    @classmethod
    def read(cls, text: str) -> "Baseline":
        """From the text of a file; raises BaselineError."""
        try:
            value = json.loads(text)
        except ValueError as error:
            raise BaselineError(f"not JSON: {error}") from None
        if not isinstance(value, dict) or value.get("kind") != _KIND:
            raise BaselineError(f"not a document of kind {_KIND}")
        if value.get("apiVersion") != _API_VERSION:
            raise BaselineError(f"apiVersion must be {_API_VERSION}")
        counts: Counter[_Key] = Counter()
        items = value.get("findings")
        for number, item in enumerate(items if isinstance(items, list) else [None]):
            texts = [item.get(it) for it in _FIELDS] if isinstance(item, dict) else [None]
            count = item.get("count", 1) if isinstance(item, dict) else 0
            if not all(isinstance(it, str) for it in texts) or type(count) is not int:
                raise BaselineError(f"findings[{number}] has no {', '.join(_FIELDS)}")
            rule, subject, message = map(str, texts)
            counts[rule, subject, message] += count
        return cls(counts)

    def text(self) -> str:
        """As it is written to a file: sorted, so that changes of it can be reviewed."""
        findings = [
            {**dict(zip(_FIELDS, key, strict=True)), "count": count}
            for key, count in sorted(self.counts.items())
        ]
        value = {"apiVersion": _API_VERSION, "kind": _KIND, "findings": findings}
        return json.dumps(value, indent=2, ensure_ascii=False) + "\n"

    def applied(self, found: Iterable[Finding]) -> tuple[list[Finding], list[Dismissed], int]:
        """What is new, what is known, and how many known ones are found no more."""
        every = list(found)
        now = Counter(map(_key, every))
        left, known = [], []
        for item in every:
            key = _key(item)
            if now[key] <= self.counts[key]:
                known.append(Dismissed(item, "in the baseline", in_source=False))
            else:
                left.append(item)
        return left, known, sum((self.counts - now).values())


_FIELDS = ("rule", "subject", "message")


def _key(item: Finding) -> _Key:
    return item.rule, item.subject, item.message
