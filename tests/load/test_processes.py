"""Two processes read what one reads, whatever happens to the second."""

import os
import pickle
import subprocess
import sys
from pathlib import Path
from threading import Event
from threading import enumerate as threads

import pytest

from netsim.load import Loaded, load_snapshot, locate, processes, worker
from netsim.load.documents import Document, TaggedDocument, documents
from netsim.load.files import TextFile
from netsim.load.yaml_values import RepeatedKey
from netsim.source import Place, Source
from tests.load.both_ways import said

FIXTURES = Path(__file__).parents[2] / "fixtures"
FILES = [path for path in sorted(FIXTURES.rglob("*.yaml")) if path.is_file()]
PATIENCE = 60

POD = """\
apiVersion: v1
kind: Pod
metadata: {{name: p{n}, namespace: shop, labels: {{app: web, n: "{n}"}}}}
spec:
  containers:
  - name: main
    ports: [{{containerPort: 80{n:02}}}]
status: {{podIP: 10.0.0.{n}}}
"""
POLICY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  ingress:
  - from: [{ipBlock: {cidr: 10.0.0.1/8}}]
"""
ODD: dict[str, str | bytes] = {
    "a.yaml": POD.format(n=1),
    "b.yaml": "a: [",
    "c.json": '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "j"}}',
    "d.yaml": f"{POD.format(n=1)}---\n{POLICY}---\n{POLICY}",
    "e.yaml": "kind: !x Pod\n---\n!Ref a: b\n",
    "f.yaml": b"\xff\xfe\xff",
    "g.yaml": f"x: {'[' * 900}{']' * 900}\n",
    "h.yaml": f"x: {'{a: ' * 200}1{'}' * 200}\n",
    "i.yaml": f"x: {'{a: ' * 290}1{'}' * 290}\n",
    "j.yaml": "kind: Pod\nkind: Pod\napiVersion: v1\nmetadata: {name: j, namespace: j}\n",
    "k.yaml": '{"a": "\\ud800"}',
    "l.yaml": 'a: "\\ud800"\n',
    "m.yaml": f"a: {'9' * 5000}\n",
    "n.yaml": "",
    "o.yaml": POD.format(n=2).replace("80", "{{ x }}"),
    "p.yaml": "items:\n- " + POD.format(n=3).replace("\n", "\n  ").rstrip() + "\nkind: List\n",
    "q.yaml": POD.format(n=4).replace("app: web", "app: -x"),
}


def unpickled(answer: bytes) -> object:
    return pickle.loads(answer)  # noqa: S301 - of our own making


class Watch:
    """Counts what each process read, and lets the second one get its share."""

    def __init__(self) -> None:
        self.here = 0
        self.there = 0
        self.has_answered = Event()
        self.started: list[subprocess.Popen[bytes]] = []


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Two processes for whatever is read, the first not before the second."""
    seen = Watch()
    take_back, start = processes.Queue.take_back, subprocess.Popen

    def read_here(file: TextFile) -> object:
        assert seen.has_answered.wait(PATIENCE)
        seen.here += 1
        return documents(file)

    def read_there(answer: bytes) -> object:
        seen.there += 1
        return unpickled(answer)

    def answered(*given: object) -> None:
        take_back(*given)  # type: ignore[arg-type]
        seen.has_answered.set()

    def started(*given: object, **named: object) -> subprocess.Popen[bytes]:
        process: subprocess.Popen[bytes] = start(*given, **named)  # type: ignore[call-overload]
        seen.started.append(process)
        return process

    monkeypatch.setattr(processes, "_ENOUGH", 1)
    monkeypatch.setattr(processes, "_BATCH", 1)
    monkeypatch.setattr(processes, "_cpus", lambda: 2)
    monkeypatch.setattr(processes, "documents", read_here)
    monkeypatch.setattr(processes, "_unpickled", read_there)
    monkeypatch.setattr(processes.Queue, "take_back", answered)
    monkeypatch.setattr(subprocess, "Popen", started)
    return seen


