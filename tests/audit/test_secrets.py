"""References resolved: what is told, of what, and that values are never told."""

import base64
import json
from collections.abc import Callable

import pytest

from netsim.audit import audit
from netsim.lint.context import Context
from netsim.results import Finding, Severity

Audit = Callable[..., list[Finding]]

_POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop%s}
spec:
  containers:
  - name: web
    image: web
    env: [{name: A, valueFrom: {secretKeyRef: {name: db, key: password%s}}}]
---
"""
_PLAIN = """\
apiVersion: v1
kind: Secret
metadata: {name: db, namespace: %s}
data: {%s: czNjcjN0}
---
"""
_UID = ", uid: 4f7a"


def _rules(found: list[Finding]) -> list[tuple[str, Severity]]:
    kept = ("secret-missing", "secret-in-other", "secret-key", "secret-optional")
    return [(it.rule, it.severity) for it in found if it.rule.startswith(kept)]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (_POD % ("", ""), "secret-missing"),
        (_POD % ("", "") + _PLAIN % ("bank", "password"), "secret-in-other-namespace"),
        (_POD % ("", "") + _PLAIN % ("shop", "pasword"), "secret-key-missing"),
    ],
)
def test_what_is_not_there_is_an_error(audited: Audit, text: str, rule: str) -> None:
    assert _rules(audited(text)) == [(rule, Severity.ERROR)]


@pytest.mark.parametrize(
    ("field", "severity"),
    [("imagePullSecrets", Severity.WARNING), ("secrets", Severity.NOTE)],
)
def test_what_keeps_no_container_from_starting_is_less(
    audited: Audit, field: str, severity: Severity
) -> None:
    head = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\n"
    (found,) = audited(f"{head}{field}: [{{name: db}}]\n", "secret-missing")
    assert found.severity is severity
    assert ".:" not in found.message


@pytest.mark.parametrize("place", [("bank", "password"), ("shop", "pasword")])
def test_what_is_optional_is_a_note(audited: Audit, place: tuple[str, str]) -> None:
    text = _POD % ("", ", optional: true") + _PLAIN % place
    assert _rules(audited(text)) == [("secret-optional-missing", Severity.NOTE)]


def test_what_is_there_is_not_told(audited: Audit) -> None:
    assert _rules(audited(_POD % ("", "") + _PLAIN % ("shop", "password"))) == []


def test_a_capture_without_secrets_says_nothing_of_them(audited: Audit) -> None:
    assert _rules(audited(_POD % (_UID, ""))) == []


def test_a_capture_with_secrets_is_judged(audited: Audit) -> None:
    other = (_PLAIN % ("bank", "x")).replace("namespace: bank", f"namespace: bank{_UID}")
    assert _rules(audited(_POD % (_UID, "") + other)) == [
        ("secret-in-other-namespace", Severity.ERROR)
    ]


def test_a_merging_external_secret_does_not_make_the_secret(audited: Audit) -> None:
    merging = (
        "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\n"
        "metadata: {name: db, namespace: shop}\n"
        "spec: {target: {creationPolicy: Merge}, data: [{secretKey: password}]}\n"
    )
    assert _rules(audited(_POD % ("", "") + merging)) == [("secret-missing", Severity.ERROR)]
    both = _POD % ("", "") + _PLAIN % ("shop", "user") + merging
    assert _rules(audited(both)) == []


def test_one_secret_that_is_missing_is_told_once_for_all_its_keys(audited: Audit) -> None:
    twice = "env: [{name: B, valueFrom: {secretKeyRef: {name: db, key: user}}}, {name: A"
    text = (_POD % ("", "")).replace("env: [{name: A", twice)
    assert len(_rules(audited(text))) == 1


def test_the_platform_is_as_it_is_known_to_be(platform: Context) -> None:
    found = audit(platform, {"secret-missing", "secret-in-other-namespace", "secret-unused"})
    assert [(it.rule, it.subject) for it in found] == [
        ("secret-missing", "StatefulSet auth/keycloak-keycloakx"),
        ("secret-in-other-namespace", "Job ai-apps/init-db-job"),
        ("secret-unused", "SealedSecret ai-apps/postgres-superuser-creds"),
    ]


def test_a_secret_in_another_namespace_is_told_with_three_ways_out(platform: Context) -> None:
    (found,) = audit(platform, {"secret-in-other-namespace"})
    assert found.message == (
        "Job ai-apps/init-db-job: CreateContainerConfigError: secret "
        '"postgresql-cluster-superuser" not found: it exists in namespace storage (Cluster '
        "storage/postgresql-cluster), and secrets are namespaced"
    )
    assert found.fix == (
        "Option A: move Job init-db-job to namespace storage\n"
        "Option B: copy the secret with Sealed Secrets: a SealedSecret "
        "ai-apps/postgresql-cluster-superuser\n"
        "Option C: use the External Secrets Operator: an ExternalSecret "
        "ai-apps/postgresql-cluster-superuser\n"
    )


_VALUES = ("s3cr3t-Pa55", "czNjcjN0LVBhNTU")
_LEAKS = """\
apiVersion: v1
kind: Secret
metadata: {name: db, namespace: shop}
stringData: {password: s3cr3t-Pa55}
data: {other: czNjcjN0LVBhNTU=}
---
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: sealed, namespace: shop}
spec:
  encryptedData: {password: czNjcjN0LVBhNTU=}
  template:
    metadata:
      annotations:
        kubectl.kubernetes.io/last-applied-configuration: '{"data": {"a": "czNjcjN0LVBhNTU="}}'
    data: {password: s3cr3t-Pa55, url: 'redis://:{{ .password }}@cache', token: '{{ .token }}'}
