"""Reads one decoded object field by field, and says exactly what is wrong with each.

A Field never raises: a fault is recorded with its place and an empty value goes on, so that
all faults of an object are found in one pass.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache

import msgspec

from netsim.errors import InputError, ManifestError
from netsim.load.validation import (
    LABEL_KEY_RULE,
    LABEL_VALUE_RULE,
    is_label_key,
    is_label_value,
    shown,
)
from netsim.model.labels import Labels
from netsim.results import Finding, Severity
from netsim.source import Place, Source

INT32 = range(-(1 << 31), 1 << 31)


@dataclass(slots=True)
class Report:
    """Everything that one load has to say, in input order."""

    errors: list[InputError] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    generated: Counter[str] = field(default_factory=Counter)
    """How many names were made up from each generateName."""

    @property
    def said(self) -> bool:
        """Whether there is anything in it."""
        return bool(self.errors or self.findings or self.generated)

    def note(self, rule: str, message: str, source: Source, place: Place | None = None) -> None:
        """Something that changes no answer."""
        self.findings.append(Finding(rule, Severity.NOTE, message, source, place))

    def warn(self, rule: str, message: str, source: Source, place: Place | None = None) -> None:
        """Something that the author probably did not mean."""
        self.findings.append(Finding(rule, Severity.WARNING, message, source, place))


class Field(msgspec.Struct, eq=False, gc=False):
    """A value in an object, with its place and the object's name for messages.

    The place, and the name, are put together when something is said of it: most fields are
    only read. A struct, because they are many and structs are quick to make.
    """

    value: object
    _place: "Source | tuple[Field, str | int]"
    _subject: object
    report: Report

    @property
    def subject(self) -> str:
        """The object, for messages."""
        return str(self._subject)

    @subject.setter
    def subject(self, text: str) -> None:
        """Names the object otherwise."""
        self._subject = text

    @property
    def source(self) -> Source:
        """Where the value is written, or would be."""
        if isinstance(self._place, tuple):
            above, key = self._place
            self._place = above.source.at(key)
        return self._place

    @property
    def missing(self) -> bool:
        """Not written, or null: JSON decoding does not tell the two apart."""
        return self.value is None

    def fault(self, problem: str, *, kind: str = "Invalid", rule: str = "") -> None:
        """Records that this value is rejected."""
        error = ManifestError(self.source, problem, kind=kind, subject=self.subject, rule=rule)
        self.report.errors.append(error)

    def warn(self, rule: str, message: str) -> None:
        """Records that this value is accepted but doubtful."""
        self.report.warn(rule, f"{self.subject}: {self.source.path}: {message}", self.source)

    def get(self, key: str) -> "Field":
        """A field of this object; missing if this is no object."""
        value = self.value
        if type(value) is dict or isinstance(value, Mapping):
            return Field(value.get(key), (self, key), self._subject, self.report)
        return Field(None, (self, key), self._subject, self.report)

    def part(self, keys: tuple[str, ...]) -> "Field":
        """This object with some of its fields alone."""
        value = self.as_object().value
        inner = (
            {key: value[key] for key in keys if key in value}
            if isinstance(value, Mapping)
            else {}
        )
        return self._with(inner)

    def as_object(self, known: frozenset[str] | None = None) -> "Field":
        """This value as an object whose fields are all known ones; missing is empty."""
        if self.value is None:
            return self._with({})
        if type(self.value) is not dict and not isinstance(self.value, Mapping):
            return self._with(self._wrong_type("an object"))
        if known is not None:
            for key in self.value:
                if key not in known:
                    self._unknown(str(key), known)
        return self

    def items(self) -> Iterator["Field"]:
        """The items of this list; missing is empty."""
        if self.value is None:
            return
        if not isinstance(self.value, list):
            self._wrong_type("a list")
            return
        for index, item in enumerate(self.value):
            yield self._inner(item, index)

    def text(self) -> str | None:
        """This string; None if missing or of another type."""
        if self.value is None or isinstance(self.value, str):
            return self.value
        self._wrong_type("a string", hint="; put it in quotes")
        return None

    def integer(self) -> int | None:
        """This 32-bit integer; None if missing or of another type."""
        if self.value is None:
            return None
        value = self.value
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            self._wrong_type("an integer")
            return None
        if value not in INT32:
            self.fault(f"{value} does not fit in 32 bits", kind="Decode")
            return None
        return value

    def boolean(self) -> bool:
        """This boolean; false if missing or of another type."""
        if self.value is None or isinstance(self.value, bool):
            return bool(self.value)
        self._wrong_type("true or false")
        return False

    def labels(self, rule: tuple[str, str] = ("V22", "V23")) -> Labels:
        """This map of labels, keys and values checked."""
        found = sound_labels(self.as_object().value)
        return Labels(dict(self._sound_labels(rule))) if found is None else found

    def _sound_labels(self, rule: tuple[str, str]) -> Iterator[tuple[str, str]]:
        """The pairs that are labels; of every other one it is said why not."""
        for key, item in self.string_map():
            if not is_label_key(key):
                self.fault(
                    f"label key {shown(key)} is not valid: {LABEL_KEY_RULE}", rule=rule[0]
                )
            elif not is_label_value(item):
                problem = f"value {shown(item)} of {key} is not valid: {LABEL_VALUE_RULE}"
                self.fault(problem, rule=rule[1])
            else:
                yield key, item

    def string_map(self) -> Iterator[tuple[str, str]]:
        """This map's pairs; a null value is an empty string, as in JSON decoding to Go."""
        value = self.as_object().value
        for key in value if isinstance(value, Mapping) else ():
            if not isinstance(key, str):
                self.fault(f"key {key} must be a string; put it in quotes", kind="Decode")
                continue
            inner = self.get(key)
            text = "" if inner.missing else inner.text()
            if text is not None:
                yield key, text

    def _inner(self, value: object, key: str | int) -> "Field":
        return Field(value, (self, key), self._subject, self.report)

    def _with(self, value: object) -> "Field":
        return Field(value, self._place, self._subject, self.report)

    def _wrong_type(self, wanted: str, hint: str = "") -> dict[str, object]:
        problem = f"must be {wanted}, not {_described(self.value)}"
        self.fault(
            problem + (hint if not isinstance(self.value, (list, dict)) else ""), kind="Decode"
        )
        return {}

    def _unknown(self, key: str, known: frozenset[str]) -> None:
        near = get_close_matches(key, sorted(known), n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(sorted(known))}"
        self._inner(None, key).fault(f"unknown field {shown(key)}: {hint}", kind="Decode")


def sound_labels(value: object) -> Labels | None:
    """Labels, which may be missing; None where a pair is none, and for any other value."""
    if value is None:
        return _sound()
    try:
        return _sound(*value.items()) if isinstance(value, Mapping) else None
    except TypeError:
        return None


@lru_cache(1 << 12)
def _sound(*pairs: tuple[str, str]) -> Labels | None:
    """Equal labels are one object; None where a pair is none."""
    return Labels(dict(pairs)) if all(_is_label(*pair) for pair in pairs) else None


@lru_cache(1 << 12)
def _is_label(key: object, value: object) -> bool:
    return (
        isinstance(key, str)
        and isinstance(value, str)
        and is_label_key(key)
        and is_label_value(value)
    )


def _described(value: object) -> str:
    match value:
        case bool():
            return f"the boolean {str(value).lower()}"
        case int() | float():
            return f"the number {value}"
        case str():
            return f"the string {shown(value)}"
        case list():
            return "a list"
        case Mapping():
            return "an object"
        case _:
            return type(value).__name__
