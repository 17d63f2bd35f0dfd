"""Everybody to everybody: the matrix of one port over all classes, in blocks of rows."""

from collections.abc import Iterator

from benchmarks.alone import alone
from benchmarks.generate import snapshot
from benchmarks.measure import added_memory, timed
from benchmarks.row import MEMORY, Row
from benchmarks.setting import Setting
from benchmarks.shape import Shape
from benchmarks.yardsticks import PORT
from netsim.bulk import Bulk
from netsim.compiler import Compiled, compile_snapshot
from netsim.edges import edges
from netsim.graph import Graph
from netsim.matrix import PortMatrix
from netsim.model.ports import line_position

_ARRAYS = 3
"""Two are read and one is written."""


def all_pairs(setting: Setting) -> Iterator[Row]:
    """The whole matrix of one port, first from the compiled form, then once more."""
    given, built = setting.snapshot, setting.compiled
    whole = timed(lambda: _every_block(_matrix(built)), setting.repeats).seconds
    pairs = len(given.endpoints) ** 2
    compiled = timed(lambda: compile_snapshot(given), 1).seconds
    yield _row(
        setting,
        "matrix of one port",
        whole,
        memory=added_memory(_compiled, _whole, setting.shape),
        ratios={
            **setting.yardsticks.against_judge(whole, pairs),
            **setting.yardsticks.against_plain(compiled + whole),
        },
        note="compiled form to every block; the plain matrix against compiling and this",
    )
    matrix = _matrix(built).prepare()
    streamed = timed(lambda: _every_block(matrix), setting.repeats).seconds
    moved = _ARRAYS * matrix.count * matrix.width
    yield _row(
        setting,
        "matrix of one port, streamed",
        streamed,
        memory=None,
        ratios={MEMORY: moved / streamed / setting.bandwidth},
        note=f"both ends {'kept' if matrix.prepared else 'made anew for each block'}",
    )
    if setting.edges_fit:
        yield _edges(setting)


def _edges(setting: Setting) -> Row:
    """Exact ports between all classes; never spelled out for each pod."""
    built = setting.compiled
    seconds = timed(lambda: _every_edge(built), setting.repeats).seconds
    number = _every_edge(built)
    return _row(
        setting,
        "every edge with its ports",
        seconds,
        memory=added_memory(_compiled, _every_edge, setting.shape),
        ratios=setting.yardsticks.against_plain(seconds),
        note=f"{number:,} edges, class to classes; the plain matrix is of one port",
    )


def _row(
    setting: Setting,
    name: str,
    seconds: float,
    *,
    memory: int | None,
    ratios: dict[str, float],
    note: str,
) -> Row:
    return Row(
        name,
        setting.shape.mode,
        setting.shape.pods,
        setting.shape.policies,
        seconds,
        memory,
        len(setting.compiled.classes),
        len(setting.compiled.rules),
        ratios,
        note,
    )


def _matrix(compiled: Compiled) -> PortMatrix:
    """With nothing worked out yet, neither here nor in the graph."""
    return Bulk(Graph(compiled)).matrix(line_position(*PORT))


def _every_block(matrix: PortMatrix) -> int:
    return sum(len(block) for _, block in matrix.blocks())


def _compiled(shape: Shape) -> Compiled:
    return compile_snapshot(snapshot(shape))


def _every_edge(compiled: Compiled) -> int:
    return sum(1 for _ in edges(Graph(compiled)))


def _whole(compiled: Compiled) -> int:
    return _every_block(_matrix(compiled))


if __name__ == "__main__":
    alone(all_pairs)
