"""Holds expectations against a compiled cluster."""

from dataclasses import replace
from typing import assert_never

from netsim.query.expectations.closed_world import closed_world_ruling
from netsim.query.expectations.facts import ClosedWorld, Expectation, Invariant, Passing
from netsim.query.expectations.invariants import invariant_ruling
from netsim.query.expectations.outcomes import Checked, Status, Witness
from netsim.query.expectations.passing import passing_ruling
from netsim.query.expectations.rulings import HOLDS, Court, Ruling
from netsim.query.explain import Locate
from netsim.query.verdict import assumption_of, rests_on
from netsim.query.worlds import Worlds
from netsim.source import Place


def check(
    expectation: Expectation, worlds: Worlds, locate: Locate, *, strict: bool = False
) -> Checked:
    """Whether a promise holds; `strict` makes one that rests on an assumption undecided."""
    ruling = _ruling(expectation, Court(worlds, locate))
    if strict and ruling.status is not Status.UNDECIDED:
        ruling = _under_every_setting(expectation, ruling, Court(worlds, locate))
    if ruling.status is Status.UNDECIDED and expectation.undecided_ok:
        ruling = HOLDS
    place = locate(expectation.source)
    if expectation.xfail:
        return _expected_to_fail(expectation, ruling, place)
    return Checked(expectation, ruling.status, place, ruling.witness)


def _expected_to_fail(expectation: Expectation, ruling: Ruling, place: Place) -> Checked:
    if ruling.status.failed:
        return Checked(expectation, Status.XFAILED, place, ruling.witness)
    sentence = f"it holds now, although xfail says: {expectation.xfail}; remove xfail"
    return Checked(expectation, Status.XPASSED, place, Witness(sentence))


def _ruling(expectation: Expectation, court: Court) -> Ruling:
    match expectation.claim:
        case Passing() as claim:
            return passing_ruling(expectation, claim, court)
        case ClosedWorld() as claim:
            return closed_world_ruling(expectation, claim, court)
        case Invariant() as claim:
            return invariant_ruling(expectation, claim, court)
        case _:
            assert_never(expectation.claim)


def _under_every_setting(expectation: Expectation, ruling: Ruling, court: Court) -> Ruling:
    for other in court.worlds.alternatives():
        found = _ruling(expectation, Court(Worlds(other.graph), court.locate))
        if found.status is not ruling.status:
            reason = rests_on(assumption_of(other, court.worlds))
            witness = found.witness or ruling.witness or Witness("")
            said = f"{reason}: {witness.sentence}"
            return Ruling(Status.UNDECIDED, replace(witness, sentence=said))
    return ruling
