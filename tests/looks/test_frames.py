"""Results as data frames, graphs, dictionaries and sets."""

import sys

import networkx as nx
import pytest

import netsim
from netsim import Cluster, MissingExtraError
from netsim.query.connection_set import Connections
from tests.looks.test_notebook import RESULTS, Made

TIDY = {name: make for name, make in RESULTS.items() if name != "cluster"}


@pytest.mark.parametrize("make", TIDY.values(), ids=TIDY)
def test_columns_and_their_types_are_those_that_are_promised(make: Made, shop: Cluster) -> None:
    result = make(shop)
    frame = result.to_frame()  # type: ignore[attr-defined]
    promised = result.COLUMNS  # type: ignore[attr-defined]
    assert list(frame.columns) == list(promised)
    assert len(frame) > 0
    for name, kind in promised.items():
        assert {type(it) for it in frame[name].tolist()} == {kind}


@pytest.mark.parametrize("make", TIDY.values(), ids=TIDY)
def test_dictionaries_are_plain_and_have_the_same_keys(make: Made, shop: Cluster) -> None:
    found = make(shop).to_dicts()  # type: ignore[attr-defined]
    assert found
    assert len({tuple(row) for row in found}) == 1
    plain = (str, int, bool, list)
    assert all(type(value) in plain for row in found for value in row.values())


def test_an_empty_frame_has_columns_with_types() -> None:
    frame = Connections().to_frame()
    assert list(frame.columns) == list(Connections.COLUMNS)
    assert str(frame["first"].dtype) == "int64"
    assert len(frame) == 0


def test_a_frame_has_a_row_for_each_range_of_ports(shop: Cluster) -> None:
    frame = shop.connections(source="shop/web", target="kube-system/").to_frame()
    spans = frame[["protocol", "first", "last"]].to_numpy().tolist()
    assert spans == [["TCP", 53, 53], ["UDP", 53, 53]]


def test_without_pandas_the_extra_is_named(
    shop: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingExtraError, match=r"netsim-k8s\[notebook\]"):
        shop.connections().to_frame()


def test_graphs_have_an_edge_for_each_range_with_typed_attributes(shop: Cluster) -> None:
    rows = shop.connections()
    graph = rows.to_networkx()
    assert isinstance(graph, nx.MultiDiGraph)
    assert graph.number_of_edges() == sum(len(list(row.ports)) for row in rows)
    edge = graph.get_edge_data("shop/api", "shop/db")["5432/TCP"]
    assert edge == {"protocol": "TCP", "first": 5432, "last": 5432, "undecided": ""}
    assert graph.nodes["shop/db"]["kind"] == "StatefulSet"


def test_graphs_of_diffs_paths_and_matrices_say_what_they_know(shop: Cluster) -> None:
    diff = netsim.diff(shop, shop.without("shop/db-guard")).to_networkx()
    assert {said["change"] for *_, said in diff.edges(data=True)} == {"closed"}
    paths = shop.paths("shop/web", "shop/db", most=1).to_networkx()
    assert list(paths.edges()) == [("shop/web", "shop/api"), ("shop/api", "shop/db")]
    matrix = shop.matrix(5432).to_networkx()
    assert matrix.get_edge_data("shop/api", "shop/db")["5432/TCP"]["pairs"] == 1


def test_two_kinds_of_one_name_are_two_nodes() -> None:
    objects = [
        {
            "apiVersion": "apps/v1",
            "kind": kind,
            "metadata": {"name": "web"},
            "spec": {
                "selector": {"matchLabels": {"app": kind}},
                "template": {"metadata": {"labels": {"app": kind}}},
            },
        }
        for kind in ("Deployment", "DaemonSet")
    ]
    cluster = netsim.from_objects(objects)
    for graph in (cluster.connections().to_networkx(), cluster.graph()):
        assert {"default/deploy/web", "default/ds/web"} <= set(graph)


def test_connections_are_a_tuple_and_a_set(shop: Cluster) -> None:
    rows = shop.connections()
    assert isinstance(rows, tuple)
    assert rows == tuple(rows)
    assert isinstance(rows[:3], Connections)
    assert (rows[0], *rows[1:]) == rows
    assert repr(rows) == "<Connections: 16 rows>"
    to_db = shop.who_can_reach("shop/db")
    assert rows & to_db == to_db
    assert (rows - to_db) & to_db == ()
    assert len((rows - to_db) | to_db) == len(rows)


def test_differences_are_exact_to_the_port(shop: Cluster) -> None:
    every = shop.connections(target="kube-system/", source="shop/")
    tcp = shop.connections(target="kube-system/", source="shop/", port="53/tcp")
    assert {str(row.ports) for row in every - tcp} == {"53/UDP"}


def test_an_unsure_operand_makes_the_result_say_so(shop: Cluster) -> None:
    unsure = shop.connections(source="node", strict=True)
    assert any(row.undecided for row in unsure)
    assert any(row.undecided for row in unsure & shop.connections(source="node"))
