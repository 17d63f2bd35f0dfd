"""Findings as one value, to be looked at."""

from collections.abc import Iterator
from typing import ClassVar

from netsim.results import Finding
from netsim.views import Record, Shown, Tidy


class FindingRows(Shown, Tidy, tuple[Finding, ...]):
    """A tuple of findings that a notebook shows, and that can become a data frame."""

    __slots__ = ()

    COLUMNS: ClassVar = {
        "severity": str,
        "rule": str,
        "subject": str,
        "message": str,
        "file": str,
        "line": int,
        "column": int,
        "witness": str,
        "fix": str,
    }

    def to_dicts(self) -> list[dict[str, str | int | bool]]:
        """One flat dictionary for each finding; line and column are 0 where not known."""
        return [dict(zip(self.COLUMNS, row, strict=True)) for row in self._records()]

    def _records(self) -> Iterator[Record]:
        for item in self:
            file = item.place.file if item.place is not None else item.source.file
            at = (item.place.line, item.place.column) if item.place is not None else (0, 0)
            said = item.severity.value, item.rule, item.subject, item.message
            yield *said, file, *at, item.witness, item.fix
