import json
from importlib import import_module
from pathlib import Path

import pytest
import yaml

from netsim.load import load_snapshot, locate, yaml_values
from netsim.load.chunks import Chunk
from netsim.source import Source

places = import_module("netsim.load.places")

POD = (
    "apiVersion: v1\nkind: Pod\n"
    "metadata:\n  name: web\n  namespace: shop\n  labels: {app: web}\n"
)
POLICY = (
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
    "metadata: {name: p, namespace: shop}\nspec: {podSelector: {}}\n"
)


@pytest.mark.parametrize(
    ("route", "line"),
    [
        ((), 1),
        (("kind",), 2),
        (("metadata", "labels", "app"), 6),
        (("metadata", "nothing"), 4),
        (("metadata", "labels", 3), 6),
        (("spec", "ingress", 0), 4),
    ],
)
def test_a_route_finds_its_line(
    tmp_path: Path, route: tuple[str | int, ...], line: int
) -> None:
    path = tmp_path / "pod.yaml"
    path.write_text(POD)
    found = locate(Source(str(path), 1, route))
    assert found.line == (line if route[:1] != ("spec",) else 1)


def test_a_route_in_a_later_document_counts_lines_from_the_top(tmp_path: Path) -> None:
    path = tmp_path / "two.yaml"
    path.write_text(f"# first\n---\n---\n{POD}---\n{POLICY}")
    loaded = load_snapshot([path])
    assert locate(loaded.snapshot.policies[0].source.at("spec")).line == 14


def test_a_file_that_is_gone_has_no_line() -> None:
    assert locate(Source("nowhere.yaml", 1, ("spec",))).line == 0


def test_a_value_that_a_merge_brings_in_is_located_where_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text("x: &a\n  app: web\nlabels:\n  <<: *a\n")
    assert locate(Source(str(path), 1, ("labels", "app"))).line == 2


def long_list(count: int) -> dict[str, object]:
    pods = [
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": f"é{n}", "x": ["y", n]}}
        for n in range(count)
    ]
    return {"apiVersion": "v1", "items": pods, "kind": "List", "metadata": {"a": "b"}}


ROUTES: list[tuple[str | int, ...]] = [
    (),
    ("kind",),
    ("items",),
    ("items", 99),
    ("metadata", "a"),
    *(("items", n, *rest) for n in (0, 4, 8) for rest in ((), ("metadata", "x", 1), ("gone",))),
]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", json.dumps(long_list(9), ensure_ascii=False)),
        ("a.json", json.dumps(long_list(9), indent=2)),
        ("a.json", "\n \n" + json.dumps(long_list(9), indent=1, separators=(" ,", " : "))),
        ("a.yaml", yaml.safe_dump(long_list(9), allow_unicode=True)),
        ("a.yaml", "# a\n---\n" + yaml.safe_dump(long_list(9), indent=4).replace("\n", "\r\n")),
        (
            "a.yaml",
            "# a\n---\n" + yaml.safe_dump(long_list(9)).replace("- api", "# b\n\n- api"),
        ),
    ],
    ids=["one line", "indented", "odd blanks", "yaml", "crlf", "comments"],
)
def test_a_list_is_composed_only_where_it_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    path = tmp_path / name
    path.write_text(text, newline="")
    lengths: list[int] = []

    def composed(text: str) -> object:
        lengths.append(len(text))
        return yaml_values.composed(text)

    monkeypatch.setattr(places, "composed", composed)
    in_parts = [locate(Source(str(path), 1, route)) for route in ROUTES]
    assert sum(length > len(text) / 3 for length in lengths) <= 1 + (name == "a.json")
    monkeypatch.setattr(places, "_yaml_part", whole)
    monkeypatch.setattr(places, "_json_part", whole)
    assert in_parts == [locate(Source(str(path), 1, route)) for route in ROUTES]


def whole(chunk: Chunk, route: tuple[str | int, ...]) -> object:
    return places._Part(chunk.text, chunk.lines_above, route)  # noqa: SLF001


@pytest.mark.parametrize(
    "text",
    [
        '{"items": {"a": 1}, "kind": "x"}',
        '{"items": [], "kind": "x"}',
        '{"items": [1], "items": [2, 3], "kind": "x"}',
        '[{"items": [1]}]',
        '{"a": {"items": [1]}, "kind": "x"}',
        '{"items": [1], "kind": "x",}',
    ],
)
def test_json_of_any_form_is_located_as_a_whole(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    column = text.find('"kind"') + 1 or 1
    assert locate(Source(str(path), 1, ("kind",))).column == column
