"""The quick ways to read YAML say what the plain way says, and are taken where they can be."""

import re
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from netsim.load import Loaded
from netsim.load.yaml_lines import read_document
from netsim.load.yaml_lists import list_items
from netsim.load.yaml_shapes import shape_of
from tests.load.both_ways import same_in_both_ways

FIXTURES = Path(__file__).parents[2] / "fixtures"
DOCUMENTS = import_module("netsim.load.documents")
TEXTS = [path.read_text() for path in sorted(FIXTURES.rglob("*.yaml"))]

Load = Callable[[dict[str, str | bytes]], Loaded]


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each way of reading a document is taken."""
    taken: Counter[str] = Counter()

    def counted(module: str, name: str, way: str) -> None:
        found = import_module(f"netsim.load.{module}")
        read = getattr(found, name)

        def count(*given: Any) -> object:  # noqa: ANN401 - whatever is read with
            taken[way] += 1
            return read(*given)

        monkeypatch.setattr(found, name, count)

    counted("yaml_objects", "read_blocks", "blocks")
    counted("yaml_objects", "read_document", "lines")
    counted("yaml_objects", "read_events", "events")
    counted("yaml_lists", "read_events", "events of an item")
    counted("yaml_lists", "decoded", "plain item")
    counted("documents", "decoded", "plain")
    return taken


@pytest.mark.parametrize("path", sorted(FIXTURES.rglob("*.yaml")), ids=lambda path: path.name)
def test_every_fixture_reads_the_same_in_both_ways(path: Path) -> None:
    same_in_both_ways(path.read_text())


POD = """\
apiVersion: v1
kind: Pod
metadata:
  name: web-{n}
  namespace: shop
  annotations:
    note: |
      {{"a": [*b, !c]}}
    checksum: "0"
  labels:
    app: web
  managedFields:
  - fieldsV1:
      f:metadata:
        k:{{"uid":"x"}}: {{}}
spec:
  containers:
  - name: main
    env:
    - name: A
      value: "a: b"
    ports:
    - containerPort: 8080
      name: http
  nodeName: node-{n}
status:
  podIP: 10.0.0.{n}
"""
POLICY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p, namespace: shop}
spec:
  podSelector: {}
"""
CONFIG = """\
apiVersion: v1
data:
  script: |
    kind: Pod
    [ ! -e x ] && *
  other: "x"
kind: ConfigMap
metadata:
  name: c
"""


def pods(count: int) -> str:
    items = [POD.format(n=number).replace("\n", "\n  ").rstrip() for number in range(count)]
    body = "".join(f"- {item}\n" for item in items)
    return f'apiVersion: v1\nitems:\n{body}kind: List\nmetadata:\n  resourceVersion: ""\n'


def test_what_people_and_kubectl_write_is_read_line_by_line(
    load: Load, ways: Counter[str]
) -> None:
    policy = POLICY.replace("  podSelector: {}", "  podSelector:\n    matchLabels: {a: b}")
    texts = [POD.format(n=1), policy, CONFIG, f"# a comment\n\n{CONFIG}"]
    assert load({"a.yaml": "---\n".join(texts)}).errors == ()
    assert ways == {"blocks": 4, "lines": 3}


def test_the_items_of_a_list_are_read_line_by_line(load: Load, ways: Counter[str]) -> None:
    loaded = load({"pods.yaml": pods(5)})
    assert loaded.counts == {"Pod": 5}
    assert ways == {}


def test_the_order_of_keys_does_not_matter(load: Load, ways: Counter[str]) -> None:
    pod = (
        POD.format(n=1).replace("apiVersion: v1\nkind: Pod\n", "kind: Pod\n")
        + "apiVersion: v1\n"
    )
    last = POD.format(n=1).replace("kind: Pod\n", "") + "kind: Pod\n"
    item = "- " + pod.replace("\n", "\n  ").rstrip()
    load({"a.yaml": f"{last}---\n{pod}", "b.yaml": f"items:\n{item}\nkind: List\n"})
    assert ways == {"blocks": 2, "lines": 2}


def test_an_unusual_item_is_the_only_one_read_by_events(load: Load, ways: Counter[str]) -> None:
    text = pods(5).replace("nodeName: node-3", "nodeName: {a: {b: c}}")
    assert len(load({"pods.yaml": text}).errors) == 1
    assert ways == {"events of an item": 2}


def test_an_item_with_a_repeated_key_is_the_only_one_read_in_full(
    load: Load, ways: Counter[str]
) -> None:
    text = pods(3).replace("name: web-1\n", "name: web-1\n    name: web-1\n")
    (warning,) = [
        item for item in load({"p.yaml": text}).findings if item.rule == "duplicate-key"
    ]
    assert warning.place is not None
    assert text.splitlines()[warning.place.line - 1] == "    name: web-1"
    assert ways["plain item"] == 2
    assert ways["plain"] == 0


