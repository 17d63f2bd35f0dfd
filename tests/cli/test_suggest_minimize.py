import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Run

_PODS = """\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: c, image: i}]}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop, labels: {app: db}}
spec: {containers: [{name: c, image: i}]}
"""
_GUARD = """\
# Who may ask the database.
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: guard, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress:
  # the shop
  - from:
    - podSelector: {matchLabels: {app: web}}
    - podSelector: {matchLabels: {app: web,  tier: a}}   # narrower
    - podSelector: {matchLabels: {app: nobody}}
    ports:
    - {port: 5432, endPort: 5440}
    - port: 5433   # among them
  # again
  - from: [{podSelector: {matchLabels: {app: web}}}]
    ports: [{port: 5432}]
"""
_COPY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: copy, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db, tier: a}}
  ingress:
  - from: [{podSelector: {matchLabels: {app: web}}}]
    ports: [{port: 5432}]
"""
_DENY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: shop}
spec: {podSelector: {}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny-again, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress]}
"""
Write = Callable[..., Path]


def test_what_others_allow_is_told_with_the_rule_that_stays(run: Run, write: Write) -> None:
    folder = write(_PODS, _GUARD, _COPY, _DENY)
    answer = run("suggest", "minimize", "-f", folder)
    head = answer.out[: answer.out.index("---\n")].splitlines()
    first = "shop/guard spec.ingress[0]"
    dropped = [
        f"spec.ingress[1] is dropped: {first} allows it",
        "spec.ingress[0].from[1] is dropped: the other peers of the rule allow it",
        "spec.ingress[0].ports[1] is dropped: the other ports of the rule allow it",
    ]
    assert answer.code == 0
    assert head == [
        "# drop what other rules allow: 1 policy, 1 rule, 1 peer, 1 port",
        f"#   shop/copy: is dropped: {first} allows it ({folder}/c.yaml:1:1)",
        f"#   shop/guard: {'; '.join(dropped)} ({folder}/b.yaml:2:1)",
        "# opens nothing",
        "# closes nothing",
        "# delete NetworkPolicy shop/copy",
    ]


def test_written_files_keep_all_else_and_nothing_is_left_to_drop(
    run: Run, write: Write
) -> None:
    folder = write(_PODS, _GUARD, _COPY, _DENY)
    before = run("list", "-f", folder, "-o", "json").out
    answer = run("suggest", "minimize", "-f", folder, "--write")
    assert answer.code == 0
    told = [line.partition(" is dropped")[0] for line in answer.out.splitlines()]
    assert told == [
        "drop what other rules allow: 1 policy, 1 rule, 1 peer, 1 port",
        "  shop/copy:",
        "  shop/guard: spec.ingress[1]",
        "opens nothing",
        "closes nothing",
        f"{folder}/b.yaml is written",
        f"{folder}/c.yaml is removed",
    ]
    assert (folder / "b.yaml").read_text() == _GUARD.replace(
        "    - podSelector: {matchLabels: {app: web,  tier: a}}   # narrower\n", ""
    ).replace("    - port: 5433   # among them\n", "").partition("  # again\n")[0]
    assert not (folder / "c.yaml").exists()
    assert "c.yaml has no object left and goes" in answer.err
    assert [(folder / name).read_text() for name in ("a.yaml", "d.yaml")] == [_PODS, _DENY]
    assert run("list", "-f", folder, "-o", "json").out == before
    again = run("suggest", "minimize", "-f", folder, "--write")
    assert (again.code, again.out) == (0, "")
    assert "nothing to drop" in again.err
    assert sorted(path.name for path in folder.iterdir()) == ["a.yaml", "b.yaml", "d.yaml"]


