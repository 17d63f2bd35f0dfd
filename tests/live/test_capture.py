"""Captures through the real kubectl: whole or not at all, and never a value."""

import gzip
import json
import subprocess
from pathlib import Path

import pytest

from netsim import load
from netsim.errors import LiveClusterError
from netsim.live import paging
from netsim.live.capture import Taken, Wanted, capture
from netsim.live.kubectl import Kubectl
from tests.live.api_server import ApiServer, cut_off, half_a_text
from tests.live.conftest import Run
from tests.live.objects import HIDDEN, pod, shop

TAKEN_AT = "2026-01-02T03:04:05Z"


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "_PAUSE", 0.0)


def taken(path: Path, wanted: Wanted | None = None) -> Taken:
    return capture(path, Kubectl(), wanted or Wanted(), TAKEN_AT, lambda *_: None)


def test_a_capture_answers_with_the_names_of_workloads(
    server: ApiServer, tmp_path: Path
) -> None:
    server.objects = shop()
    path = tmp_path / "shop.json.gz"
    assert taken(path).counts == {
        "Namespace": 1,
        "Pod": 4,
        "ReplicaSet": 1,
        "NetworkPolicy": 1,
    }
    cluster = load(path)
    assert cluster.can_reach("shop/api", "shop/db", 8080)
    assert not cluster.can_reach("shop/web", "shop/db", 8080)
    assert [item.key for item in cluster.snapshot.endpoints] == [
        "shop/api",
        "shop/db",
        "shop/web",
    ]


def test_no_value_is_kept_and_no_secret_is_read(server: ApiServer, tmp_path: Path) -> None:
    server.objects = shop()
    path = tmp_path / "shop.json.gz"
    taken(path)
    assert HIDDEN not in gzip.decompress(path.read_bytes()).decode()
    assert not [request for request in server.requests if "secret" in request]


def test_names_of_secrets_come_from_a_table_without_values(
    server: ApiServer, tmp_path: Path
) -> None:
    server.objects = shop()
    path = tmp_path / "shop.json.gz"
    assert taken(path, Wanted(secret_names=True)).counts["Secret"] == 1
    text = gzip.decompress(path.read_bytes()).decode()
    assert "db-password" in text
    assert HIDDEN not in text
    assert all("as=Table" in accept for accept in server.accepted)


def test_a_list_is_read_in_chunks(server: ApiServer, tmp_path: Path) -> None:
    server.objects = [pod("shop", f"p{n}", f"10.0.1.{n + 1}") for n in range(7)]
    seen: list[tuple[str, int, int]] = []
    path = tmp_path / "pods.json"
    capture(path, Kubectl(), Wanted(chunk=3), TAKEN_AT, lambda *said: seen.append(said))
    assert [said for said in seen if said[0] == "Pod"] == [
        ("Pod", 3, 7),
        ("Pod", 6, 7),
        ("Pod", 7, 7),
    ]
    items = json.loads(path.read_text())["items"]
    assert [item["metadata"]["name"] for item in items[1:]] == [f"p{n}" for n in range(7)]


def test_a_list_that_expired_begins_anew(server: ApiServer, tmp_path: Path) -> None:
    server.objects = [pod("shop", f"p{n}", f"10.0.1.{n + 1}") for n in range(7)]
    server.fail("continue=3", 410, times=2)
    path = tmp_path / "pods.json.gz"
    assert taken(path, Wanted(chunk=3)).counts == {"Pod": 7}
    assert len(load(path).snapshot.endpoints) == 7


def test_a_list_that_always_expires_is_no_capture(server: ApiServer, tmp_path: Path) -> None:
    server.objects = [pod("shop", f"p{n}", f"10.0.1.{n + 1}") for n in range(7)]
    server.fail("continue=3", 410)
    with pytest.raises(LiveClusterError, match=r"Pod \(v1\) could not be read"):
        taken(tmp_path / "pods.json.gz", Wanted(chunk=3))
    assert list(tmp_path.glob("*pods*")) == []


