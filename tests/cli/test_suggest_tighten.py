"""`netsim suggest tighten`: nothing opens, what is needed stays, what is not goes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.cli.conftest import Run

PLATFORM = ("-f", "fixtures/clusters/ai-security-platform/manifests")
SHOP = ("-f", "fixtures/clusters/shop/manifests")
FLOWS = "fixtures/flows/platform.csv"
HUBBLE = "fixtures/flows/platform-hubble.json"
HEADER = "source,target,port,protocol\n"
Write = Callable[..., Path]


def test_the_database_is_cut_down_to_what_was_seen(run: Run) -> None:
    found = run("suggest", "tighten", "storage", "--flows", FLOWS, *PLATFORM)
    assert found.code == 0
    assert "# opens nothing\n" in found.out
    assert "#   auth/debug -> storage/postgresql-cluster-1 on 5432/TCP\n" in found.out
    places = [f"spec.ingress[{place}]" for place in range(3)]
    places += [f"spec.egress[{place}]" for place in range(2)]
    assert f"storage/postgresql-policy: removed: {', '.join(places)} (" in found.out
    whole, primary = yaml.safe_load_all(found.out)
    assert whole["spec"]["ingress"] == whole["spec"]["egress"] == []
    assert whole["spec"]["policyTypes"] == ["Ingress", "Egress"]
    labels = primary["spec"]["podSelector"]["matchLabels"]
    assert labels["cnpg.io/instanceName"] == "postgresql-cluster-1"
    assert not any(key.lower().endswith("role") for key in labels)
    peers = [rule["from"][0] for rule in primary["spec"]["ingress"]]
    keycloak, webui, operator = peers
    named = {"app.kubernetes.io/name": "keycloakx"}
    assert keycloak["podSelector"]["matchLabels"] == named
    assert "podSelector" in webui
    assert "podSelector" not in operator  # the namespace has no other pod
    (dns,) = primary["spec"]["egress"]
    assert dns["to"][0]["podSelector"] == {"matchLabels": {"k8s-app": "kube-dns"}}


def test_asked_again_nothing_is_left_to_do(run: Run, write: Write) -> None:
    found = run("suggest", "tighten", "--flows", FLOWS, *PLATFORM)
    folder = write(found.out)
    source = Path("fixtures/clusters/ai-security-platform/manifests")
    for path in source.glob("[012]*.yaml"):
        (folder / path.name).write_text(path.read_text())
    again = run("suggest", "tighten", "--flows", FLOWS, "-f", folder)
    assert (again.code, again.out) == (0, "")
    assert "nothing to tighten" in again.err


def test_hubble_says_the_same_and_what_it_leaves_out_is_told(run: Run) -> None:
    csv, hubble = (
        run("suggest", "tighten", "--flows", path, *PLATFORM) for path in (FLOWS, HUBBLE)
    )
    assert hubble.out == csv.out
    for text in (
        "1 left out: replies",
        "1 left out: with the verdict DROPPED",
        "1 left out: without a port",
        "1 left out: packets of which it is not known",
        "1 left out: gaps",
        "1 flow left out: no pod or workload 'ai-apps/gone-6d5f7c9b8-zzzzz'",
    ):
        assert text in hubble.err


def test_expectations_say_what_is_needed(run: Run) -> None:
    path = "fixtures/clusters/shop/shop.netsim.yaml"
    found = run("suggest", "tighten", "shop", "--expectations", path, *SHOP)
    assert found.code == 0
    (web,) = yaml.safe_load_all(found.out)
    assert web["metadata"]["name"] == "web-guard"
    ((public,), ports) = (web["spec"]["ingress"][0][key] for key in ("from", "ports"))
    assert public["ipBlock"]["cidr"] == "0.0.0.0/0"
    assert "10.0.0.0/8" in public["ipBlock"]["except"]
    assert ports == [{"protocol": "TCP", "port": "http"}]
    assert web["spec"]["egress"][0]["ports"] == [{"port": 8080}]  # as it is written


def test_what_is_denied_today_is_told_and_not_opened(run: Run, tmp_path: Path) -> None:
    log = tmp_path / "flows.csv"
    log.write_text(f"{HEADER}shop/web,shop/db,5432,tcp\nshop/api,shop/db,5432,tcp\n")
    found = run("suggest", "tighten", "shop", "--flows", log, *SHOP)
    assert found.code == 1
    assert f"{log}:2: shop/web -> shop/db on 5432/TCP is needed and denied today" in found.err
    assert "# opens nothing\n" in found.out


@pytest.mark.parametrize("row", ["", "shop/nobody,shop/db,5432,tcp\n"])
def test_a_log_of_which_nothing_is_left_is_told(run: Run, tmp_path: Path, row: str) -> None:
    log = tmp_path / "flows.csv"
    log.write_text(HEADER + row)
    found = run("suggest", "tighten", "shop", "--flows", log, *SHOP)
    assert found.code == 0
    assert f"{log}: no flow in it is needed" in found.err


def test_what_labels_do_not_tell_apart_is_told(run: Run, write: Write) -> None:
    pod = "{apiVersion: v1, kind: Pod, metadata: {name: %s, labels: {app: %s}}}"
    policy = (
        "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p}, "
        "spec: {podSelector: {matchLabels: {app: db}}, ingress: [{ports: [{port: 80}]}]}}"
    )
    names = (("one", "web"), ("two", "web"), ("db", "db"), ("other", "other"))
    folder = write("\n---\n".join([*(pod % it for it in names), policy]))
    (folder / "log.csv").write_text(f"{HEADER}one,db,80,tcp\n")
    found = run("suggest", "tighten", "--flows", folder / "log.csv", "-f", folder / "a.yaml")
    assert found.code == 0
    (after,) = yaml.safe_load_all(found.out)
    assert after["spec"]["ingress"] == [
        {
            "from": [{"podSelector": {"matchLabels": {"app": "web"}}}],
            "ports": [{"protocol": "TCP", "port": 80}],
        }
    ]
    assert after["spec"]["policyTypes"] == ["Ingress"]
    stays = [line for line in found.err.splitlines() if line.startswith("stays open")]
    assert [line.rpartition(": ")[2] for line in stays] == [
        "default/two -> default/db on 80/TCP"
    ]


def test_addresses_outside_are_joined(run: Run, write: Write) -> None:
    folder = write(
        "{apiVersion: v1, kind: Pod, metadata: {name: db, labels: {app: db}}}\n---\n"
        "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p}, "
        "spec: {podSelector: {}, ingress: [{}]}}"
    )
    rows = "".join(f"203.0.113.{last},db,443,tcp\n" for last in (4, 5, 9))
    (folder / "log.csv").write_text(HEADER + rows)
    found = run("suggest", "tighten", "--flows", folder / "log.csv", "-f", folder / "a.yaml")
    (after,) = yaml.safe_load_all(found.out)
    (rule,) = after["spec"]["ingress"]
    blocks = [peer["ipBlock"]["cidr"] for peer in rule["from"]]
    assert blocks == ["203.0.113.4/31", "203.0.113.9/32"]
    assert rule["ports"] == [{"protocol": "TCP", "port": 443}]


def test_an_address_of_a_service_is_translated(run: Run, write: Write) -> None:
    folder = write(
        "{apiVersion: v1, kind: Pod, metadata: {name: db, labels: {app: db}}}\n---\n"
        "{apiVersion: v1, kind: Pod, metadata: {name: web, labels: {app: web}}}\n---\n"
        "{apiVersion: v1, kind: Service, metadata: {name: db}, spec: {clusterIP: 10.96.0.7, "
        "selector: {app: db}, ports: [{port: 80, targetPort: 5432}]}}\n---\n"
        "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p}, "
        "spec: {podSelector: {matchLabels: {app: db}}, ingress: [{}]}}"
    )
    (folder / "log.csv").write_text(f"{HEADER}web,10.96.0.7,80,tcp\nweb,10.96.0.7,81,tcp\n")
    found = run("suggest", "tighten", "--flows", folder / "log.csv", "-f", folder / "a.yaml")
    (after,) = yaml.safe_load_all(found.out)
    assert after["spec"]["ingress"][0]["ports"] == [{"protocol": "TCP", "port": 5432}]
    assert "log.csv:3: 1 flow left out: no Service port '81/TCP'" in found.err


def test_json_has_the_proposal(run: Run) -> None:
    found = run("suggest", "tighten", "storage", "--flows", FLOWS, "-o", "json", *PLATFORM)
    value = json.loads(found.out)
    schema = json.loads(Path("docs/schema/suggestions.json").read_text())
    Draft202012Validator(schema).validate(value)
    (option,) = value["options"]
    assert option["opened"] == []
    assert len(option["edits"]) == 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "nothing says what is needed"),
        (("nowhere", "--flows", FLOWS), "no namespace 'nowhere' in the input"),
        (("--flows", "nowhere.csv"), "no such file"),
        (("--flows", "fixtures/clusters/shop/manifests/services.yaml"), "1: no column"),
        (("--expectations", "nowhere.netsim.yaml"), "no such file"),
    ],
)
def test_wrong_usage_is_told(run: Run, words: tuple[str, ...], told: str) -> None:
    found = run("suggest", "tighten", *words, *PLATFORM)
    assert (found.code, found.out) == (2, "")
    assert told in found.err


@pytest.mark.parametrize("name", ["as-deployed", "proposed"])
def test_every_promise_holds_on_the_tightened_platform(
    run: Run, write: Write, name: str
) -> None:
    cluster = Path("fixtures/clusters/ai-security-platform")
    expectations = cluster / f"{name}.netsim.yaml"
    needs = ("suggest", "tighten", "--expectations", expectations)
    found = run(*needs, "-f", cluster / name)
    assert found.code == 0
    assert "# opens nothing\n" in found.out
    folder = write(found.out)
    assert run("test", expectations, "-f", cluster / name, "-f", folder).code == 0
    again = run(*needs, "-f", cluster / name, "-f", folder)
    assert (again.code, again.out) == (0, "")
