"""What notebooks show of results: HTML, Markdown and plain text, whatever the names are."""

from collections.abc import Callable
from html.parser import HTMLParser

import pytest

import netsim
from netsim import Cluster
from netsim.report.notebook import bundle_of
from netsim.results import Section, Sheet, Table
from netsim.reviewing import review
from tests.looks.conftest import HOSTILE

Made = Callable[[Cluster], object]

RESULTS: dict[str, Made] = {
    "cluster": lambda it: it,
    "verdict": lambda it: it.verdict("shop/web", "shop/db", 5432),
    "explanation": lambda it: it.explain("shop/", "shop/db", 5432),
    "connections": lambda it: it.connections(),
    "sources": lambda it: it.who_can_reach("shop/db"),
    "targets": lambda it: it.reachable_from("shop/web"),
    "matrix": lambda it: it.matrix(),
    "namespaces": lambda it: it.matrix(5432, by="namespace"),
    "diff": lambda it: netsim.diff(it, it.without("shop/db-guard")),
    "exposure": lambda it: it.exposure("shop"),
    "paths": lambda it: it.paths("shop/web", "shop/db"),
    "transit": lambda it: it.transit("shop/web"),
    "chokes": lambda it: it.choke_points("shop/web", "shop/db", most_hops=2),
    "blast": lambda it: it.blast_radius(),
    "findings": lambda it: it.lint(),
}


class Reader(HTMLParser):
    """Elements that are open, and those there were."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.text += f"{data}\n"


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return reader


@pytest.mark.parametrize("make", RESULTS.values(), ids=RESULTS)
def test_every_result_shows_itself_in_three_formats(make: Made, shop: Cluster) -> None:
    bundle = make(shop)._repr_mimebundle_()  # type: ignore[attr-defined]
    assert list(bundle) == ["text/html", "text/markdown", "text/plain"]
    page = read(bundle["text/html"])
    assert {"div", "table", "th", "td"} <= page.seen
    assert page.attributes <= {"class", "scope"}
    for text in bundle.values():
        assert "shop" in text


def test_a_review_shows_what_it_objects_to(shop: Cluster) -> None:
    bundle = review(shop, shop.without("shop/db-guard"))._repr_mimebundle_()
    assert {"table", "strong"} <= read(bundle["text/html"]).seen
    assert '<strong class="bad">' in bundle["text/html"]
    for text in bundle.values():
        assert "shop/db" in text


def test_html_asks_nothing_of_a_network_and_is_light_and_dark(shop: Cluster) -> None:
    text = shop.connections()._repr_mimebundle_()["text/html"]
    assert "prefers-color-scheme:dark" in text
    assert '[data-jp-theme-light="false"]' in text
    assert not [word for word in ("http", "url(", "@import", "<script") if word in text]


def test_names_are_text_in_every_format() -> None:
    table = Table(("NAME",), tuple((name,) for name in HOSTILE))
    sheet = Sheet(HOSTILE[0], "bad", HOSTILE, (Section("<b>", table),))
    bundle = bundle_of(sheet)
    page = read(bundle["text/html"])
    assert page.seen == {"div", "style", "p", "strong", "ul", "li", "table", "thead", "tr"} | {
        *("th", "tbody", "td")
    }
    for name in HOSTILE:
        assert page.text.count(f"{name}\n") >= 2
        assert name in bundle["text/plain"]
    assert "\n<script>" not in bundle["text/markdown"]
    assert "\\<script\\>" in bundle["text/markdown"]


def test_the_answer_is_a_mark_beside_the_colour(shop: Cluster) -> None:
    yes = shop.verdict("shop/api", "shop/db", 5432)._repr_mimebundle_()
    no = shop.verdict("shop/web", "shop/db", 5432)._repr_mimebundle_()
    assert '<strong class="good">✓ allowed' in yes["text/html"]
    assert '<strong class="bad">✗ denied' in no["text/html"]
    assert no["text/plain"].startswith("✗ denied")


def test_a_long_answer_is_cut_and_says_so() -> None:
    pods = [
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": f"p{number}"}}
        for number in range(20)
    ]
    rows = netsim.from_objects(pods).connections()
    assert len(rows) == 20 * 19 + 20 + 20
    bundle = rows._repr_mimebundle_()
    for text in bundle.values():
        assert f"and {len(rows) - 200} rows more" in text
    assert bundle["text/html"].count("<tr>") == 201


def test_the_plain_text_of_an_explanation_is_that_of_print(shop: Cluster) -> None:
    found = shop.explain("shop/web", "shop/db", 5432)
    assert found._repr_mimebundle_()["text/plain"] == str(found)
