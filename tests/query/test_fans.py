"""Rows by source: sources that no rule tells apart share one list of ends."""

from collections.abc import Callable

from hypothesis import given, settings

from netsim import Cluster
from netsim import strategies as kube
from netsim.model.ports import ALL_PORTS
from netsim.model.profile import Profile
from netsim.model.snapshot import Snapshot
from netsim.model.workload import Endpoint
from netsim.query.connections import Connection, connections, fans
from netsim.query.parties import Outside, Subject
from netsim.query.questions import Pair
from netsim.query.verdict import judge_pair
from netsim.query.worlds import worlds_of

ClusterOf = Callable[..., Cluster]

TWINS = """
{apiVersion: apps/v1, kind: Deployment, metadata: {name: one, namespace: shop},
 spec: {replicas: 2, selector: {matchLabels: {app: twin}},
        template: {metadata: {labels: {app: twin}}, spec: {containers: [{name: c}]}}}}
---
{apiVersion: apps/v1, kind: Deployment, metadata: {name: two, namespace: shop},
 spec: {replicas: 2, selector: {matchLabels: {app: twin}},
        template: {metadata: {labels: {app: twin}}, spec: {containers: [{name: c}]}}}}
---
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy,
 metadata: {name: guard, namespace: shop},
 spec: {podSelector: {matchLabels: {app: db}},
        ingress: [{from: [{podSelector: {matchLabels: {app: twin}}}]}]}}
"""
UNKNOWN = """
{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: l7, namespace: auth}}
"""


def ends_of(cluster: Cluster) -> dict[str, int]:
    """Which object holds the ends of each endpoint."""
    return {
        fan.source.key: id(fan.ends)
        for fan in tuple(cluster.fans())
        if isinstance(fan.source, Endpoint)
    }


def test_sources_that_no_rule_tells_apart_share_their_ends(shop: ClusterOf) -> None:
    found = ends_of(shop(TWINS))
    assert found["shop/one"] == found["shop/two"]
    assert found["shop/one"] != found["shop/web"]


def test_as_many_lists_of_ends_as_there_are_different_answers(shop: ClusterOf) -> None:
    pods = [
        f"""{{apiVersion: v1, kind: Pod,
          metadata: {{name: p{number}, namespace: auth, labels: {{app: twin}}}}}}"""
        for number in range(40)
    ]
    found = tuple(shop(TWINS, *pods).fans(source="*"))
    assert len(found) == 45
    assert len({id(fan.ends) for fan in found}) == 2


def test_a_single_pod_is_left_out_of_what_it_shares(shop: ClusterOf) -> None:
    pods = [
        f"{{apiVersion: v1, kind: Pod, metadata: {{name: p{number}, namespace: auth}}}}"
        for number in range(3)
    ]
    rows = shop(*pods).connections(source="auth/", target="auth/")
    names = [(row.source.key, row.target.key) for row in rows]  # type: ignore[union-attr]
    assert len(names) == 12
    assert all(source != target for source, target in names)


def test_what_is_unknown_is_told_by_namespace(shop: ClusterOf) -> None:
    rows = shop(UNKNOWN).connections(source="shop/web")
    undecided = {str(row.target): bool(row.undecided) for row in rows}
    keys = {
        row.target.key: bool(row.undecided) for row in rows if isinstance(row.target, Endpoint)
    }
    assert keys == {"auth/login": True, "shop/db": False, "shop/web": False}
    assert len(undecided) == 4


def pairwise(
    snapshot: Snapshot, profile: Profile, *, strict: bool
) -> set[tuple[int, int, str, tuple[str, ...]]]:
    """Rows between single subjects, judged one by one."""
    worlds = worlds_of(snapshot, profile)
    everyone = worlds.directory.everyone
    found = set()
    for left, source in enumerate(everyone):
        for right, target in enumerate(everyone):
            if _is_no_row(source, target):
                continue
            answer = judge_pair(Pair(source, target, ALL_PORTS), worlds, strict=strict)
            if answer.allowed or (strict and answer.assumptions):
                found.add((left, right, str(answer.allowed), answer.reasons))
    return found


def _is_no_row(source: Subject, target: Subject) -> bool:
    if isinstance(source, Outside) and isinstance(target, Outside):
        return True
    return isinstance(source, Endpoint) and source is target and source.single


def spread(
    rows: tuple[Connection, ...], everyone: tuple[Subject, ...]
) -> set[tuple[int, int, str, tuple[str, ...]]]:
    """Rows with every group of addresses by itself again."""
    return {
        (left, right, str(row.ports), row.undecided)
        for row in rows
        for left in _places(row.source, everyone)
        for right in _places(row.target, everyone)
    }


def _places(subject: Subject, everyone: tuple[Subject, ...]) -> list[int]:
    if not isinstance(subject, Outside):
        return [place for place, item in enumerate(everyone) if item is subject]
    spans = [(item.first.version, int(item.first), int(item.last)) for item in subject.ranges]
    return [
        place
        for place, item in enumerate(everyone)
        if isinstance(item, Outside)
        and any(
            family == item.sample.version and first <= int(item.sample) <= last
            for family, first, last in spans
        )
    ]


@settings(max_examples=60)
@given(kube.snapshots(), kube.profiles())
def test_rows_are_what_pairs_are_judged_one_by_one(
    snapshot: Snapshot, profile: Profile
) -> None:
    worlds = worlds_of(snapshot, profile)
    for strict in (False, True):
        rows = connections(worlds, strict=strict)
        found = spread(rows, worlds.directory.everyone)
        assert found == pairwise(snapshot, profile, strict=strict)


@settings(max_examples=40)
@given(kube.snapshots(), kube.profiles())
def test_fans_are_the_rows_in_the_same_order(snapshot: Snapshot, profile: Profile) -> None:
    worlds = worlds_of(snapshot, profile)
    found = tuple(fans(worlds))
    rows = [Connection(fan.source, *end) for fan in found for end in fan.rows]
    assert rows == list(connections(worlds))
    assert sum(map(len, found)) == len(rows)
    assert all(found)
