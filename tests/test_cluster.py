from pathlib import Path

import pytest

import netsim
from netsim import LoadError, NotationError, Outcome, UndecidedError

ROOT = Path(__file__).parents[1]
SHOP = ROOT / "fixtures" / "clusters" / "shop" / "manifests"


@pytest.fixture(scope="module")
def shop() -> netsim.Cluster:
    return netsim.load(SHOP)


def test_paths_are_text_or_paths_and_may_be_several(shop: netsim.Cluster) -> None:
    parts = netsim.load(str(SHOP / "workloads.yaml"), SHOP / "services.yaml")
    assert parts.snapshot.endpoints == shop.snapshot.endpoints
    assert parts.snapshot.policies == ()


def test_all_faults_are_raised_together(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: [")
    (tmp_path / "b.yaml").write_text("apiVersion: v1\nkind: Pod\n")
    with pytest.raises(LoadError) as caught:
        netsim.load(tmp_path)
    assert len(caught.value.errors) == 2
    assert str(caught.value).count("\n") == 1
    lenient = netsim.load(tmp_path, lenient=True)
    assert len(lenient.errors) == 2


def test_a_port_may_be_a_number_or_text(shop: netsim.Cluster) -> None:
    for port in (5432, "5432", "5432/tcp", "postgres"):
        assert shop.can_reach("shop/api", "shop/db", port)


def test_a_cluster_knows_what_it_counted(shop: netsim.Cluster) -> None:
    assert shop.counts["NetworkPolicy"] == 5
    assert shop.errors == ()


def test_undecided_is_raised_and_never_guessed() -> None:
    cilium = {
        "apiVersion": "cilium.io/v2",
        "kind": "CiliumNetworkPolicy",
        "metadata": {"name": "l7", "namespace": "n"},
    }
    pods = [
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "n"}}
        for name in "ab"
    ]
    cluster = netsim.from_objects([*pods, cilium], namespace="n")
    for ask in (cluster.can_reach, cluster.ports):
        with pytest.raises(UndecidedError, match="CiliumNetworkPolicy n/l7"):
            ask("a", "b")
    assert cluster.verdict("a", "b").outcome is Outcome.UNDECIDED


def test_a_fault_in_the_notation_is_said(shop: netsim.Cluster) -> None:
    with pytest.raises(NotationError, match="not a port"):
        shop.can_reach("shop/web", "shop/db", "8080:80")


def test_sources_are_cut_down_like_targets(shop: netsim.Cluster) -> None:
    rows = shop.reachable_from("shop/web", 8080)
    assert [(row.source.key, row.target.key) for row in rows] == [  # type: ignore[union-attr]
        ("shop/web", "shop/api")
    ]


def test_another_profile_is_another_cluster(shop: netsim.Cluster) -> None:
    other = shop.under(netsim.Profile().with_setting("node_local", "none"))
    assert shop.can_reach("node", "shop/db", 5432)
    assert not other.can_reach("node", "shop/db", 5432)


def test_the_public_names_are_what_they_promise() -> None:
    assert len(netsim.__all__) == len(set(netsim.__all__))
    for name in netsim.__all__:
        value = getattr(netsim, name)
        assert value.__doc__
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        netsim.nothing  # noqa: B018 - the access is what is tested
