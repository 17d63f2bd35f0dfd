"""The offline report: one HTML file that holds everything it shows.

Names come from manifests and may be anything: they are data in the file, and the page's script
only ever sets them as text. The page's content security policy allows its own style and script,
told by their hashes, and nothing else.
"""

import json
from base64 import b64encode
from hashlib import sha256
from html import escape
from pkgutil import get_data

from netsim.report.values import Value

_MARKS = ("TITLE", "STYLE", "STYLE_HASH", "SCRIPT", "SCRIPT_HASH", "VALUES")


def as_page(value: dict[str, Value]) -> str:
    """The report of what `page_values.page_value` gives."""
    style, script = _part("page.css"), _part("page.js")
    parts = {
        "TITLE": escape(str(value["title"])),
        "STYLE": style,
        "STYLE_HASH": _hash(style),
        "SCRIPT": script,
        "SCRIPT_HASH": _hash(script),
        "VALUES": _embedded(value),
    }
    # cut at the marks once, so that no value is looked through for marks
    text = _part("page.html")
    pieces: list[str] = []
    while text:
        before, mark, after = _next_mark(text)
        pieces += (before, parts[mark]) if mark else (before,)
        text = after
    return "".join(pieces)


def _next_mark(text: str) -> tuple[str, str, str]:
    found = [(text.find(f"@{name}@"), name) for name in _MARKS]
    place, name = min(((at, name) for at, name in found if at >= 0), default=(-1, ""))
    if place < 0:
        return text, "", ""
    return text[:place], name, text[place + len(name) + 2 :]


def _part(name: str) -> str:
    return (get_data("netsim.report", f"page/{name}") or b"").decode()


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _embedded(value: dict[str, Value]) -> str:
    """JSON that cannot end the element it stands in."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
