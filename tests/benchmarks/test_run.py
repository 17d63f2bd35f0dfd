"""The whole run works on tiny clusters, and its table holds every row."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks import results, run
from benchmarks.bench_compile import compiling
from benchmarks.bench_query import questions
from benchmarks.growth import growth_table, memory_by_pods, seconds_by_pods
from benchmarks.machine import Machine, machine
from benchmarks.measure import added_memory, timed
from benchmarks.results import Run, rewrite_readme, write
from benchmarks.row import MEMORY, PLAIN, REFERENCE, Row
from benchmarks.setting import Setting
from benchmarks.shape import Mode, Shape
from benchmarks.table import cells, markdown

ROW = Row("compile", "replicas", 100, 10, 0.001, memory=1_000_000, ratios={PLAIN: 44.4})
LARGER = replace(ROW, pods=1_000, policies=100, seconds=0.01, memory=20_000_000)
HERE = Machine(2, "a processor", 10**9, "a system", "3", {"numpy": "2"}, 10e9, 0.1)


def made(*rows: Row) -> Run:
    return Run("python benchmarks/run.py", HERE, "abc of today", rows)


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of a run over every benchmark."""
    folder = tmp_path_factory.mktemp("results")
    here = machine(array_bytes=1 << 20)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "machine", lambda: here)
        patch.setattr("benchmarks.bench_cli.PEERS_SHAPES", ((10, 8),))
        words = ["--quick", "--pods", "20", "--distinct", "20", "--output", str(folder)]
        patch.setattr("sys.argv", ["benchmarks/run.py", *words])
        finished = CliRunner().invoke(run.main, words, catch_exceptions=False)
    assert finished.exit_code == 0
    return folder


def names(folder: Path, cluster: str) -> set[str]:
    found = json.loads((folder / "results.json").read_text())["rows"]
    return {row["name"] for row in found if row["cluster"] == cluster}


def test_every_benchmark_has_rows(quick: Path) -> None:
    assert names(quick, "replicas") >= {
        "load JSON dump",
        "load YAML dump",
        "load YAML manifests",
        "compile",
        "question by handle, asked before",
        "question by handle, never asked",
        "question by flow",
        "question in a batch",
        "row of one pod",
        "question by name, with its assumptions",
        "matrix of one port",
        "matrix of one port, streamed",
        "every edge with its ports",
        "replace a policy",
        "replace a policy, classes split",
        "diff",
    }
    assert names(quick, "distinct") >= {"compile", "question by flow", "matrix of one port"}
    assert names(quick, "workloads") == {"netsim list", "netsim list, many policies"}
    assert names(quick, "fixture") == {"netsim can"}


def test_the_table_says_how_it_was_made(quick: Path) -> None:
    text = (quick / "table.md").read_text()
    assert "`python benchmarks/run.py --quick --pods 20" in text
    assert "numpy" in text
    assert "| compile | replicas | 20 | 2 |" in text


def test_an_unknown_benchmark_is_refused() -> None:
    finished = CliRunner().invoke(run.main, ["--only", "everything"])
    assert finished.exit_code == 2
    assert "no benchmark everything" in finished.output


def test_clusters_are_measured_small_ones_first() -> None:
    found = list(run.shapes("100,1000", "100"))
    assert [(shape.pods, shape.policies, shape.mode) for shape in found] == [
        (100, 10, Mode.REPLICAS),
        (1_000, 100, Mode.REPLICAS),
        (100, 10, Mode.DISTINCT),
    ]


def test_rows_count_classes_and_rules_and_compare(tmp_path: Path) -> None:
    setting = Setting(Shape(pods=40, policies=20), 1e10, tmp_path, repeats=1)
    (compiled,) = compiling(setting)
    assert compiled.classes == len(setting.compiled.classes)
    assert compiled.rules == len(setting.compiled.rules)
    assert PLAIN in compiled.ratios
    assert all(REFERENCE in row.ratios for row in questions(setting))


def test_added_memory_is_what_the_work_adds() -> None:
    assert 10_000_000 <= added_memory(_nothing, _ten_megabytes, 10_000_000) < 20_000_000


def _nothing(size: int) -> int:
    return size


def _ten_megabytes(size: int) -> bytes:
    return b"x" * size


def test_work_is_done_as_often_as_asked() -> None:
    done: list[int] = []
    timing = timed(lambda: done.append(1), 4)
    assert len(done) == len(timing.cpu) == len(timing.wall) == 4
    assert timing.best <= timing.seconds


def test_growth_is_the_slope_between_sizes() -> None:
    (seconds,), (memory,) = seconds_by_pods([ROW, LARGER]), memory_by_pods([ROW, LARGER])
    assert seconds.exponent == pytest.approx(1.0)
    assert memory.exponent == pytest.approx(1.301, abs=0.001)
    assert "| compile | seconds | 100, 1,000 | 1.00 |" in growth_table([("seconds", [seconds])])


def test_adversarial_clusters_are_no_part_of_growth() -> None:
    assert seconds_by_pods([ROW, replace(LARGER, cluster="distinct")]) == []


def test_figures_have_three_digits_and_a_unit() -> None:
    row = replace(ROW, ratios={REFERENCE: 1234.5, PLAIN: 2.345, MEMORY: 0.4567}, classes=1_016)
    assert cells(row) == (
        "compile",
        "replicas",
        "100",
        "10",
        "1 ms",
        "1 MB",
        "1,016",
        "",
        "1,234x judge, 2.3x plain matrix, 0.46 of memory",
        "",
    )
    assert markdown([row]).count("\n") == 3


def test_the_readme_gets_the_largest_of_each_headline(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{results.START}old\n{results.END}after\n")
    rewrite_readme(made(ROW, LARGER, replace(LARGER, cluster="distinct", pods=5_000)), readme)
    text = readme.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "| compile | 1,000 / 100 replicas | 10 ms | 44x plain matrix |" in text
    assert "old" not in text
    assert "100 / 10" not in text


def test_a_readme_without_the_place_is_left_alone(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("nothing here\n")
    with pytest.raises(ValueError, match="does not hold"):
        rewrite_readme(made(ROW), readme)
    assert readme.read_text() == "nothing here\n"


def test_the_readme_has_the_place() -> None:
    text = results.README.read_text()
    assert text.count(results.START) == text.count(results.END) == 1


def test_plots_are_small(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    question = replace(ROW, name="question by flow")
    written = write(made(ROW, LARGER, question, replace(question, pods=1_000)), tmp_path)
    pictures = [path for path in written if path.suffix == ".png"]
    assert len(pictures) == 3
    assert all(5_000 < path.stat().st_size < 200_000 for path in pictures)
