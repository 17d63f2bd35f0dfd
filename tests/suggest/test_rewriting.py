import sys
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from difflib import unified_diff
from typing import Any

import pytest
import yaml as pyyaml
from hypothesis import given
from hypothesis import strategies as st

from netsim.errors import RewriteError
from netsim.load.chunks import chunks
from netsim.load.files import TextFile
from netsim.load.written import written_in
from netsim.model.written import WrittenObject
from netsim.source import Source
from netsim.suggest.edits import Edit
from netsim.suggest.rewriting import has_objects, new_file, rewritten
from netsim.suggest.round_trip import round_tripped
from netsim.suggest.yaml_style import Style, flow
from tests.suggest.styles import COMPACT, FLOWING, LISTED, OFFSET, TEXTS

_Change = Callable[[dict[str, Any]], object]
_FILE = "p.yaml"


def _objects(text: str) -> dict[str, WrittenObject]:
    return {item.name: item for item in written_in(TextFile(_FILE, text))}


def _guard(text: str) -> tuple[WrittenObject, dict[str, Any]]:
    before = _objects(text)["guard"]
    return before, deepcopy(dict(before.value))


def _edited(text: str, change: _Change) -> str:
    before, after = _guard(text)
    change(after["spec"])
    return rewritten(TextFile(_FILE, text), [Edit("", before, after)])


def _lines(before: str, after: str) -> list[str]:
    """What a change takes away and puts in."""
    told = unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [f"{line[0]} {line[1:]}" for line in list(told)[2:] if not line.startswith("@@")]


def _dropped(text: str, change: _Change) -> list[str]:
    return _lines(text, _edited(text, change))


def test_nothing_is_touched_where_nothing_changes() -> None:
    for text in TEXTS.values():
        assert _edited(text, lambda _: None) == text


def test_an_item_goes_with_its_comments_and_its_blank_line() -> None:
    assert _dropped(OFFSET, lambda spec: spec["ingress"].pop(1)) == [
        "-         # the API asks",
        "-         - from:",
        "-               # from anywhere",
        "-               - podSelector:",
        "-                     matchExpressions:",
        "-                         - key: app",
        "-                           operator: In",
        '-                           values: [api, "1:30"]',
        "-           # - ports: later",
        "- ",
    ]


def test_the_first_key_behind_a_dash_leaves_the_dash_and_the_comments_of_the_next() -> None:
    assert _dropped(OFFSET, lambda spec: spec["ingress"][0].pop("from")) == [
        "-         - from:",
        "-               - podSelector: {matchLabels: { app:  web} }",
        "-               - namespaceSelector:",
        "-                     matchLabels: {team: 'ops'}",
        "-                 podSelector: {}",
        "+         -",
    ]
    assert _dropped(COMPACT, lambda spec: spec["ingress"][0]["ports"][0].pop("protocol")) == [
        "-     - protocol: TCP",
        "-       port: 80",
        "+     - port: 80",
    ]


def test_items_in_brackets_go_with_one_comma() -> None:
    def first(spec: dict[str, Any]) -> None:
        del spec["ingress"][0]["ports"][0]

    def last(spec: dict[str, Any]) -> None:
        del spec["ingress"][0]["ports"][1]

    assert _dropped(OFFSET, first)[1] == "+           ports: [ {port: 5432, protocol: TCP} ]"
    assert _dropped(OFFSET, last)[1] == "+           ports: [ {port: 0o12} ]"


def test_a_list_that_is_emptied_says_so() -> None:
    assert _dropped(COMPACT, lambda spec: spec["policyTypes"].clear()) == [
        "-   policyTypes:",
        "-   - Ingress",
        "-   - Egress",
        "+   policyTypes: []",
    ]


def test_a_new_item_is_indented_as_its_neighbours() -> None:
    rule: dict[str, Any] = {
        "from": [{"podSelector": {"matchLabels": {"app": "y"}}}],
        "ports": [{"port": 1}],
    }
    assert _dropped(OFFSET, lambda spec: spec["ingress"].append(rule)) == [
        "+         - from:",
        "+               - podSelector:",
        "+                     matchLabels:",
        '+                         app: "y"',
        "+           ports:",
        "+               - port: 1",
    ]
    assert _dropped(COMPACT, lambda spec: spec["ingress"].append(rule)) == [
        "+   - from:",
        "+     - podSelector:",
        "+         matchLabels:",
        '+           app: "y"',
        "+     ports:",
        "+     - port: 1",
    ]
    assert _dropped(LISTED, lambda spec: spec["ingress"].append(rule)) == [
        "-       {from: [{podSelector: {}}]}]   # in brackets",
        f"+       {{from: [{{podSelector: {{}}}}]}}, {flow(rule)}]   # in brackets",
    ]


def test_a_value_alone_is_replaced() -> None:
    def other(spec: dict[str, Any]) -> None:
        spec["ingress"][2]["ports"][0]["port"] = 81

    assert _dropped(OFFSET, other) == [
        "-               - port: 80   # plain",
        "+               - port: 81   # plain",
    ]


