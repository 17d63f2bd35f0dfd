"""Fleets on a local Dask cluster: nothing lost, nothing mixed up, faults named."""

import json
import os
import signal
import sys
from io import BytesIO
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from netsim import load
from netsim.errors import DocumentError, MissingExtraError
from netsim.fleet.plan import Job, Wanted, jobs
from netsim.fleet.run import connected, reports
from netsim.fleet.tasks import Report, examine
from netsim.model.workload import Endpoint
from tests.cli.conftest import ROOT, Run

SHOP = ROOT / "fixtures/clusters/shop/manifests"
PLATFORM = ROOT / "fixtures/clusters/ai-security-platform/manifests"

pytestmark = pytest.mark.filterwarnings("default")
"""What Dask's own processes and sockets warn of is not netsim's."""


def as_list(folder: Path) -> str:
    """Manifests as a capture would hold them."""
    import yaml

    texts = (path.read_text() for path in sorted(folder.rglob("*.yaml")))
    items = [item for text in texts for item in yaml.safe_load_all(text) if item]
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items})


@pytest.fixture
def captures(tmp_path: Path) -> Path:
    """Two sound captures and one that is cut off."""
    folder = tmp_path / "captures"
    folder.mkdir()
    (folder / "shop.json").write_text(as_list(SHOP))
    (folder / "platform.json").write_text(as_list(PLATFORM))
    (folder / "broken.json").write_text(as_list(SHOP)[:-40])
    return folder


def rows(packed: bytes) -> list[dict[str, object]]:
    table: list[dict[str, object]] = pq.read_table(BytesIO(packed)).to_pylist()
    return table


def flat(rows: list[dict[str, object]]) -> list[tuple[object, ...]]:
    return sorted(tuple(row.values()) for row in rows)


