"""Arrays of questions, by name or by handle, against questions asked one by one."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import netsim
from netsim import (
    AmbiguousEndpointError,
    Cluster,
    NotationError,
    Profile,
    UndecidedError,
    UnknownEndpointError,
)
from netsim import strategies as kube
from netsim.model.snapshot import Snapshot, UnmodelledPolicy
from netsim.source import Source
from netsim.strategies.endpoints import NAMESPACES

SHOP = Path(__file__).parents[1] / "fixtures" / "clusters" / "shop" / "manifests"
OUTSIDE = ("node", "10.0.0.7", "192.0.2.1", "2001:db8::1")


@pytest.fixture(scope="module")
def shop() -> Cluster:
    return netsim.load(SHOP)


def _l7(namespace: str) -> UnmodelledPolicy:
    return UnmodelledPolicy("CiliumNetworkPolicy", "cilium.io/v2", namespace, "l7", Source("x"))


def _one_by_one(cluster: Cluster, pairs: list[tuple[str, str]], port: str) -> object:
    try:
        return [cluster.can_reach(*pair, port) for pair in pairs]
    except UndecidedError as error:
        return error.reasons


def _together(ask: Callable[[], "np.typing.NDArray[np.bool_]"]) -> object:
    try:
        return ask().tolist()
    except UndecidedError as error:
        return error.reasons


def _names(cluster: Cluster) -> list[str]:
    """Everyone whose name means one party."""
    found = []
    for name in (*(item.key for item in cluster.snapshot.endpoints), *OUTSIDE):
        try:
            cluster.handles([name])
        except (NotationError, AmbiguousEndpointError):
            continue
        found.append(name)
    return found


@given(kube.snapshots(), kube.profiles(), st.data())
def test_pairs_are_answered_as_one_by_one(
    snapshot: Snapshot, profile: Profile, data: st.DataObject
) -> None:
    cluster = Cluster(snapshot, profile=profile)
    names = _names(cluster)
    pairs = list(product(names, names))
    by_number = cluster.handles(names)
    ports = st.sampled_from(kube.boundary_ports(snapshot))
    for protocol, number in data.draw(st.lists(ports, min_size=1, max_size=3)):
        port = f"{number}/{protocol.value.lower()}"
        expected = [cluster.can_reach(*pair, port) for pair in pairs]
        sources, targets = zip(*pairs, strict=True)
        assert cluster.allowed(sources, targets, port).tolist() == expected
        square = cluster.allowed(by_number[:, None], by_number, port)
        assert square.shape == (len(names), len(names))
        assert square.ravel().tolist() == expected


@given(kube.snapshots(), st.sampled_from(["", *NAMESPACES]), st.data())
def test_what_one_by_one_is_undecided_is_undecided_together(
    snapshot: Snapshot, namespace: str, data: st.DataObject
) -> None:
    cluster = Cluster(replace(snapshot, unmodelled=(_l7(namespace),)))
    names = st.sampled_from(_names(cluster))
    pairs = data.draw(st.lists(st.tuples(names, names), min_size=1, max_size=3))
    sources, targets = zip(*pairs, strict=True)
    found = _together(lambda: cluster.allowed(sources, targets, 80))
    assert found == _one_by_one(cluster, pairs, "80")


def test_a_row_is_the_answers_for_every_endpoint(shop: Cluster) -> None:
    everyone = [item.key for item in shop.snapshot.endpoints]
    for source in (*everyone, "node", "10.0.0.7"):
        for port in (5432, "53/udp", 8080):
            expected = [shop.can_reach(source, target, port) for target in everyone]
            assert shop.reached(source, port).tolist() == expected
            (number,) = shop.handles([source]).tolist()
            assert shop.reached(number, port).tolist() == expected


def test_a_row_with_an_undecided_end_is_undecided(shop: Cluster) -> None:
    cluster = Cluster(replace(shop.snapshot, unmodelled=(_l7("shop"),)))
    with pytest.raises(UndecidedError, match="CiliumNetworkPolicy shop/l7"):
        cluster.reached("monitoring/prometheus", 80)
    assert cluster.allowed("10.0.0.7", "192.0.2.1", 80).shape == (1,)


def test_the_handle_of_an_endpoint_is_its_position(shop: Cluster) -> None:
    everyone = [item.key for item in shop.snapshot.endpoints]
    found = shop.handles(everyone)
    assert found.dtype == np.int64
    assert found.tolist() == list(range(len(everyone)))


def test_one_name_is_as_a_list_of_it(shop: Cluster) -> None:
    assert shop.handles("shop/db").tolist() == shop.handles(["shop/db"]).tolist()
    assert shop.allowed("shop/api", "shop/db", 5432).tolist() == [True]
    assert shop.allowed(["shop/api", "shop/web"], "shop/db", 5432).tolist() == [True, False]


def test_nobody_is_asked_about_with_an_empty_array(shop: Cluster) -> None:
    assert shop.handles([]).dtype == np.int64
    assert shop.allowed([], "shop/db", 5432).tolist() == []


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("shop/", NotationError),
        ("shop/svc/db", NotationError),
        ("shop/nobody", UnknownEndpointError),
    ],
)
def test_a_name_that_is_not_one_party_is_named(
    shop: Cluster, name: str, error: type[Exception]
) -> None:
    with pytest.raises(error) as caught:
        shop.handles(["shop/api", name])
    assert name in str(caught.value)


@pytest.mark.parametrize("port", ["80-90", "all", "all/tcp", "http", "", True, 70000])
def test_a_port_is_one_number(shop: Cluster, port: str) -> None:
    with pytest.raises(NotationError):
        shop.allowed("shop/api", "shop/db", port)
    with pytest.raises(NotationError):
        shop.reached("shop/api", port)


@pytest.mark.parametrize("number", [-1, 10**6, 2**63])
def test_a_number_that_is_no_handle_is_named(shop: Cluster, number: int) -> None:
    handles = np.array([0, number], np.uint64 if number > 0 else np.int64)
    with pytest.raises(ValueError, match=f"{number} is no handle"):
        shop.allowed(handles, 0, 80)


def test_a_number_outside_is_a_handle_once_given_out() -> None:
    cluster = netsim.load(SHOP)
    (number,) = cluster.handles(["10.0.0.7"]).tolist()
    other = netsim.load(SHOP)
    assert cluster.allowed(number, 0, 80).shape == (1,)
    with pytest.raises(ValueError, match="is no handle"):
        other.allowed(number, 0, 80)


@pytest.mark.parametrize("ends", [[0.5], [True], [None], object()])
def test_what_is_neither_a_handle_nor_a_name_is_refused(shop: Cluster, ends: object) -> None:
    with pytest.raises((ValueError, NotationError), match=r"neither handles|not a name"):
        shop.allowed(ends, 0, 80)  # type: ignore[arg-type]


def test_a_row_has_one_source(shop: Cluster) -> None:
    with pytest.raises(ValueError, match="2 sources where one is wanted"):
        shop.reached(["shop/api", "shop/db"], 80)  # type: ignore[arg-type]


def test_numpy_is_loaded_with_the_first_array() -> None:
    code = (
        "import sys, netsim\n"
        f"cluster = netsim.load({str(SHOP)!r})\n"
        "cluster.can_reach('shop/api', 'shop/db', 5432)\n"
        "before = 'numpy' in sys.modules\n"
        "cluster.handles(['shop/db'])\n"
        "print(before, 'numpy' in sys.modules)"
    )
    finished = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert finished.stdout == "False True\n"