def test_a_new_key_stands_behind_the_others() -> None:
    text = COMPACT.replace("  podSelector: {}\n", "  podSelector: {}   # all\n")
    assert _dropped(text, lambda spec: spec["podSelector"].update(matchLabels={"a": "b"})) == [
        "-   podSelector: {}   # all",
        "+   podSelector:   # all",
        "+     matchLabels:",
        "+       a: b",
    ]
    added: dict[str, Any] = {"to": [{"podSelector": {}}]}
    assert _dropped(OFFSET, lambda spec: spec.update(egress=[added])) == [
        "+     egress:",
        "+         - to:",
        "+               - podSelector: {}",
    ]


def test_line_ends_stay_what_they_are() -> None:
    text = OFFSET.replace("\n", "\r\n")
    result = _edited(text, lambda spec: spec["ingress"].append({"ports": [{"port": 9}]}))
    assert result == _edited(
        OFFSET, lambda spec: spec["ingress"].append({"ports": [{"port": 9}]})
    ).replace("\n", "\r\n")


def test_a_missing_end_of_the_last_line_stays_missing() -> None:
    text = COMPACT[: COMPACT.index("...")].rstrip()
    result = _edited(text, lambda spec: spec["egress"].append({"ports": [{"port": 9}]}))
    assert result == f"{text}\n  - ports:\n    - port: 9"


@pytest.mark.parametrize("name", TEXTS)
def test_a_whole_object_goes_and_others_stay_byte_for_byte(name: str) -> None:
    text = TEXTS[name]
    before, _ = _guard(text)
    result = rewritten(TextFile(_FILE, text), [Edit("", before, None)])
    assert set(_objects(result)) == set(_objects(text)) - {"guard"}
    gone = [line[2:] for line in _lines(text, result)]
    assert not any("Another" in line or "other" in line for line in gone)
    assert has_objects(result) == (name != "flowing")


def test_comments_of_others_stay_when_an_object_goes() -> None:
    before, _ = _guard(OFFSET)
    result = rewritten(TextFile(_FILE, OFFSET), [Edit("", before, None)])
    assert result.startswith("# Copyright: see LICENSE\n\n# the end\n---\n# Another one.\n")


def test_all_objects_of_a_list_can_go() -> None:
    edits = [Edit("", item, None) for item in _objects(LISTED).values()]
    result = rewritten(TextFile(_FILE, LISTED), edits)
    assert result == "kind: List\napiVersion: v1\nitems: []\n"


def test_a_new_object_follows_the_others_in_their_style() -> None:
    new = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "new", "namespace": "shop"},
        "spec": {"podSelector": {}, "policyTypes": ["Ingress"]},
    }
    result = rewritten(TextFile(_FILE, COMPACT), [Edit("", None, new)])
    assert result.startswith(f"{COMPACT}\n---\napiVersion: networking.k8s.io/v1\n")
    assert result.endswith("  policyTypes:\n  - Ingress\n")
    assert _objects(new_file([new]))["new"].value == new


ANCHORED = COMPACT.replace("ingress:\n", "ingress: &rules\n")
MERGED = COMPACT.replace("- {}", "- &free\n    ports: [{port: 1}]").replace(
    "to: []", "<<: *free"
)
ASKING = COMPACT.replace("  ingress:", "  ? ingress\n  :")
REASONS = {
    ANCHORED: "an anchor (&) stands where",
    MERGED: "merge key (<<)",
    ASKING: "`key: value`",
}


def _with_other_ports(spec: dict[str, Any]) -> None:
    spec["ingress"] = [{"ports": [{"port": 7}]}]
    spec["egress"][0]["ports"] = [{"port": 8}]


