"""Networks in the formats of other programs, each read back by who owns the format."""

import io
import json
import os
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import mermaidx
import networkx as nx
import pytest
from matplotlib import image

from netsim.model.ports import PortSet
from netsim.report.graph_formats import GRAPH_FORMATS, PICTURE_FORMATS
from netsim.results import Edge, Network, Node
from tests.looks.conftest import HOSTILE, Run

SHOP = "fixtures/clusters/shop/manifests"
LABELS = [*HOSTILE, "0.0.0.0/0"]


def graphviz(text: str) -> dict[str, list[dict[str, object]]]:
    """What Graphviz itself reads and lays out."""
    program = shutil.which("dot")
    if program is None and "CI" not in os.environ:
        pytest.skip("Graphviz is not installed")
    found = subprocess.run(
        [program or "dot", "-Tjson"], input=text.encode(), capture_output=True, check=True
    )
    assert found.stderr == b""
    value: dict[str, list[dict[str, object]]] = json.loads(found.stdout)
    return value


def drawn(thing: dict[str, object]) -> str:
    """The text that Graphviz puts on a node, an edge or a cluster."""
    operations = thing["_ldraw_"]
    assert isinstance(operations, list)
    return "".join(item["text"] for item in operations if item["op"] == "T")


def tree(text: str | bytes) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - made in this test


def texts_of(root: ET.Element, tag: str) -> list[str]:
    return ["".join(it.itertext()) for it in root.iter() if it.tag.endswith(f"}}{tag}")]


def test_graphviz_reads_every_name_and_edge(hostile: Network) -> None:
    value = graphviz(GRAPH_FORMATS["dot"](hostile))
    cluster, *nodes = value["objects"]
    assert drawn(cluster) == '<b>"ns"'
    assert [drawn(node) for node in nodes] == LABELS
    joined = [(edge["tail"], edge["head"]) for edge in value["edges"]]
    numbers = {node.id: place for place, node in enumerate(hostile.nodes, 1)}
    wanted = [(numbers[edge.source], numbers[edge.target]) for edge in hostile.edges]
    assert sorted(joined) == sorted(wanted)
    assert {drawn(edge) for edge in value["edges"]} == {
        *("80/TCP ?", "+ 80/TCP ?", "- 80/TCP ?", "all")
    }


def test_mermaid_draws_every_name_and_edge(hostile: Network) -> None:
    root = tree(mermaidx.render(GRAPH_FORMATS["mermaid"](hostile)).svg())
    texts = texts_of(root, "foreignObject")
    assert sorted(texts) == sorted(
        [
            *LABELS,
            '<b>"ns"',
            *(
                {"": "", "opened": "opened ", "closed": "closed "}[edge.change]
                + ("80/TCP ?" if edge.undecided else "all")
                for edge in hostile.edges
            ),
        ]
    )


@pytest.mark.parametrize("name", ["graphml", "json-graph"])
def test_networkx_reads_every_name_and_edge(name: str, hostile: Network) -> None:
    text = GRAPH_FORMATS[name](hostile)
    if name == "graphml":
        graph = nx.parse_graphml(text, force_multigraph=True)
    else:
        graph = nx.node_link_graph(json.loads(text), edges="edges")
    assert isinstance(graph, nx.MultiDiGraph)
    assert {node: said["label"] for node, said in graph.nodes(data=True)} == {
        node.id: node.label for node in hostile.nodes
    }
    found = [
        (*ends, said["protocol"], said["first"], said["last"], said["change"], said["pairs"])
        for *ends, said in graph.edges(data=True)
    ]
    wanted = [
        (
            *(edge.source, edge.target, span.protocol.value, span.first, span.last),
            *(edge.change, edge.pairs),
        )
        for edge in hostile.edges
        for span in edge.ports
    ]
    assert sorted(found) == sorted(wanted)


def test_an_undecided_edge_without_ports_is_not_lost() -> None:
    nodes = (Node("a/b", "b", "a", "Pod"), Node("a/c", "c", "a", "Pod"))
    network = Network(nodes, (Edge("a/b", "a/c", PortSet(), undecided="why"),))
    graph = nx.node_link_graph(json.loads(GRAPH_FORMATS["json-graph"](network)), edges="edges")
    assert [said["undecided"] for *_, said in graph.edges(data=True)] == ["why"]
    for name in ("dot", "mermaid"):
        assert "none ?" in GRAPH_FORMATS[name](network).replace("#63;", "?")