def test_the_patch_does_what_write_does(
    run: Run, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(_PODS, _GUARD.replace("\n", "\r\n"), _COPY, _DENY.rstrip())
    monkeypatch.setattr("os.path.relpath", lambda path: Path(path).name)
    answer = run("suggest", "minimize", "-f", folder, "--patch")
    assert answer.code == 0
    assert answer.out.startswith("# drop what other rules allow: 1 policy")
    assert "# closes nothing\n--- a/b.yaml\n+++ b/b.yaml\n@@ " in answer.out
    assert "--- a/c.yaml\n+++ /dev/null\n" in answer.out
    old = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert old["b.yaml"] == _GUARD.replace("\n", "\r\n").encode()
    git = ["git", "apply", "-"]
    subprocess.run(git, cwd=folder, input=answer.out.encode(), check=True)
    patched = {path.name: path.read_bytes() for path in folder.iterdir()}
    for name, content in old.items():
        (folder / name).write_bytes(content)
    run("suggest", "minimize", "-f", folder, "--write")
    assert patched == {path.name: path.read_bytes() for path in folder.iterdir()}
    assert patched.keys() == {"a.yaml", "b.yaml", "d.yaml"}


def test_values_tell_the_manifest_that_is_wanted(run: Run, write: Write) -> None:
    folder = write(_PODS, _GUARD, _COPY)
    found = json.loads(run("suggest", "minimize", "-f", folder, "-o", "json").out)
    (option,) = found["options"]
    copy, guard = option["edits"]
    assert copy["manifest"] is None
    assert len(guard["manifest"]["spec"]["ingress"]) == 1
    assert (option["opened"], option["closed"]) == ([], [])


def test_one_namespace_is_asked_for(run: Run, write: Write) -> None:
    moved = [text.replace("namespace: shop", "namespace: bank") for text in (_GUARD, _COPY)]
    folder = write(_PODS, _GUARD, _COPY, *moved)
    answer = run("suggest", "minimize", "bank", "-f", folder)
    assert "bank/copy: is dropped" in answer.out
    assert "shop/" not in answer.out
    assert run("suggest", "minimize", "bank", "-f", folder, "--write").code == 0
    assert (folder / "b.yaml").read_text() == _GUARD
    assert "nothing to drop" in run("suggest", "minimize", "bank", "-f", folder).err
    wrong = run("suggest", "minimize", "bankk", "-f", folder)
    assert wrong.code == 2
    assert "did you mean 'bank'?" in wrong.err


_BLOCKS = (
    "ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8%s}}, {ipBlock: {cidr: 10.0.0.0/9}}%s]}]"
)
_THIRD = "ingress[0].from[2]"
_KEY_A = "{podSelector: {matchExpressions: [{key: a, operator: %s}]}}"
_OWN = "egress: [{to: [{namespaceSelector: {matchLabels: {%s}}}, {podSelector: {}}]}]"
_BOTH = "[{key: a, operator: In, values: [b]}, {key: a, operator: NotIn, values: [b]}]"


@pytest.mark.parametrize(
    ("rules", "dropped"),
    [
        ("ingress: [{}, {ports: [{port: 1}]}]", ["ingress[1]"]),
        ("ingress: [{ports: [{}, {protocol: UDP}, {protocol: SCTP}]}, {}]", ["ingress[0]"]),
        ("ingress: [{}, {ports: [{}, {protocol: UDP}, {protocol: SCTP}]}]", ["ingress[1]"]),
        ("ingress: [{ports: [{}, {port: http}]}]", ["ingress[0].ports[1]"]),
        ("ingress: [{ports: [{port: 80}, {port: http}]}]", []),
        ("ingress: [{ports: [{port: 80}, {port: 80, protocol: UDP}]}]", []),
        ("ingress: [{from: [{podSelector: {}}]}, {from: [{ipBlock: {cidr: 0.0.0.0/0}}]}]", []),
        (_BLOCKS % ("", ""), ["ingress[0].from[1]"]),
        (_BLOCKS % (", except: [10.1.0.0/16]", ""), []),
        (_BLOCKS % (", except: [10.1.0.0/16]", ", {ipBlock: {cidr: 10.1.0.0/16}}"), [_THIRD]),
        (
            (
                f"ingress: [{{from: [{_KEY_A % 'Exists'}, {_KEY_A % 'DoesNotExist'}, "
                "{podSelector: {matchLabels: {b: c}}}]}]"
            ),
            [_THIRD],
        ),
        ("egress: [{to: [{namespaceSelector: {}}, {podSelector: {}}]}]", ["egress[0].to[1]"]),
        (_OWN % "kubernetes.io/metadata.name: shop", ["egress[0].to[1]"]),
        (_OWN % "team: a", []),
        (
            f"ingress: [{{from: [{{podSelector: {{matchExpressions: {_BOTH}}}}}]}}]",
            ["ingress[0]"],
        ),
    ],
)
def test_what_is_implied_for_any_pod_goes_and_nothing_else(
    run: Run, write: Write, rules: str, dropped: list[str]
) -> None:
    policy = _DENY.partition("spec:")[0]
    namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {team: a}}\n"
    folder = write(
        f"{namespace}---\n{_PODS}---\n{policy}spec:\n  podSelector: {{}}\n  {rules}\n"
    )
    out = run("suggest", "minimize", "-f", folder, "-o", "json").out
    edits = [edit for option in json.loads(out)["options"] for edit in option["edits"]]
    told = [part for edit in edits for part in edit["summary"].split("; ")]
    assert [part.partition(" is dropped")[0].removeprefix("spec.") for part in told] == dropped


