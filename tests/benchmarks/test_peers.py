"""The comparison with other tools: what they are called with, and how a run can end."""

import json
import sys
from pathlib import Path

import yaml

from benchmarks.bench_peers import commands, measured, run, written
from benchmarks.shape import Shape

SHAPE = Shape(30, 6, replicas=(1, 1), dual_stack=0.0)


def test_every_tool_is_given_the_same_cluster(tmp_path: Path) -> None:
    given = written(SHAPE, tmp_path)
    objects = list(yaml.safe_load_all(given.everything.read_text()))
    policies = [item for item in objects if item["kind"] == "NetworkPolicy"]
    alone = [yaml.safe_load(path.read_text()) for path in given.policies.iterdir()]
    names = {(it["metadata"]["namespace"], it["metadata"]["name"]) for it in policies}
    assert names == {(it["metadata"]["namespace"], it["metadata"]["name"]) for it in alone}
    pods = json.loads(given.model.read_text())["Resources"]["Pods"]
    written_pods = [item for item in objects if item["kind"] == "Pod"]
    assert len(pods) == len(written_pods) == SHAPE.pods


def test_a_second_cluster_leaves_nothing_of_the_first(tmp_path: Path) -> None:
    written(SHAPE, tmp_path)
    given = written(Shape(10, 2, replicas=(1, 1)), tmp_path)
    objects = list(yaml.safe_load_all(given.everything.read_text()))
    policies = [item for item in objects if item["kind"] == "NetworkPolicy"]
    assert len(list(given.policies.iterdir())) == len(policies)


def test_a_tool_without_a_path_is_left_out(tmp_path: Path) -> None:
    given = written(SHAPE, tmp_path)
    assert [name for name, _ in commands(given, "", "")] == ["netsim list"]
    assert [name for name, _ in commands(given, "n", "c")] == [
        "netsim list",
        "network-config-analyzer",
        "cyclonus, one port",
    ]


def test_a_tool_that_fails_says_so_in_the_table(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_text(f"#!{sys.executable}\nraise SystemExit('no such flag')\n")
    broken.chmod(0o755)
    given = written(SHAPE, tmp_path)
    _, row = measured(given, str(broken), "", limit=60)
    assert row.name == "network-config-analyzer"
    assert "ended" not in row.note  # an exit code of 1 is an answer
    broken.write_text(
        f"#!{sys.executable}\nimport sys\nsys.stderr.write('oh no')\nsys.exit(2)\n"
    )
    _, row = measured(given, str(broken), "", limit=60)
    assert row.note == "ended with 2: oh no"


def test_a_tool_is_ended_past_the_limit() -> None:
    ended = run((sys.executable, "-c", "import time; time.sleep(600)"), limit=0.5)
    assert ended.note == "not done after 0 s"
    assert ended.wall == 0.5
