"""Causes, grades and what was expected, on the shop."""

import pytest

import netsim
from netsim.query.edge_set import read_edge_set
from netsim.query.parties import subject_name
from tests.query.conftest import ClusterOf

GUARD = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: guard, namespace: shop}}
spec:
  podSelector: {subject}
  policyTypes: [{types}]
  ingress: {ingress}
"""


def guard(
    ingress: str = "[]", *, subject: str = "{matchLabels: {app: db}}", types: str = "Ingress"
) -> str:
    return GUARD.format(ingress=ingress, subject=subject, types=types)


FROM_WEB = "{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 5432}]}"
FROM_ALL = "{from: [{namespaceSelector: {}}]}"


def causes(change: netsim.Diff) -> set[str]:
    rows = (*change.opened, *change.closed)
    return {cause.change for row in rows for cause in row.causes}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([guard()], [], {"policy-removed"}),
        ([], [guard()], {"policy-added"}),
        ([guard()], [guard(f"[{FROM_WEB}]")], {"rule-added"}),
        ([guard(f"[{FROM_WEB}]")], [guard(f"[{FROM_ALL}]")], {"rule-changed"}),
        ([guard(f"[{FROM_WEB}]")], [guard()], {"rule-removed"}),
        ([guard()], [guard(subject="{matchLabels: {app: web}}")], {"pod-selector-changed"}),
        ([guard()], [guard(types="Ingress, Egress")], {"isolation-added"}),
    ],
)
def test_the_cause_names_what_was_changed(
    shop: ClusterOf, before: list[str], after: list[str], expected: set[str]
) -> None:
    change = netsim.diff(shop(*before), shop(*after))
    assert change
    assert causes(change) == expected
    assert causes(netsim.diff(shop(*after), shop(*before))) == {
        it.replace("added", "R").replace("removed", "added").replace("R", "removed")
        for it in expected
    }


def test_a_changed_label_is_the_cause(shop: ClusterOf) -> None:
    before = shop(guard(f"[{FROM_WEB}]"))
    other = shop(guard(f"[{FROM_WEB}]"), RELABELLED)
    change = netsim.diff(before, other)
    (row,) = (it for it in change.closed if subject_name(it.source) == "shop/web")
    assert str(row.ports) == "5432/TCP"
    (cause,) = row.causes
    assert cause.change == "workload-labels-changed"
    assert cause.detail == "labels.app: web -> front"
    assert [str(it) for it in change.changed] == ["Deployment shop/web"]


RELABELLED = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 3
  selector: {matchLabels: {app: front}}
  template:
    metadata: {labels: {app: front}}
    spec: {containers: [{name: c, ports: [{name: http, containerPort: 8080}]}]}
"""


def test_a_changed_range_gives_exactly_the_ranges_that_moved(shop: ClusterOf) -> None:
    block = "[{{from: [{{ipBlock: {{cidr: {0}}}}}], ports: [{{port: {1}, endPort: {2}}}]}}]"
    before = shop(guard(block.format("10.0.0.0/24", 80, 90)))
    after = shop(guard(block.format("10.0.0.128/25", 85, 95)))
    change = netsim.diff(before, after)
    assert [str(row) for row in change.opened] == ["10.0.0.128/25 -> shop/db on 91-95/TCP"]
    assert [str(row) for row in change.closed] == [
        "10.0.0.0/25 -> shop/db on 80-90/TCP",
        "10.0.0.128/25 -> shop/db on 80-84/TCP",
    ]


def test_pods_that_a_new_policy_tells_apart_are_compared_one_by_one(shop: ClusterOf) -> None:
    first = "{matchLabels: {statefulset.kubernetes.io/pod-name: db-0}}"
    change = netsim.diff(shop(), shop(guard(subject=first)))
    assert {subject_name(row.target) for row in change.closed} == {"shop/db-0"}
    assert (change.opened, change.appeared, change.vanished, change.changed) == ((), (), (), ())