@pytest.mark.parametrize("status", [500, 503])
def test_a_passing_fault_of_the_server_is_waited_out(
    server: ApiServer, tmp_path: Path, status: int
) -> None:
    server.objects = shop()
    server.fail("/api/v1/pods", status, times=2)
    assert taken(tmp_path / "shop.json.gz").counts["Pod"] == 4


@pytest.mark.parametrize("spoilt", [cut_off, half_a_text])
def test_a_truncated_body_is_asked_for_again_and_never_used(
    server: ApiServer, tmp_path: Path, spoilt: object
) -> None:
    server.objects = shop()
    assert callable(spoilt)
    server.spoil("/networkpolicies", spoilt, times=1)
    assert taken(tmp_path / "shop.json.gz").counts["NetworkPolicy"] == 1
    server.spoil("/networkpolicies", spoilt)
    with pytest.raises(LiveClusterError, match="NetworkPolicy"):
        taken(tmp_path / "again.json.gz")
    assert not (tmp_path / "again.json.gz").exists()


@pytest.mark.parametrize("status", [401, 500])
def test_a_lasting_fault_ends_in_a_clear_error(
    run: Run, server: ApiServer, tmp_path: Path, status: int
) -> None:
    server.objects = shop()
    server.fail("/api/v1/pods", status)
    finished = run("capture", "-o", tmp_path / "shop.json.gz")
    assert finished.code == 2
    assert finished.err.startswith("error: kubectl: Pod (v1) could not be read (exit code 1)")
    assert "Traceback" not in finished.err
    assert list(tmp_path.glob("*shop*")) == []


def test_a_server_that_is_not_there_is_an_error(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: ApiServer
) -> None:
    server.url = "http://127.0.0.1:9"
    monkeypatch.setenv("KUBECONFIG", str(server.kubeconfig(tmp_path / "config")))
    finished = run("list", "--live")
    assert finished.code == 2
    assert finished.err.startswith("error: kubectl: the server's version could not be read")


