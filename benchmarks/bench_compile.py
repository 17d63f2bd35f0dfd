"""How long a cluster takes to compile, and what the compiled form adds to memory."""

from collections.abc import Iterator

from benchmarks.alone import alone
from benchmarks.generate import snapshot
from benchmarks.measure import added_memory, timed
from benchmarks.row import Row
from benchmarks.setting import Setting
from netsim.compiler import compile_snapshot


def compiling(setting: Setting) -> Iterator[Row]:
    """Snapshot to compiled form, explanations included."""
    given = setting.snapshot
    seconds = timed(lambda: compile_snapshot(given), setting.repeats).seconds
    yield Row(
        "compile",
        setting.shape.mode,
        len(setting.snapshot.endpoints),
        len(setting.snapshot.policies),
        seconds,
        memory=added_memory(snapshot, compile_snapshot, setting.shape),
        classes=len(setting.compiled.classes),
        rules=len(setting.compiled.rules),
        ratios=setting.yardsticks.against_plain(seconds),
        note="the plain matrix is of one port",
    )


if __name__ == "__main__":
    alone(compiling)
