"""Policies and workloads read without a word are what the careful readers make of them."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.load.fields import Field, Report
from netsim.load.metadata import read_name, read_namespace
from netsim.load.network_policy import read_network_policy
from netsim.load.plain_policies import read_plain_policy
from netsim.load.plain_workloads import read_plain_workload
from netsim.load.workloads import read_workload
from netsim.source import Source

Object = dict[str, Any]
FIXTURES = Path(__file__).parents[2] / "fixtures"
SOURCE = Source("all.yaml")
POLICY: Object = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "metadata": {"name": "db", "namespace": "shop", "labels": {"app": "db"}},
    "spec": {
        "podSelector": {"matchLabels": {"app": "db"}},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [
            {
                "from": [{"podSelector": {"matchLabels": {"app": "web"}}}],
                "ports": [{"port": 5432, "protocol": "TCP"}],
            },
            {"from": [{"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}}]},
        ],
        "egress": [{"to": [{"namespaceSelector": {}}], "ports": [{"port": "dns"}]}],
    },
}
WORKLOAD: Object = {
    "apiVersion": "apps/v1",
    "kind": "StatefulSet",
    "metadata": {
        "name": "web",
        "namespace": "shop",
        "ownerReferences": [{"controller": True, "kind": "Shop", "name": "web"}],
    },
    "spec": {
        "replicas": 3,
        "selector": {
            "matchLabels": {"app": "web"},
            "matchExpressions": [{"key": "app", "operator": "Exists"}],
        },
        "template": {
            "metadata": {"labels": {"app": "web", "tier": "api"}},
            "spec": {
                "containers": [{"name": "main", "ports": [{"containerPort": 80}]}],
                "hostNetwork": False,
            },
        },
    },
}
DEPLOYMENT: Object = {
    **WORKLOAD,
    "kind": "Deployment",
    "spec": {**WORKLOAD["spec"], "selector": {"matchLabels": {"app": "web"}}},
}
ODD = st.recursive(
    st.sampled_from([None, True, False, 0, 1, 1.0, -1, 80, 1 << 31, "", "web", "x y", "UDP"])
    | st.sampled_from(["Egress", "Job", "apps/v1beta1", "10.0.0.0/8", "10.0.0.1/8", "a: b"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["app", "from", "to", "ports", "port", "podSelector", "matchLabels", "start"]
            ),
            inner,
            max_size=2,
        )
    ),
    max_leaves=4,
)
EXTRA = ["annotations", "generateName", "policyTypes", "ordinals", "hostNetwork", "nodeName"]


def places(value: object) -> list[tuple[Any, Any]]:
    """Every object and list with each of its keys."""
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [place for key, item in items for place in ((value, key), *places(item))]


@st.composite
def changed(draw: st.DrawFn, objects: list[Object]) -> Object:
    """An object with some values odd, missing or new."""
    value = deepcopy(draw(st.sampled_from(objects)))
    for _ in range(draw(st.integers(0, 2))):
        holder, key = draw(st.sampled_from(places(value)))
        how = draw(st.sampled_from(["odd", "gone", "new", "twice"]))
        if how == "odd":
            holder[key] = draw(ODD)
        elif how == "gone":
            del holder[key]
        elif isinstance(holder, list):
            holder.append(deepcopy(holder[key]) if how == "twice" else draw(ODD))
        else:
            holder[draw(st.sampled_from(EXTRA))] = draw(ODD)
    return value


def policy_carefully(value: Object) -> tuple[object, bool]:
    report = Report()
    return read_network_policy(Field(value, SOURCE, "it", report), "default"), report.said


def workload_carefully(value: Object) -> tuple[object, bool]:
    report = Report()
    whole = Field(value, SOURCE, "it", report)
    metadata = whole.get("metadata").as_object()
    name, namespace = read_name(metadata), read_namespace(metadata, "default")
    metadata.get("labels").labels()
    return read_workload(whole, value["kind"], namespace, name), report.said


def is_alike(
    value: Object,
    read: Callable[[Object, Source], object],
    carefully: Callable[[Object], tuple[object, bool]],
) -> bool:
    plain = read(value, SOURCE)
    if plain is None:
        return False
    found, said = carefully(value)
    assert (repr(plain), said) == (repr(found), False)
    return True


@settings(max_examples=300, deadline=None)
@given(changed([POLICY]))
def test_a_policy_is_read_alike_or_left(value: Object) -> None:
    is_alike(value, read_plain_policy, policy_carefully)


@settings(max_examples=300, deadline=None)
@given(changed([WORKLOAD, DEPLOYMENT]))
def test_a_workload_is_read_alike_or_left(value: Object) -> None:
    if not isinstance(value.get("kind"), str):
        value["kind"] = "Deployment"
    is_alike(value, read_plain_workload, workload_carefully)


def test_plain_objects_of_the_fixtures_are_read_alike() -> None:
    found = [
        value
        for path in sorted(FIXTURES.rglob("*.yaml"))
        for value in yaml.load_all(path.read_text(), Loader=yaml.CSafeLoader)
        if isinstance(value, dict)
    ]
    policies = [it for it in found if it.get("kind") == "NetworkPolicy"]
    workloads = [it for it in found if it.get("kind") in {"Deployment", "StatefulSet", "Job"}]
    for objects, read, carefully in (
        (policies, read_plain_policy, policy_carefully),
        (workloads, read_plain_workload, workload_carefully),
    ):
        alike = [is_alike(value, read, carefully) for value in objects]
        assert sum(alike) > len(alike) // 2


def test_ordinary_objects_are_plain() -> None:
    assert is_alike(POLICY, read_plain_policy, policy_carefully)
    for value in (WORKLOAD, DEPLOYMENT):
        assert is_alike(value, read_plain_workload, workload_carefully)


@pytest.mark.parametrize(
    ("part", "key", "odd"),
    [
        ("metadata", "name", "Web"),
        ("metadata", "namespace", None),
        ("metadata", "labels", {"app": 1}),
        ("spec", "replicas", 0),
        ("spec", "replicas", True),
        ("spec", "replicas", 1 << 31),
        ("spec", "ordinals", {"start": 5}),
        ("spec", "selector", None),
        ("spec", "selector", {"matchLabels": {"app": "db"}}),
        ("spec", "selector", {"matchLabels": {"app": ["web"]}}),
        ("spec", "selector", {"matchlabels": {}}),
        ("spec", "template", None),
    ],
)
def test_what_is_out_of_the_ordinary_in_a_workload_is_left(
    part: str, key: str, odd: object
) -> None:
    value = {**DEPLOYMENT, part: {**DEPLOYMENT[part], key: odd}}
    assert read_plain_workload(value, SOURCE) is None


@pytest.mark.parametrize(
    ("key", "odd"),
    [
        ("ingres", []),
        ("ingress", {}),
        ("ingress", [None]),
        ("ingress", [{"to": []}]),
        ("egress", [{"to": [{}]}]),
        ("egress", [{"to": [{"ipBlock": {"cidr": "10.0.0.1/8"}}]}]),
        ("egress", [{"ports": [{"port": 0}]}]),
        ("policyTypes", ["ingress"]),
        ("podSelector", {"matchLabels": {"app": "a b"}}),
    ],
)
def test_what_is_out_of_the_ordinary_in_a_policy_is_left(key: str, odd: object) -> None:
    value = {**POLICY, "spec": {**POLICY["spec"], key: odd}}
    assert read_plain_policy(value, SOURCE) is None
