import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from netsim.load import Loaded, load_snapshot
from netsim.model.labels import Labels

Load = Callable[[dict[str, str | bytes]], Loaded]

POD = (
    "apiVersion: v1\nkind: Pod\n"
    "metadata:\n  name: web\n  namespace: shop\n  labels: {app: web}\n"
)
POLICY = (
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
    "metadata: {name: p, namespace: shop}\nspec: {podSelector: {}}\n"
)


def keys(loaded: Loaded) -> list[str]:
    return [endpoint.key for endpoint in loaded.snapshot.endpoints]


@pytest.mark.parametrize(
    "content",
    [
        POD,
        "\ufeff" + POD,
        POD.replace("\n", "\r\n"),
        POD.replace("\n", "\r"),
        POD.encode("utf-16"),
        POD.encode("utf-32"),
        "---\n" + POD + "...\n",
        "a: b\n...\n" + POD,
        "a: b\n...\n# next\n%YAML 1.1\n---\n" + POD,
        POD.replace("web", "!!str web"),
        "x: !!binary d2Vi\n" + POD,
        "%YAML 1.1\n---\n" + POD,
        "# a comment\n---\n---\n" + POD + "---\n# nothing\n",
        POD.replace("name: web", "name:\tweb"),
        POD.replace("labels: {app: web}", "labels: {app: web} # !not a tag"),
        "x: &a {app: web}\n" + POD.replace("{app: web}", "\n    <<: *a"),
    ],
    ids=[
        "plain",
        "byte order mark",
        "crlf",
        "cr",
        "utf-16",
        "utf-32",
        "document end",
        "bare document",
        "directive after a document",
        "core tag",
        "binary",
        "directive",
        "empty documents",
        "tab after a colon",
        "exclamation mark",
        "anchor and merge",
    ],
)
def test_text_that_kubectl_reads_loads(load: Load, content: str | bytes) -> None:
    loaded = load({"pod.yaml": content})
    assert loaded.errors == ()
    assert keys(loaded) == ["shop/web"]
    assert loaded.snapshot.endpoints[0].labels == Labels({"app": "web"})


@pytest.mark.parametrize("content", ["", "\n \n", "# only a comment\n", "---\n---\n", "\ufeff"])
def test_a_file_without_content_is_no_fault(load: Load, content: str) -> None:
    loaded = load({"empty.yaml": content})
    assert (loaded.errors, loaded.findings, keys(loaded)) == ((), (), [])


@pytest.mark.parametrize(
    "content", [b"\x00GITCRYPT\x00\x01\xff", b"a: \xff\xfe\x00", b"a: b\x00c"]
)
def test_a_binary_file_is_named(load: Load, content: bytes) -> None:
    loaded = load({"secret.yaml": content, "pod.yaml": POD})
    assert "secret.yaml: not a text file" in str(loaded.errors[0])
    assert keys(loaded) == ["shop/web"]


def test_a_syntax_error_has_file_line_and_column_and_the_rest_loads(load: Load) -> None:
    text = POD + "---\nkind: [unclosed\nx: y\n---\n" + POLICY
    loaded = load({"a.yaml": text, "b.yaml": POD.replace("name: web", "name: api")})
    (error,) = loaded.errors
    assert "a.yaml:9:2: not YAML" in str(error)
    assert keys(loaded) == ["shop/api", "shop/web"]
    assert len(loaded.snapshot.policies) == 1


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("{{- if .Values.x }}\nkind: Pod\n{{- end }}\n", "Helm/Go"),
        (POD.replace("web", "{{ .Values.name }}"), "Helm/Go"),
        ("{% if x %}\nkind: Pod\n{% endif %}\n", "Jinja"),
    ],
)
def test_a_template_says_render_it(load: Load, text: str, kind: str) -> None:
    loaded = load({"t.yaml": text})
    assert f"{kind} template: render it first" in str(loaded.errors[0])


def test_a_template_that_parses_is_rejected_by_its_values(load: Load) -> None:
    loaded = load({"t.yaml": POD.replace("name: web", 'name: "{{ .Values.name }}"')})
    assert "metadata.name: '{{ .Values.name }}' is not a valid name" in str(loaded.errors[0])


def test_a_tab_that_indents_is_called_a_tab(load: Load) -> None:
    loaded = load({"t.yaml": "a:\n\tb: c\n"})
    assert "a tab may not indent" in str(loaded.errors[0])


def test_an_unknown_tag_skips_the_document_with_a_note(load: Load) -> None:
    loaded = load({"cf.yaml": "a: 1\nb: !Ref x\n", "pod.yaml": POD})
    (note,) = [item for item in loaded.findings if item.rule == "unknown-tag"]
    assert "!Ref" in note.message
    assert str(note.place).endswith("cf.yaml:2:4")
    assert keys(loaded) == ["shop/web"]


