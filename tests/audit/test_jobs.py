"""The problems of jobs: scripts, hooks, resources, probes, and the Services they need."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

import netsim
from netsim.audit import audit
from netsim.audit.dependencies import needs
from netsim.audit.quantities import quantity
from netsim.audit.scripts import job
from netsim.audit.templates import distinct
from netsim.lint.context import Context
from netsim.results import Finding, Severity

Look = Callable[[str], Context]
Audit = Callable[..., list[Finding]]
CLUSTERS = Path(__file__).parents[2] / "fixtures" / "clusters"


def test_a_job_that_prints_success_after_a_failure_is_an_error(platform: Context) -> None:
    (found,) = audit(platform, {"script-hides-failure"})
    assert (found.subject, found.severity) == ("Job ai-apps/init-db-job", Severity.ERROR)
    assert found.message == (
        'Job ai-apps/init-db-job: the script of container "init-db" has no `set -e`: it goes '
        "on after `psql` fails, and then succeeds"
    )


def test_the_problems_of_the_platforms_jobs(platform: Context) -> None:
    rules = {"script-without-wait", "script-waits-for-ever", "postgresql-create-database"}
    assert {(it.rule, it.subject) for it in audit(platform, rules)} == {
        ("script-without-wait", "Job ai-apps/init-db-job"),
        ("script-waits-for-ever", "Job storage/openwebui-db-init"),
        ("postgresql-create-database", "Job storage/openwebui-db-init"),
    }


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("psql -c 'CREATE DATABASE IF NOT EXISTS a'", True),
        ("psql -c 'create database  if not\nexists a'", True),
        ("psql --command='CREATE DATABASE IF NOT EXISTS a'", True),
        ("# no CREATE DATABASE IF NOT EXISTS here\npsql -c 'CREATE DATABASE a'", False),
        ("psql <<END\n-- CREATE DATABASE IF NOT EXISTS a\nEND", False),
    ],
)
def test_what_is_no_postgresql(audited: Audit, script: str, *, told: bool) -> None:
    assert bool(audited(job("shop/init", script), "postgresql-create-database")) is told


@pytest.mark.parametrize(
    ("script", "severity"),
    [
        ("migrate\necho done", Severity.ERROR),
        ("migrate\nload", Severity.WARNING),
        ("migrate\nexit 0", Severity.ERROR),
        ("migrate || exit 1\necho done", None),
        ("if migrate; then echo done; fi", None),
        ("set -e\nmigrate\necho done", None),
        ("echo start\nmigrate", None),
        ("migrate\ntest $? = 0 || exit 1\necho done", None),
        ("exec migrate", None),
    ],
)
def test_which_scripts_hide_a_failure(
    audited: Audit, script: str, severity: Severity | None
) -> None:
    found = audited(job("shop/init", script), "script-hides-failure")
    assert [it.severity for it in found] == ([severity] if severity else [])


def test_a_server_may_go_on(audited: Audit) -> None:
    text = job("shop/init", "prepare\nserve\necho ended")
    text = text.replace("kind: Job", "kind: Deployment").replace("batch/v1", "apps/v1")
    assert audited(text.replace("OnFailure", "Always"), "script-hides-failure") == []


@pytest.mark.parametrize(
    "script",
    [
        "for i in 1 2 3; do pg_isready && break; sleep 2; done",
        "until pg_isready || [ $n -gt 9 ]; do n=$((n+1)); done",
        "timeout 60 sh -c x; until pg_isready; do sleep 1; done",
        "while read line; do echo $line; done",
    ],
)
def test_loops_with_an_end(audited: Audit, script: str) -> None:
    assert audited(job("shop/init", script), "script-waits-for-ever") == []


def test_mysql_may_create_a_database_if_there_is_none(audited: Audit) -> None:
    text = job("shop/init", "set -e\nmysql -e 'CREATE DATABASE IF NOT EXISTS a'")
    text = text.replace("postgres:16", "mysql:8")
    assert audited(text, "postgresql-create-database") == []


@pytest.mark.parametrize(
    "phase", ["argocd.argoproj.io/hook: PreSync", "helm.sh/hook: pre-install"]
)
def test_hooks_of_argo_cd_and_helm(audited: Audit, phase: str) -> None:
    text = job("shop/init", "true").replace(
        "metadata: {name: init", f"metadata: {{annotations: {{{phase}}}, name: init"
    )
    found = audited(text, "hook-without-deadline", "hook-retried-by-default")
    assert {it.rule for it in found} == {"hook-without-deadline", "hook-retried-by-default"}
    assert audited(text, "hook-delete-policy")[0].severity is Severity.NOTE


@pytest.mark.parametrize(
    "phase",
    ["argocd.argoproj.io/hook: Skip", "helm.sh/hook: test", "helm.sh/hook: pre-rollback"],
)
def test_what_no_sync_waits_for_is_no_hook(audited: Audit, phase: str) -> None:
    text = job("shop/init", "true").replace(
        "metadata: {name: init", f"metadata: {{annotations: {{{phase}}}, name: init"
    )
    assert [it for it in audited(text) if it.rule.startswith("hook-")] == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("512Mi", Decimal(512 * 1024**2)),
        ("1G", Decimal(10**9)),
        ("200m", Decimal("0.2")),
        ("1e3", Decimal(1000)),
        (2, Decimal(2)),
        (0.5, Decimal("0.5")),
        ("", None),
        ("lots", None),
        (True, None),
        (None, None),
    ],
)
def test_quantities(text: object, number: Decimal | None) -> None:
    assert quantity(text) == number


def test_a_limit_in_other_units_is_compared(audited: Audit) -> None:
    text = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, "
        "resources: {requests: {memory: 1Gi}, limits: {memory: 1000M}}}]}\n"
    )
    assert len(audited(text, "limit-below-request")) == 1
    assert audited(text.replace("1000M", "1100M"), "limit-below-request") == []


def test_the_seeds_own_job_has_no_limits_and_open_webui_no_probes(platform: Context) -> None:
    found = {
        (it.rule, it.subject) for it in audit(platform, {"resources-missing", "probe-missing"})
    }
    assert ("resources-missing", "Job storage/openwebui-db-init") in found
    assert ("probe-missing", "StatefulSet ai-apps/open-webui") in found
    assert ("resources-missing", "StatefulSet ai-apps/open-webui") not in found
    assert ("probe-missing", "Job storage/openwebui-db-init") not in found


def test_the_moved_job_is_denied_by_the_policy_that_was_said_to_allow_it(
    platform: Context,
) -> None:
    (found,) = audit(platform, {"dependency-denied"})
    assert found.subject == "Job storage/openwebui-db-init"
    assert found.message == (
        "Job storage/openwebui-db-init needs storage/postgresql-cluster-rw (variable PGHOST of "
        'container "init-db"), but storage/postgresql-policy refuses it on ingress of '
        "storage/postgresql-cluster-1"
    )
    assert "30-networkpolicies.yaml:1" in found.witness
    assert "batch.kubernetes.io/job-name: openwebui-db-init" in found.fix


def test_what_is_deployed_refuses_the_login_of_open_webui() -> None:
    cluster = netsim.load(CLUSTERS / "ai-security-platform" / "as-deployed")
    context = Context(cluster.worlds.directory, cluster.objects, cluster.findings)
    assert [it.subject for it in audit(context, {"dependency-denied"})] == [
        "Job storage/openwebui-db-init",
        "StatefulSet ai-apps/open-webui",
    ]


_WEB = """\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  volumes: [{name: c, configMap: {name: settings}}]
  containers: [{name: web, %s}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {conf: "%s"}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: data, labels: {app: db}}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: data}