def test_svg_holds_every_name_as_text(hostile: Network) -> None:
    content = PICTURE_FORMATS["svg"](hostile)
    root = tree(content)
    assert root.tag.endswith("}svg")
    assert {*LABELS, '<b>"ns"'} <= set(texts_of(root, "text"))
    assert not [item for item in root.iter() if item.tag.endswith("}script")]


def test_png_is_a_picture_with_something_on_it(hostile: Network) -> None:
    picture = image.imread(io.BytesIO(PICTURE_FORMATS["png"](hostile)), format="png")
    assert min(picture.shape[:2]) > 300
    assert picture.std() > 0.05


@pytest.mark.parametrize("name", PICTURE_FORMATS)
def test_pictures_are_the_same_bytes_every_time(name: str, hostile: Network) -> None:
    assert PICTURE_FORMATS[name](hostile) == PICTURE_FORMATS[name](hostile)


@pytest.mark.parametrize("output", GRAPH_FORMATS)
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("list", "-f", SHOP), 0),
        (("list", "-f", SHOP, "--by", "namespace"), 0),
        (("who", "shop/db", "-f", SHOP), 0),
        (("diff", "-f", SHOP, "--without", "shop/db-guard"), 1),
        (("paths", "shop/web", "shop/db", "-f", SHOP), 0),
    ],
    ids=["list", "by-namespace", "who", "diff", "paths"],
)
def test_commands_write_networks_with_their_own_exit_code(
    run: Run, words: tuple[str, ...], code: int, output: str
) -> None:
    finished = run(*words, "-o", output)
    assert finished.code == code
    assert finished.err == ""
    assert "shop" in finished.out


@pytest.mark.parametrize("name", ["dot", "png", "svg"])
def test_a_network_is_written_to_a_file(run: Run, name: str, tmp_path: Path) -> None:
    path = tmp_path / "picture"
    words = ("list", "-f", SHOP, "-n", "shop", "-o", name, "--output-file", path)
    assert run(*words).out == ""
    start = {"dot": b"digraph", "png": b"\x89PNG", "svg": b"<?xml"}[name]
    assert path.read_bytes().startswith(start)


def test_by_namespace_counts_pairs(run: Run) -> None:
    finished = run("list", "-f", SHOP, "--by", "namespace", "-o", "json-graph")
    graph = nx.node_link_graph(json.loads(finished.out), edges="edges")
    assert set(graph) == {"kube-system", "monitoring", "shop", "addresses outside"}
    said = graph.get_edge_data("shop", "shop")
    assert [(it["first"], it["pairs"]) for it in said.values()] == [(5432, 2), (8080, 2)]


def test_how_far_one_comes_is_a_network_too(run: Run) -> None:
    finished = run("reach", "shop/web", "--transitive", "-f", SHOP, "-o", "mermaid")
    assert finished.code == 0
    assert '|"5432/TCP"|' in finished.out


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("list", "-f", SHOP, "--by", "namespace"), "--by goes with -o dot, graphml"),
        (("list", "-f", SHOP, "--output-file", "x"), "--output-file goes with -o dot"),
        (("list", "-f", SHOP, "-o", "dot", "--by", "pod"), "'pod' is not one of"),
        (("list", "-f", SHOP, "-o", "svg", "--output-file", "no/x"), "cannot be written"),
        (("paths", "a", "b", "-f", SHOP, "--choke", "-o", "dot"), "--choke lists points"),
    ],
    ids=["by", "file", "pod", "folder", "choke"],
)
def test_what_would_have_no_effect_is_wrong_usage(
    run: Run, words: tuple[str, ...], problem: str
) -> None:
    finished = run(*words)
    assert finished.code == 2
    assert problem in finished.err.replace("\n", " ")


def test_an_unreadable_part_of_the_input_still_changes_the_exit_code(
    run: Run, tmp_path: Path
) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("{apiVersion: v1, kind: Pod, metadata: {}}\n")
    assert run("list", "-f", path, "-o", "dot").code == 2
