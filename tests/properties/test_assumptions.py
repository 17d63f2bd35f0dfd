"""A verdict names exactly the open behaviours that would change it."""

from itertools import product

from hypothesis import given

from netsim import strategies as kube
from netsim.compiler import compile_snapshot
from netsim.graph import Graph
from netsim.model.flow import OwnNode
from netsim.model.profile import Profile
from netsim.model.snapshot import Snapshot
from netsim.query.parties import Subject, party_of
from netsim.query.questions import Pair
from netsim.query.verdict import judge_pair
from netsim.query.worlds import worlds_of
from tests.conftest import Witness


@given(kube.snapshots(), kube.profiles())
def test_assumptions_are_the_switches_that_would_change_the_answer(
    witness: Witness, snapshot: Snapshot, profile: Profile
) -> None:
    witness.saw(snapshot, profile)
    worlds = worlds_of(snapshot, profile)
    others = {
        (switch, setting): Graph(
            compile_snapshot(snapshot, profile.with_setting(switch, setting))
        )
        for switch in profile.settings()
        for setting in profile.others(switch)
    }
    everyone: tuple[Subject, ...] = (*snapshot.endpoints, OwnNode())
    for source, target in product(everyone, repeat=2):
        verdict = judge_pair(Pair(source, target, None), worlds)
        expected = {
            key
            for key, graph in others.items()
            if graph.ports(party_of(source), party_of(target)) != verdict.allowed
        }
        named = {(item.switch, item.otherwise) for item in verdict.assumptions}
        assert named == expected, (source, target)
