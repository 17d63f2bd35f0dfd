"""One question at a time: by handle, by value and by name, against the judge."""

from collections.abc import Iterator
from random import Random

from benchmarks.alone import alone
from benchmarks.measure import timed
from benchmarks.row import Row
from benchmarks.setting import Setting
from benchmarks.yardsticks import PORT, sampled_flows
from netsim.cluster import Cluster
from netsim.model.ports import line_position

_QUESTIONS = 20_000
_HOT = 50
_NAMED = 200


def questions(setting: Setting) -> Iterator[Row]:
    """Point questions: may this one reach that one on this port."""
    yield _row(setting, "question by handle, asked before", _by_handle(setting, hot=True))
    yield _row(setting, "question by handle, never asked", _by_handle(setting, hot=False))
    yield _row(setting, "question by flow", _by_flow(setting))
    yield _row(setting, "question by name, with its assumptions", _by_name(setting))


def _row(setting: Setting, name: str, seconds: float) -> Row:
    return Row(
        name,
        setting.shape.mode,
        setting.shape.pods,
        setting.shape.policies,
        seconds,
        classes=len(setting.compiled.classes),
        rules=len(setting.compiled.rules),
        ratios=setting.yardsticks.against_judge(seconds),
        note="seconds a question, random pairs",
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


def _by_name(setting: Setting) -> float:
    """`Cluster.can_reach`, which also finds out whether an open behaviour would matter."""
    cluster = Cluster(setting.snapshot)
    named = [item.key for item in setting.snapshot.endpoints if not item.finished]
    random = Random(6)
    pairs = [(random.choice(named), random.choice(named)) for _ in range(_NAMED)]
    cluster.verdict(*pairs[0], PORT[1])

    def ask() -> None:
        for source, target in pairs:
            cluster.verdict(source, target, PORT[1])

    return timed(ask, 1).seconds / len(pairs)


if __name__ == "__main__":
    alone(questions)