def test_without_kubectl_the_error_says_what_to_do(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    finished = run("capture", "-o", tmp_path / "shop.json.gz")
    assert finished.code == 2
    assert "kubectl: cannot be started" in finished.err
    assert "install kubectl" in finished.err


def test_answers_are_undecided_where_policies_may_not_be_listed(
    run: Run, server: ApiServer, tmp_path: Path
) -> None:
    server.objects = shop()
    server.fail("/networkpolicies", 403)
    path = tmp_path / "shop.json.gz"
    finished = run("capture", "-o", path)
    assert finished.code == 0
    assert "not read: NetworkPolicy (networking.k8s.io/v1): forbidden" in finished.err
    answer = run("can", "shop/web", "shop/db", "-f", path)
    assert answer.code == 3
    assert "NetworkPolicy (networking.k8s.io/v1) could not be read" in answer.out + answer.err


def test_names_are_undecided_where_their_kind_may_not_be_listed(
    run: Run, server: ApiServer, tmp_path: Path
) -> None:
    server.objects = shop()
    server.fail("/api/v1/services", 403)
    path = tmp_path / "shop.json.gz"
    run("capture", "-o", path)
    assert run("can", "shop/web", "shop/svc/db", "-f", path).code == 3
    assert run("can", "shop/web", "shop/db", "-f", path).code == 1


def test_labels_of_namespaces_decide_only_where_a_policy_asks_for_them(
    run: Run, server: ApiServer, tmp_path: Path
) -> None:
    server.objects = shop()
    server.fail("/api/v1/namespaces?", 403)
    path = tmp_path / "shop.json.gz"
    run("capture", "-o", path)
    assert run("can", "shop/web", "shop/db", "-f", path).code == 1
    server.objects[-2]["spec"] = {
        "podSelector": {},
        "ingress": [{"from": [{"namespaceSelector": {"matchLabels": {"team": "a"}}}]}],
    }
    run("capture", "-o", path)
    assert run("can", "shop/web", "shop/db", "-f", path).code == 3


def test_one_namespace_is_captured_alone_and_says_so(
    run: Run, server: ApiServer, tmp_path: Path
) -> None:
    server.objects = [*shop(), pod("other", "p", "10.0.2.1")]
    path = tmp_path / "shop.json.gz"
    assert run("capture", "-n", "shop", "-o", path).code == 0
    answer = run("list", "-f", path)
    assert "of namespace shop only" in answer.err
    assert "other/" not in answer.out


def test_a_namespace_that_is_not_there_is_an_error(
    run: Run, server: ApiServer, tmp_path: Path
) -> None:
    server.objects = shop()
    finished = run("capture", "-n", "shopp", "-o", tmp_path / "shop.json.gz")
    assert finished.code == 2
    assert "Namespace (v1) could not be read" in finished.err


def test_policy_kinds_of_plugins_are_found_and_read(server: ApiServer, tmp_path: Path) -> None:
    server.objects = shop()
    server.groups["cilium.io/v2"] = {"ciliumnetworkpolicies": ("CiliumNetworkPolicy", True)}
    server.objects.append(
        {
            "apiVersion": "cilium.io/v2",
            "kind": "CiliumNetworkPolicy",
            "metadata": {"name": "l7", "namespace": "shop"},
            "spec": {},
        }
    )
    path = tmp_path / "shop.json.gz"
    assert taken(path).counts["CiliumNetworkPolicy"] == 1
    assert [item.name for item in load(path).snapshot.unmodelled] == ["l7"]


def test_a_group_that_cannot_be_discovered_may_hold_policies(
    server: ApiServer, tmp_path: Path
) -> None:
    server.objects = shop()
    server.broken_groups = {"projectcalico.org/v3", "metrics.k8s.io/v1beta1"}
    path = tmp_path / "shop.json.gz"
    assert [title for title, _ in taken(path).unread] == ["kinds of (projectcalico.org/v3)"]
    assert load(path).snapshot.gaps


def test_live_answers_in_one_step(run: Run, server: ApiServer) -> None:
    server.objects = shop()
    finished = run("can", "shop/api", "shop/db", "--port", "8080", "--live", "-q")
    assert (finished.code, finished.err) == (0, "")
    assert finished.out == "yes: shop/api can reach shop/db on 8080/TCP\n"


def test_context_without_live_is_a_usage_error(run: Run) -> None:
    assert run("list", "--context", "prod", "-f", "fixtures").code == 2


def test_the_context_that_is_given_is_asked(run: Run, server: ApiServer) -> None:
    server.objects = shop()
    assert run("list", "--live", "--context", "test").code == 0
    assert "prod" in run("list", "--live", "--context", "prod").err


def test_a_truncated_capture_is_an_error_and_never_an_answer(
    run: Run, server: ApiServer, tmp_path: Path
) -> None:
    server.objects = [pod("shop", f"p{n}", f"10.0.1.{n + 1}") for n in range(200)]
    path = tmp_path / "pods.json.gz"
    taken(path)
    whole = path.read_bytes()
    for length in (len(whole) // 2, len(whole) - 1, 12, 2):
        path.write_bytes(whole[:length])
        finished = run("list", "-f", path)
        assert finished.code == 2
        assert "shop/" not in finished.out
        assert "cut off or damaged" in finished.err


def test_the_server_speaks_as_kubectl_expects(server: ApiServer) -> None:
    server.objects = shop()
    words = ["kubectl", "get", "pods", "-A", "-o", "name"]
    found = subprocess.run(words, capture_output=True, text=True, check=True)
    assert found.stdout.split() == [
        f"pod/{name}" for name in ("api-5d8f-1", "api-5d8f-2", "db-0", "web")
    ]
