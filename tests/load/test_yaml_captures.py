"""A long List in YAML that is read as it comes is what it is as a whole."""

import re
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings

from netsim.load import Loaded, files, load_snapshot, locate
from netsim.load.yaml_captures import as_yaml_capture
from netsim.source import Place
from tests.load.both_ways import said
from tests.load.test_quick_reading import POD, pods
from tests.load.test_quick_styles import LIST, damaged, manifests

MODULE = import_module("netsim.load.yaml_captures")
LOAD = import_module("netsim.load")
FIXTURES = Path(__file__).parents[2] / "fixtures"
LISTS = [
    text
    for path in sorted(FIXTURES.rglob("*.yaml"))
    if "\nitems:" in (text := path.read_text())
]


def places(loaded: Loaded) -> list[Place]:
    sources = [found.source for found in loaded.findings]
    return [locate(source) for source in [*sources, *(error.source for error in loaded.errors)]]


def same_as_whole(text: str, block: int = 1 << 9) -> Loaded:
    """What the text holds, found to be the same when it is read whole."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / "m.yaml"
        path.write_bytes(text.encode())
        whole = load_snapshot([path])
        patch.setattr(files, "LONG_FILE", 1)
        patch.setattr(MODULE, "_BLOCK", block)
        loaded = load_snapshot([path])
        assert said(loaded) == said(whole)
        assert places(loaded) == places(whole)
        assert loaded.files == whole.files
    return loaded


def test_a_dump_is_read_item_by_item(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> object:
        raise AssertionError

    path = tmp_path / "pods.yaml"
    path.write_text(pods(50))
    monkeypatch.setattr(files, "LONG_FILE", 1)
    monkeypatch.setattr(MODULE, "_BLOCK", 1 << 9)
    monkeypatch.setattr(LOAD, "text_parts", refused)
    loaded = load_snapshot([path])
    assert loaded.counts == {"Pod": 50}
    assert loaded.errors == ()


@pytest.mark.parametrize("count", [1, 2, 7])
@pytest.mark.parametrize("block", [1, 100, 1 << 9, 1 << 14])
def test_blocks_of_any_length_hold_the_same_items(count: int, block: int) -> None:
    loaded = same_as_whole(pods(count), block)
    assert loaded.counts == {"Pod": count}


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("    name: web-5", "    name: web-4"),
        ("    name: web-5", "    name: web-5\n    name: web-6"),
        ("    name: web-5", "    name: Web_5"),
        ("    name: web-5", "    name: &a web-5\n    x: *a"),
        ("    name: web-5", "    name: *a"),
        ("    name: web-5", "    name: !x web-5"),
        ("    name: web-5", "    name: {a"),
        ("  kind: Pod", "  kind: ~"),
        ("  kind: Pod", "  kind: [Pod]"),
        ("kind: List", "kind: PodList"),
        ("kind: List", "kind: Pod"),
        ("kind: List", "kind: List\nitems: []"),
        ("kind: List", "kind: List\nothers:\n- a: b\n- a: b"),
        ("kind: List", "kind: List\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: z}"),
        ("kind: List", "# below\nkind: List"),
        ("kind: List", "- a\nkind: List"),
        ("kind: List", "- kind: Pod\nkind: List"),
        ("kind: List", "- apiVersion: v1\n  kind: List\n  items: []\nkind: List"),
        ("apiVersion: v1\nitems:", "# above\n---\napiVersion: v1\nitems:"),
        ("apiVersion: v1\nitems:", "apiVersion: v1\nitems: # why"),
        ("apiVersion: v1\nitems:", "apiVersion: v1\nkind: List\nitems:"),
        ("apiVersion: v1\nitems:", "a: 1\n---\nitems:"),
        ("apiVersion: v1\nitems:", "apiVersion: é\nitems:"),
        ("        value:", "        é: é\n        value:"),
        ("        value:", "        x: \x00\n        value:"),
    ],
)
def test_what_is_out_of_the_ordinary_is_told_as_ever(line: str, written: str) -> None:
    text = pods(12)
    assert f"{line}" in text
    head, _, rest = text.partition(line)
    same_as_whole(head + written + rest)
    middle = text.rfind(line)
    same_as_whole(text[:middle] + written + text[middle + len(line) :])


@pytest.mark.parametrize(
    "text", [LIST, *LISTS, *(text.replace("\n", "\r\n") for text in [LIST])]
)
def test_lists_of_all_kinds_are_the_same(text: str) -> None:
    same_as_whole(text)
    same_as_whole(re.sub(r"(?m)^(- |  )", r"  \1", text))


@settings(max_examples=150, deadline=None)
@given(manifests())
def test_lists_in_any_style_are_the_same(text: str) -> None:
    same_as_whole(text, 64)


@settings(max_examples=150, deadline=None)
@given(damaged())
def test_damaged_lists_are_the_same(text: str) -> None:
    same_as_whole(text, 64)


@pytest.mark.parametrize(
    "text", ["", "items:\n", "items: []\nkind: List\n", POD.format(n=1), "items:\n  a: b\n"]
)
def test_no_other_text_is_taken_for_a_list(tmp_path: Path, text: str) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(text)
    assert as_yaml_capture(path) is None


def test_items_that_do_not_say_what_they_are_are_what_the_end_says() -> None:
    text = re.sub(r"(?m)^(- ) *apiVersion: v1\n +kind: Pod\n +", r"\1", pods(9))
    assert same_as_whole(text.replace("kind: List", "kind: PodList")).counts == {"Pod": 9}


def test_a_list_of_something_else_below_holds_no_items() -> None:
    items = pods(9).partition("items:\n")[2].partition("kind: List")[0]
    others = f"others:\n{items.replace('web', 'x')}"
    loaded = same_as_whole(f"apiVersion: v1\nkind: List\nitems:\n{items}{others}")
    assert loaded.counts == {"Pod": 9}
