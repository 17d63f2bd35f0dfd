"""Lays a table out in aligned columns, folded between words where the width is limited."""

import re
from collections.abc import Iterator
from itertools import chain

from netsim.report.formats import cell_text
from netsim.results import Table

GAP, _NARROW_GAP = 3, 2
_LEAST = 8
_ITEMS = re.compile(r"[^\s,]*[\s,]+|[^\s,]+")
_PARTS = re.compile(r"[^/=.-]*[/=.-]+>?|[^/=.-]+")

Lines = list[str]


def laid_out(table: Table, width: int | None = None) -> tuple[Lines, Lines]:
    r"""The lines of the header and of the rows; without a width nothing is folded.

    >>> from netsim.results import Table
    >>> header, rows = laid_out(Table(("NAME", "PODS"), (("shop/web", 3), ("shop/db", 1))))
    >>> print("\n".join(header + rows))
    NAME       PODS
    shop/web   3
    shop/db    1
    """
    names = [cell_text(column) for column in table.columns]
    texts = [[cell_text(cell) for cell in row] for row in table.rows]
    bodies = [max(map(width_of, column), default=0) for column in zip(*texts, strict=True)]
    bodies = bodies or [0] * len(names)
    widths = [max(width_of(name), body) for name, body in zip(names, bodies, strict=True)]
    gap = GAP
    if width is not None and sum(widths) + gap * (len(widths) - 1) > width:
        gap = _NARROW_GAP
        words = [max(map(width_of, name.split())) for name in names]
        least = [max(pair) for pair in zip(words, bodies, strict=True)]
        widths = _shared(least, width - gap * (len(widths) - 1))
    rows = (_lines(row, widths, " " * gap) for row in texts)
    return _lines(names, widths, " " * gap), list(chain.from_iterable(rows))


def _shared(widths: list[int], room: int) -> list[int]:
    """Widths that fit into the room: the narrow columns whole, the wide ones alike."""
    result = list(widths)
    order = sorted(range(len(widths)), key=widths.__getitem__)
    for place, index in enumerate(order):
        share = max(room // (len(order) - place), _LEAST)
        result[index] = min(widths[index], share)
        room -= result[index]
    return result


def _lines(row: list[str], widths: list[int], gap: str) -> Lines:
    cells = [_folded(text, width) for text, width in zip(row, widths, strict=True)]
    height = max(map(len, cells))
    even = [cell + [""] * (height - len(cell)) for cell in cells]
    return [gap.join(map(padded, line, widths)).rstrip() for line in zip(*even, strict=True)]


def _folded(text: str, width: int) -> Lines:
    """Text in lines of at most a width, cut after commas or else inside long names."""
    if width_of(text) <= width:
        return [text]
    lines = [""]
    for piece in _pieces(text, width):
        if width_of(lines[-1] + piece.rstrip()) <= width:
            lines[-1] += piece
        else:
            lines.append(piece)
    return [line.rstrip() for line in lines if line.strip()]


def _pieces(text: str, width: int) -> Iterator[str]:
    for item in _ITEMS.findall(text):
        if width_of(item.rstrip()) <= width:
            yield item
            continue
        for part in _PARTS.findall(item):
            yield from [part] if width_of(part.rstrip()) <= width else _chopped(part, width)


def width_of(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def padded(text: str, width: int) -> str:
    """Text with spaces up to a width that it does not exceed."""
    return text + " " * (width - width_of(text))


def _chopped(text: str, width: int) -> Iterator[str]:
    if text.isascii():
        return (text[start : start + width] for start in range(0, len(text), width))
    from rich.cells import chop_cells

    return iter(chop_cells(text, width))
