"""Pods read without a word are what the careful reader makes of them, with nothing to say."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from netsim.load.fields import Field, Report
from netsim.load.metadata import read_name, read_namespace
from netsim.load.plain_pods import read_plain_pod
from netsim.load.pods import LivePod, read_pod
from netsim.source import Source

FIXTURES = Path(__file__).parents[2] / "fixtures"
SOURCE = Source("pods.yaml")
POD: dict[str, object] = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {
        "name": "web-1",
        "namespace": "shop",
        "labels": {"app": "web"},
        "ownerReferences": [{"controller": True, "kind": "ReplicaSet", "name": "web"}],
    },
    "spec": {
        "containers": [{"name": "main", "ports": [{"containerPort": 80, "name": "http"}]}],
        "nodeName": "node-1",
    },
    "status": {"phase": "Running", "podIP": "10.0.0.1", "podIPs": [{"ip": "10.0.0.1"}]},
}
ODD = st.recursive(
    st.sampled_from([None, True, False, 0, 1, 1.0, 80, "", "web", "010.0.0.1", "fe80::1%e"])
    | st.sampled_from(["::ffff:10.0.0.1", "fd00::1", "Succeeded", "NET_ADMIN", "a b", "TCP"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["ip", "name", "app", "ports", "containerPort", "controller"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=4,
)
FIELDS = {
    "metadata": ["name", "namespace", "generateName", "labels", "ownerReferences"],
    "spec": ["containers", "initContainers", "ephemeralContainers", "hostNetwork", "nodeName"],
    "status": ["phase", "podIP", "podIPs", "hostIP", "hostIPs"],
}


@st.composite
def pods(draw: st.DrawFn) -> dict[str, object]:
    """The pod above with some fields odd or missing."""
    pod: dict[str, object] = dict(POD)
    for part, names in FIELDS.items():
        written = POD[part]
        assert isinstance(written, dict)
        odd = draw(st.dictionaries(st.sampled_from(names), ODD, max_size=1))
        gone = draw(st.sets(st.sampled_from(names), max_size=1))
        pod[part] = {key: it for key, it in {**written, **odd}.items() if key not in gone}
    for part in draw(st.sets(st.sampled_from(sorted(FIELDS)), max_size=1)):
        if draw(st.integers(0, 5)) == 0:
            pod[part] = draw(ODD)
    return pod


def carefully(value: dict[str, object]) -> tuple[LivePod, bool]:
    """The pod, and whether anything is to be said of it."""
    report = Report()
    whole = Field(value, SOURCE, "Pod", report)
    metadata = whole.get("metadata").as_object()
    name, namespace = read_name(metadata), read_namespace(metadata, "default")
    metadata.get("labels").labels()
    return read_pod(whole, namespace, name), report.said


@settings(max_examples=300, deadline=None)
@given(pods())
def test_a_pod_is_read_alike_or_left(value: dict[str, object]) -> None:
    plain = read_plain_pod(value, SOURCE)
    pod, said = carefully(value)
    assert plain is None or (repr(plain), said) == (repr(pod), False)


def test_every_plain_pod_of_the_fixtures_is_read_alike() -> None:
    read = [
        (read_plain_pod(value, SOURCE), carefully(value))
        for path in sorted(FIXTURES.rglob("*.yaml"))
        for value in yaml.load_all(path.read_text(), Loader=yaml.CSafeLoader)
        if isinstance(value, dict) and value.get("kind") == "Pod"
    ]
    plain = [(one, other) for one, other in read if one is not None]
    assert all((one, False) == other for one, other in plain)
    assert len(read) > len(plain)


def test_an_ordinary_pod_is_plain() -> None:
    assert read_plain_pod(POD, SOURCE) == carefully(POD)[0]


@pytest.mark.parametrize(
    ("part", "name", "odd"),
    [
        ("metadata", "name", "Web"),
        ("metadata", "namespace", None),
        ("metadata", "generateName", 5),
        ("metadata", "labels", {"app": 1}),
        ("spec", "hostNetwork", True),
        ("spec", "nodeName", 7),
        ("status", "phase", []),
        ("status", "podIPs", "10.0.0.1"),
        ("status", "podIPs", [{"ip": "10.0.0.256"}]),
    ],
)
def test_what_is_out_of_the_ordinary_is_left(part: str, name: str, odd: object) -> None:
    written = POD[part]
    assert isinstance(written, dict)
    assert read_plain_pod({**POD, part: {**written, name: odd}}, SOURCE) is None
