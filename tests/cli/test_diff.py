"""`netsim diff` and `netsim snapshot` as people and pipelines use them."""

import gzip
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Run

SHOP = "fixtures/clusters/shop/manifests"
PROPOSED = "fixtures/clusters/shop/proposed"
OPEN_TO_SSH = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ssh, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress]
  ingress: [{from: [{ipBlock: {cidr: 203.0.113.0/24}}], ports: [{port: 22}]}]
"""
CILIUM = """
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: l7, namespace: shop}
spec: {endpointSelector: {}, ingress: [{}]}
"""


def test_the_same_state_twice_differs_in_nothing(run: Run) -> None:
    finished = run("diff", SHOP, SHOP)
    assert (finished.code, finished.out) == (0, "nothing differs\n")


def test_a_difference_exits_with_one(run: Run) -> None:
    assert run("diff", SHOP, PROPOSED).code == 1


def test_a_policy_of_another_name_is_no_difference(run: Run, tmp_path: Path) -> None:
    for file in (ROOT / SHOP).iterdir():
        text = file.read_text().replace("name: db-guard", "name: guard-of-db")
        (tmp_path / file.name).write_text(text)
    assert run("diff", SHOP, tmp_path).code == 0


def test_what_opens_to_the_internet_is_graded_and_placed(
    run: Run, write: Callable[..., Path]
) -> None:
    new = write(OPEN_TO_SSH) / "a.yaml"
    out = run("diff", "-f", SHOP, "--with", new).out
    assert out.splitlines() == [
        "1 opened, highest risk critical",
        "+ 203.0.113.0/24 -> shop/web on 22/TCP",
        "    critical: from the internet; administrative port 22 (SSH)",
        f"    policy added: policy shop/ssh, spec.ingress[0] ({new}:8:13)",
    ]


def test_a_state_may_be_a_commit(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "k8s"
    folder.mkdir()
    (folder / "a.yaml").write_text(OPEN_TO_SSH)

    def git(*words: str) -> None:
        named = ["-c", "user.name=n", "-c", "user.email=n@example.org"]
        subprocess.run(["git", *named, *words], cwd=tmp_path, check=True)  # noqa: S607

    (folder / "z.json.gz").write_bytes(gzip.compress(b'{"kind": "List", "items": []}'))
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "first")
    (folder / "a.yaml").write_text(OPEN_TO_SSH.replace("port: 22", "port: 23"))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path))
    finished = run("diff", "-f", SHOP, "--with", "git:HEAD:k8s", "-o", "json")
    (row,) = json.loads(finished.out)["opened"]
    assert row["causes"][0]["after"]["file"] == "git:HEAD:k8s/a.yaml"
    assert row["causes"][0]["after"]["line"] == 8
    missing = run("diff", "git:nothing:k8s", SHOP)
    assert (missing.code, missing.out) == (2, "")
    assert "no such commit, branch or tag" in missing.err
    nowhere = run("diff", "git:HEAD:charts", SHOP)
    assert nowhere.code == 2
    assert "no such file or folder in HEAD" in nowhere.err


@pytest.mark.parametrize(
    "words",
    [[], [SHOP], [SHOP, SHOP, SHOP], [SHOP, SHOP, "-f", SHOP], ["-f", SHOP]],
    ids=["nothing", "one", "three", "both ways", "no change"],
)
def test_two_states_or_one_and_a_change_are_wanted(run: Run, words: list[str]) -> None:
    finished = run("diff", *words)
    assert finished.code == 2
    assert "give two states" in finished.err


def test_a_name_that_is_not_there_is_answered_with_the_nearest(run: Run) -> None:
    finished = run("diff", "-f", SHOP, "--without", "shop/db-gaurd")
    assert finished.code == 2
    assert "did you mean 'shop/db-guard'" in finished.err


def test_a_policy_that_is_not_evaluated_leaves_a_diff_undecided(
    run: Run, write: Callable[..., Path]
) -> None:
    new = write(CILIUM) / "a.yaml"
    finished = run("diff", "-q", "-f", SHOP, "--with", new)
    assert finished.code == 3
    first, reason = finished.out.splitlines()
    assert first == "nothing differs for certain"
    assert reason == (
        "undecided: CiliumNetworkPolicy shop/l7 (cilium.io/v2) was added and is not evaluated: "
        "traffic of namespace shop may have changed"
    )
    both = ["-q", "-f", SHOP, "-f", new]
    assert run("diff", *both, "--with", new).code == 0
    assert run("diff", *both, "--without", "shop/db-guard").code == 3


def test_a_snapshot_is_a_state(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "saved"
    assert run("snapshot", file, "-f", SHOP).code == 0
    same = run("diff", file, SHOP)
    assert same.code == 0
    changed = run("diff", file, PROPOSED)
    assert changed.code == 1
    assert "+ reports/nightly -> shop/db on 5432/TCP" in changed.out.splitlines()
    assert "note: a side is a saved snapshot" in changed.out


def test_a_stale_snapshot_is_told_with_what_changed(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "saved"
    run("snapshot", file, "-f", SHOP)
    kept = file.read_text()
    assert run("snapshot", "--check", file, "-f", SHOP).code == 0
    stale = run("snapshot", "--check", file, "-f", PROPOSED)
    assert stale.code == 1
    assert "+reports/cj/nightly -> shop/sts/db on 5432/TCP\n" in stale.out
    assert file.read_text() == kept


def test_a_snapshot_does_not_know_replicas(run: Run, tmp_path: Path) -> None:
    file = ROOT / SHOP / "workloads.yaml"
    text = file.read_text()
    assert "replicas: 1\n" in text or "replicas: 3\n" in text
    (tmp_path / "workloads.yaml").write_text(
        text.replace("replicas: 1\n", "replicas: 7\n").replace("replicas: 3\n", "replicas: 1\n")
    )
    (tmp_path / "policies.yaml").write_text((ROOT / SHOP / "policies.yaml").read_text())
    assert run("snapshot", "-", "-f", tmp_path).out == run("snapshot", "-", "-f", SHOP).out
    assert run("diff", SHOP, tmp_path).code == 0


@pytest.mark.parametrize("text", ["", "kind: Pod\n"], ids=["missing", "manifest"])
def test_only_a_snapshot_can_be_checked(run: Run, tmp_path: Path, text: str) -> None:
    file = tmp_path / "saved"
    if text:
        file.write_text(text)
    finished = run("snapshot", "--check", file, "-f", SHOP)
    assert finished.code == 2
    assert "netsim snapshot" in finished.err


def test_a_broken_line_of_a_snapshot_is_told(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "saved"
    run("snapshot", file, "-f", SHOP)
    lines = file.read_text().splitlines()
    lines[3] = "shop/deploy/web -> 10.0.0.300 on 80/TCP"
    file.write_text("\n".join(lines))
    finished = run("diff", file, SHOP)
    assert finished.code == 2
    assert f"{file}:4: not an edge" in finished.err
