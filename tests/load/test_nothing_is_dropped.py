"""Broken input by the hundred: never an exception, and never without a word."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.load import load_snapshot

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