@pytest.mark.parametrize("text", REASONS)
def test_what_cannot_be_spliced_is_refused_without_the_extra(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ruamel.yaml", None)
    with pytest.raises(RewriteError) as refused:
        _edited(text, _with_other_ports)
    assert REASONS[text] in str(refused.value)
    assert "pip install 'netsim-k8s[edit]'" in str(refused.value)
    assert str(refused.value).startswith(_FILE)


@pytest.mark.parametrize("text", REASONS)
def test_what_cannot_be_spliced_is_written_anew_with_the_extra(text: str) -> None:
    _, wanted = _guard(text)
    _with_other_ports(wanted["spec"])
    found = _objects(_edited(text, _with_other_ports))
    assert found["guard"].value == wanted
    others = _objects(text)
    assert {name: item.value for name, item in found.items() if name != "guard"} == {
        name: item.value for name, item in others.items() if name != "guard"
    }


_SHARED = """\
# who may ask
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: guard, namespace: shop}
spec:
  podSelector: {}
  ingress:
    # the web
    - from: [{podSelector: {matchLabels: {app: web}}}]
      ports: &ports
        - port: 80 # plain
        - port: 0443
    - from: [{podSelector: {matchLabels: {app: cli}}}]
      ports: *ports
---
# not mine
apiVersion: v1
kind: Service
metadata: {name: web,   namespace: shop}
"""


@pytest.mark.parametrize("rule", [0, 1])
def test_what_is_shared_is_changed_in_one_place_only(rule: int) -> None:
    text = _SHARED.replace("0443", "443")

    def change(spec: dict[str, Any]) -> None:
        ports = spec["ingress"][rule]["ports"]
        spec["ingress"][rule]["ports"] = [*ports, {"port": 8080}]

    result = _edited(text, change)
    for kept in (
        "# who may ask\n",
        "    # the web\n",
        "# not mine\n",
        "name: web,   namespace",
    ):
        assert kept in result
    rules = _objects(result)["guard"].value["spec"]["ingress"]  # type: ignore[index]
    plain = [{"port": 80}, {"port": 443}]
    assert [it["ports"] for it in rules][rule] == [*plain, {"port": 8080}]
    assert [it["ports"] for it in rules][1 - rule] == plain


@given(st.lists(st.integers(0, 3), max_size=5), st.lists(st.integers(0, 3), max_size=5))
def test_lists_written_anew_are_the_wanted_ones(old: list[int], new: list[int]) -> None:
    rules = [{"ports": [{"port": 1 + number}]} for number in old]
    before, _ = _guard(COMPACT)
    node = {"ingress": [{"ports": [{"port": 1 + number}]} for number in old]}
    text = "&here\n" + flow(node) + "\n"
    after = {"ingress": [{"ports": [{"port": 1 + number}]} for number in new]}
    written = replace(before, value={"ingress": rules}, source=Source(_FILE))
    result = round_tripped(text, [(written, Edit("", written, after))], Style())
    assert pyyaml.safe_load(result) == after


def test_json_is_refused() -> None:
    before, after = _guard(COMPACT)
    _with_other_ports(after["spec"])
    with pytest.raises(RewriteError, match="is JSON"):
        rewritten(TextFile(_FILE, '{"kind": "List", "items": []}'), [Edit("", before, after)])


def test_a_file_that_has_changed_meanwhile_is_refused() -> None:
    before, after = _guard(COMPACT)
    after["spec"]["ingress"].pop()
    text = COMPACT.replace("port: 80", "port: 81")
    with pytest.raises(RewriteError, match="is not what it was"):
        rewritten(TextFile(_FILE, text), [Edit("", before, after)])


def test_what_is_not_kept_of_an_object_stays_in_its_text() -> None:
    last = "  annotations: {kubectl.kubernetes.io/last-applied-configuration: '{}'}\n"
    text = OFFSET.replace("metadata:\n", f"status: {{}}\nmetadata:\n  {last}", 1)
    text = text.replace('    annotations: {"note": "yes", weight: "012"}\n', "")
    assert _lines(text, _edited(text, lambda spec: spec["ingress"].pop(0)))[0] == (
        "-         # the web asks"
    )


_VALUES = st.sampled_from(
    [
        {"from": [{"podSelector": {"matchLabels": {"app": "n", "v": "1.0"}}}]},
        {"ports": [{"port": 7, "protocol": "UDP"}]},
        {"podSelector": {}},
        {"port": 9},
        {},
        [],
        "text",
        "010",
        7,
    ]
)


@st.composite
def _changed(draw: st.DrawFn, value: Any) -> Any:  # noqa: ANN401 - any part of a manifest
    """A value with something taken out, put in or replaced, somewhere in it."""
    if not isinstance(value, dict | list) or (not value and draw(st.booleans())):
        return draw(_VALUES)
    result = deepcopy(value)
    keys: list[Any] = list(value) if isinstance(value, dict) else list(range(len(value)))
    what = draw(st.sampled_from(["inside", "inside", "out", "in"])) if keys else "in"
    if what == "in":
        if isinstance(result, dict):
            result["added"] = draw(_VALUES)
        else:
            result.insert(draw(st.integers(0, len(result))), draw(_VALUES))
        return result
    key = draw(st.sampled_from(keys))
    if what == "out":
        del result[key]
    else:
        result[key] = draw(_changed(result[key]))
    return result


@given(st.data())
def test_the_text_says_what_is_wanted_and_other_documents_stay(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([OFFSET, COMPACT, LISTED, FLOWING]))
    before, after = _guard(text)
    for _ in range(data.draw(st.integers(1, 3))):
        after["spec"] = data.draw(_changed(after["spec"]))
    if not isinstance(after["spec"], dict):
        return
    result = rewritten(TextFile(_FILE, text), [Edit("", before, after)])
    assert _objects(result)["guard"].value == after
    old, new = ([chunk.text for chunk in chunks(it)] for it in (text, result))
    number = before.source.document - 1
    assert old[:number] + old[number + 1 :] == new[:number] + new[number + 1 :]