def test_what_is_not_wanted_is_not_decoded() -> None:
    assert read_document(CONFIG, shape_of("ConfigMap", "v1")) == {
        "apiVersion": "v1",
        "data": {},
        "kind": "ConfigMap",
        "metadata": {"name": "c"},
    }
    pod = read_document(POD.format(n=1), shape_of("Pod", "v1"))
    assert pod["spec"] == {
        "containers": [{"name": "main", "ports": [{"containerPort": 8080, "name": "http"}]}],
        "nodeName": "node-1",
    }


def test_pods_of_one_template_share_what_they_have_in_common() -> None:
    text = pods(2)
    items = list_items(text)
    assert items is not None
    one, other = (items.item(text, index)[0] for index in range(2))
    metadata = [pod["metadata"] for pod in (one, other)]
    assert all(isinstance(item, dict) for item in metadata)
    assert metadata[0]["labels"] is metadata[1]["labels"]  # type: ignore[index]
    assert one["spec"]["containers"] is other["spec"]["containers"]  # type: ignore[index]


@pytest.mark.parametrize(
    "fault",
    [
        "  nodeName: {a",
        "  priority: !x 5",
        "  priority: *x",
        "  volumes: {a: {b: c}: d}",
        "  volumes:\n  - ? [a]\n    : b",
        "  volumes:\n  - [a]: b",
        '  volumes:\n  - "a',
        "  volumes:\n  - a\n   - b: c",
        "  volumes: |\n    a\n   b",
        "\tvolumes: x",
        "  volumes:\n    <<: 5",
        "  volumes: \x07",
        "  volumes: {{ x }}",
        "  volumes:\n  - ? - a\n    : b",
        '  volumes:\n     a: "q\n   b: |\n     "\n     c: !x z',
    ],
)
def test_a_fault_in_what_is_not_wanted_is_one_of_the_document(fault: str) -> None:
    for text in (POD.format(n=1), pods(3)):
        indent = "  " if text.startswith("apiVersion: v1\nitems") else ""
        line = "".join(f"{indent}{part}\n" for part in fault.split("\n"))
        broken = re.sub(r"(?m)^ +nodeName: node-1\n", line, text)
        loaded = same_in_both_ways(broken)
        assert loaded.snapshot.endpoints == ()
        assert loaded.errors


@pytest.mark.parametrize(
    "text",
    [
        "kind: Pod\nkind: ConfigMap\napiVersion: v1\n",
        '"kind": Pod\nkind: ConfigMap\napiVersion: v1\n',
        'a: "\nkind: ConfigMap"\nkind: Pod\napiVersion: v1\nmetadata: {name: a}\n',
        "apiVersion: v1\nkind: ConfigMap\nkind: Pod\nmetadata: {name: a}\n",
        "apiVersion: v1\nkind: &a ConfigMap\ndata: {a: *a}\n",
        "apiVersion: v1\nkind: Secret\nsops: {}\nmetadata: {name: a}\n",
        "apiVersion: v1\ndata:\n  <<: {kind: Pod}\nkind: ConfigMap\n",
        "apiVersion: v1\nkind: Staged\n<<: {kind: Pod}\n",
        "apiVersion: v1\nkind:\n  Pod\nmetadata:\n  name:\n    a\n",
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  labels:\n    010: y\n    8: n\n",
        "{apiVersion: v1, kind: Pod, metadata: {name: a}}\n",
        "? kind\n: Pod\n",
        "{apiVersion: v1, kind: Pod, metadata: {!x name: a}}\n",
        "apiVersion: v1\nkind: ConfigMap\nx:\n  x: y\u2028kind: Pod\nmetadata: {name: a}\n",
    ],
)
def test_a_kind_is_never_taken_from_the_look_of_a_text(text: str) -> None:
    same_in_both_ways(text)


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("    app: web", "    app: web\n      again"),
        ("    app: web", "    app: web\n   again: x"),
        ("  labels:", "  labels:\n- a"),
        ("  labels:", "  labels:\n  # none"),
        ("  - name: main", "  - name:\n  - name: main"),
        ('      value: "a: b"', "      value: !x y"),
        ('      value: "a: b"', "      value: |\n       x\n      y"),
        ("spec:", "x: |\n  a\nx: |\n  b\nspec:"),
        ("spec:", "x: 1\n\n# why\ny: 2\nspec:"),
        ("spec:", "x: {a: b,\n  c: d}\ny: long\n  text\nspec:"),
        ("spec:", "x:\n" + "".join(f"{' ' * n}a:\n" for n in range(1, 1500)) + "spec:"),
        ("spec:", f"x:\n  {'- ' * 1500}a\nspec:"),
    ],
)
def test_a_pod_written_with_care_or_without_reads_the_same(line: str, written: str) -> None:
    assert f"{line}\n" in POD
    text = POD.format(n=1).replace(f"{line}\n", f"{written}\n")
    same_in_both_ways(text)
    same_in_both_ways("items:\n- " + text.replace("\n", "\n  ").rstrip() + "\nkind: List\n")