spec:
  selector: {app: db}
  ports: [{name: sql, port: 5432}, {name: http, port: 80, targetPort: 8080}]
"""


@pytest.mark.parametrize(
    ("text", "port"),
    [
        ("db.data.svc:5432", 5432),
        ("db.data.svc.cluster.local:5432", 5432),
        ("host=db.data.svc.cluster.local. x", None),
        ("DB.Data.svc.cluster.local:5432", 5432),
        ("http://db.data.svc/path", 80),
        ("http://db.data/path", 80),
        ("postgresql://app@db.data.svc/app", 5432),
        ("jdbc:postgresql://db.data.svc/app", 5432),
        ("db-0.db.data.svc:5432", 5432),
    ],
)
@pytest.mark.parametrize("place", ["env", "args", "config"])
def test_addresses_are_found_with_their_port(
    look: Look, text: str, port: int | None, place: str
) -> None:
    container = {
        "env": f"env: [{{name: X, value: '{text}'}}]",
        "args": f"args: ['{text}']",
        "config": "image: web",
    }[place]
    context = look(_WEB % (container, text if place == "config" else ""))
    found = [need.address.port for it in distinct(context) for need in needs(context, it)]
    assert found == [port]


@pytest.mark.parametrize(
    "text",
    [
        "other.data.svc:5432",
        "db.other.svc",
        "mydb.data.svcx",
        "http://example.org/db.data",
        "db",
    ],
)
def test_what_is_no_address_of_a_service(look: Look, text: str) -> None:
    context = look(_WEB % (f"args: ['{text}']", ""))
    assert [need for it in distinct(context) for need in needs(context, it)] == []


def test_a_port_beside_a_host_is_its_port(look: Look) -> None:
    env = "env: [{name: DB_HOST, value: db.data}, {name: DB_PORT, value: '5432'}]"
    context = look(_WEB % (env, ""))
    (need,) = [need for it in distinct(context) for need in needs(context, it)]
    assert (need.address.port, need.flow) == (5432, "shop/web -> data/db on 5432/TCP")


@pytest.mark.parametrize(
    ("text", "found"),
    [("db.$(NS).svc:5432", True), ("db.$$(NS).svc:5432", False), ("db.$(NO).svc:5432", False)],
)
def test_variables_are_put_in_as_the_kubelet_does(
    look: Look, text: str, *, found: bool
) -> None:
    for asks in (f"{{name: X, value: {text}}}]", f"{{name: X}}], args: ['{text}']"):
        context = look(_WEB % (f"env: [{{name: NS, value: data}}, {asks}", ""))
        told = [need for it in distinct(context) for need in needs(context, it)]
        assert bool(told) is found


@pytest.mark.parametrize("part", ["a", "a.", "a-", "a://", "http://a:", "CREATE USER ", "$("])
def test_long_texts_are_read_without_going_back_over_them(audited: Audit, part: str) -> None:
    text = f"args: ['{part * 20_000}']"
    assert audited(_WEB % (text, ""), "dependency-denied", "credential-in-plain-text") == []
