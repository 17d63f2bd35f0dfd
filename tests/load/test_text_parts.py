"""A long file read in parts is what it is as a whole."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.errors import DocumentError
from netsim.load import Loaded, files, load_snapshot, locate
from netsim.load.chunks import chunks
from netsim.load.files import ReadWholeError, TextFile
from netsim.source import Place
from tests.load.both_ways import said

Load = Callable[[dict[str, str | bytes]], Loaded]
MODULE = import_module("netsim.load.text_parts")
PARTS = MODULE.text_parts
LINES = ["a: 1", "---", "--- # x", "...", "# note", "%YAML 1.1", "", "--- |", " ---", "{a: 1}"]
LINES += ["---x", "é: 1", "[", "\ra: 1", "---\r", "- a"]
POD = """\
---
apiVersion: v1
kind: Pod
metadata: {{name: p{n}, namespace: shop, labels: {{app: web}}}}
spec: {{containers: [{{name: main}}]}}
"""
PODS = "".join(POD.format(n=number) for number in range(60))


@pytest.fixture(autouse=True)
def short_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LONG_FILE", 1)
    monkeypatch.setattr(MODULE, "_PART", 1 << 9)


def parts(path: Path) -> list[TextFile]:
    found = list(PARTS(path))
    assert not any(isinstance(part, DocumentError) for part in found)
    return [part for part in found if isinstance(part, TextFile)]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(LINES), max_size=12),
    st.sampled_from(["\n", "\r\n"]),
    st.integers(1, 9),
)
def test_documents_have_their_numbers_and_lines(lines: list[str], end: str, size: int) -> None:
    text = end.join(lines)
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(MODULE, "_PART", size)
        path = Path(folder) / "m.yaml"
        path.write_bytes(text.encode())
        found = [
            chunk
            for part in parts(path)
            for chunk in chunks(part.text, part.number, part.lines_above)
        ]
    assert found == list(chunks(text))


def test_a_file_of_many_documents_comes_in_parts(tmp_path: Path) -> None:
    path = tmp_path / "pods.yaml"
    path.write_text(PODS)
    found = parts(path)
    assert len(found) > 10
    assert max(len(part.text) for part in found) < 1 << 11
    assert [part.to_come for part in found[-2:]] == [0, 0]
    assert found[0].to_come > len(PODS) // 2


def places(loaded: Loaded) -> list[Place]:
    sources = [found.source for found in loaded.findings]
    return [locate(source) for source in [*sources, *(error.source for error in loaded.errors)]]


@pytest.mark.parametrize(
    "text",
    [
        PODS,
        PODS.replace("name: main", "name: main, ports: [{containerPort: 0}]"),
        PODS.replace("p30", "p29"),
        PODS.replace("{name: p40", "{name: !x p40"),
        PODS.replace("app: web", "app: web, app: web"),
        PODS + "---\na: [\n",
        PODS[: PODS.index("p41")],
        "# first\n" + PODS + "...\n{a: 1}\n",
        PODS + '...\n{"a": 1}\n',
        '{"kind": "x"}\n' + PODS,
        PODS.replace("\n", "\r\n"),
    ],
)
def test_all_that_is_said_is_said_at_the_same_lines(tmp_path: Path, text: str) -> None:
    path = tmp_path / "pods.yaml"
    path.write_bytes(text.encode())
    loaded = load_snapshot([path])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "LONG_FILE", 1 << 30)
        whole = load_snapshot([path])
    assert said(loaded) == said(whole)
    assert loaded.files == whole.files
    assert places(loaded) == places(whole)


@pytest.mark.parametrize("last", [b"\xff", b"\0"])
def test_a_file_that_is_no_text_further_down_is_none_at_all(
    load: Load, tmp_path: Path, last: bytes
) -> None:
    path = tmp_path / "pods.yaml"
    path.write_bytes(PODS.encode() + last)
    with pytest.raises(ReadWholeError):
        list(PARTS(path))
    loaded = load({"pods.yaml": PODS.encode() + last, "z.yaml": POD.format(n=1)})
    assert len(loaded.snapshot.endpoints) == 1
    assert [error.problem.partition(":")[0] for error in loaded.errors] == ["not a text file"]


@pytest.mark.parametrize(
    "raw",
    [
        PODS.encode("utf-16"),
        b"\xef\xbb\xbf" + PODS.encode(),
        b'{"a": 1}\n' + PODS.encode(),
        f"a:\n{'- b' * 4000}\n".encode(),
        b"",
    ],
)
def test_any_other_file_is_read_whole(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "m.yaml"
    path.write_bytes(raw)
    assert list(PARTS(path)) == [files.read_file(path)]