@pytest.mark.parametrize(
    "text",
    [
        f"kind: List\napiVersion: v1\nitems:\n- {POLICY}".replace("\n", "\n  ").replace(
            "\n  apiVersion: v1\n  items:\n  -", "\napiVersion: v1\nitems:\n-"
        ),
        "apiVersion: v1\nkind: PodList\nitems:\n- metadata: {name: a}\n- spec: {a: b}\n",
        "apiVersion: v1\nkind: NetworkPolicyList\nitems:\n- metadata: {name: a}\n  spec: {}\n",
        "apiVersion: v1\nitems:\n- kind: List\n  items:\n  - kind: Pod\nkind: List\n",
        "apiVersion: v1\nitems:\n- kind: ~\n  a: b\nkind: PodList\n",
        "apiVersion: v1\nitems:\n- kind: [a]\n  a: b\nkind: PodList\n",
        "apiVersion: v1\nitems:\n- a\n- kind: Pod\nkind: List\n",
        "apiVersion: v1\nitems:\n- kind: Pod\nkind: ConfigMap\n",
        "apiVersion: v1\nitems:\n- kind: Pod\n- kind: Service\nkind: List\nitems: []\n",
        "apiVersion: v1\nitems: # why\n- kind: Pod\n# end\nkind: List\n",
        "items:\n- &a\n  kind: Pod\n  metadata: {name: a}\n- *a\nkind: List\n",
        "items:\n  - kind: Pod\n    apiVersion: v1\n    metadata: {name: a}\nkind: List\n...\n",
        'items:\n- kind: Pod\n  a: "\n- kind: Service\n  "\nkind: List\n',
        "items:\n- kind: Pod\n   a: b\nkind: List\n",
        "items:\nkind: List\n",
        "items:\n- kind:  Pod\n  spec: {nodeName: 5}\n  apiVersion: v1\nkind: List\n",
        "items:\n- apiVersion: v1\n  apiVersion: v1\n  a: b\nkind: ConfigMapList\n",
        "items:\n- metadata:\n    name: a\n    name: b\napiVersion: v1\nkind: PodList\n",
        "items:\n- apiVersion: v1\n  kind: Pod\nkind: a-List\n",
        "items:\n- apiVersion: v1\n  kind: Pod\nkind: PodList\nkind: List\n",
        "kind: PodList\nitems:\n- apiVersion: v1\n  kind: Pod\nkind: ConfigMap\n",
        "items:\n- kind: Pod\n- \nkind: List\n",
    ],
)
def test_a_list_of_any_form_reads_the_same(text: str) -> None:
    same_in_both_ways(text)


def test_a_repeat_is_told_where_netsim_looks_and_nowhere_else() -> None:
    twice = "{a: 1, a: 2}"
    told = [
        f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a, labels: {twice}}}\n",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a, x: 1, x: 2}\n",
        "apiVersion: v1\nkind: ConfigMap\nkind: ConfigMap\n",
        "apiVersion: v1\nkind: Pod\nx: &a {name: a, name: a}\nmetadata: {<<: *a}\n",
        f"apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nspec: {twice}\n",
    ]
    untold = [
        f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec: {{volumes: [{twice}]}}\n",
        f"apiVersion: v1\nkind: ConfigMap\ndata: {twice}\n",
        "apiVersion: v1\nkind: ConfigMap\ndata:\n  a: 1\n  a: 2\n",
    ]
    for text in (*told, *untold):
        found = [item.rule for item in same_in_both_ways(text).findings]
        assert ("duplicate-key" in found) == (text in told), text


@pytest.mark.parametrize(
    ("other", "word"),
    [
        (POD.format(n=1), "the same"),
        (POD.format(n=1).replace("app: web", "app: 'web' # again"), "the same"),
        (POD.format(n=1).replace('checksum: "0"', 'checksum: "1"'), "differently"),
        (POD.format(n=1).replace("kind: Pod", "kind: &a Pod\nx: *a"), "differently"),
    ],
)
def test_a_difference_in_what_is_not_read_is_one(other: str, word: str) -> None:
    for text in (f"{POD.format(n=1)}---\n{other}", f"{pods(2)}---\n{other}"):
        (found,) = [
            item for item in same_in_both_ways(text).findings if item.rule == "object-repeated"
        ]
        assert word in found.message


def test_a_repeat_in_what_is_no_object_does_not_touch_its_neighbour() -> None:
    policy = "- " + POLICY.replace("\n", "\n  ")
    text = f"kind: List\nitems:\n{policy}\n- kind: a b\n  kind: a b\n"
    loaded = same_in_both_ways(text)
    assert (len(loaded.snapshot.policies), loaded.errors) == (1, ())
