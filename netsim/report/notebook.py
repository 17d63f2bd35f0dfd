"""A sheet as HTML, Markdown and plain text: what a notebook shows of a result.

The HTML is a fragment with its own style and no script, and asks nothing of a network. It
takes text and background from the notebook around it, light or dark; alignment it insists on,
because the notebook's own style puts every cell to the right.
"""

from collections.abc import Iterator
from html import escape

from netsim.report.columns import laid_out
from netsim.report.formats import as_markdown, cell_text, markdown_text, visible
from netsim.results import Cell, Section, Sheet
from netsim.views import Bundle

_MARKS = {"good": "✓", "bad": "✗", "unsure": "?"}
_LIGHT = "--good:#0a6640;--bad:#a4262c;--unsure:#7a4b00"
_DARK = "--good:#77d9a8;--bad:#ff9d97;--unsure:#ffd685"
_STYLE = f"""
.netsim{{{_LIGHT};color:inherit;overflow-x:auto}}
@media (prefers-color-scheme:dark){{.netsim{{{_DARK}}}}}
[data-jp-theme-light="true"] .netsim,.vscode-light .netsim{{{_LIGHT}}}
[data-jp-theme-light="false"] .netsim,.vscode-dark .netsim{{{_DARK}}}
.netsim strong.good{{color:var(--good)}}
.netsim strong.bad{{color:var(--bad)}}
.netsim strong.unsure{{color:var(--unsure)}}
.netsim table{{border-collapse:collapse;color:inherit;margin:.4em 0}}
.netsim tr,.netsim tbody tr:nth-child(even){{background:transparent}}
.netsim th,.netsim td{{text-align:left!important;vertical-align:top;padding:.2em .7em;
border-bottom:1px solid rgba(128,128,128,.4);color:inherit}}
.netsim td.number{{text-align:right!important}}
.netsim ul{{margin:.3em 0;padding-left:1.3em}}
"""


def bundle_of(sheet: Sheet) -> Bundle:
    """The sheet in every MIME type that notebooks know how to show."""
    return {
        "text/html": as_html(sheet),
        "text/markdown": sheet_markdown(sheet),
        "text/plain": sheet_text(sheet),
    }


def as_html(sheet: Sheet) -> str:
    """An HTML fragment; every text is escaped."""
    return "".join(_html(sheet))


def sheet_markdown(sheet: Sheet) -> str:
    """The title in bold, the lines as a list, then the tables."""
    parts = [f"**{_title(sheet, markdown_text(sheet.title))}**\n"]
    if sheet.lines:
        parts.append("".join(f"- {markdown_text(line)}\n" for line in sheet.lines))
    for section in sheet.sections:
        if section.heading:
            parts.append(f"**{markdown_text(section.heading)}**\n")
        if section.table.rows:
            parts.append(as_markdown(section.table))
        parts += (f"{text}\n" for text in _left_out(section))
    return "\n".join(parts)


def sheet_text(sheet: Sheet) -> str:
    """The sheet's own text, else lines and aligned columns."""
    if sheet.text:
        return "\n".join(map(visible, sheet.text.split("\n")))
    lines = [_title(sheet, visible(sheet.title))]
    lines += (f"  {visible(line)}" for line in sheet.lines)
    for section in sheet.sections:
        if section.heading:
            lines.append(visible(section.heading))
        if section.table.rows:
            header, rows = laid_out(section.table)
            lines += [*header, *rows]
        lines += _left_out(section)
    return "\n".join(lines)


def _html(sheet: Sheet) -> Iterator[str]:
    yield f'<div class="netsim"><style>{_STYLE}</style>'
    tone = sheet.tone if sheet.tone in _MARKS else ""
    title = _text(sheet.title)
    yield f'<p><strong class="{tone}">{_title(sheet, title)}</strong></p>'
    if sheet.lines:
        yield f"<ul>{''.join(f'<li>{_text(line)}</li>' for line in sheet.lines)}</ul>"
    for section in sheet.sections:
        yield from _html_section(section)
    yield "</div>"


def _html_section(section: Section) -> Iterator[str]:
    if section.heading:
        yield f"<p><strong>{_text(section.heading)}</strong></p>"
    if section.table.rows:
        yield "<table><thead><tr>"
        yield from (f'<th scope="col">{_text(name)}</th>' for name in section.table.columns)
        yield "</tr></thead><tbody>"
        for row in section.table.rows:
            yield f"<tr>{''.join(map(_html_cell, row))}</tr>"
        yield "</tbody></table>"
    yield from (f"<p>{text}</p>" for text in _left_out(section))


def _html_cell(cell: Cell) -> str:
    if isinstance(cell, int):
        return f'<td class="number">{cell}</td>'
    return f"<td>{_text(cell)}</td>"


def _text(text: str) -> str:
    return escape(cell_text(text))


def _title(sheet: Sheet, title: str) -> str:
    mark = _MARKS.get(sheet.tone)
    return f"{mark} {title}" if mark else title


def _left_out(section: Section) -> Iterator[str]:
    if section.left_out:
        yield f"and {section.left_out:,} rows more: .to_frame() has them all"
