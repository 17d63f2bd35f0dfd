"""From a value before and after to the least that is to be changed in its text.

What stays is not touched, so that its comments, quotes and blanks stay as they are. A comment
above an item or key belongs to it and goes with it; so does one below that is indented deeper.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from netsim.suggest.yaml_spans import Listed, Mapped, Node, key_text
from netsim.suggest.yaml_style import Style, column, flow, in_lines


class UnusualTextError(Exception):
    """A text that is written in a way in which it cannot be edited; says which."""


@dataclass(frozen=True, slots=True, order=True)
class Splice:
    """A part of a text and what stands there instead."""

    start: int
    end: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value hangs: behind a colon or dash, which stands at a column."""

    after: int
    column: int
    is_item: bool = False


def spliced(text: str, splices: Sequence[Splice]) -> str:
    """A text with all changes made; parts that are to go may overlap."""
    parts: list[str] = []
    done = 0
    # of what is put in at one place the deeper comes first, as a blank sorts before all else
    for item in sorted(splices):
        parts += text[done : max(done, item.start)], item.text
        done = max(done, item.end)
    return "".join([*parts, text[done:]])


def canonical(value: object) -> str:
    """Equal texts for equal values; 1, 1.0 and true are different."""
    return json.dumps(value, sort_keys=True, default=str)


