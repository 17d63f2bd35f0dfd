"""The plugin in projects of its users."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

MANIFESTS = """
{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop, labels: {app: web}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: db, namespace: shop, labels: {app: db}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: guard, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 5432}]}]
"""
BROKEN = """version: 1
manifests: [k8s.yaml]
tests:
  - {name: holds, from: shop/web, to: shop/db, port: 5432, expect: allow}
  - {name: broken, from: shop/web, to: shop/db, port: 5433, expect: allow}
  - {name: for now, from: shop/db, to: shop/web, expect: deny, xfail: not guarded yet}
  - {name: mild, from: shop/db, to: shop/web, expect: deny, severity: warning}
  - {name: firm again, from: shop/web, to: shop/db, port: 1, expect: deny, xfail: old}
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    (pytester.path / "k8s.yaml").write_text(MANIFESTS, encoding="utf-8")
    return pytester


def test_each_promise_is_a_test_with_its_line_and_our_text(project: pytest.Pytester) -> None:
    (project.path / "prod.netsim.yaml").write_text(BROKEN, encoding="utf-8")
    result = project.runpytest_inprocess("-v", "-rx", "-Wdefault", "--junitxml=report.xml")
    result.assert_outcomes(passed=2, failed=2, xfailed=1, warnings=1)
    result.stdout.fnmatch_lines(
        [
            "prod.netsim.yaml::holds PASSED*",
            "prod.netsim.yaml::broken FAILED*",
            "prod.netsim.yaml::for now XFAIL*",
            "FAILED *prod.netsim.yaml:5:5: broken",
            "  shop/web -> shop/db on 5433/TCP is denied",
            "*nearest rule: shop/guard spec.ingress[[]0[]] (*k8s.yaml:13:*",
            "XPASSED *prod.netsim.yaml:8:5: firm again",
            "*BrokenPromiseWarning: WARNING (failed) *prod.netsim.yaml:7:5: mild",
            "XFAIL prod.netsim.yaml::for now - not guarded yet",
        ]
    )
    assert "Traceback" not in result.stdout.str()
    report = (project.path / "report.xml").read_text(encoding="utf-8")
    assert 'name="broken"' in report


def test_an_item_stands_on_its_line(project: pytest.Pytester) -> None:
    path = project.path / "prod.netsim.yaml"
    path.write_text(BROKEN, encoding="utf-8")
    items, _ = project.inline_genitems(path)
    assert [(item.name, item.location[1]) for item in items[:2]] == [
        ("holds", 3),
        ("broken", 4),
    ]


def test_faulty_files_are_told_at_collection(project: pytest.Pytester) -> None:
    path = project.path / "prod.netsim.yaml"
    path.write_text("version: 1\ntests:\n  - {form: a/}\n", encoding="utf-8")
    result = project.runpytest_inprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*prod.netsim.yaml:3:*did you mean 'from'?"])
    path.write_text("version: 1\nallowed: [shop/web -> shop/db]\n", encoding="utf-8")
    result = project.runpytest_inprocess()
    result.stdout.fnmatch_lines(["*names no manifests: add `manifests:*"])


def test_manifests_given_by_option_win(project: pytest.Pytester) -> None:
    (project.path / "open.yaml").write_text(
        MANIFESTS.split("---\napi", maxsplit=1)[0], encoding="utf-8"
    )
    text = "version: 1\nmanifests: [k8s.yaml]\nallowed: [shop/web -> shop/db]\n"
    (project.path / "a.netsim.yaml").write_text(text, encoding="utf-8")
    project.runpytest_inprocess().assert_outcomes(failed=1)
    result = project.runpytest_inprocess("--netsim-manifests", "open.yaml")
    result.assert_outcomes(passed=1)