@pytest.mark.parametrize("text", [POD, POLICY, f"kind: List\nitems:\n- kind: Job\n{POD}"])
def test_an_unknown_tag_in_what_is_read_is_an_error(load: Load, text: str) -> None:
    loaded = load({"p.yaml": text.replace("{", "!x {", 1)})
    assert "unknown tag !x" in str(loaded.errors[0])


@pytest.mark.parametrize("value", ["*s3cr3t", "!s3cr3t", "!s3cr3t x", "{a: *s3cr3t}"])
def test_a_password_without_quotes_is_not_told(load: Load, value: str) -> None:
    secret = f"apiVersion: v1\nkind: Secret\nmetadata: {{name: db}}\ndata:\n  a: {value}\n"
    loaded = load({"s.yaml": secret})
    told = [*map(str, loaded.errors), *(item.message for item in loaded.findings)]
    assert any("alias" in text or "unknown tag" in text for text in told)
    assert "s3cr3t" not in " ".join(told)


def test_an_equals_sign_is_a_string(load: Load) -> None:
    crd = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n- =\n"
    assert load({"crd.yaml": crd}).errors == ()


@pytest.mark.parametrize(
    "text",
    [
        "[" * 5000 + "]" * 5000,
        '{"a":' * 5000 + "1" + "}" * 5000,
        "- " * 50_000,
        "a: " + "[" * 50_000,
        "\n".join(f"{' ' * depth}a:" for depth in range(3000)),
    ],
    ids=["lists", "objects", "items in one line", "open lists", "indented"],
)
@pytest.mark.parametrize("suffix", ["json", "yaml"])
def test_deep_nesting_is_a_fault_and_no_crash(load: Load, text: str, suffix: str) -> None:
    loaded = load({f"deep.{suffix}": text})
    told = [str(error) for error in loaded.errors] + [item.rule for item in loaded.findings]
    (word,) = told  # some Pythons decode JSON of this depth, and then it is no object
    assert "nested too deeply" in word or word in {"not-an-object", "document-without-kind"}


@pytest.mark.parametrize(
    "grown",
    ["[*a{0}, *a{0}]", "{{<<: [*a{0}, *a{0}]}}", "{{kind: List, items: [*a{0}, *a{0}]}}"],
    ids=["lists", "merges", "lists of objects"],
)
def test_aliases_that_grow_without_end_are_refused(load: Load, grown: str) -> None:
    lines = ["a0: &a0 {k: v}"]
    lines += [f"a{n}: &a{n} {grown.format(n - 1)}" for n in range(1, 64)]
    loaded = load({"bomb.yaml": "\n".join(lines) + "\n---\n" + POD})
    (error,) = loaded.errors
    assert "aliases expand to more than" in str(error)
    assert keys(loaded) == ["shop/web"]


def test_an_anchor_that_contains_itself_is_refused(load: Load) -> None:
    loaded = load({"l.yaml": "&a\napiVersion: v1\nkind: List\nitems: [*a]\n"})
    assert "an anchor contains itself" in str(loaded.errors[0])


def test_an_anchor_may_be_set_twice(load: Load) -> None:
    text = POD.replace("{app: web}", "{app: &a db, other: &a web, third: *a}")
    loaded = load({"p.yaml": text})
    assert loaded.snapshot.endpoints[0].labels["third"] == "web"


@pytest.mark.parametrize(
    "text", ["just words", "- a\n- b\n", "42", '[{"op": "add", "path": "/x"}]']
)
def test_what_is_no_object_is_noted(load: Load, text: str) -> None:
    loaded = load({"x.yaml": text})
    assert [item.rule for item in loaded.findings] == ["not-an-object"]
    assert loaded.errors == ()


def test_json_loads_with_the_line_of_a_fault(load: Load) -> None:
    text = '{"apiVersion": "v1",\n "kind": "Pod",\n "metadata": {"namespace": "shop"}}\n'
    (error,) = load({"pod.json": text}).errors
    assert "pod.json:3:" in str(error)


def test_several_json_values_are_several_documents(load: Load) -> None:
    one = '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "%s"}}'
    assert keys(load({"pods.json": f"{one % 'a'}\n{one % 'b'}\n"})) == [
        "default/a",
        "default/b",
    ]


def test_each_repeat_in_a_policy_is_told(load: Load) -> None:
    spec = "{ingress: [{ports: [], ports: []}, {ports: [], ports: []}]}"
    found = load({"p.yaml": POLICY.replace("{podSelector: {}}", spec)}).errors
    assert [error.place.column for error in found if error.place] == [30, 54]


def test_a_repeated_key_that_only_json_reads_is_told_without_its_line(load: Load) -> None:
    text = '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "name": "\x7f"}}'
    (warning,) = [i for i in load({"p.json": text}).findings if i.rule == "duplicate-key"]
    assert "'name' stands twice" in warning.message


