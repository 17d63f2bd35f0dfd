"""Connections as text, in blocks: what is written of an end is made once for all sources."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TypeVar

from netsim.model.ports import PortSet
from netsim.query.connections import End, Fan
from netsim.query.parties import Subject, subject_name
from netsim.report.columns import GAP, padded, width_of
from netsim.report.formats import TABLE_FORMATS, VALUE_FORMATS, cell_text, markdown_text
from netsim.report.shapes import connection_columns, kind_of, short_name
from netsim.report.values import Value, envelope, party_value, ports_value
from netsim.results import Table

_BLOCK = 1 << 18
"""How many characters a block has at least, but for the last."""
_HERE = "rows"
"""Stands for all rows in an empty document, to find where they go."""

_Marks = Callable[[Subject], tuple[str, ...]]
_Beside = Callable[[Subject], tuple[str, ...]]
"""Cells of a row that are its source's, besides the first."""
Item = TypeVar("Item")


def _no_marks(_: Subject) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Columns:
    """Aligned columns, as wide as their longest cell."""

    header: str
    width: int
    blocks: Iterator[str]
    """Whole lines, many at a time."""


@dataclass(frozen=True, slots=True)
class _Notation:
    """How rows are written: they start with what is their source's, the rest is the end's."""

    start: Callable[[Subject], str]
    rest: Callable[[End, tuple[str, ...]], str]
    """From the end, and what of the source is shown beside it."""
    beside: _Beside = lambda _: ()
    gap: str = ""
    """Between two rows."""


def connection_text(
    fans: Sequence[Fan],
    output: str,
    faults: Sequence[Value] = (),
    marks: _Marks = _no_marks,
) -> Iterator[str]:
    """Connections as JSON, YAML, CSV or Markdown, a block at a time.

    `marks` are words on an end that make its rows worth less than they seem.
    """
    match output:
        case "csv":
            cells = _Cells(fans, csv_text, marks, exact=True)
            notation = _in_cells(cells, "", ",", "\n")
        case "md":
            cells = _Cells(fans, markdown_text, marks)
            notation = _in_cells(cells, "| ", " | ", " |\n")
        case _:
            return _document(fans, output, faults, marks)
    header = TABLE_FORMATS[output](Table(cells.names, ()))
    return chain([header], _blocks(fans, notation))


def connection_lines(
    fans: Sequence[Fan],
    *,
    wide: bool = False,
    exact: bool = False,
    marks: _Marks = _no_marks,
) -> Columns:
    """Connections as a table for people, not folded."""
    cells = _Cells(fans, cell_text, marks, wide=wide, exact=exact)
    widths = list(map(width_of, cells.names))
    widths[0] = max([widths[0], *(width_of(cells.name(fan.source)) for fan in fans)])
    for beside, end in _distinct(fans, cells.beside):
        for place, text in enumerate(cells.rest(end, beside), 1):
            widths[place] = max(widths[place], width_of(text))
    gap = " " * GAP

    def line(texts: Iterable[str], widths: Iterable[int]) -> str:
        return gap.join(map(padded, texts, widths)).rstrip()

    notation = _Notation(
        lambda source: padded(cells.name(source), widths[0]) + gap,
        lambda end, beside: f"{line(cells.rest(end, beside), widths[1:])}\n",
        cells.beside,
    )
    whole = sum(widths) + GAP * (len(widths) - 1)
    return Columns(line(cells.names, widths), whole, _blocks(fans, notation))


