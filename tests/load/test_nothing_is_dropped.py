"""Broken input by the hundred: never an exception, and never without a word."""

import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.load import load_snapshot, snapshot_from_objects

SHOP = Path(__file__).parents[2] / "fixtures" / "clusters" / "shop" / "manifests"
TEXTS = [path.read_text() for path in sorted(SHOP.glob("*.yaml"))]
AWKWARD = [
    "~",
    "[]",
    "{}",
    "-1",
    "1.5",
    "''",
    "yes",
    "!x",
    "{{ .V }}",
    "&a",
    "*a",
    "\t",
    ": :",
    "é",
]


@st.composite
def damaged(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from(TEXTS))
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(text)))
        match draw(st.sampled_from(["cut", "insert", "value", "key", "line"])):
            case "cut":
                text = text[:place] + text[place + draw(st.integers(1, 40)) :]
            case "insert":
                text = text[:place] + draw(st.sampled_from(AWKWARD)) + text[place:]
            case "value":
                value = draw(st.sampled_from(AWKWARD))
                text = text[:place] + re.sub(r": [\w.-]+", f": {value}", text[place:], count=1)
            case "key":
                text = text[:place] + re.sub(r"(\w+):", r"\1x:", text[place:], count=1)
            case _:
                end = text.find("\n", place)
                text = text[:place] + text[end:] if end > 0 else text
    return text


@settings(max_examples=300, deadline=None)
@given(damaged())
def test_damaged_manifests_are_told_of(text: str) -> None:
    with TemporaryDirectory() as folder:
        (Path(folder) / "m.yaml").write_text(text)
        loaded = load_snapshot([folder])
    read = loaded.snapshot
    kept = len(read.endpoints) + len(read.services) + len(read.policies)
    kept += sum(not item.synthesised for item in read.namespaces.values())
    told = len(loaded.errors) + len(loaded.findings)
    assert all(str(error) for error in loaded.errors)
    assert kept + told >= documents_with_content(text)


ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["Pod", "10.0.0.0/8", "::1", "http", 80, "{{ .V }}"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=3)
    ),
    max_leaves=4,
)
OBJECTS: list[dict[str, Any]] = [
    item for text in TEXTS for item in yaml.safe_load_all(text) if item
]


@st.composite
def altered(draw: st.DrawFn) -> dict[Any, Any]:
    """An object with a value replaced, or a key renamed or dropped, anywhere in it."""
    manifest: dict[Any, Any] = deepcopy(draw(st.sampled_from(OBJECTS)))
    for _ in range(draw(st.integers(1, 3))):
        holder, key = draw(st.sampled_from(list(_places(manifest)) or [({"": 0}, "")]))
        match draw(st.sampled_from(["replace", "rename", "drop"])):
            case "rename" if isinstance(holder, dict):
                holder[f"{key}x"] = holder.pop(key)
            case "drop":
                del holder[key]
            case _:
                holder[key] = draw(ANY_JSON)
    return manifest


def _places(value: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401 - what JSON holds
    steps = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in steps:
        yield value, key
        if isinstance(inner, (dict, list)):
            yield from _places(inner)


@settings(max_examples=300, deadline=None)
@given(st.lists(altered(), min_size=1, max_size=3))
def test_altered_objects_are_counted_or_told_of(objects: list[dict[Any, Any]]) -> None:
    loaded = snapshot_from_objects(objects)
    read = loaded.snapshot
    uncounted = [item for item in loaded.findings if item.rule == "document-without-kind"]
    assert all(str(item) for item in (*loaded.errors, *loaded.findings))
    assert sum(loaded.counts.values()) + len(uncounted) >= sum(map(bool, objects))
    assert {item.namespace for item in read.endpoints} <= set(read.namespaces)
    identities = [(item.namespace, item.name, item.kind) for item in read.endpoints]
    assert identities == sorted(set(identities))


def documents_with_content(text: str) -> int:
    """As many as PyYAML finds, where it reads the text at all."""
    try:
        return sum(item is not None for item in yaml.load_all(text, Loader=yaml.CSafeLoader))
    except (yaml.YAMLError, ValueError):
        return 0


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["x.yaml", "x.json"]))
def test_any_bytes_are_read_or_told_of(content: bytes, name: str) -> None:
    with TemporaryDirectory() as folder:
        (Path(folder) / name).write_bytes(content)
        loaded = load_snapshot([folder])
    assert loaded.snapshot.policies == ()
