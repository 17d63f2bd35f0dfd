"""One question at a time: by handle, by value and by name, against the judge."""

from collections.abc import Iterator
from random import Random

import numpy as np

from benchmarks.alone import alone
from benchmarks.measure import timed
from benchmarks.row import Row
from benchmarks.setting import Setting
from benchmarks.yardsticks import PORT, sampled_flows
from netsim.bulk import Bulk
from netsim.cluster import Cluster
from netsim.model.ports import line_position

_QUESTIONS = 20_000
_HOT = 50
_NAMED = 200
_BATCH = 1_000_000
_ROWS = 100


def questions(setting: Setting) -> Iterator[Row]:
    """Point questions: may this one reach that one on this port."""
    yield _row(setting, "question by handle, asked before", _by_handle(setting, hot=True))
    yield _row(setting, "question by handle, never asked", _by_handle(setting, hot=False))
    yield _row(setting, "question by flow", _by_flow(setting))
    yield _row(setting, "question in a batch", _in_batch(setting))
    yield _row(setting, "row of one pod", _of_row(setting), len(setting.snapshot.endpoints))
    yield _row(setting, "question by name, asked before", _by_name(setting, hot=True))
    yield _row(setting, "question by name, never asked", _by_name(setting, hot=False))
    yield _row(setting, "question by name, with its assumptions", _explained(setting))


def _row(setting: Setting, name: str, seconds: float, asked: int = 1) -> Row:
    return Row(
        name,
        setting.shape.mode,
        setting.shape.pods,
        setting.shape.policies,
        seconds,
        classes=len(setting.compiled.classes),
        rules=len(setting.compiled.rules),
        ratios=setting.yardsticks.against_judge(seconds, asked),
        note="random pairs" if asked == 1 else "all that one pod reaches on one port",
    )


def _by_handle(setting: Setting, *, hot: bool) -> float:
    """Handles are fetched before; a hot question is one of fifty that come again and again."""
    graph, endpoints, random = setting.graph, setting.snapshot.endpoints, Random(5)
    handles = [graph.handle(endpoint) for endpoint in endpoints]
    different = [
        (random.choice(handles), random.choice(handles))
        for _ in range(_HOT if hot else _QUESTIONS)
    ]
    pairs = different * (_QUESTIONS // len(different))
    position, reaches = line_position(*PORT), graph.reaches

    def ask() -> None:
        for source, target in pairs:
            reaches(source, target, position)

    if hot:
        ask()
    return timed(ask, setting.repeats if hot else 1).seconds / len(pairs)


def _by_flow(setting: Setting) -> float:
    flows, allows = sampled_flows(setting.snapshot, _QUESTIONS // 4), setting.graph.allows

    def ask() -> None:
        for flow in flows:
            allows(flow)

    return timed(ask, setting.repeats).seconds / len(flows)


def _in_batch(setting: Setting) -> float:
    """A million random pairs on one port; what the port needs is worked out before."""
    random = np.random.default_rng(4)
    sources, targets = random.integers(0, len(setting.snapshot.endpoints), (2, _BATCH))
    bulk, position = Bulk(setting.graph), line_position(*PORT)
    bulk.allowed(sources[:1], targets[:1], position)
    return (
        timed(lambda: bulk.allowed(sources, targets, position), setting.repeats).seconds
        / _BATCH
    )


def _of_row(setting: Setting) -> float:
    """Random sources, on a port of which nothing was asked before."""
    random = Random(8)
    sources = [random.randrange(len(setting.snapshot.endpoints)) for _ in range(_ROWS)]
    bulk, position = Bulk(setting.graph), line_position(*PORT)
    bulk.reached(sources[0], position)

    def ask() -> None:
        for source in sources:
            bulk.reached(source, position)

    return timed(ask, setting.repeats).seconds / _ROWS


def _by_name(setting: Setting, *, hot: bool) -> float:
    """`Cluster.can_reach`: each name was used before, though not together with the other."""
    cluster, random = Cluster(setting.snapshot), Random(9)
    named = _names(setting)
    pairs = [(random.choice(named), random.choice(named)) for _ in range(_QUESTIONS)]
    if hot:
        pairs = pairs[:_HOT] * (_QUESTIONS // _HOT)
    for name in {name for pair in pairs for name in pair}:
        cluster.can_reach(name, named[0], PORT[1])

    def ask() -> None:
        for source, target in pairs:
            cluster.can_reach(source, target, PORT[1])

    if hot:
        ask()
    return timed(ask, setting.repeats if hot else 1).seconds / len(pairs)


def _names(setting: Setting) -> list[str]:
    return [item.key for item in setting.snapshot.endpoints if not item.finished]


def _explained(setting: Setting) -> float:
    """`Cluster.verdict`, which also finds out whether an open behaviour would matter."""
    cluster = Cluster(setting.snapshot)
    named = _names(setting)
    random = Random(6)
    pairs = [(random.choice(named), random.choice(named)) for _ in range(_NAMED)]
    cluster.verdict(*pairs[0], PORT[1])

    def ask() -> None:
        for source, target in pairs:
            cluster.verdict(source, target, PORT[1])

    return timed(ask, 1).seconds / len(pairs)


if __name__ == "__main__":
    alone(questions)
