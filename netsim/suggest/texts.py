"""Proposals as YAML whose comments say what they do, and as plain values."""

from collections.abc import Iterable, Iterator, Sequence

from netsim.load import locate
from netsim.query.diff import FlowChange
from netsim.report.diffs import row_value
from netsim.report.formats import as_yaml, visible
from netsim.report.shapes import short_name
from netsim.report.values import Value, envelope, place_value, policy_value
from netsim.suggest.edits import Edit, Proposal

Chosen = Sequence[tuple[int, Proposal]]
"""Proposals with their numbers, from 1."""


def proposals_text(chosen: Chosen, total: int) -> Iterator[str]:
    """A stream of YAML documents; what each option moves stands above it in comments."""
    for number, item in chosen:
        yield "".join(f"# {visible(line)}\n" for line in told(item, number, total))
        for edit in item.edits:
            if edit.after is None:
                yield f"# delete {edit.ref.kind} {edit.ref}\n"
            else:
                yield f"---\n{as_yaml(_plain(edit.after))}"


def proposals_value(chosen: Chosen, reasons: Iterable[str] = ()) -> dict[str, Value]:
    """The same as plain values."""
    options: list[Value] = [{"option": number, **_value(item)} for number, item in chosen]
    return envelope("Suggestions", options=options, reasons=list(reasons))


def told(item: Proposal, number: int = 1, total: int = 1) -> Iterator[str]:
    """What an option does, line by line."""
    yield f"option {number} of {total}: {item.title}" if total > 1 else item.title
    for edit in item.edits:
        yield f"  {edit.ref}: {edit.summary}{_place(edit)}"
    yield from _moved("opens", item.moved.opened)
    yield from _moved("closes", item.moved.closed)
    for reason in item.moved.reasons:
        yield f"undecided: {reason}"
    for note in item.notes:
        yield f"note: {note}"


def _place(edit: Edit) -> str:
    if edit.before is None:
        return " (new)"
    place = locate(edit.before.source)
    return f" ({place})" if place.line else ""


def _moved(word: str, rows: Sequence[FlowChange]) -> Iterator[str]:
    if not rows:
        yield f"{word} nothing"
        return
    yield f"{word}:"
    for row in rows:
        yield f"  {short_name(row.source)} -> {short_name(row.target)} on {row.ports}"


def _value(item: Proposal) -> dict[str, Value]:
    return {
        "title": item.title,
        "edits": [_edit_value(edit) for edit in item.edits],
        "opened": [row_value(row) for row in item.moved.opened],
        "closed": [row_value(row) for row in item.moved.closed],
        "undecided": list(item.moved.reasons),
        "notes": list(item.notes),
    }


def _edit_value(edit: Edit) -> dict[str, Value]:
    before = edit.before
    return {
        "policy": policy_value(edit.ref),
        "summary": edit.summary,
        "place": None if before is None else place_value(locate(before.source)),
        "manifest": None if edit.after is None else _plain(edit.after),
    }


def _plain(value: object) -> Value:
    """A manifest as JSON has it; keys of other types than text are spelt."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, str | int | bool) else str(value)