@pytest.mark.parametrize(
    ("ingress", "grade"),
    [
        ("[{from: [{ipBlock: {cidr: 8.8.8.8/32}}], ports: [{port: 8080}]}]", "high"),
        ("[{from: [{ipBlock: {cidr: 8.8.8.8/32}}], ports: [{port: 22}]}]", "critical"),
        ("[{from: [{ipBlock: {cidr: 10.0.0.1/32}}], ports: [{port: 8080}]}]", "low"),
        (f"[{FROM_WEB}]", "medium"),
        ("[{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 81}]}]", "none"),
        ("[{from: [{namespaceSelector: {}}], ports: [{port: 81}]}]", "medium"),
    ],
)
def test_what_opens_is_graded(shop: ClusterOf, ingress: str, grade: str) -> None:
    change = netsim.diff(shop(guard()), shop(guard(ingress)))
    assert change.grade.value == grade
    assert {row.grade.value for row in change.closed} <= {"none"}


def test_outside_leaves_the_ports_and_addresses_that_nobody_expected(shop: ClusterOf) -> None:
    ingress = "[{from: [{ipBlock: {cidr: 10.0.0.0/24}}], ports: [{port: 80, endPort: 90}]}]"
    change = netsim.diff(shop(guard()), shop(guard(ingress)))
    left = change.outside(["10.0.0.0/25 -> shop/db:85-90"])
    assert [str(row) for row in left.opened] == [
        "10.0.0.0/25 -> shop/db on 80-84/TCP",
        "10.0.0.128/25 -> shop/db on 80-90/TCP",
    ]
    assert not change.outside("10.0.0.0/24 -> shop/db")
    with pytest.raises(netsim.UnknownEndpointError):
        change.outside(["shop/dbb -> shop/web"])


def test_what_ifs_leave_the_cluster_as_it_is() -> None:
    cluster = netsim.load("fixtures/clusters/shop/manifests")
    assert cluster.without("shop/db-guard").without("shop/").snapshot.policies == ()
    assert len(cluster.snapshot.policies) == 5
    assert cluster.without("shop/deploy/web", "shop/netpol/web-guard").counts == cluster.counts
    with pytest.raises(netsim.NotationError, match="unknown kind"):
        cluster.without("shop/thing/web")
    with pytest.raises(ValueError, match="can be changed"):
        netsim.Cluster(cluster.snapshot).without("shop/db-guard")


def test_a_name_that_two_workloads_have_is_not_guessed(shop: ClusterOf) -> None:
    cluster = shop("{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop}}")
    with pytest.raises(netsim.AmbiguousEndpointError, match="'shop/pod/web'"):
        cluster.without("shop/web")
    left = cluster.without("shop/pod/web")
    assert [it.kind for it in left.snapshot.endpoints if it.name == "web"] == ["Deployment"]


def test_an_edge_set_reads_back_as_it_was_written(shop: ClusterOf) -> None:
    cluster = shop(guard(f"[{FROM_WEB}]"))
    edges = cluster.edge_set()
    assert read_edge_set(str(edges), "saved") == edges
    assert not netsim.diff(edges, cluster)


def test_an_edge_set_differs_as_its_cluster_does(shop: ClusterOf) -> None:
    block = "[{{from: [{{ipBlock: {{cidr: {0}}}}}], ports: [{{port: {1}, endPort: {2}}}]}}]"
    before = shop(guard(block.format("10.0.0.0/24", 80, 90)))
    after = shop(guard(block.format("10.0.0.128/25", 85, 95)))
    told, exact = netsim.diff(before.edge_set(), after), netsim.diff(before, after)
    for bare, full in ((told.opened, exact.opened), (told.closed, exact.closed)):
        assert [str(row) for row in bare] == [str(row) for row in full]
    assert told.notes
    assert not exact.notes


def test_two_profiles_are_not_compared(shop: ClusterOf) -> None:
    other = shop().under(netsim.PROFILES["cilium"])
    with pytest.raises(ValueError, match="profiles"):
        netsim.diff(shop(), other)


def test_rows_are_plain_values(shop: ClusterOf) -> None:
    (row, *_) = netsim.diff(shop(guard()), shop(guard(f"[{FROM_WEB}]"))).to_dicts()
    assert row["change"] == "opened"
    assert (row["source"], row["target"], row["ports"]) == ("shop/web", "shop/db", "5432/TCP")
