"""What native code would bring: the work of numpy once more by kernels that numba compiles.

netsim has no native code. This says what it goes without; numba is no dependency of anything,
so install it for this alone: pip install numba
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.alone import alone
from benchmarks.measure import timed
from benchmarks.row import Row
from benchmarks.setting import Setting
from benchmarks.yardsticks import PORT
from netsim.compiler.sets import ClassSet
from netsim.grants import grants_of
from netsim.graph import Graph
from netsim.matrix import PortMatrix
from netsim.model.policy import Direction
from netsim.model.ports import line_position

_QUESTIONS = 1_000_000
_Octets = NDArray[np.uint8]
_Numbers = NDArray[np.int64]


def native(setting: Setting) -> Iterator[Row]:
    """Both ends of the matrix of one port, and questions in a batch."""
    from numba import njit

    fill, look = njit(_fill), njit(_look)
    graph = Graph(setting.compiled)
    grants = [
        grants_of(graph, direction) for direction in (Direction.EGRESS, Direction.INGRESS)
    ]

    def unprepared() -> PortMatrix:
        count = len(setting.compiled.classes)
        return PortMatrix(count, line_position(*PORT), *grants)

    matrix = unprepared()
    flat = [_flattened(pairs) for pairs in (matrix._egress, matrix._ingress)]  # noqa: SLF001
    shape = (matrix.count, matrix.width)

    def filled() -> list[_Octets]:
        ends = [np.zeros(shape, np.uint8) for _ in flat]
        for end, arrays in zip(ends, flat, strict=True):
            fill(end, *arrays)
        return ends

    ours = unprepared().prepare()._kept  # noqa: SLF001
    if ours is None:
        return
    for theirs, own in zip(filled(), ours, strict=True):
        np.testing.assert_array_equal(theirs, own)
    plain = timed(lambda: unprepared().prepare(), setting.repeats).seconds
    kernel = timed(filled, setting.repeats).seconds
    yield _row(setting, "both ends of a matrix", plain, kernel, "from the grants of one port")
    yield _questions(setting, matrix.prepare(), look)


def _questions(setting: Setting, matrix: PortMatrix, look: Callable[..., None]) -> Row:
    random = np.random.default_rng(setting.shape.seed)
    left, right = random.integers(0, matrix.count, (2, _QUESTIONS))
    answers = np.empty(_QUESTIONS, np.bool_)
    joined = np.concatenate([block.copy() for _, block in matrix.blocks()])
    look(joined, left, right, answers)
    np.testing.assert_array_equal(answers, matrix.lookup(left, right))
    plain = timed(lambda: matrix.lookup(left, right), setting.repeats).seconds
    kernel = timed(lambda: look(joined, left, right, answers), setting.repeats).seconds
    return _row(setting, "a million questions between classes", plain, kernel, "on one port")


def _row(setting: Setting, name: str, plain: float, kernel: float, note: str) -> Row:
    shape, built = setting.shape, setting.compiled
    return Row(
        f"{name}: numpy",
        shape.mode,
        shape.pods,
        shape.policies,
        plain,
        classes=len(built.classes),
        rules=len(built.rules),
        ratios={"numba": kernel / plain},
        note=f"{note}; numba {kernel * 1e3:.3g} ms, one thread, compiled beforehand",
    )


def _flattened(pairs: list[tuple[int, int, bytes, ClassSet]]) -> tuple[NDArray[Any], ...]:
    """Sources and targets of all pairs as one array of octets each, and where each begins."""
    sources = np.frombuffer(b"".join(octets for _, _, octets, _ in pairs), np.uint8)
    targets = np.frombuffer(b"".join(it.octets for *_, it in pairs), np.uint8)
    firsts = np.array([(start, it.first) for start, _, _, it in pairs])
    lengths = np.array([(len(octets), len(it.octets)) for _, _, octets, it in pairs])
    ends = np.cumsum(lengths, axis=0)
    return sources, targets, firsts, ends - lengths, ends


def _fill(rows: _Octets, sources: _Octets, targets: _Octets, *places: _Numbers) -> None:
    """Adds each pair's targets to the rows of its sources."""
    firsts, begins, ends = places
    for pair in range(len(firsts)):
        low = firsts[pair, 1] - begins[pair, 1]
        for at in range(begins[pair, 0], ends[pair, 0]):
            row = (firsts[pair, 0] + at - begins[pair, 0]) * 8
            for bit in range(8):
                if sources[at] >> bit & 1:
                    for column in range(begins[pair, 1], ends[pair, 1]):
                        rows[row + bit, low + column] |= targets[column]


def _look(rows: _Octets, left: _Numbers, right: _Numbers, answers: NDArray[np.bool_]) -> None:
    """Pair by pair the bit of the target in the row of the source."""
    for at in range(len(left)):
        answers[at] = rows[left[at], right[at] >> 3] >> (right[at] & 7) & 1


if __name__ == "__main__":
    alone(native)