@dataclass(frozen=True, slots=True)
class Splicer:
    """Finds splices in one document."""

    text: str
    style: Style

    def changed(self, node: Node, before: object, after: object) -> Iterator[Splice]:
        """The splices that make a whole document's value another; raises UnusualTextError."""
        yield from self._value(node, before, after, _Place(0, 0))

    def without(self, node: Node, gone: Sequence[int]) -> Iterator[Splice]:
        """The splices that take items out of a list, not all of them."""
        assert isinstance(node, Listed)  # noqa: S101 - items stand in lists
        self._check(node)
        if node.flow:
            pieces = [(item.start, item.end) for item in node.items]
            yield from _out_of_flow(pieces, gone)
            return
        for index in gone:
            dash = self._dash(node, index)
            floor = 0
            if index:
                floor = self._line_end(self._item_end(node, index - 1)) + 1
            yield self._lines(dash, self._item_end(node, index), floor, first=not index)

    def emptied(self, holder: Mapped, key: str) -> Iterator[Splice]:
        """The splices that leave nothing in the list under a key."""
        for index, (name, node) in enumerate(holder.pairs):
            if key_text(name) == key:
                yield from self._replaced(node, [], self._behind(holder, index))

    def _value(
        self, node: Node, before: object, after: object, place: _Place | None
    ) -> Iterator[Splice]:
        """A place is None inside of brackets and braces."""
        if canonical(before) == canonical(after):
            return
        self._check(node)
        match node, before, after:
            case Mapped(), Mapping(), Mapping():
                yield from self._mapping(node, before, after, place)
            case Listed(), list(), list():
                yield from self._list(node, before, after, place)
            case _:
                yield from self._replaced(node, after, place)

    def _check(self, node: Node) -> None:
        if node.anchored:
            raise UnusualTextError("an anchor (&) stands where it would be changed")
        if isinstance(node, Mapped) and node.value("<<") is not None:
            raise UnusualTextError("a merge key (<<) stands where it would be changed")

    def _mapping(
        self,
        node: Mapped,
        before: Mapping[str, object],
        after: Mapping[str, object],
        place: _Place | None,
    ) -> Iterator[Splice]:
        keys = [key_text(key) for key, _ in node.pairs]
        gone = [i for i, key in enumerate(keys) if key in before and key not in after]
        added = {key: value for key, value in after.items() if key not in before}
        if len(gone) == len(keys):
            yield from self._replaced(node, after, place)
            return
        for index, (key, (_, value)) in enumerate(zip(keys, node.pairs, strict=True)):
            if key is not None and key in before and key in after:
                inner = None if node.flow else self._behind(node, index)
                yield from self._value(value, before[key], after[key], inner)
        if missing := [it for it in before if it not in keys and _moved(it, before, after)]:
            raise UnusualTextError(f"the key {missing[0]!r} is not found where it should stand")
        last = max(i for i in range(len(keys)) if i not in gone)
        if node.flow:
            pieces = [(key.start, max(key.end, it.end)) for key, it in node.pairs]
            yield from _out_of_flow(pieces, gone)
            written = "".join(f", {flow(key)}: {flow(it)}" for key, it in added.items())
            yield from _inserted(pieces[last][1], written)
            return
        yield from self._pairs_out(node, gone)
        left = column(self.text, node.pairs[0][0].start)
        lines = [line for key, it in added.items() for line in self.style.pair(key, it)]
        yield from self._below(self._pair_end(node, last), lines, left)

    def _list(
        self, node: Listed, before: list[object], after: list[object], place: _Place | None
    ) -> Iterator[Splice]:
        if len(node.items) != len(before):
            raise UnusualTextError("a list has other items than were read")
        if not before or not after:
            yield from self._replaced(node, after, place)
            return
        old, new = ([canonical(item) for item in items] for items in (before, after))
        gone: list[int] = []
        for _, start, end, first, last in SequenceMatcher(
            None, old, new, autojunk=False
        ).get_opcodes():
            both = min(end - start, last - first)
            for index, other in zip(
                range(start, start + both), range(first, last), strict=False
            ):
                inner = None if node.flow else self._at_dash(node, index)
                yield from self._value(node.items[index], before[index], after[other], inner)
            gone += range(start + both, end)
            yield from self._put_in(node, start + both, after[first + both : last])
        if gone:
            yield from self.without(node, gone)

    def _put_in(self, node: Listed, index: int, values: list[object]) -> Iterator[Splice]:
        """New items in front of the one with an index."""
        if not values:
            return
        if node.flow:
            written = [flow(value) for value in values]
            if index:
                text = "".join(f", {it}" for it in written)
                yield from _inserted(node.items[index - 1].end, text)
            else:
                yield from _inserted(node.items[0].start, "".join(f"{it}, " for it in written))
            return
        left = column(self.text, node.start)
        lines = [line for value in values for line in self.style.item(value)]
        if index:
            yield from self._below(self._item_end(node, index - 1), lines, left)
        else:
            dash = self._dash(node, 0)
            self._must_begin_line(dash)
            above = self._lines(dash, dash, 0, first=True).start
            text = "".join(f"{' ' * left}{line}\n" for line in lines)
            yield Splice(above, above, text)

    def _pairs_out(self, node: Mapped, gone: Sequence[int]) -> Iterator[Splice]:
        """Takes pairs out that stand in lines; one stays at least."""
        first = node.pairs[0][0].start
        head = self.text[self._line_start(first) : first].strip()
        run = 0
        if head and gone and gone[0] == 0:
            run = next(i for i in range(len(node.pairs)) if i not in gone)
            yield self._first_pairs_out(node, run)
        for index in gone[run:]:
            floor = self._line_end(self._pair_end(node, index - 1)) + 1 if index else 0
            key = node.pairs[index][0].start
            yield self._lines(key, self._pair_end(node, index), floor, first=not index)

    def _first_pairs_out(self, node: Mapped, run: int) -> Splice:
        """Of pairs behind a dash: the next one takes their place, comments stay above it."""
        first, upcoming = node.pairs[0][0].start, node.pairs[run][0].start
        end = self._line_end(self._pair_end(node, run - 1))
        if self.text[end:upcoming].strip():
            return Splice(len(self.text[:first].rstrip(" ")), end)
        return Splice(first, upcoming)

    def _replaced(self, node: Node, value: object, place: _Place | None) -> Iterator[Splice]:
        """Another value altogether."""
        if place is None:
            yield Splice(node.start, node.end, flow(value))
            return
        end = max(node.end, place.after)
        rest = self.text[place.after : self._line_end(place.after)]
        apart = "\n" in self.text[place.after : max(node.start, place.after)]
        if not in_lines(value) or _in_brackets(node):
            comment, end = (rest.rstrip(), self._line_end(end)) if apart else ("", end)
            yield Splice(place.after, end, f" {flow(value)}{comment}")
            return
        behind = rest if apart else self.text[end : self._line_end(end)]
        left = " " * place.column
        if place.is_item:
            lines = [left + line for line in self.style.item(value)]
            lines[0] = lines[0][place.column + 1 :]
            yield Splice(place.after, end, "\n".join(lines))
            return
        left += self.style.below(value)
        lines = [left + line for line in self.style.block(value)]
        stop = end if apart else self._line_end(end)
        yield Splice(place.after, stop, "\n".join([behind.rstrip(), *lines]))

    def _behind(self, node: Mapped, index: int) -> _Place:
        key = node.pairs[index][0]
        return _Place(self._colon(key) + 1, column(self.text, key.start))

    def _at_dash(self, node: Listed, index: int) -> _Place:
        dash = self._dash(node, index)
        return _Place(dash + 1, column(self.text, dash), is_item=True)

    def _colon(self, key: Node) -> int:
        rest = self.text[key.end :]
        blanks = len(rest) - len(rest.lstrip(" \t"))
        if not rest.startswith(":", blanks):
            raise UnusualTextError("a key is not written as `key: value`")
        return key.end + blanks

    def _dash(self, node: Listed, index: int) -> int:
        position = self._item_end(node, index - 1) if index else node.start
        while not self.text.startswith("-", position):
            sign = self.text[position : position + 1]
            if sign == "#":
                position = self._line_end(position)
            elif sign.isspace():
                position += 1
            else:
                raise UnusualTextError("an item of a list does not begin with a dash")
        return position

    def _item_end(self, node: Listed, index: int) -> int:
        item = node.items[index]
        return item.end if item.start < item.end else self._dash(node, index) + 1

    def _pair_end(self, node: Mapped, index: int) -> int:
        key, value = node.pairs[index]
        return value.end if value.start < value.end else self._colon(key) + 1

    def _below(self, end: int, lines: Sequence[str], left: int) -> Iterator[Splice]:
        """Whole lines below another one, so that it may go without them."""
        line_end = self._line_end(end)
        if line_end < len(self.text):
            written = "".join(f"{' ' * left}{line}\n" for line in lines)
            yield from _inserted(line_end + 1, written)
        else:
            yield from _inserted(line_end, "".join(f"\n{' ' * left}{line}" for line in lines))

    def _lines(self, begin: int, end: int, floor: int, *, first: bool) -> Splice:
        """Whole lines, with the comments that belong to what begins and ends in them."""
        self._must_begin_line(begin)
        left = column(self.text, begin)
        start = self._line_start(begin)
        while start > floor and self._comment_above(start, None if first else left):
            start = self._line_start(start - 1)
        while start > floor and not self.text[self._line_start(start - 1) : start].strip():
            start = self._line_start(start - 1)
        stop = self._line_end(end)
        while (below := self._comment_column(stop + 1)) is not None and below > left:
            stop = self._line_end(stop + 1)
        return Splice(start, min(stop + 1, len(self.text)))

    def _must_begin_line(self, position: int) -> None:
        if self.text[self._line_start(position) : position].strip():
            raise UnusualTextError("what is to be changed does not begin its line")

    def _comment_above(self, start: int, left: int | None) -> bool:
        found = self._comment_column(self._line_start(start - 1))
        return found is not None and (left is None or found <= left)

    def _comment_column(self, start: int) -> int | None:
        """Where the line that begins here has its comment, if it has nothing else."""
        line = self.text[start : self._line_end(start)] if start < len(self.text) else ""
        bare = line.lstrip(" \t")
        return len(line) - len(bare) if bare.startswith("#") else None

    def _line_start(self, position: int) -> int:
        return self.text.rfind("\n", 0, position) + 1

    def _line_end(self, position: int) -> int:
        found = self.text.find("\n", position)
        return len(self.text) if found < 0 else found


def _moved(key: str, before: Mapping[str, object], after: Mapping[str, object]) -> bool:
    return key not in after or canonical(before[key]) != canonical(after[key])


def _in_brackets(node: Node) -> bool:
    """Whether something stands in brackets or braces; empty ones say nothing about style."""
    match node:
        case Listed(flow=True, items=inner) | Mapped(flow=True, pairs=inner):
            return bool(inner)
        case _:
            return False


def _inserted(position: int, text: str) -> Iterator[Splice]:
    if text:
        yield Splice(position, position, text)


def _out_of_flow(pieces: Sequence[tuple[int, int]], gone: Sequence[int]) -> Iterator[Splice]:
    """Takes pieces out of brackets, each with the comma behind it; one stays at least."""
    kept = [index for index in range(len(pieces)) if index not in gone]
    for index in gone:
        if index < kept[-1]:
            yield Splice(pieces[index][0], pieces[index + 1][0])
    if kept[-1] + 1 < len(pieces):
        yield Splice(pieces[kept[-1]][1], pieces[-1][1])