SINGLE_PODS = [
    {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": space}}
    for name in ("a", "b", "c")
    for space in ("shop", "auth")
]
FOREIGN = {
    "apiVersion": "cilium.io/v2",
    "kind": "CiliumNetworkPolicy",
    "metadata": {"name": "guard", "namespace": "shop"},
    "spec": {},
}
"""Makes what touches its namespace undecided."""


@pytest.mark.parametrize("more", [[], [*SINGLE_PODS, FOREIGN]], ids=["workloads", "pods"])
def test_a_task_lists_what_the_cluster_lists(
    captures: Path, more: list[dict[str, object]]
) -> None:
    listed = json.loads(as_list(SHOP))
    listed["items"] += more
    (captures / "shop.json").write_text(json.dumps(listed))
    report = examine(Job("shop", str(captures / "shop.json"), Wanted()))
    connections = load(captures / "shop.json").connections()
    assert any(row.undecided for row in connections) == bool(more)
    expected = [
        (row.source, row.target, span, "; ".join(row.undecided))
        for row in connections
        for span in row.ports
    ]
    found = rows(report.tables["connections"])
    assert report.counts["connections"] == len(found) == len(expected)
    for row, (source, target, span, undecided) in zip(found, expected, strict=True):
        assert (row["first_port"], row["last_port"]) == (span.first, span.last)
        assert (row["protocol"], row["undecided"]) == (span.protocol.value, undecided)
        for side, party in (("source", source), ("target", target)):
            if isinstance(party, Endpoint):
                assert (row[f"{side}_namespace"], row[side]) == (party.namespace, party.name)
            else:
                assert row[side] == str(party)


@pytest.mark.parametrize("block", [1, 3, 7])
def test_blocks_together_are_the_whole(captures: Path, block: int) -> None:
    path = str(captures / "platform.json")
    whole = examine(Job("platform", path, Wanted()))
    first = examine(Job("platform", path, Wanted(block=block)))
    parts = [first, *map(examine, first.job.rest(first.counts["sources"]))]
    assert len(parts) == -(-whole.counts["sources"] // block)
    together = [row for part in parts for row in rows(part.tables["connections"])]
    assert flat(together) == flat(rows(whole.tables["connections"]))


def test_a_broken_capture_fails_alone_and_is_named(process: Run, captures: Path) -> None:
    results = captures.parent / "results"
    finished = process(
        "fleet", captures, "--workers", "2", "--block", "2", "--output-dir", results
    )
    assert finished.code == 2, finished.err
    lines = {line.split()[0]: line for line in finished.out.splitlines()}
    assert "broken.json" in lines["broken"]
    assert "not JSON" in lines["broken"]
    assert lines["shop"].endswith("ok")
    assert lines["platform"].endswith("ok")
    summary = {
        row["cluster"]: row for row in pq.read_table(results / "clusters.parquet").to_pylist()
    }
    assert summary["broken"]["error"]
    for name in ("shop", "platform"):
        cluster = load(captures / f"{name}.json")
        count = sum(len(list(row.ports)) for row in cluster.connections())
        query = f"select count(*) from '{results}/connections/{name}-*.parquet'"  # noqa: S608
        counted = duckdb.connect().execute(query).fetchone()
        assert counted == (count,) == (summary[name]["connections"],)


def test_lint_and_changes_are_tables_too(process: Run, captures: Path) -> None:
    (captures / "broken.json").unlink()
    before = captures.parent / "before"
    before.mkdir()
    for path in captures.iterdir():
        (before / path.name).write_text(path.read_text())
    shop = json.loads((captures / "shop.json").read_text())
    for item in shop["items"]:
        if item["metadata"]["name"] == "db-guard":
            item["spec"]["ingress"].append({"ports": [{"port": 22}]})
    (captures / "shop.json").write_text(json.dumps(shop))
    results = captures.parent / "results"
    options = ("--lint", "--before", before, "--no-connections", "--output-dir", results)
    finished = process("fleet", captures, "--workers", "1", *options)
    assert finished.code == 1, finished.err
    changes = pq.read_table(results / "changes" / "shop-0.parquet").to_pylist()
    (row,) = [it for it in changes if it["source"] == "prometheus"]
    assert (row["change"], row["target"], row["first_port"]) == ("opened", "db", 22)
    assert "db-guard" in row["causes"]
    assert pq.read_table(results / "changes" / "platform-0.parquet").num_rows == 0
    findings = pq.read_table(results / "findings" / "platform-0.parquet").to_pylist()
    linted = process("lint", "-f", captures / "platform.json", "-o", "json")
    told = [(it["rule"], it["subject"]) for it in json.loads(linted.out)["findings"]]
    assert sorted((it["rule"], it["subject"]) for it in findings) == sorted(told)
    assert not (results / "connections").exists()


def test_expectations_are_held_against_every_cluster(process: Run, captures: Path) -> None:
    (captures / "broken.json").unlink()
    promises = captures.parent / "all.netsim.yaml"
    promises.write_text("version: 1\ntests: [{from: shop/web, to: shop/db, expect: allow}]\n")
    results = captures.parent / "results"
    options = ("--no-connections", "--workers", "1", "--output-dir", results)
    finished = process("fleet", captures, "--check", promises, *options)
    assert finished.code == 1, finished.err
    rows = [
        row
        for path in sorted((results / "expectations").iterdir())
        for row in pq.read_table(path).to_pylist()
    ]
    assert [(row["cluster"], row["status"], row["broken"]) for row in rows] == [
        ("platform", "failed", True),
        ("shop", "failed", True),
    ]
    assert "shop/web" in rows[1]["message"]
    promises.write_text("version: 1\ntests: [{fron: shop/web}]\n")
    finished = process("fleet", captures, "--check", promises)
    assert finished.code == 2
    assert "all.netsim.yaml:2" in finished.err


def deadly(job: Job) -> Report:
    """Takes its worker with it the first time, as running out of memory would."""
    mark = Path(f"{job.path}.{job.start}.died")
    if job.cluster == "shop" and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return examine(job)


def always_deadly(job: Job) -> Report:
    """Takes every worker with it."""
    if job.cluster == "shop":
        os.kill(os.getpid(), signal.SIGKILL)
    return examine(job)


def test_a_task_whose_worker_dies_is_done_again(captures: Path) -> None:
    asked = [job for job in jobs(captures, Wanted(block=2)) if job.cluster != "broken"]
    with connected(None, 2) as client:
        found = list(reports(client, asked, deadly))
    assert list(captures.glob("shop.json.0.died"))
    assert [report.error for report in found if report.error] == []
    for job in asked:
        whole = examine(Job(job.cluster, job.path, Wanted()))
        parts = [it for it in found if it.job.cluster == job.cluster]
        together = [row for part in parts for row in rows(part.tables["connections"])]
        assert flat(together) == flat(rows(whole.tables["connections"]))


def test_a_cluster_that_kills_every_worker_fails_alone(captures: Path) -> None:
    asked = [job for job in jobs(captures, Wanted()) if job.cluster != "broken"]
    with connected(None, 2) as client:
        found = {it.job.cluster: it for it in reports(client, asked, always_deadly)}
    assert found["shop"].error == "a worker died again and again"
    assert found["platform"].error == ""


def test_a_list_of_captures_names_them(captures: Path) -> None:
    listed = captures / "fleet.txt"
    listed.write_text("shop.json  # ours\n\n# theirs\nplatform.json\nshop.json\n")
    assert [job.cluster for job in jobs(listed, Wanted())] == ["shop", "platform"]


def test_captures_of_one_name_are_told_apart(captures: Path) -> None:
    (captures / "shop.yaml").write_text("")
    names = [job.cluster for job in jobs(captures, Wanted())]
    assert len(set(names)) == len(names) == 4


def test_a_folder_without_captures_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="no capture is here"):
        jobs(tmp_path, Wanted())


def test_without_dask_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtraError, match=r"netsim-k8s\[fleet\]"), connected(None, 1):
        pass