def in_one_process(paths: list[Path]) -> Loaded:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(processes, "_may_start", lambda: False)
        patch.setattr(processes, "documents", documents)
        return load_snapshot(paths)


def told(loaded: Loaded) -> tuple[object, ...]:
    places = [finding.place or locate(finding.source) for finding in loaded.findings]
    return said(loaded), loaded.findings, list(map(str, loaded.errors)), places


def assert_same(paths: list[Path], watch: Watch) -> Loaded:
    two = load_snapshot(paths)
    assert [it for it in threads() if it.name == processes.THREAD] == []
    assert all(process.returncode is not None for process in watch.started)
    assert told(two) == told(in_one_process(paths))
    return two


def written(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def pods(count: int) -> dict[str, str | bytes]:
    return {f"{number:02}.yaml": POD.format(n=number) for number in range(count)}


@pytest.mark.parametrize("batch", [1, 1 << 12, 1 << 30])
def test_all_fixtures_read_the_same_in_two_processes(
    batch: int, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "_BATCH", batch)
    assert_same(FILES, watch)
    assert watch.there


@pytest.mark.parametrize("ahead", [1, 1 << 9, 1 << 30])
def test_odd_texts_read_the_same_in_two_processes(
    ahead: int, watch: Watch, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(processes, "_AHEAD", ahead)
    loaded = assert_same([written(tmp_path, ODD)], watch)
    assert loaded.errors
    assert watch.here


def test_both_processes_read(watch: Watch, tmp_path: Path) -> None:
    loaded = assert_same([written(tmp_path, pods(40))], watch)
    assert len(loaded.snapshot.endpoints) == 40
    assert watch.here + watch.there == 40
    assert watch.there


def kinds(value: object) -> set[type]:
    inner: list[object] = []
    if isinstance(value, dict):
        inner = [*value.keys(), *value.values()]
    elif isinstance(value, list):
        inner = value
    return {type(value)}.union(*map(kinds, inner))


def test_a_document_goes_over_as_plain_values_that_no_hash_seed_touches(
    tmp_path: Path,
) -> None:
    written(tmp_path, {name: text for name, text in ODD.items() if isinstance(text, str)})
    found: set[type] = set()
    for path in (*FILES, *sorted(tmp_path.iterdir())):
        for item in documents(TextFile(str(path), path.read_text())):
            if isinstance(item, Document):
                found |= kinds(item.value)
                assert {type(key) for key in item.repeated} <= {RepeatedKey}
    assert found <= {dict, list, str, int, float, bool, type(None)}
    for sent in (Source, Place, RepeatedKey, Document, TaggedDocument):
        assert not hasattr(sent, "_hash")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_an_answer_is_what_would_be_read_here(path: Path) -> None:
    file = TextFile(str(path), path.read_text())
    answer = worker.answer(file)
    if answer is None:
        assert not all(isinstance(item, Document | TaggedDocument) for item in documents(file))
    else:
        assert unpickled(answer) == list(documents(file))


@pytest.mark.parametrize("depth", [200, 400, 2000])
def test_what_is_deep_or_broken_is_left_to_the_first_process(depth: int) -> None:
    limit = sys.getrecursionlimit()
    try:
        sys.setrecursionlimit(worker.frames() + 150)
        deep = TextFile("a.yaml", f"x: {'{a: ' * depth}1{'}' * depth}\n")
        answer = worker.answer(deep)
    finally:
        sys.setrecursionlimit(limit)
    if answer is not None:  # pickle, which is written in C, has a limit of its own by then
        assert sys.version_info >= (3, 12)
        (whole,) = pickle.loads(answer)  # noqa: S301 - of our own making
        assert isinstance(whole, Document)
    assert worker.answer(TextFile("a.yaml", "a: 1\n---\na: [\n")) is None


PROGRAMS = {
    "ends at once": "raise SystemExit",
    "says nothing": "import time; time.sleep(3600)",
    "says something else": "print('hello', flush=True)",
    "is another netsim": "print('netsim 0 elsewhere', flush=True)",
    "cannot import it": "import sys; sys.path[:] = []; import netsim",
    "dies over its work": (
        "import os, pickle, sys\n"
        "texts, answers = sys.stdin.buffer, sys.stdout.buffer\n"
        "sys.path[:] = pickle.load(texts)\n"
        "from netsim.load import worker\n"
        "worker.answer = lambda file: os._exit(3)\n"
        "worker.serve(texts, answers)\n"
    ),
    "dies in the middle of an answer": (
        "import os, pickle, sys\n"
        "texts, answers = sys.stdin.buffer, sys.stdout.buffer\n"
        "sys.path[:] = pickle.load(texts)\n"
        "from netsim.load import worker\n"
        "answers.write(worker.greeting()); answers.flush()\n"
        "pickle.load(texts), pickle.load(texts)\n"
        "answers.write(pickle.dumps([b'x' * 100])[:50]); answers.flush()\n"
    ),
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_nothing_is_lost_with_the_second_process(
    program: str, watch: Watch, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    watch.has_answered.set()
    monkeypatch.setattr(processes, "_CODE", program)
    loaded = assert_same([written(tmp_path, pods(30) | ODD)], watch)
    assert len(watch.started) == 1
    assert watch.there == 0
    assert loaded.errors


@pytest.mark.parametrize(
    "python", ["", "/nowhere/python3", "/bin/sh"], ids=["no name", "no file", "no Python"]
)
def test_without_a_python_to_start_one_process_reads_all(
    python: str, watch: Watch, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    watch.has_answered.set()
    monkeypatch.setattr(sys, "executable", python)
    assert_same([written(tmp_path, pods(5))], watch)
    assert (watch.started, watch.here) == ([], 5)


def test_one_cpu_or_little_text_or_only_json_starts_nothing(
    watch: Watch, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    watch.has_answered.set()
    value = '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "j"}}'
    (json := tmp_path / "json").mkdir()
    load_snapshot([written(json, {f"{number}.json": value for number in range(9)})])
    load_snapshot([FILES[0]])
    written(tmp_path, pods(9))
    monkeypatch.setattr(processes, "_cpus", lambda: 1)
    load_snapshot([tmp_path])
    monkeypatch.undo()
    monkeypatch.setattr(processes, "_second", pytest.fail)
    load_snapshot([tmp_path])
    assert watch.started == []


@pytest.mark.parametrize("stop", [KeyboardInterrupt, ValueError])
def test_an_exception_leaves_no_process_behind(
    stop: type[BaseException], watch: Watch, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def interrupted(_: bytes) -> object:
        raise stop

    monkeypatch.setattr(processes, "_unpickled", interrupted)
    with pytest.raises(stop):
        load_snapshot([written(tmp_path, pods(30))])
    assert [it for it in threads() if it.name == processes.THREAD] == []
    assert [process.returncode is None for process in watch.started] == [False]


def test_a_pipe_is_read_once_and_its_lines_are_known(watch: Watch, tmp_path: Path) -> None:
    written(tmp_path, pods(20))
    reader, writer = os.pipe()
    os.write(writer, POD.format(n=4).replace("app: web", "app: -x").encode())
    os.close(writer)
    try:
        loaded = load_snapshot([tmp_path, Path(f"/dev/fd/{reader}")])
    finally:
        os.close(reader)
    (error,) = loaded.errors
    assert error.place == Place(f"/dev/fd/{reader}", 3, 47)
    assert watch.there


@pytest.mark.parametrize("text", ["print('seen')", "import sys; sys.stderr.write('seen')"])
def test_the_second_process_says_nothing_to_the_user(
    text: str,
    watch: Watch,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    watch.has_answered.set()
    monkeypatch.setattr(processes, "_CODE", text)
    load_snapshot([written(tmp_path, pods(3))])
    assert capfd.readouterr() == ("", "")


def test_one_object_in_two_files_is_told_of_the_same(watch: Watch, tmp_path: Path) -> None:
    again = {f"x{name}": text for name, text in pods(6).items()}
    loaded = assert_same([written(tmp_path, pods(6) | again)], watch)
    assert sum(item.rule == "object-repeated" for item in loaded.findings) == 6