def test_manifests_that_cannot_be_read_fail_with_their_line(project: pytest.Pytester) -> None:
    (project.path / "k8s.yaml").write_text(MANIFESTS.replace("ports:", "prots:"))
    (project.path / "a.netsim.yaml").write_text(BROKEN, encoding="utf-8")
    result = project.runpytest_inprocess("-k", "holds")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*k8s.yaml:13:*unknown field 'prots': did you mean 'ports'?"])


ASSERTIONS = """
from netsim.pytest_plugin import assert_allowed, assert_denied, assert_only

def test_good(netsim_cluster):
    assert_allowed(netsim_cluster, "shop/web", "shop/db", 5432)
    assert_denied(netsim_cluster, "internet", "shop/db")
    assert_only(netsim_cluster, "shop/db", {"shop/web": [5432]})

def test_allowed(netsim_load):
    assert_allowed(netsim_load("k8s.yaml"), "shop/web", "shop/db", "80/udp")

def test_denied(netsim_load):
    assert_denied(netsim_load("k8s.yaml"), "*", "shop/db", 5432)

def test_only(netsim_load):
    assert_only(netsim_load("k8s.yaml"), "shop/db", {})

def test_wrong(netsim_load):
    assert_denied(netsim_load("k8s.yaml"), "shop/wbe", "shop/db")

def test_same(netsim_load):
    assert netsim_load("k8s.yaml") is netsim_load("k8s.yaml")
"""


def test_assertions_explain_and_hide_their_own_code(project: pytest.Pytester) -> None:
    project.makepyfile(ASSERTIONS)
    result = project.runpytest_inprocess("--netsim-manifests=k8s.yaml")
    result.assert_outcomes(passed=2, failed=4)
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: shop/web -> shop/db on 80/UDP is denied",
            "E*nearest rule: shop/guard spec.ingress[[]0[]] (*k8s.yaml:13:*",
            "E*AssertionError: shop/web -> shop/db on 5432/TCP is allowed",
            "E*AssertionError: shop/web -> shop/db on 5432/TCP is allowed",
            "E*no pod or workload 'shop/wbe' in the input; did you mean 'shop/web'*",
        ]
    )
    assert "pytest_plugin.py" not in result.stdout.str()


def test_without_manifests_the_fixture_says_what_to_do(project: pytest.Pytester) -> None:
    project.makepyfile("def test_a(netsim_cluster):\n    pass")
    result = project.runpytest_inprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["no manifests: run pytest with --netsim-manifests PATH*"])


def test_connections_are_held_against_a_file_that_an_option_writes(
    project: pytest.Pytester,
) -> None:
    project.makepyfile(
        """
        from netsim.pytest_plugin import assert_unchanged

        def test_a(netsim_cluster):
            assert_unchanged(netsim_cluster, "kept/edges.snapshot")
        """
    )
    option = "--netsim-manifests=k8s.yaml"
    result = project.runpytest_inprocess(option)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*edges.snapshot is not there yet: --netsim-update writes it"])
    project.runpytest_inprocess(option, "--netsim-update").assert_outcomes(passed=1)
    project.runpytest_inprocess(option).assert_outcomes(passed=1)
    changed = MANIFESTS.replace("5432", "5433")
    (project.path / "k8s.yaml").write_text(changed, encoding="utf-8")
    result = project.runpytest_inprocess(option)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["E*- shop/*web -> shop/*db on 5432/TCP", "E*+ shop/*web -> shop/*db on 5433/TCP"],
        consecutive=True,
    )


def test_loading_the_plugin_imports_nothing_heavy(tmp_path: Path) -> None:
    program = (
        "import sys, pytest; before = set(sys.modules); import netsim.pytest_plugin; "
        "print(*sorted(set(sys.modules) - before))"
    )
    finished = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(finished.stdout.split()) <= {"netsim", "netsim.pytest_plugin"}


def test_a_project_without_promises_is_left_alone(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import sys

        def test_a():
            assert "netsim.cluster" not in sys.modules
        """
    )
    project.runpytest_subprocess("-p", "no:hypothesispytest").assert_outcomes(passed=1)
