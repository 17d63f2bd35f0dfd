"""Levels, their versions, and the labels by which a namespace asks for them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from netsim.podsecurity.quoting import go_quoted

PREFIX = "pod-security.kubernetes.io/"
NEWEST = 37
"""The minor of the newest policy that is known: later ones are taken to be like it."""

_VERSION = re.compile(r"v1\.(0|[1-9][0-9]*)")
_LATEST = "latest"
_LEVEL_RULE = "must be one of privileged, baseline, restricted"
_VERSION_RULE = 'must be "latest" or "v1.x"'


class Level(IntEnum):
    """The three levels, stricter ones greater."""

    PRIVILEGED = 0
    BASELINE = 1
    RESTRICTED = 2

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Standard:
    """A level at a version of the policy."""

    level: Level = Level.PRIVILEGED
    minor: int | None = None
    """The 24 of `v1.24`; None is the newest."""

    def __str__(self) -> str:
        version = _LATEST if self.minor is None else f"v1.{self.minor}"
        return f"{self.level}:{version}"

    def is_like(self, other: "Standard") -> bool:
        """Whether both ask for the same; versions of privileged do not differ."""
        return self == other or self.level is other.level is Level.PRIVILEGED

    def effective(self, newest: int = NEWEST) -> int:
        """The minor that a server applies whose own minor is `newest`."""
        known = min(newest, NEWEST)
        return known if self.minor is None else min(self.minor, known)


_ANY = Standard()


@dataclass(frozen=True, slots=True)
class Settings:
    """What is asked of the pods of a namespace, in each of the three modes."""

    enforce: Standard = _ANY
    audit: Standard = _ANY
    warn: Standard = _ANY

    def is_like(self, other: "Settings") -> bool:
        """Whether both ask for the same in every mode."""
        return (
            self.enforce.is_like(other.enforce)
            and self.audit.is_like(other.audit)
            and self.warn.is_like(other.warn)
        )

    @property
    def asks(self) -> bool:
        """Whether any mode asks for anything."""
        modes = (self.enforce, self.audit, self.warn)
        return any(mode.level is not Level.PRIVILEGED for mode in modes)


@dataclass(frozen=True, slots=True)
class LabelFault:
    """A label that the API server refuses when a namespace is created with it."""

    key: str
    value: str
    rule: str

    def __str__(self) -> str:
        value = go_quoted(self.value)
        return f"metadata.labels[{self.key}]: Invalid value: {value}: {self.rule}"


def parse_level(text: str) -> Level | None:
    """A level, spelt exactly; None for any other text."""
    return {str(level): level for level in Level}.get(text)


def parse_version(text: str) -> tuple[int | None] | None:
    """The minor of `v1.x`, or None for `latest`, in a tuple; None for any other text.

    >>> parse_version("v1.24"), parse_version("latest"), parse_version("1.24")
    ((24,), (None,), None)
    """
    if text == _LATEST:
        return (None,)
    found = _VERSION.fullmatch(text)
    return (int(found[1]),) if found else None


def settings_of(
    labels: Mapping[str, str], defaults: Settings | None = None
) -> tuple[Settings, tuple[LabelFault, ...]]:
    """What a namespace's labels ask for, as the server reads them once they are stored.

    A faulty enforce level is restricted, other faulty levels are privileged, a faulty version
    is the newest. Without a warn label the level that is enforced is warned of as well.
    """
    default = defaults or Settings()
    faults: list[LabelFault] = []
    enforce = _mode(labels, "enforce", default.enforce, Level.RESTRICTED, faults)
    audit = _mode(labels, "audit", default.audit, Level.PRIVILEGED, faults)
    warn = _mode(labels, "warn", default.warn, Level.PRIVILEGED, faults)
    asked = parse_level(labels.get(f"{PREFIX}enforce", ""))
    if f"{PREFIX}warn" not in labels and asked is not None and asked > warn.level:
        own_version = f"{PREFIX}warn-version" in labels
        warn = Standard(asked, warn.minor if own_version else enforce.minor)
    return Settings(enforce, audit, warn), tuple(faults)


def _mode(
    labels: Mapping[str, str],
    mode: str,
    default: Standard,
    level_if_faulty: Level,
    faults: list[LabelFault],
) -> Standard:
    level, minor = default.level, default.minor
    key = f"{PREFIX}{mode}"
    if key in labels:
        found = parse_level(labels[key])
        if found is None:
            faults.append(LabelFault(key, labels[key], _LEVEL_RULE))
        level = level_if_faulty if found is None else found
    key = f"{PREFIX}{mode}-version"
    if key in labels:
        version = parse_version(labels[key])
        if version is None:
            faults.append(LabelFault(key, labels[key], _VERSION_RULE))
        minor = version[0] if version else None
    return Standard(level, minor)
