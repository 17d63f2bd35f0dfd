"""What netsim is compared with, measured on the same cluster in the same run."""

from dataclasses import dataclass
from random import Random
from time import process_time

from benchmarks.measure import timed
from benchmarks.plain_matrix import plain_matrix
from benchmarks.row import PLAIN, REFERENCE
from netsim.model.flow import Flow
from netsim.model.ports import Protocol
from netsim.model.snapshot import Snapshot
from netsim.reference import Reference

PORT = (Protocol.TCP, 8080)
"""The port of every one-port question; named on some targets, numbered on others."""
MOST_PODS_OF_PLAIN_MATRIX = 10_000
"""Above this its booleans alone take gigabytes."""
_PORTS = (PORT, (Protocol.TCP, 5432), (Protocol.TCP, 9102), (Protocol.UDP, 53))
_JUDGED_FOR = 0.5
"""Seconds of CPU that a sample for the judge may take."""


@dataclass(slots=True)
class Yardsticks:
    """The judge and the plain matrix for one snapshot; each measured when first asked for."""

    snapshot: Snapshot
    _judge: float | None = None
    _plain: float | None = None

    def judge(self) -> float:
        """Seconds of a question to the judge, from a sample of random pairs and ports."""
        if self._judge is None:
            self._judge = judged(self.snapshot, sampled_flows(self.snapshot, 1_000))
        return self._judge

    def plain(self) -> float | None:
        """Seconds of the plain matrix of one port; None where it would not fit."""
        if self._plain is None and len(self.snapshot.endpoints) <= MOST_PODS_OF_PLAIN_MATRIX:
            self._plain = timed(lambda: plain_matrix(self.snapshot, *PORT), 1).seconds
        return self._plain

    def against_plain(self, seconds: float) -> dict[str, float]:
        """How many times longer the plain matrix takes; empty where it would not fit."""
        plain = self.plain()
        return {} if plain is None else {PLAIN: plain / seconds}

    def against_judge(self, seconds: float, questions: int = 1) -> dict[str, float]:
        """How many times longer the judge would take for so many questions."""
        return {REFERENCE: self.judge() * questions / seconds}


def judged(snapshot: Snapshot, flows: list[Flow]) -> float:
    """Seconds of one question to the judge, over as many as half a second allows."""
    judge = Reference(snapshot)
    started = process_time()
    asked = 0
    for flow in flows:
        judge.allows(flow)
        asked += 1
        if process_time() - started > _JUDGED_FOR:
            break
    return (process_time() - started) / asked


def sampled_flows(snapshot: Snapshot, number: int) -> list[Flow]:
    """Random pairs of endpoints and ports, the same ones every time."""
    random = Random(11)
    endpoints = snapshot.endpoints
    return [
        Flow(random.choice(endpoints), random.choice(endpoints), *random.choice(_PORTS))
        for _ in range(number)
    ]
