import json
import re
from pathlib import Path

from tests.cli.conftest import Run

_NEVER = re.compile(r'\["never admitted"')
SHOP = ("-f", "fixtures/clusters/shop/manifests")


def test_paths_exit_with_one_where_there_is_no_chain(run: Run) -> None:
    finished = run("paths", "shop/web", "shop/db", "--max-hops", "1", *SHOP)
    assert finished.code == 1
    assert finished.err == "nothing to show\n"


def test_paths_on_a_port_go_by_that_port_only(run: Run) -> None:
    assert run("paths", "shop/web", "shop/db", "-p", "8080", *SHOP).code == 1
    assert run("paths", "shop/web", "shop/db", *SHOP).code == 0


def test_exposure_takes_its_namespace_from_n_too(run: Run) -> None:
    assert run("exposure", "-n", "shop", *SHOP).out == run("exposure", "shop", *SHOP).out


def test_an_unknown_namespace_is_wrong_usage(run: Run) -> None:
    finished = run("exposure", "shap", *SHOP)
    assert finished.code == 2
    assert "did you mean 'shop'" in finished.err


def test_choke_points_exit_with_one_where_nothing_cuts_every_chain(run: Run) -> None:
    assert run("paths", "internet", "kube-system/coredns", "--choke", *SHOP).code == 1
    assert run("paths", "shop/web", "shop/db", "--choke", "--max-hops", "2", *SHOP).code == 0


def test_where_no_workload_lies_on_every_chain_the_fewest_that_do_are_told(run: Run) -> None:
    finished = run("paths", "shop/web", "shop/db", "--choke", *SHOP)
    assert finished.code == 0
    lines = [line.split() for line in finished.out.splitlines()]
    assert [it for it in lines if it[0] != "rule"] == [
        ["KIND", "NAME"],
        ["cut", "kube-system/coredns"],
        ["cut", "shop/api"],
    ]


def test_reach_says_which_options_go_together(run: Run) -> None:
    assert run("reach", "shop/web", "--max-hops", "1", *SHOP).code == 2
    assert run("reach", "shop/web", "--transitive", "--strict", *SHOP).code == 2


def test_namespaces_that_let_a_pod_bypass_policies_are_named(run: Run) -> None:
    finished = run("exposure", "shop", *SHOP)
    assert finished.err.splitlines()[-1] == (
        "a new pod in namespaces kube-system, monitoring, shop could bypass all policies"
    )
    told = json.loads(run("exposure", "shop", *SHOP, "-o", "json").out)
    assert told["permissive"] == ["kube-system", "monitoring", "shop"]


def test_a_namespace_that_enforces_baseline_is_not_named(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("""
apiVersion: v1
kind: Namespace
metadata: {name: safe, labels: {pod-security.kubernetes.io/enforce: baseline}}
---
apiVersion: v1
kind: Pod
metadata: {name: a, namespace: safe}
spec: {containers: [{name: main}]}
""")
    assert "bypass" not in run("exposure", "-f", path).err


def test_refused_pods_are_marked_unless_they_are_taken_to_run(run: Run, tmp_path: Path) -> None:
    path, page = tmp_path / "a.yaml", tmp_path / "a.html"
    path.write_text("""
apiVersion: v1
kind: Namespace
metadata: {name: safe, labels: {pod-security.kubernetes.io/enforce: baseline}}
---
apiVersion: v1
kind: Pod
metadata: {name: a, namespace: safe}
spec: {containers: [{name: main, securityContext: {privileged: true}}]}
""")

    def marks(*words: str) -> tuple[str, ...]:
        told = json.loads(run("exposure", "-f", path, "-o", "json", *words).out)
        run("report", "-f", path, "--output-file", page, *words)
        return (*told["rows"][0]["workload"]["marks"], *_NEVER.findall(page.read_text()))

    assert marks() == ("never admitted", "privileged", '["never admitted"')
    assert marks("--assume-admitted") == ("privileged",)
