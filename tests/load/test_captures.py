"""Long JSON Lists read block by block say what the plain way says."""

import json
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from netsim import strategies as kube
from netsim.load import Loaded, load_snapshot
from netsim.load.json_pods import PodReader
from netsim.model.snapshot import Snapshot
from tests.load.both_ways import said
from tests.properties.manifests import manifests

FIXTURES = Path(__file__).parents[2] / "fixtures"
LOAD, FILES, BLOCKS = map(
    import_module, ("netsim.load", "netsim.load.files", "netsim.load.json_blocks")
)
Manifest = dict[str, Any]
ENVELOPE = {"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}}
POD: Manifest = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {
        "name": "web-1",
        "namespace": "shop",
        "labels": {"app": "web"},
        "ownerReferences": [
            {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web", "controller": True}
        ],
        "managedFields": [{"fieldsV1": {"f:spec": {}}}],
    },
    "spec": {
        "containers": [{"name": "c", "ports": [{"name": "http", "containerPort": 8080}]}],
        "nodeName": "n1",
    },
    "status": {"phase": "Running", "podIP": "10.0.0.7", "podIPs": [{"ip": "10.0.0.7"}]},
}


def changed(path: str, value: object) -> Manifest:
    """The pod with one field set otherwise, or without it where the value is ...."""
    pod: Manifest = json.loads(json.dumps(POD))
    *above, last = path.split(".")
    inner: Any = pod
    for key in above:
        inner = inner[int(key)] if key.isdigit() else inner[key]
    if value is ...:
        del inner[last]
    else:
        inner[int(last) if last.isdigit() else last] = value
    return pod


ODD = [
    changed("metadata.name", "Web"),
    changed("metadata.name", ...),
    changed("metadata.name", 7),
    changed("metadata.generateName", 7),
    changed("metadata.namespace", ...),
    changed("metadata.namespace", "Shop"),
    changed("metadata.labels", {"app": 1}),
    changed("metadata.labels", {"a b": "c"}),
    changed("metadata.labels", {"app": None}),
    changed("metadata.labels", None),
    changed("metadata.labels", []),
    changed("metadata", None),
    changed("metadata.ownerReferences.0.controller", "yes"),
    changed("metadata.ownerReferences", {}),
    changed("metadata.ownerReferences.0", None),
    changed("spec", ...),
    changed("spec", []),
    changed("spec.containers", {}),
    changed("spec.containers.0", None),
    changed("spec.containers.0.ports.0.containerPort", 70000),
    changed("spec.containers.0.ports.0.name", "Http"),
    changed("spec.containers.0.ports.0.protocol", "ICMP"),
    changed("spec.containers.0.ports", [{"name": "x", "containerPort": 1}] * 2),
    changed("spec", {**POD["spec"], "hostNetwork": True}),
    changed("spec.hostNetwork", "true"),
    changed("spec.nodeName", 3),
    changed("status.podIPs.0.ip", "10.0.0.300"),
    changed("status.podIPs", [{"ip": "10.0.0.7"}, {"ip": "fd00::7"}, {"ip": "10.0.0.8"}]),
    changed("status.podIPs", [{}]),
    changed("status.podIPs", []),
    changed("status.podIP", 5),
    changed("status.phase", "Succeeded"),
    changed("status", ...),
    changed("kind", ...),
    changed("kind", None),
    changed("kind", "List"),
    changed("apiVersion", "v2"),
    changed("apiVersion", ...),
    {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": {"ports": 1}},
    {"apiVersion": "v1", "kind": "List", "items": [POD]},
    {"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": '},\n        {\n "apiVersion": '}},
    {"apiVersion": "example.org/v1", "kind": "Thing", "spec": [1, "é", "\U0001f600", None]},
]


def text_of(items: Iterable[object], style: str, envelope: Mapping[str, object]) -> str:
    value = {"apiVersion": envelope["apiVersion"], "items": list(items), **envelope}
    if style == "kind first":
        value = {**envelope, "items": list(items)}
    if style == "compact":
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return json.dumps(value, indent=4, ensure_ascii=style == "kind first")


def in_both_ways(text: str | bytes, block: int) -> tuple[Loaded, Loaded]:
    """Read as a capture in blocks of some size, and read the plain way."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder, "capture.json")
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        patch.setattr(FILES, "LONG_FILE", 0)
        patch.setattr(BLOCKS, "_BLOCK", block)
        typed = load_snapshot([path])
        patch.setattr(LOAD, "as_capture", lambda _: None)
        return typed, load_snapshot([path])


STYLES = st.sampled_from(["pretty", "compact", "kind first"])
SIZES = st.sampled_from([40, 333, 2000, 1 << 19])


@given(kube.snapshots(), st.lists(st.sampled_from(ODD), max_size=3), STYLES, SIZES)
def test_a_capture_of_any_cluster_is_read_alike(
    snapshot: Snapshot, odd: list[Manifest], style: str, block: int
) -> None:
    typed, plain = in_both_ways(text_of([*manifests(snapshot), *odd], style, ENVELOPE), block)
    assert said(typed) == said(plain)


@pytest.mark.parametrize("block", [50, 1 << 19])
@pytest.mark.parametrize("style", ["pretty", "compact", "kind first"])
@pytest.mark.parametrize("place", range(len(ODD)))
def test_an_odd_item_among_others_is_read_alike(place: int, style: str, block: int) -> None:
    others = [changed("metadata.name", f"web-{number}") for number in range(4, 9)]
    items = [*others[:3], ODD[place], *others[3:]]
    typed, plain = in_both_ways(text_of(items, style, ENVELOPE), block)
    assert said(typed) == said(plain)


@pytest.mark.parametrize(
    "envelope",
    [
        {"kind": "PodList", "apiVersion": "v1", "metadata": {}},
        {"kind": "ConfigMap", "apiVersion": "v1"},
        {"kind": None, "apiVersion": "v1"},
        {"kind": "DeploymentList", "apiVersion": "apps/v1"},
        {"apiVersion": "v1"},
    ],
)
@pytest.mark.parametrize("style", ["pretty", "compact", "kind first"])
def test_what_a_list_is_decides_what_its_items_are(
    envelope: dict[str, object], style: str
) -> None:
    bare = changed("kind", ...)
    del bare["apiVersion"]
    typed, plain = in_both_ways(text_of([bare, POD, 3, None], style, envelope), 1 << 19)
    assert said(typed) == said(plain)
    typed, plain = in_both_ways(text_of([bare], style, envelope), 1 << 19)
    assert said(typed) == said(plain)


LIST = text_of([POD, changed("metadata.name", "web-2")], "pretty", ENVELOPE)


@pytest.mark.parametrize(
    "text",
    [
        LIST[:-1],
        LIST[: len(LIST) // 2],
        LIST + LIST,
        LIST + "---\n",
        "\ufeff" + LIST,
        LIST.replace("web-2", "web-1"),
        LIST.replace('"web-2"', '"web\\ud800"'),
        LIST.replace('"Running"', '"Run\x00ning"'),
        LIST.replace('"Running"', "NaN"),
        LIST.replace('"n1"', "'n1'"),
        LIST.replace('"n1"', "[" * 5000 + "]" * 5000),
        LIST.replace('"items"', '"items": [], "items"'),
        LIST.replace('"metadata": {\n', '"items": [], "metadata": {\n', 1),
        LIST.encode("utf-16"),
        LIST.replace("n1", "né").encode("latin-1"),
        text_of([], "pretty", ENVELOPE),
        text_of([[POD]], "pretty", ENVELOPE),
        '{"items": [',
        '{"items": {}}',
        "{",
        "",
    ],
)
@pytest.mark.parametrize("block", [64, 1 << 19])
def test_what_is_no_capture_is_read_the_plain_way(text: str | bytes, block: int) -> None:
    typed, plain = in_both_ways(text, block)
    assert said(typed) == said(plain)


@pytest.mark.parametrize(
    "folder", sorted({path.parent for path in FIXTURES.rglob("*.yaml")}), ids=str
)
def test_fixtures_as_captures_are_read_alike(folder: Path) -> None:
    found = [
        item
        for path in sorted(folder.glob("*.yaml"))
        for item in yaml.load_all(path.read_text(), yaml.CSafeLoader)
        if isinstance(item, dict)
    ]
    for style, block in (("pretty", 300), ("compact", 1 << 19)):
        text = json.dumps(found, default=str)
        typed, plain = in_both_ways(text_of(json.loads(text), style, ENVELOPE), block)
        assert said(typed) == said(plain)


def test_a_pod_that_stands_in_another_file_as_well_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.json").write_text(LIST)
    (tmp_path / "b.yaml").write_text(yaml.safe_dump(POD))
    plain = load_snapshot([tmp_path])
    monkeypatch.setattr(FILES, "LONG_FILE", 0)
    for paths in ([tmp_path], [tmp_path / "a.json", tmp_path / "b.yaml"]):
        assert said(load_snapshot(paths)) == said(plain)
    assert "object-repeated" in {item.rule for item in plain.findings}


@pytest.mark.parametrize("key", ['"app": "other", ', '"app": "web", '])
def test_a_label_that_stands_twice_in_a_pod_is_told_of(key: str) -> None:
    text = text_of([POD], "pretty", ENVELOPE).replace('"app"', f'{key}"app"', 1)
    typed, plain = in_both_ways(text, 1 << 19)
    assert said(typed) == said(plain)
    assert "duplicate-key" in {item.rule for item in typed.findings}


def test_pods_of_one_template_share_what_they_have_in_common(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pods = [changed("metadata.name", f"web-{number}") for number in range(50)]
    (tmp_path / "a.json").write_text(text_of(pods, "pretty", ENVELOPE))
    monkeypatch.setattr(FILES, "LONG_FILE", 0)
    captures = import_module("netsim.load.json_captures")
    made = PodReader()
    monkeypatch.setattr(captures, "PodReader", lambda: made)
    assert len(load_snapshot([tmp_path]).snapshot.endpoints[0].pods) == 50
    assert (len(made._labels), len(made._parts)) == (1, 1)  # noqa: SLF001


def test_a_capture_is_read_in_blocks_and_never_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pods = [changed("metadata.name", f"web-{number}") for number in range(300)]
    (tmp_path / "a.json").write_text(text_of(pods, "pretty", ENVELOPE))
    monkeypatch.setattr(FILES, "LONG_FILE", 0)
    monkeypatch.setattr(BLOCKS, "_BLOCK", 1 << 14)
    captures = import_module("netsim.load.json_captures")
    sizes: list[int] = []
    decode = captures._decoded  # noqa: SLF001

    def counted(text: bytes) -> object:
        sizes.append(len(text))
        return decode(text)

    monkeypatch.setattr(captures, "_decoded", counted)
    load_snapshot([tmp_path])
    assert len(sizes) > 10
    assert max(sizes) < 3 << 14