def csv_text(text: str) -> str:
    """A cell of comma-separated values, quoted where it must be."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow((text, ""))
    return line.getvalue().removesuffix(",\n")


@dataclass(slots=True)
class _Cells:
    """The cells of rows as text, each worked out once."""

    fans: Sequence[Fan]
    write: Callable[[str], str]
    marks: _Marks
    wide: bool = False
    exact: bool = False
    names: tuple[str, ...] = field(init=False)
    _undecided: bool = field(init=False)
    _marked: bool = field(init=False)
    _names: dict[int, str] = field(default_factory=dict)
    _ports: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ends = [end for _, end in _distinct(self.fans, _no_marks)]
        self._undecided = any(end[2] for end in ends)
        self._marked = any(self.marks(fan.source) for fan in self.fans)
        self._marked = self._marked or any(self.marks(end[0]) for end in ends)
        self.names = connection_columns(
            wide=self.wide, undecided=self._undecided, marked=self._marked
        )

    def name(self, subject: Subject) -> str:
        """One end, with many ranges cut short unless all are wanted."""
        found = self._names.get(id(subject))
        if found is None:
            name = subject_name if self.exact else short_name
            found = self._names[id(subject)] = self.write(name(subject))
        return found

    def beside(self, subject: Subject) -> tuple[str, ...]:
        """The kind and the marks of one end, as far as they are shown."""
        kind = (self.write(kind_of(subject)),) if self.wide else ()
        marks = (self.write(", ".join(self.marks(subject))),) if self._marked else ()
        return kind + marks

    def rest(self, end: End, beside: tuple[str, ...]) -> tuple[str, ...]:
        """All cells of a row but the first."""
        target, ports, undecided = end
        pairs = chain.from_iterable(zip(beside, self.beside(target), strict=True))
        reasons = (self.write("; ".join(undecided)),) if self._undecided else ()
        return (self.name(target), self._ports_text(ports), *pairs, *reasons)

    def _ports_text(self, ports: PortSet) -> str:
        found = self._ports.get(id(ports))
        if found is None:
            found = self._ports[id(ports)] = self.write(str(ports))
        return found


def _in_cells(cells: _Cells, first: str, between: str, last: str) -> _Notation:
    return _Notation(
        lambda source: f"{first}{cells.name(source)}{between}",
        lambda end, beside: f"{between.join(cells.rest(end, beside))}{last}",
        cells.beside,
    )


def _document(
    fans: Sequence[Fan], output: str, faults: Sequence[Value], marks: _Marks
) -> Iterator[str]:
    """The rows as items of a list, in a document that is written without them."""
    write = VALUE_FORMATS[output]
    here = [_HERE] if fans else []
    empty = write({**envelope("Connections", connections=here), "faults": faults})
    notation, mark = (_json(write, marks), f'"{_HERE}"')
    if output == "yaml":
        notation, mark = _yaml(write, marks), f"- {_HERE}\n"
    header, _, footer = empty.partition(mark if fans else "\0")
    return chain([header], _blocks(fans, notation), [footer])


def _json(write: Callable[[Value], str], marks: _Marks) -> _Notation:
    """An object of four fields, each value written once."""
    texts: dict[int, str] = {}

    def once(item: Item, value_of: Callable[[Item], Value]) -> str:
        found = texts.get(id(item))
        if found is None:
            found = texts[id(item)] = _shifted(write(value_of(item))[:-1], 6)
        return found

    def party(subject: Subject) -> Value:
        return party_value(subject, marks(subject))

    def rest(end: End, _: tuple[str, ...]) -> str:
        target, ports, undecided = end
        fields = (
            f'"target": {once(target, party)}',
            f'"ports": {once(ports, ports_value)}',
            f'"undecided": {once(undecided, list)}',
        )
        return ",\n      ".join(fields) + "\n    }"

    return _Notation(
        lambda source: f'{{\n      "source": {once(source, party)},\n      ',
        rest,
        gap=",\n    ",
    )


def _yaml(write: Callable[[Value], str], marks: _Marks) -> _Notation:
    def party(subject: Subject) -> Value:
        return party_value(subject, marks(subject))

    def rest(end: End, _: tuple[str, ...]) -> str:
        target, ports, undecided = end
        fields: dict[str, Value] = {
            "target": party(target),
            "ports": ports_value(ports),
            "undecided": list(undecided),
        }
        return f"  {_shifted(write(fields)[:-1], 2)}\n"

    return _Notation(lambda source: write([{"source": party(source)}]), rest)


def _shifted(text: str, count: int) -> str:
    """All lines but the first some columns to the right."""
    return text.replace("\n", "\n" + " " * count)


def _blocks(fans: Iterable[Fan], notation: _Notation) -> Iterator[str]:
    rests = _Rests(notation)
    pending: list[str] = []
    size, skipped = 0, len(notation.gap)
    for fan in fans:
        start = notation.gap + notation.start(fan.source)
        text = start + start.join(rests.of(fan))
        pending.append(text)
        size += len(text)
        if size > _BLOCK:
            yield "".join(pending)[skipped:]
            pending, size, skipped = [], 0, 0
    yield "".join(pending)[skipped:]


class _Rests:
    """What follows the start of a row, made once for all sources that share it."""

    def __init__(self, notation: _Notation) -> None:
        self._notation = notation
        self._of_ends: dict[tuple[int, tuple[str, ...]], list[str]] = {}
        self._of_end: dict[tuple[int, tuple[str, ...]], str] = {}

    def of(self, fan: Fan) -> list[str]:
        """The rest of each row of a fan."""
        beside = self._notation.beside(fan.source)
        key = (id(fan.ends), beside)
        found = self._of_ends.get(key)
        if found is None:
            found = self._of_ends[key] = [self._once(end, beside) for end in fan.ends]
        if fan.without < 0:
            return found
        return found[: fan.without] + found[fan.without + 1 :]

    def _once(self, end: End, beside: tuple[str, ...]) -> str:
        key = (id(end), beside)
        found = self._of_end.get(key)
        if found is None:
            found = self._of_end[key] = self._notation.rest(end, beside)
        return found


def _distinct(fans: Iterable[Fan], beside: _Beside) -> Iterator[tuple[tuple[str, ...], End]]:
    """Every end that is a row, once for all sources with the same cells beside."""
    shared: dict[tuple[int, tuple[str, ...]], Fan] = {}
    for fan in fans:
        key = (id(fan.ends), beside(fan.source))
        other = shared.get(key)
        # what one source leaves out is a row of another
        shared[key] = fan if other is None else replace(fan, without=-1)
    seen: set[tuple[int, tuple[str, ...]]] = set()
    for (_, cells), fan in shared.items():
        for end in fan.rows:
            if (id(end), cells) not in seen:
                seen.add((id(end), cells))
                yield cells, end
