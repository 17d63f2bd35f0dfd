"""Invariants that need no judge, on generated clusters and on every cluster in fixtures."""

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import netsim
from netsim import strategies as kube
from netsim.cluster import Cluster
from netsim.load import snapshot_from_objects
from netsim.model.labels import Labels
from netsim.model.policy import NetworkPolicy
from netsim.model.snapshot import Snapshot
from tests.conftest import FOLDERS, Witness
from tests.properties import invariants as always
from tests.properties.manifests import manifests


@pytest.fixture(scope="module", params=FOLDERS, ids=lambda it: f"{it.parent.name}-{it.name}")
def real(request: pytest.FixtureRequest) -> Snapshot:
    return netsim.load(request.param).snapshot


def test_the_clusters_in_fixtures_are_found() -> None:
    assert {folder.parent.name for folder in FOLDERS} >= {"ai-security-platform", "shop"}


@given(kube.snapshots(), kube.policies())
def test_a_policy_on_isolated_pods_closes_nothing(
    witness: Witness, snapshot: Snapshot, policy: NetworkPolicy
) -> None:
    added = replace(policy, name="added")
    witness.saw(always.with_policies(snapshot, added))
    assert next(always.closed_by_adding(snapshot, added), None) is None


def test_a_policy_on_isolated_pods_closes_nothing_in(real: Snapshot) -> None:
    empty = [
        replace(policy, name=f"{policy.name}-again", rules=dict.fromkeys(policy.rules, ()))
        for policy in real.policies
    ]
    assert next(always.closed_by_adding(real, *empty), None) is None


@given(kube.snapshots())
def test_replies_need_no_rule(witness: Witness, snapshot: Snapshot) -> None:
    witness.saw(snapshot)
    assert next(always.replies_that_need_a_rule(snapshot), None) is None


def test_replies_need_no_rule_in(real: Snapshot) -> None:
    assert next(always.replies_that_need_a_rule(real), None) is None


@given(kube.snapshots(), st.randoms(use_true_random=False))
def test_the_order_of_documents_changes_nothing(
    witness: Witness, snapshot: Snapshot, order: Random
) -> None:
    witness.saw(snapshot)
    objects = manifests(snapshot)
    before = snapshot_from_objects(objects).snapshot
    order.shuffle(objects)
    after = snapshot_from_objects(objects).snapshot
    assert next(always.differences(before, after), None) is None


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda it: f"{it.parent.name}-{it.name}")
def test_the_order_of_files_changes_nothing_in(folder: Path) -> None:
    files = sorted(folder.rglob("*.y*ml"))
    before, after = netsim.load(*files).snapshot, netsim.load(*reversed(files)).snapshot
    assert next(always.differences(before, after), None) is None


@given(kube.snapshots())
def test_names_of_policies_change_nothing(witness: Witness, snapshot: Snapshot) -> None:
    witness.saw(snapshot)
    assert next(always.differences(snapshot, _renamed(snapshot)), None) is None


def test_names_of_policies_change_nothing_in(real: Snapshot) -> None:
    assert next(always.differences(real, _renamed(real)), None) is None


@given(kube.snapshots())
def test_labels_that_no_selector_mentions_change_nothing(
    witness: Witness, snapshot: Snapshot
) -> None:
    witness.saw(snapshot)
    assert next(always.differences(snapshot, _labelled(snapshot)), None) is None


def test_labels_that_no_selector_mentions_change_nothing_in(real: Snapshot) -> None:
    assert next(always.differences(real, _labelled(real)), None) is None


@given(kube.snapshots())
def test_without_policies_everything_is_open(witness: Witness, snapshot: Snapshot) -> None:
    witness.saw(snapshot)
    assert next(always.not_open_without_policies(snapshot), None) is None


def test_without_policies_everything_is_open_in(real: Snapshot) -> None:
    assert next(always.not_open_without_policies(real), None) is None


@given(kube.snapshots())
def test_an_isolated_pod_reaches_only_itself_and_its_node(
    witness: Witness, snapshot: Snapshot
) -> None:
    witness.saw(snapshot)
    assert next(always.leaks_of_isolated_pods(snapshot), None) is None


def test_an_isolated_pod_reaches_only_itself_and_its_node_in(real: Snapshot) -> None:
    assert next(always.leaks_of_isolated_pods(real), None) is None


@given(kube.clusters(with_dns=True))
def test_with_a_dns_policy_in_every_namespace_everyone_reaches_kube_dns(
    witness: Witness, cluster: Cluster
) -> None:
    witness.saw(cluster.snapshot)
    assert always.out_of_reach_of_dns(always.with_dns_for_all(cluster.snapshot)) == set()


def test_with_a_dns_policy_in_every_namespace_everyone_reaches_kube_dns_in(
    real: Snapshot,
) -> None:
    assert always.out_of_reach_of_dns(always.with_dns_for_all(real)) == set()


@given(kube.clusters(with_dns=True))
def test_without_its_dns_policy_one_pod_alone_loses_kube_dns(
    witness: Witness, cluster: Cluster
) -> None:
    witness.saw(cluster.snapshot)
    _check_dns_policies(cluster.snapshot)


def test_without_its_dns_policy_one_pod_alone_loses_kube_dns_in(real: Snapshot) -> None:
    _check_dns_policies(real)


def _check_dns_policies(snapshot: Snapshot) -> None:
    told_apart = always.marked(snapshot)
    pods = always.ordinary_pods(told_apart)
    assert always.out_of_reach_of_dns(always.closed_but_for_dns(told_apart, pods)) == set()
    for pod in pods:
        if always.is_dns(pod):
            continue  # a single server reaches itself whatever the policies
        others = [other for other in pods if other != pod]
        closed = always.closed_but_for_dns(told_apart, others)
        assert always.out_of_reach_of_dns(closed) == {pod}


def _renamed(snapshot: Snapshot) -> Snapshot:
    """Every policy under another name, and in the opposite order."""
    renamed = [
        replace(policy, name=f"p{number:04}")
        for number, policy in enumerate(reversed(snapshot.policies))
    ]
    return always.with_policies(replace(snapshot, policies=()), *renamed)


def _labelled(snapshot: Snapshot) -> Snapshot:
    """Every namespace and every endpoint with one label more."""
    return replace(
        always.marked(snapshot),
        namespaces={
            title: replace(space, labels=Labels({**space.labels, always.MARK: title}))
            for title, space in snapshot.namespaces.items()
        },
    )