def _policy(name: str, subject: str, peer: str) -> str:
    head = _COPY.partition("metadata")[0]
    return (
        f"{head}metadata: {{name: {name}, namespace: shop}}\n"
        f"spec: {{podSelector: {subject}, ingress: [{{from: [{peer}]}}]}}\n"
    )


_APP_DB, _WEB = "{matchLabels: {app: db}}", "{podSelector: {matchLabels: {app: web}}}"
_IN_A = "{podSelector: {matchLabels: {app: web}}, namespaceSelector: {matchLabels: {team: a}}}"
_NOT_A = _IN_A.replace(
    "matchLabels: {team: a}", "matchExpressions: [{key: team, operator: NotIn, values: [a]}]"
)
_ANYWHERE = "{podSelector: {matchLabels: {app: web}}, namespaceSelector: {}}"


@pytest.mark.parametrize(
    ("policies", "dropped"),
    [
        ([(_APP_DB, _WEB), ("{}", _WEB)], ["first"]),
        ([("{}", _WEB), (_APP_DB, _WEB)], ["second"]),
        ([(_APP_DB, _WEB), (_APP_DB, _WEB)], ["second"]),
        ([(_APP_DB, _WEB), ("{matchLabels: {app: api}}", _WEB)], []),
        ([(_APP_DB, _WEB), (_APP_DB, "{podSelector: {matchLabels: {app: api}}}")], []),
        ([(_APP_DB, _WEB.replace("web", "web, tier: a")), (_APP_DB, _WEB)], ["first"]),
        ([(_APP_DB, _IN_A), (_APP_DB, _WEB)], []),
        ([(_APP_DB, _IN_A), (_APP_DB, _ANYWHERE)], ["first"]),
        ([(_APP_DB, _ANYWHERE), (_APP_DB, _IN_A), (_APP_DB, _NOT_A)], ["third", "second"]),
        ([("{}", _IN_A), ("{}", _NOT_A), (_APP_DB, _ANYWHERE)], ["third"]),
        ([("{}", _IN_A), (_APP_DB, _ANYWHERE)], []),
    ],
)
def test_subjects_and_namespaces_count(
    run: Run, write: Write, policies: list[tuple[str, str]], dropped: list[str]
) -> None:
    names = ("first", "second", "third")
    texts = [_policy(name, *it) for name, it in zip(names, policies, strict=False)]
    out = run("suggest", "minimize", "-f", write(_PODS, *texts), "-o", "json").out
    edits = [edit for option in json.loads(out)["options"] for edit in option["edits"]]
    assert all(edit["manifest"] is None for edit in edits)
    assert sorted(edit["policy"]["name"] for edit in edits) == sorted(dropped)


def test_a_policy_without_its_last_egress_rule_still_isolates(run: Run, write: Write) -> None:
    both = _COPY.replace("copy", "both").replace(", tier: a", "").replace("ingress", "egress")
    wide = both.replace("both", "all").replace("{matchLabels: {app: db}}", "{}")
    folder = write(_PODS, both.replace("from", "to"), wide.replace("from", "to"))
    assert "shop/both: is dropped" in run("suggest", "minimize", "-f", folder).out
    only = wide.replace("from", "to") + "  policyTypes: [Egress]\n"
    (folder / "c.yaml").write_text(only)
    answer = run("suggest", "minimize", "-f", folder, "--write")
    assert "shop/both: spec.egress[0] is dropped: shop/all spec.egress[0] allows" in answer.out
    assert (
        (folder / "b.yaml")
        .read_text()
        .endswith("  egress: []\n  policyTypes:\n  - Ingress\n  - Egress\n")
    )
    assert run("suggest", "minimize", "-f", folder).out == ""


