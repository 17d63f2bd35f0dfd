"""Checklists as text, as Markdown for a pull request, and as plain values."""

from collections.abc import Callable, Iterable, Iterator

from netsim.audit.checklist import Box, Checklist, Reason, State
from netsim.report.formats import markdown_text, visible
from netsim.report.values import Value, envelope, place_value
from netsim.source import Place, Source

Locate = Callable[[Source], Place]

_SIGNS = {State.DONE: "[x]", State.OPEN: "[ ]", State.NOT_NEEDED: "[-]"}


def checklist_lines(found: Checklist, locate: Locate) -> Iterator[tuple[str, State | None]]:
    """Each line with the state of the box it begins; None for other lines."""
    yield f"{found.kind} {found.key}: {_summary(found)}", None
    for box in found.boxes:
        yield f"{_SIGNS[box.state]} {box.title}", box.state
        for reason in _told(box):
            rule = f" [{reason.rule}]" if reason.rule else ""
            yield visible(f"    {_placed(reason, locate)}{reason.text}{rule}"), None


def checklist_markdown(found: Checklist, locate: Locate) -> str:
    """A task list, as reviews show it."""
    lines = [f"### Deployment checklist: {found.kind} {found.key}", ""]
    for box in found.boxes:
        sign = "[ ]" if box.state is State.OPEN else "[x]"
        extra = " (not needed)" if box.state is State.NOT_NEEDED else ""
        lines.append(f"- {sign} **{box.title}**{extra}")
        for reason in _told(box):
            place = f" (`{locate(reason.source)}`)" if reason.source is not None else ""
            rule = f" [{reason.rule}]" if reason.rule else ""
            lines.append(f"  - {markdown_text(reason.text)}{place}{rule}")
    return "\n".join([*lines, "", f"{_summary(found).capitalize()}.", ""])


def checklists_value(found: Iterable[Checklist], locate: Locate) -> dict[str, Value]:
    """Every checklist as plain values."""
    return envelope("Checklists", items=[_value(item, locate) for item in found])


def _value(found: Checklist, locate: Locate) -> Value:
    return {
        "kind": found.kind,
        "workload": found.key,
        "open": found.open,
        "boxes": [
            {
                "title": box.title,
                "state": box.state.value,
                "reasons": [_reason_value(item, locate) for item in box.reasons],
            }
            for box in found.boxes
        ],
    }


def _reason_value(item: Reason, locate: Locate) -> Value:
    place = None if item.source is None else place_value(locate(item.source))
    return {"state": item.state.value, "text": item.text, "rule": item.rule, "place": place}


def _told(box: Box) -> list[Reason]:
    """What is open first; what is fine goes after it."""
    return sorted(box.reasons, key=lambda item: item.state is not State.OPEN)


def _placed(reason: Reason, locate: Locate) -> str:
    return f"{locate(reason.source)}: " if reason.source is not None else ""


def _summary(found: Checklist) -> str:
    if not found.open:
        return "every required box is ticked"
    verb = "is" if found.open == 1 else "are"
    return f"{found.open} of {len(found.boxes)} boxes {verb} open"