def test_objects_too_deep_to_compare_are_taken_to_differ(load: Load) -> None:
    pod = f"{POD}spec:\n  unknown: {'[' * 950}{']' * 950}\n"
    loaded = load({"p.yaml": f"{pod}---\n{pod}"})
    assert loaded.counts == {"Pod": 2}


def test_json_with_comments_of_yaml_is_yaml(load: Load) -> None:
    text = '{"apiVersion": "v1", # a comment\n"kind": "ConfigMap", "metadata": {"name": "c"},}'
    loaded = load({"x.json": text})
    assert (loaded.errors, loaded.counts) == ((), {"ConfigMap": 1})


@pytest.mark.parametrize(
    ("written", "read"), [("\\ud800x", "\ufffdx"), ("\\ud83d\\ude00", "\U0001f600")]
)
def test_half_characters_in_json_are_replaced(load: Load, written: str, read: str) -> None:
    text = f'{{"apiVersion": "v1", "kind": "Pod", "metadata": {{"name": "{written}"}}}}'
    assert f"'{read}' is not a valid name" in str(load({"p.json": text}).errors[0])


@pytest.mark.parametrize("text", ['{"a": 1,}\n// no', '{"a": NaN', "{"])
def test_bad_json_is_told_with_its_place(load: Load, text: str) -> None:
    (error,) = load({"x.json": text}).errors
    assert "x.json:" in str(error)
    assert "not JSON" in str(error) or "not YAML" in str(error)


def test_a_repeated_key_warns_and_the_last_value_counts(load: Load) -> None:
    loaded = load({"pod.yaml": POD + "  labels: {app: api}\n"})
    (warning,) = [item for item in loaded.findings if item.rule == "duplicate-key"]
    assert str(warning.place).endswith("pod.yaml:7:3")
    assert loaded.snapshot.endpoints[0].labels == Labels({"app": "api"})


def test_a_repeated_key_is_told_of_the_object_that_it_stands_in(load: Load) -> None:
    policy = "- " + POLICY.replace("\n", "\n  ")
    pod = "- " + (POD + "  labels: {app: api}\n").replace("\n", "\n  ")
    loaded = load({"list.yaml": f"apiVersion: v1\nkind: List\nitems:\n{policy}\n{pod}"})
    assert loaded.errors == ()
    assert [item.rule for item in loaded.findings if item.rule == "duplicate-key"]
    assert (len(loaded.snapshot.policies), keys(loaded)) == (1, ["shop/web"])


@pytest.mark.parametrize("suffix", ["yaml", "json"])
def test_a_repeated_key_in_a_policy_is_an_error(load: Load, suffix: str) -> None:
    text = (
        '{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",\n'
        '"metadata": {"name": "p", "namespace": "d"},\n'
        '"spec": {"ingress": [], "ingress": [{}]}}'
    )
    (error,) = load({f"p.{suffix}": text}).errors
    assert f"p.{suffix}:3:25: NetworkPolicy d/p: key 'ingress' stands twice" in str(error)
    assert load({f"p.{suffix}": text}).snapshot.policies == ()


def test_folders_are_read_recursively_in_path_order(load: Load, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "b/pod.yml": POD.replace("name: web", "name: b"),
        "a/pod.JSON": '{"apiVersion": "v1", "kind": "ConfigMap"}',
        ".git/pod.yaml": POD,
        "notes.txt": POD,
    }
    loaded = load(files)
    assert keys(loaded) == ["shop/b"]
    order = [Path(item.source.file).name for item in loaded.findings]
    assert order == ["pod.JSON", "pod.yml"]
    assert load_snapshot([tmp_path / "notes.txt"]).snapshot.endpoints[0].key == "shop/web"


def test_a_link_is_followed_once(load: Load, tmp_path: Path) -> None:
    load({"a/pod.yaml": POD})
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "again.yaml").symlink_to(tmp_path / "a" / "pod.yaml")
    loaded = load_snapshot([tmp_path, tmp_path / "a" / "pod.yaml"])
    assert loaded.counts == {"Pod": 1}


def test_a_missing_path_and_an_empty_folder_are_errors(tmp_path: Path) -> None:
    (tmp_path / "pods.yaml").write_text(POD)
    (tmp_path / "empty").mkdir()
    loaded = load_snapshot([tmp_path / "pod.yaml", tmp_path / "empty"])
    assert "no such file or folder; did you mean" in str(loaded.errors[0])
    assert "holds no .yaml" in str(loaded.errors[1])


def test_standard_input_is_a_file_with_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    text = POD.replace("name: web", "name: Web")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    (error,) = load_snapshot(["-"]).errors
    assert str(error).startswith("<stdin>:4:3: Pod shop/Web: metadata.name:")


def test_documents_are_counted_the_empty_ones_too(load: Load) -> None:
    text = f"# one\n---\n---\n# two\n---\n{POD}...\n{POD.replace('web', 'Web')}"
    (error,) = load({"p.yaml": text}).errors
    assert error.source.document == 4
    assert str(error.place).endswith("p.yaml:16:3")
