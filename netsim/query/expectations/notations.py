"""Reads the small parts of an expectation file: endpoints, ports, flows, and defined names."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from netsim.errors import NotationError
from netsim.load.fields import Field
from netsim.load.validation import shown
from netsim.model.labels import LabelSelector, Operator, Requirement
from netsim.names import (
    EndpointText,
    PortText,
    SelectedEndpoints,
    Special,
    parse_endpoint,
    parse_port,
    split_flow,
)
from netsim.query.expectations.facts import Ends, FlowSet, Ports

_Read = TypeVar("_Read")
_MAPPING = frozenset({"namespace", "labels"})
_DEFINABLE = re.compile(r"[a-z0-9]([-_a-z0-9]*[a-z0-9])?")


class Notations:
    """Reads notations of one file; `namespace` is where names without a slash belong."""

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace
        self._defined: dict[str, Ends] = {}

    def define(self, whole: Field) -> None:
        """Takes in `define`; a definition may use the ones above it."""
        value = whole.as_object().value
        for key in value if isinstance(value, Mapping) else ():
            item, name = whole.get(str(key)), str(key)
            if not _DEFINABLE.fullmatch(name) or name in {word.value for word in Special}:
                item.fault(
                    f"{shown(name)} cannot be defined: use lower-case letters, digits, '-' and "
                    "'_', and no word that stands for endpoints already"
                )
                continue
            ends = self.ends(item)
            if ends is not None:
                self._defined[name] = Ends(name, ends.notations, ends.source)

    def ends(self, field: Field) -> Ends | None:
        """A notation, `{namespace, labels}`, or a list of these; None if faulty or missing."""
        if field.missing:
            field.fault("an endpoint is required", kind="Required")
            return None
        if not isinstance(field.value, list):
            return self._one(field)
        if not field.value:
            field.fault("an endpoint is required", kind="Required")
        found = [self._one(item) for item in field.items()]
        parts = [item for item in found if item is not None]
        if not parts or len(parts) < len(found):
            return None
        notations = tuple(one for part in parts for one in part.notations)
        return Ends(", ".join(part.text for part in parts), notations, field.source)

    def ports(self, field: Field) -> Ports | None:
        """A port, a list of ports, or `all`, which a missing one is as well."""
        items = list(field.items()) if isinstance(field.value, list) else [field]
        if isinstance(field.value, list) and not items:
            field.fault("a port is required; for every port write all", kind="Required")
            return None
        if field.missing:
            return Ports("")
        texts = [self._port_text(item) for item in items]
        found = [
            _told(item, text, parse_port)
            for item, text in zip(items, texts, strict=True)
            if text is not None
        ]
        choices = [choice for told in found if told is not None for choice in told]
        if None in texts or None in found:
            return None
        named = ", ".join(text for text in texts if text is not None)
        whole = None in choices
        return Ports(named, () if whole else tuple(item for item in choices if item))

    def flow(self, field: Field) -> FlowSet | None:
        """The short form: `source -> target:port`."""
        text = field.text()
        if text is None:
            if field.missing:
                field.fault("a flow is required: 'source -> target:port'", kind="Required")
            return None
        parts = _told(field, text, split_flow)
        if parts is None:
            return None
        ((source, target, port),) = parts
        sources, targets = self._named(field, source), self._named(field, target)
        choice = _told(field, port, parse_port) if port else [None]
        if sources is None or targets is None or choice is None:
            return None
        return FlowSet(sources, targets, Ports(port, tuple(item for item in choice if item)))

    def _one(self, field: Field) -> Ends | None:
        if isinstance(field.value, Mapping):
            return self._selected(field.as_object(_MAPPING))
        text = field.text()
        if text is None:
            if field.missing:
                field.fault("an endpoint is required", kind="Required")
            return None
        return self._named(field, text)

    def _named(self, field: Field, text: str) -> Ends | None:
        known = self._defined.get(text.strip())
        if known is not None:
            return Ends(known.text, known.notations, field.source)

        def read(word: str) -> EndpointText:
            return parse_endpoint(word, namespace=self._namespace)

        found = _told(field, text, read)
        return None if found is None else Ends(text.strip(), tuple(found), field.source)

    def _selected(self, field: Field) -> Ends | None:
        place = field.get("namespace").text()
        if place is None:
            field.get("namespace").fault("is required: a name, or '*' for all", kind="Required")
            return None
        labels = field.get("labels").labels()
        requirements = (
            Requirement(key, Operator.IN, (value,)) for key, value in labels.items()
        )
        notation = SelectedEndpoints(
            None if place == "*" else place, LabelSelector(tuple(requirements))
        )
        text = f"{place}/{labels}"
        return Ends(text, (notation,), field.source)

    def _port_text(self, field: Field) -> str | None:
        if isinstance(field.value, int) and not isinstance(field.value, bool):
            return str(field.value)
        if field.missing:
            field.fault("a port is required", kind="Required")
        return field.text()


def _told(field: Field, text: str, read: Callable[[str], _Read]) -> list[_Read] | None:
    """What a text says, as the one item of a list; None where it says nothing."""
    try:
        return [read(text)]
    except NotationError as error:
        field.fault(f"{shown(text)}: {error.problem}")
        return None


def port_names(ports: Ports) -> Iterator[PortText | None]:
    """The ports to ask about one by one; None for all of them."""
    yield from ports.choices or (None,)
