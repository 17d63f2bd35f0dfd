"""Whether what is asked for is there: references against what makes Secrets."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from netsim.audit.secret_producers import Producer, producers
from netsim.audit.secret_references import Reference, references
from netsim.audit.templates import distinct
from netsim.lint.context import Context
from netsim.model.written import WrittenObject


class Answer(Enum):
    """What becomes of a reference."""

    FOUND = "found"
    MISSING = "missing"
    ELSEWHERE = "elsewhere"
    """A Secret of this name is in another namespace only."""
    KEY_MISSING = "key missing"
    UNKNOWN = "unknown"
    """The input is a capture of a cluster without its Secrets."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A reference with what becomes of it."""

    reference: Reference
    answer: Answer
    made_by: tuple[Producer, ...] = ()
    """What makes the Secret, here or elsewhere."""
    lacking: tuple[str, ...] = ()
    """The keys that it has not."""


class Secrets:
    """The Secrets that an input leads to, by name."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.made: dict[str, list[Producer]] = {}
        self._named: dict[str, list[Producer]] = {}
        for item in producers(context.objects, context.snapshot):
            self.made.setdefault(item.key, []).append(item)
            self._named.setdefault(item.name, []).append(item)
        self._captured = any(_is_captured(it.maker) for it in self._all_plain())

    def resolved(self) -> Iterator[Resolved]:
        """Every reference of the input, each once for what asks and what is asked for."""
        seen: set[tuple[object, ...]] = set()
        for item in references(distinct(self.context), self.context.objects):
            found = self._answer(item)
            owner = (item.owner.kind, item.owner.key)
            known = (*owner, item.key, item.use, item.optional, item.user, found.lacking)
            if known not in seen:
                seen.add(known)
                yield found

    def _answer(self, item: Reference) -> Resolved:
        here = self.made.get(item.key, [])
        if not any(not maker.only_adds for maker in here):
            elsewhere = tuple(it for it in self._named.get(item.name, ()) if not it.only_adds)
            if _is_captured(item.owner) and not self._captured:
                return Resolved(item, Answer.UNKNOWN)
            answer = Answer.ELSEWHERE if elsewhere else Answer.MISSING
            return Resolved(item, answer, elsewhere)
        lacking = () if any(it.keys is None for it in here) else _lacking(item, here)
        return Resolved(
            item, Answer.KEY_MISSING if lacking else Answer.FOUND, tuple(here), lacking
        )

    def _all_plain(self) -> Iterator[Producer]:
        for some in self.made.values():
            yield from (it for it in some if it.maker.kind == "Secret")


def _lacking(item: Reference, here: list[Producer]) -> tuple[str, ...]:
    there = frozenset(key for maker in here for key in maker.keys or ())
    return tuple(key for key in item.keys if key not in there)


def _is_captured(item: WrittenObject) -> bool:
    """Whether an object was read from a cluster, which gives each a uid."""
    return bool(item.at("metadata", "uid"))
