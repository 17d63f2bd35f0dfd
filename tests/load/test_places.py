from pathlib import Path

import pytest

from netsim.load import load_snapshot, locate
from netsim.source import Source

POD = (
    "apiVersion: v1\nkind: Pod\n"
    "metadata:\n  name: web\n  namespace: shop\n  labels: {app: web}\n"
)
POLICY = (
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
    "metadata: {name: p, namespace: shop}\nspec: {podSelector: {}}\n"
)


@pytest.mark.parametrize(
    ("route", "line"),
    [
        ((), 1),
        (("kind",), 2),
        (("metadata", "labels", "app"), 6),
        (("metadata", "nothing"), 4),
        (("metadata", "labels", 3), 6),
        (("spec", "ingress", 0), 4),
    ],
)
def test_a_route_finds_its_line(
    tmp_path: Path, route: tuple[str | int, ...], line: int
) -> None:
    path = tmp_path / "pod.yaml"
    path.write_text(POD)
    found = locate(Source(str(path), 1, route))
    assert found.line == (line if route[:1] != ("spec",) else 1)


def test_a_route_in_a_later_document_counts_lines_from_the_top(tmp_path: Path) -> None:
    path = tmp_path / "two.yaml"
    path.write_text(f"# first\n---\n---\n{POD}---\n{POLICY}")
    loaded = load_snapshot([path])
    assert locate(loaded.snapshot.policies[0].source.at("spec")).line == 14


def test_a_file_that_is_gone_has_no_line() -> None:
    assert locate(Source("nowhere.yaml", 1, ("spec",))).line == 0


def test_a_value_that_a_merge_brings_in_is_located_where_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text("x: &a\n  app: web\nlabels:\n  <<: *a\n")
    assert locate(Source(str(path), 1, ("labels", "app"))).line == 2
