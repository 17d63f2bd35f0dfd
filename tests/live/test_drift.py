"""What runs against what is written."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.cli.conftest import ROOT
from tests.live.api_server import ApiServer
from tests.live.conftest import Run

SHOP = Path(__file__).parents[2] / "fixtures/clusters/shop/manifests"


def manifests() -> list[Any]:
    texts = [path.read_text() for path in sorted(SHOP.rglob("*.yaml"))]
    found = [item for text in texts for item in yaml.safe_load_all(text) if item]
    for item in found:
        if item["kind"] != "Namespace":
            item["metadata"].setdefault("namespace", "default")
    return found


@pytest.fixture
def shop(server: ApiServer) -> ApiServer:
    """A cluster in which exactly the manifests run."""
    server.objects = manifests()
    return server


def policy(server: ApiServer, name: str) -> Any:  # noqa: ANN401 - as JSON has it
    found: list[Any] = list(server.objects)
    return next(it for it in found if it["metadata"]["name"] == name)


@pytest.mark.usefixtures("shop")
def test_a_cluster_as_it_is_written_has_no_drift(run: Run) -> None:
    finished = run("drift", "--live", "-f", SHOP, "-q")
    assert (finished.code, finished.err) == (0, "")
    assert finished.out == "no drift: what runs is what is written\n"


def test_a_changed_policy_is_told_with_what_it_opened(run: Run, shop: ApiServer) -> None:
    policy(shop, "db-guard")["spec"]["ingress"].append({"ports": [{"port": 22}]})
    finished = run("drift", "--live", "-f", SHOP, "-q")
    assert finished.code == 1
    first, *rest = finished.out.splitlines()
    assert first.startswith("policy shop/db-guard: differs in spec.ingress (")
    assert "policies.yaml" in first
    assert any(line.startswith("+ monitoring/prometheus -> shop/db on 22/TCP") for line in rest)


def test_defaults_filled_in_by_the_server_are_no_drift(run: Run, shop: ApiServer) -> None:
    spec = policy(shop, "db-guard")["spec"]
    for rule in spec["ingress"]:
        for port in rule.get("ports", ()):
            port.setdefault("protocol", "TCP")
    finished = run("drift", "--live", "-f", SHOP, "-q")
    assert finished.code == 0, finished.out


def test_policies_and_workloads_of_one_side_are_told(
    run: Run, shop: ApiServer, tmp_path: Path
) -> None:
    shop.objects.remove(policy(shop, "db-guard"))
    shop.objects.append(
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "intruder", "namespace": "shop", "labels": {"app": "x"}},
            "spec": {"containers": [{"name": "main"}]},
            "status": {"phase": "Running"},
        }
    )
    path = tmp_path / "shop.json.gz"
    assert run("capture", "-o", path).code == 0
    finished = run("drift", path, "-f", SHOP, "-q")
    assert finished.code == 1
    assert "policy shop/db-guard: not running" in finished.out
    assert "Pod shop/intruder: in the cluster only" in finished.out
    assert "- shop/api -> shop/db on 5432/TCP" in finished.out
    assert "intruder ->" not in finished.out
    assert "with what only one side has are not shown" in finished.out
    told = json.loads(run("drift", path, "-f", SHOP, "-q", "-o", "json").out)
    schema = json.loads((ROOT / "docs/schema/drift.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(told)
    assert [item["change"] for item in told["policies"]] == ["not running"]
    assert told["diff"]["appeared"]


def test_drift_needs_both_sides(run: Run, tmp_path: Path) -> None:
    assert run("drift", "-f", SHOP).code == 2
    assert run("drift", tmp_path / "no.json.gz").code == 2
    assert run("drift", tmp_path / "no.json.gz", "-f", SHOP).code == 2
