"""Any YAML without tags, aliases and merges, read from the events of libyaml."""

from collections.abc import Callable
from functools import lru_cache

import yaml
from yaml.events import (
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from netsim.load.yaml_scanner import UnusualError, parser
from netsim.load.yaml_shapes import WHOLE, Shape
from netsim.load.yaml_values import key_name, plain_value

_MERGE = "<<"


def read_events(text: str, shape: Shape) -> object:
    """The wanted part of the one document of a text; raises UnusualError for anything else."""
    reader = parser(text)
    try:
        return _Events(reader.get_event).document(shape)
    except (yaml.YAMLError, RecursionError):
        raise UnusualError from None
    finally:
        reader.dispose()


class _Events:
    """Values from events, each at most once."""

    __slots__ = ("_next",)

    def __init__(self, following: Callable[[], Event | None]) -> None:
        self._next = following

    def document(self, shape: Shape) -> object:
        self._expect(StreamStartEvent)
        self._expect(DocumentStartEvent)
        value = self._value(self._next(), shape)
        self._expect(DocumentEndEvent)
        self._expect(StreamEndEvent)
        return value

    def _expect(self, kind: type[Event]) -> None:
        if type(self._next()) is not kind:
            raise UnusualError

    def _value(self, event: Event | None, shape: Shape) -> object:
        kind = type(event)
        if getattr(event, "tag", None) is not None:
            raise UnusualError
        if isinstance(event, ScalarEvent):
            return plain_value(event.value) if event.implicit[0] else event.value
        if kind is MappingStartEvent:
            return self._mapping(shape)
        if kind is SequenceStartEvent:
            return self._sequence(shape.items or WHOLE)
        raise UnusualError

    def _mapping(self, shape: Shape) -> dict[str, object]:
        fields, following = shape.fields, self._next
        result: dict[str, object] = {}
        seen: set[str] = set()
        while type(event := following()) is not MappingEndEvent:
            key = _key(event)
            if key.value in seen:
                raise UnusualError
            seen.add(key.value)
            name = _name(key.value, plain=key.implicit[0])
            wanted = WHOLE if fields is None else fields.get(name)
            if wanted is not None:
                result[name] = self._value(following(), wanted)
            else:
                self._skip(following())
        return result

    def _sequence(self, shape: Shape) -> list[object]:
        result: list[object] = []
        while type(event := self._next()) is not SequenceEndEvent:
            result.append(self._value(event, shape))
        return result

    def _skip(self, event: Event | None) -> None:
        """Passes over a value, in which nothing may be at fault either."""
        if getattr(event, "tag", None) is not None:
            raise UnusualError
        match event:
            case ScalarEvent():
                return
            case MappingStartEvent():
                while type(key := self._next()) is not MappingEndEvent:
                    _key(key)
                    self._skip(self._next())
            case SequenceStartEvent():
                while type(item := self._next()) is not SequenceEndEvent:
                    self._skip(item)
            case _:
                raise UnusualError


def _key(event: Event | None) -> ScalarEvent:
    """A key; one that is no scalar is a fault, and one that merges is unusual."""
    if not isinstance(event, ScalarEvent) or event.tag is not None or event.value == _MERGE:
        raise UnusualError
    return event


@lru_cache(maxsize=1 << 14)
def _name(key: str, *, plain: bool) -> str:
    return key_name(plain_value(key)) if plain else key
