"""`netsim suggest default-deny`: closed, but for DNS and what is needed."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.cli.conftest import Run

MANIFESTS = "fixtures/clusters/ai-security-platform/manifests"
FLOWS = "fixtures/flows/platform.csv"
HEADER = "source,target,port,protocol\n"
Write = Callable[..., Path]
POD = "{apiVersion: v1, kind: Pod, metadata: {name: %s, labels: {app: %s}}}\n---\n"


def policies(text: str) -> dict[str, Any]:
    return {item["metadata"]["name"]: item["spec"] for item in yaml.safe_load_all(text)}


def closed(text: str) -> Iterator[str]:
    lines = iter(text.splitlines())
    for line in lines:
        if line == "# closes:":
            break
    for line in lines:
        if not line.startswith("#   "):
            return
        yield line.removeprefix("#   ")


def test_a_workload_keeps_what_was_seen_and_every_pod_dns(run: Run, write: Write) -> None:
    found = run("suggest", "default-deny", "ai-apps", "--flows", FLOWS, "-f", MANIFESTS)
    assert found.code == 0
    assert "# opens nothing\n" in found.out
    made = policies(found.out)
    assert list(made) == ["allow-open-webui", "allow-dns", "default-deny"]
    assert made["default-deny"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert made["allow-dns"]["podSelector"] == {}
    (names,) = made["allow-dns"]["egress"]
    assert {(it["protocol"], it["port"]) for it in names["ports"]} == {("TCP", 53), ("UDP", 53)}
    assert names["to"][0]["podSelector"] == {"matchLabels": {"k8s-app": "kube-dns"}}
    assert made["allow-open-webui"]["policyTypes"] == ["Egress"]
    gone = list(closed(found.out))
    assert "ai-apps/init-db-job -> storage/postgresql-cluster-1 on 5432/TCP" in gone
    assert not any("ai-apps/open-webui -> storage/postgresql-cluster-1 " in it for it in gone)

    folder = write(found.out)
    again = run(
        *("suggest", "default-deny", "ai-apps", "--flows", FLOWS, "-f", MANIFESTS),
        *("-f", folder),
    )
    assert (again.code, again.out) == (0, "")
    assert "nothing to do" in again.err


def test_pods_that_are_isolated_keep_their_policies(run: Run) -> None:
    """So DNS goes to the others by name: a policy for all pods would open it for these."""
    found = run("suggest", "default-deny", "storage", "-f", MANIFESTS)
    assert found.code == 0
    made = policies(found.out)
    assert list(made) == ["allow-openwebui-db-init", "default-deny"]
    assert made["allow-openwebui-db-init"]["policyTypes"] == ["Egress"]
    assert "stays open" not in found.err
    assert all("openwebui-db-init" in line for line in closed(found.out))


def test_without_needs_dns_is_kept_and_the_rest_listed(run: Run) -> None:
    found = run("suggest", "default-deny", "auth", "-f", MANIFESTS)
    assert list(policies(found.out)) == ["allow-dns", "default-deny"]
    gone = list(closed(found.out))
    assert any(
        line.startswith("traefik/traefik -> auth/keycloak-keycloakx on") for line in gone
    )
    assert not any("coredns on all" in line for line in gone)


def test_without_dns_pods_the_usual_label_is_taken(run: Run, write: Write) -> None:
    folder = write(POD % ("web", "web"))
    found = run("suggest", "default-deny", "default", "-f", folder)
    assert found.code == 0
    (names,) = policies(found.out)["allow-dns"]["egress"]
    assert names["to"] == [
        {
            "namespaceSelector": {
                "matchLabels": {"kubernetes.io/metadata.name": "kube-system"}
            },
            "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
        }
    ]
    assert "no DNS pods in the input" in found.err


def test_both_directions_of_a_workload_are_one_policy(run: Run, write: Write) -> None:
    folder = write(POD % ("web", "web") + POD % ("api", "api") + POD % ("db", "db"))
    log = folder / "log.csv"
    log.write_text(f"{HEADER}web,api,80,tcp\napi,db,5432,tcp\napi,db,5433,tcp\n")
    found = run("suggest", "default-deny", "default/", "--flows", log, "-f", folder)
    made = policies(found.out)
    names = ["allow-api", "allow-db", "allow-web", "allow-dns", "default-deny"]
    assert list(made) == names
    api = made["allow-api"]
    assert api["policyTypes"] == ["Ingress", "Egress"]
    assert api["egress"] == [
        {
            "to": [{"podSelector": {"matchLabels": {"app": "db"}}}],
            "ports": [{"protocol": "TCP", "port": 5432, "endPort": 5433}],
        }
    ]


def test_a_name_that_is_taken_gets_a_number(run: Run, write: Write) -> None:
    taken = (
        "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: "
        "default-deny}, spec: {podSelector: {matchLabels: {app: web}}, ingress: [{}]}}"
    )
    folder = write(POD % ("web", "web") + POD % ("api", "api") + taken)
    found = run("suggest", "default-deny", "default", "-f", folder)
    made = policies(found.out)
    assert made["default-deny-2"]["policyTypes"] == ["Ingress", "Egress"]


def test_a_half_that_is_there_is_not_doubled(run: Run, write: Write) -> None:
    half = (
        "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: no-ingress}, "
        "spec: {podSelector: {}, policyTypes: [Ingress]}}"
    )
    folder = write(POD % ("web", "web") + half)
    found = run("suggest", "default-deny", "default", "-f", folder)
    assert policies(found.out)["default-deny"]["policyTypes"] == ["Egress"]


def test_dns_that_its_own_policies_deny_is_told(run: Run, write: Write) -> None:
    folder = write(
        POD % ("web", "web"),
        "{apiVersion: v1, kind: Pod, metadata: {name: dns, namespace: kube-system, labels: "
        "{k8s-app: kube-dns}}}\n---\n{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, "
        "metadata: {name: shut, namespace: kube-system}, spec: {podSelector: {}}}",
    )
    found = run("suggest", "default-deny", "default", "-f", folder)
    assert found.code == 1
    assert (
        "DNS: default/web -> kube-system/dns on 53/TCP, 53/UDP is needed and denied"
        in found.err
    )
    assert "# opens nothing" in found.out


def test_what_no_rule_can_name_is_told(run: Run, write: Write) -> None:
    host = (
        "{apiVersion: v1, kind: Pod, metadata: {name: agent}, spec: {hostNetwork: true, "
        "containers: []}}"
    )
    folder = write(POD % ("web", "web") + host)
    log = folder / "log.csv"
    log.write_text(f"{HEADER}agent,web,80,tcp\n")
    found = run("suggest", "default-deny", "default", "--flows", log, "-f", folder)
    assert found.code == 1
    assert "default/agent -> default/web is needed and closes" in found.err


def test_an_unknown_namespace_is_told(run: Run) -> None:
    found = run("suggest", "default-deny", "nowhere", "-f", MANIFESTS)
    assert (found.code, found.out) == (2, "")
    assert "no namespace 'nowhere' in the input" in found.err