def test_what_cannot_be_edited_is_said_and_nothing_is_written(
    run: Run, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ruamel.yaml", None)
    text = f"{_PODS}---\n{_COPY}---\n{_GUARD}"
    piped = run("suggest", "minimize", "-f", "-", "--patch", stdin=text)
    assert (piped.code, piped.out) == (2, "")
    assert "standard input, pipes and commits cannot be edited" in piped.err
    folder = write(_PODS, _GUARD, _COPY)
    anchored = _GUARD.replace("  - from:\n", "  - from: &some\n", 1)
    (folder / "b.yaml").write_text(anchored)
    answer = run("suggest", "minimize", "-f", folder, "--write")
    assert (answer.code, answer.out) == (2, "")
    assert f"{folder}/b.yaml:2:1: an anchor (&) stands where" in answer.err
    assert answer.err.endswith("; nothing is written\n")
    assert (folder / "b.yaml").read_text() == anchored
    assert (folder / "c.yaml").read_text() == _COPY


def test_an_object_that_is_written_twice_is_not_deleted_once(run: Run, write: Write) -> None:
    folder = write(_PODS, _GUARD, _COPY, _COPY.replace("port: 5432", "port: 5434"))
    answer = run("suggest", "minimize", "-f", folder, "--write")
    assert answer.code == 2
    assert f"{folder}/d.yaml:1:1: shop/copy: NetworkPolicy shop/copy stands in" in answer.err
    assert (folder / "d.yaml").exists()


def test_a_patch_of_files_outside_the_current_folder_is_refused(run: Run, write: Write) -> None:
    folder = write(_PODS, _GUARD, _COPY)
    answer = run("suggest", "minimize", "-f", folder, "--patch")
    assert (answer.code, answer.out) == (2, "")
    assert f"{folder}/b.yaml: is outside the current folder" in answer.err


def test_an_object_that_moves_is_edited_where_it_stands(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.path.relpath", lambda path: Path(path).name)
    for path in (ROOT / "fixtures/clusters/ai-security-platform/manifests").iterdir():
        shutil.copy(path, tmp_path)
    question = ("storage/openwebui-db-init", "storage/postgresql-cluster-1", "-p", "5432")
    patch = run("suggest", "allow", *question, "-f", tmp_path, "--option", "3", "--patch").out
    told = [line for line in patch.splitlines() if line[0] in "+-"]
    assert told[2:] == ["-  namespace: storage", "+  namespace: ai-apps"]
    run("suggest", "allow", *question, "-f", tmp_path, "--option", "3", "--write")
    moved = ("ai-apps/openwebui-db-init", *question[1:])
    assert run("can", *moved, "-f", tmp_path).code == 0


def test_a_new_policy_stands_beside_those_of_its_namespace(run: Run, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "fixtures/clusters/shop/manifests", tmp_path / "shop")
    question = ("monitoring/prometheus", "shop/api", "-p", "8080", "-f", tmp_path / "shop")
    several = run("suggest", "allow", *question, "--write")
    assert several.code == 2
    assert "there are 2 options: choose one with --option N" in several.err
    answer = run("suggest", "allow", *question, "--option", "2", "--write")
    assert answer.code == 0
    assert answer.out.splitlines()[-1] == f"{tmp_path}/shop/policies.yaml is written"
    assert "it is allowed already" in run("suggest", "allow", *question, "--write").err


def test_where_no_policy_is_a_new_file_is_made(run: Run, write: Write) -> None:
    folder = write(_PODS, _PODS.replace("namespace: shop", "namespace: bank"))
    answer = run(
        "suggest", "deny", "bank/web", "shop/db", "-f", folder, "--option", "1", "--write"
    )
    assert answer.code == 0
    (made,) = {path.name for path in folder.iterdir()} - {"a.yaml", "b.yaml"}
    assert f"{folder}/{made} is new: a kustomization would have to name it" in answer.err
    assert run("can", "bank/web", "shop/db", "-f", folder).code == 1


def test_links_and_permissions_stay(run: Run, write: Write, tmp_path: Path) -> None:
    folder = write(_PODS, _GUARD)
    real = tmp_path / "real"
    real.mkdir()
    (folder / "b.yaml").rename(real / "guard.yaml")
    (real / "guard.yaml").chmod(0o640)
    (folder / "b.yaml").symlink_to(real / "guard.yaml")
    paths = [word for name in ("a.yaml", "b.yaml") for word in ("-f", folder / name)]
    assert run("suggest", "minimize", *paths, "--write").code == 0
    assert (folder / "b.yaml").is_symlink()
    assert (real / "guard.yaml").stat().st_mode & 0o777 == 0o640
    assert "again" not in (real / "guard.yaml").read_text()


def test_files_that_cannot_be_written_stay_all_alike(
    run: Run, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(_PODS, _GUARD, _COPY)

    def refused(path: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied", str(path), None, str(target))

    monkeypatch.setattr(Path, "replace", refused)
    answer = run("suggest", "minimize", "-f", folder, "--write")
    assert (answer.code, answer.out) == (2, "")
    assert "b.yaml: cannot be written: Permission denied; nothing is written" in answer.err
    assert sorted(path.name for path in folder.iterdir()) == ["a.yaml", "b.yaml", "c.yaml"]
    assert (folder / "b.yaml").read_text() == _GUARD


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--patch", "--write"), "exclude each other"),
        (("--patch", "-o", "json"), "goes neither with"),
        (("--option", "2"), "there are 1 options"),
    ],
)
def test_wrong_usage(run: Run, write: Write, words: tuple[str, ...], said: str) -> None:
    answer = run("suggest", "minimize", "-f", write(_PODS, _GUARD), *words)
    assert answer.code == 2
    assert said in answer.err
