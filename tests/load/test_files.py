import io
import os
import sys
import threading
from pathlib import Path

import pytest

from netsim.load import load_snapshot, locate
from netsim.source import Source

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\n"
BAD = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: Web\n"


def test_hidden_folders_are_left_out_and_hidden_files_read(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "pod.yaml").write_text(POD)
    (tmp_path / ".hidden.yaml").write_text(POD)
    assert load_snapshot([tmp_path]).counts == {"Pod": 1}


def test_a_link_to_nothing_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "pod.yaml").symlink_to(tmp_path / "gone.yaml")
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    errors = load_snapshot([tmp_path]).errors
    assert [error.problem for error in errors] == ["is a link to nothing"] * 2


def test_a_folder_that_cannot_be_entered_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pod.yaml").write_text(POD)
    closed = tmp_path / "closed"
    closed.mkdir()
    scan = os.scandir

    def refusing(path: str) -> object:
        if os.fspath(path) == str(closed):
            raise PermissionError(13, "Permission denied", str(closed))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refusing)
    loaded = load_snapshot([tmp_path])
    assert [str(error) for error in loaded.errors] == [
        f"{closed}: cannot be read: Permission denied"
    ]
    assert loaded.counts == {"Pod": 1}


def test_a_file_that_cannot_be_read_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "pod.yaml"
    path.write_text(POD)

    def refusing(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refusing)
    (error,) = load_snapshot([path]).errors
    assert str(error) == f"{path}: cannot be read: Permission denied"


def test_a_name_that_no_file_can_have_is_an_error() -> None:
    (error,) = load_snapshot(["x" * 5000]).errors
    assert "cannot be read" in str(error)


def test_the_nearest_names_are_offered(tmp_path: Path) -> None:
    for name in ("policy.yaml", "policies.yaml", "other.txt"):
        (tmp_path / name).write_text("")
    (error,) = load_snapshot([tmp_path / "polcy.yaml"]).errors
    assert "policy.yaml' or " in error.problem
    assert "other" not in error.problem


def test_a_pipe_can_be_located_in_though_it_is_read_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=(BAD,))
    writer.start()
    (error,) = load_snapshot([pipe]).errors
    writer.join()
    assert str(error.place) == f"{pipe}:4:3"
    assert locate(Source(str(pipe), 1, ("kind",))).line == 2


def test_standard_input_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(BAD.encode())))
    (error,) = load_snapshot(["-", "-"]).errors
    assert str(error.place) == "<stdin>:4:3"


def test_no_standard_input_is_an_empty_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert load_snapshot(["-"]).counts == {}


def test_a_file_called_dash_is_reached_by_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("./-").write_text(POD)
    assert load_snapshot(["./-"]).counts == {"Pod": 1}


def test_findings_and_errors_come_in_input_order_with_their_places(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(f"{BAD}---\n{POD}")
    (tmp_path / "b.yaml").write_text("kind: [x\n---\napiVersion: v1\nkind: ConfigMap\n")
    (tmp_path / "c.yaml").write_text(BAD)
    loaded = load_snapshot([tmp_path / "c.yaml", tmp_path])
    files = [Path(error.source.file).name for error in loaded.errors]
    assert files == ["c.yaml", "a.yaml", "b.yaml"]
    told = [(Path(item.source.file).name, item.rule) for item in loaded.findings]
    assert told == [
        ("c.yaml", "namespace-missing"),
        ("a.yaml", "namespace-missing"),
        ("a.yaml", "namespace-synthesised"),
        ("b.yaml", "kind-not-modelled"),
    ]
    assert all(locate(item.source).line for item in loaded.findings)


def test_a_line_is_found_again_after_the_file_changed(tmp_path: Path) -> None:
    path = tmp_path / "pod.yaml"
    path.write_text(POD)
    assert locate(Source(str(path), 1, ("kind",))).line == 2
    path.write_text(f"# one more line\n{POD}")
    assert locate(Source(str(path), 1, ("kind",))).line == 3


@pytest.mark.parametrize("source", [Source("x", 0), Source("x", 2), Source("gone", 1)])
def test_what_is_not_there_has_no_line(tmp_path: Path, source: Source) -> None:
    (tmp_path / "x").write_text(POD)
    place = locate(Source(str(tmp_path / source.file), source.document))
    assert place.line == 0


def test_a_value_behind_escaped_characters_in_json_is_located(tmp_path: Path) -> None:
    path = tmp_path / "pod.json"
    path.write_text('{"a": "\\ud83d\\ude00",\n"b": {"c": [1,\n2]}}')
    place = locate(Source(str(path), 1, ("b", "c", 1)))
    assert (place.line, place.column) == (3, 1)
