"""A first file: it passes, it is short, and it reads as a person would write it."""

from pathlib import Path

import pytest
from hypothesis import given

from netsim import Cluster, strategies
from netsim.load import locate
from netsim.query.expectations.drafting import draft
from netsim.query.expectations.opening import opened
from tests.conftest import FIXTURES, FOLDERS
from tests.expectations.conftest import ClusterOf


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_first_file_passes_on_every_fixture(folder: Path, tmp_path: Path) -> None:
    import netsim

    cluster = netsim.load(folder)
    path = tmp_path / "a.netsim.yaml"
    path.write_text(draft(cluster.worlds, locate, []), encoding="utf-8")
    outcomes = cluster.check_file(path)
    assert outcomes
    assert [str(item) for item in outcomes if item.status.value != "passed"] == []


def test_the_first_file_of_the_shop_is_readable() -> None:
    import netsim

    cluster = netsim.load(FIXTURES / "clusters" / "shop" / "manifests")
    assert draft(cluster.worlds, locate, ["manifests/"]).splitlines()[2:] == [
        "version: 1",
        "",
        "manifests:",
        "  - manifests/",
        "",
        "tests:",
        "  - {invariant: default-deny, target: shop/}",
        '  - {invariant: dns-reachable, target: "*"}',
        "  - {invariant: no-internet-egress, target: shop/}",
        '  - name: "who reaches shop/api"',
        "    to: shop/api",
        "    only:",
        "      - {from: shop/web, port: 8080/tcp}",
        '  - name: "who reaches shop/db"',
        "    to: shop/db",
        "    only:",
        "      - {from: monitoring/prometheus, port: 9187/tcp}",
        "      - {from: shop/api, port: 5432/tcp}",
        "",
        "allowed:",
        "  - internet -> shop/web:8080/tcp",
    ]


@given(strategies.clusters())
def test_a_first_file_of_any_cluster_can_be_read_and_passes(cluster: Cluster) -> None:
    from netsim.load.documents import Document, whole_documents
    from netsim.load.fields import Report
    from netsim.load.files import TextFile
    from netsim.query.expectations.checking import check
    from netsim.query.expectations.reading import read_expectations

    text = draft(cluster.worlds, locate, [])
    (document,) = whole_documents(TextFile("a", text))
    assert isinstance(document, Document)
    report = Report()
    content = read_expectations(document, report)
    assert report.errors == []
    for item in content.expectations:
        assert check(item, cluster.worlds, locate).status.value == "passed", item.name


def test_a_cluster_without_policies_has_little_to_promise(
    cluster_of: ClusterOf, tmp_path: Path
) -> None:
    text = draft(cluster_of().worlds, locate, [])
    path = tmp_path / "a.netsim.yaml"
    path.write_text(text, encoding="utf-8")
    assert opened(path).content.expectations == ()