---
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
secretGenerator: [{name: made, literals: [password=s3cr3t-Pa55], files: [key=a.pem, b/ca.pem]}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: web, namespace: shop}
data: {url: 'redis://:s3cr3t-Pa55@cache:6379'}
---
apiVersion: batch/v1
kind: Job
metadata: {name: init, namespace: shop}
spec:
  template:
    spec:
      containers:
      - name: init
        env:
        - {name: DB_PASSWORD, value: s3cr3t-Pa55}
        - {name: DATABASE_URL, value: 'postgresql://app:s3cr3t-Pa55@db.shop.svc/app'}
        command:
        - sh
        - -c
        - |
          PGPASSWORD=s3cr3t-Pa55 psql -c "CREATE USER a PASSWORD 's3cr3t-Pa55'"
          echo ok
"""


def test_values_are_never_told(audited: Audit) -> None:
    found = audited(_LEAKS)
    rules = {item.rule for item in found}
    assert {
        "secret-in-plain-text",
        "credential-in-plain-text",
        "sealed-secret-not-sealed",
        "script-hides-failure",
    } <= rules
    text = json.dumps([[it.message, it.fix, it.witness, it.subject] for it in found])
    assert [value for value in _VALUES if value in text] == []


def test_each_credential_is_told_with_its_place(audited: Audit) -> None:
    places = [it.source.path for it in audited(_LEAKS, "credential-in-plain-text")]
    inside = "spec.template.spec.containers[0]"
    assert places == [
        f"{inside}.env[0].value",
        f"{inside}.env[1].value",
        f"{inside}.command[2]",
        f"{inside}.command[2]",
        "spec.template.data.password",
        "data.url",
    ]


def test_secrets_in_plain_text_are_told_whatever_holds_them(audited: Audit) -> None:
    assert [it.message for it in audited(_LEAKS, "secret-in-plain-text")] == [
        "Secret shop/db holds other, password in plain text",
        (
            "SealedSecret shop/sealed holds the Secret in plain text in "
            "kubectl.kubernetes.io/last-applied-configuration"
        ),
        (
            "Kustomization <objects>: secretGenerator made takes ca.pem, key, password "
            "from plain text"
        ),
    ]


def test_a_generated_secret_is_there_with_its_keys(audited: Audit) -> None:
    text = (_POD % ("", "")) + (
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: shop\n"
        "secretGenerator: [{name: db, %s}]\n"
    )
    assert _rules(audited(text % "literals: [password=x]")) == []
    assert _rules(audited(text % "envs: [some.env]")) == []
    lacking = [("secret-key-missing", Severity.ERROR)]
    assert _rules(audited(text % "files: [password.txt]")) == lacking


@pytest.mark.parametrize(
    "value",
    ["changeme", "$(OTHER)", "${OTHER}", "<password>", "sk-placeholder-1", "''", "/run/token"],
)
def test_placeholders_are_no_credentials(audited: Audit, value: str) -> None:
    pod = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, "
        f"env: [{{name: API_TOKEN, value: {json.dumps(value.strip(chr(39)))}}}]}}]}}\n"
    )
    assert audited(pod, "credential-in-plain-text") == []


@pytest.mark.parametrize(
    ("annotations", "place", "told"),
    [
        ("", "shop/db", False),
        ("", "shop/other", True),
        ("", "bank/db", True),
        ("namespace-wide", "shop/other", False),
        ("namespace-wide", "bank/db", True),
        ("cluster-wide", "bank/other", False),
    ],
)
def test_the_three_scopes(audited: Audit, annotations: str, place: str, *, told: bool) -> None:
    namespace, _, name = place.partition("/")
    note = f'sealedsecrets.bitnami.com/{annotations}: "true"' if annotations else ""
    text = f"""\
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {{name: db, namespace: shop, annotations: {{{note}}}}}
spec:
  encryptedData: {{password: AgBy}}
  template: {{metadata: {{name: {name}, namespace: {namespace}, annotations: {{{note}}}}}}}
"""
    assert bool(audited(text, "sealed-secret-scope")) is told


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        (bytes([2, 0]) + bytes(512 + 16), ""),
        (bytes([2, 0]) + bytes(512 + 15), "SealedSecret data is too short"),
        (bytes([1, 0]) + bytes(256 + 16), ""),
        (bytes([1, 0]) + bytes(256 + 15), "SealedSecret data is too short"),
        (b"", "SealedSecret data is too short"),
        (b"s3cr3t-Pa55", "looks like plain base64"),
    ],
)
def test_a_sealed_value_is_longer_than_its_key(
    audited: Audit, value: bytes, fault: str
) -> None:
    text = (
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: db}\n"
        f"spec: {{encryptedData: {{password: '{base64.b64encode(value).decode()}'}}}}\n"
    )
    told = [it.message for it in audited(text, "sealed-secret-not-sealed")]
    assert len(told) == bool(fault)
    assert all(fault in message for message in told)


@pytest.mark.parametrize(
    ("template", "told"), [("name: db", True), ("annotations: {}", True), ("", False)]
)
def test_a_scope_that_the_template_does_not_share_is_told(
    audited: Audit, template: str, *, told: bool
) -> None:
    text = f"""\
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: db
  namespace: shop
  annotations: {{sealedsecrets.bitnami.com/cluster-wide: "true"}}
spec: {{encryptedData: {{password: AgBy}}, template: {{metadata: {{{template}}}}}}}
"""
    assert bool(audited(text, "sealed-secret-scope")) is told
