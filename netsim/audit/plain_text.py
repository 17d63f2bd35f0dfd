"""Credentials that stand in manifests for everybody to read. Values are never told."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from netsim.audit.containers import Part, containers
from netsim.audit.sealing import SEALED
from netsim.audit.secret_producers import generated_keys
from netsim.audit.templates import distinct
from netsim.lint.context import Context
from netsim.lint.rule import Observation, rule
from netsim.load.secret_values import HIDDEN, LAST_APPLIED
from netsim.model.written import PodTemplate, WrittenObject
from netsim.results import Severity
from netsim.source import Source

_SEAL = "seal it with kubeseal, or use an ExternalSecret; then change the credential"
_KUSTOMIZE = frozenset({"", "kustomize.config.k8s.io"})
_TEMPLATES = {
    "SealedSecret": ("spec",),
    "ExternalSecret": ("spec", "target"),
    "ClusterExternalSecret": ("spec", "externalSecretSpec", "target"),
}
"""Where each kind has the template of its secret."""
_FILLED_IN = frozenset({"kubernetes.io/service-account-token", "helm.sh/release.v1"})
_NAMES = re.compile(r"(PASSWORD|PASSWD|TOKEN|SECRET|API_?KEY|PRIVATE_KEY)$", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"\$\(.*|\$\{.*|<.*>|\{\{.*|(?:change[-_]?me|placeholder|example|dummy|redacted|none|null"
    r"|true|false|x+|\*+|your[-_ ].*|sk-placeholder.*|[a-z-]*placeholder[a-z-]*|/.*)",
    re.IGNORECASE | re.DOTALL,
)
_URL = re.compile(r"(?<![a-zA-Z0-9+.-])[a-zA-Z][a-zA-Z0-9+.-]*://[^\s/:@'\"]*:([^\s/@'\"]+)@")
_SQL = re.compile(
    r"\b(?:CREATE|ALTER)\s+(?:USER|ROLE)\b[^;]{0,500}?\bPASSWORD\s+'([^']+)'",
    re.IGNORECASE | re.DOTALL,
)
_ASSIGNED = re.compile(r"\b(?:PGPASSWORD|MYSQL_PWD|REDISCLI_AUTH)=[\"']?([^\s\"';]+)")


@dataclass(frozen=True, slots=True)
class _Text:
    """A text of a manifest that a credential may stand in."""

    owner: WrittenObject
    where: str
    text: str
    source: Source


def _secret(body: str) -> str:
    return f"apiVersion: v1\nkind: Secret\nmetadata: {{name: db, namespace: shop}}\n{body}"


def _pod(variable: str) -> str:
    return f"""\
apiVersion: v1
kind: Pod
metadata: {{name: web, namespace: shop}}
spec: {{containers: [{{name: web, image: web, env: [{variable}]}}]}}
"""


_ASK = "{name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}"


@rule(
    "secret-in-plain-text",
    Severity.ERROR,
    bad=_secret("stringData: {password: s3cr3t-Pa55}\n"),
    good=SEALED,
)
def secret_in_plain_text(context: Context) -> Iterator[Observation]:
    """A Secret with its values stands in the manifests: base64 is no encryption.

    Who reads the repository reads the values, and its history keeps them. Seal it, or let the
    External Secrets Operator fetch it, and change the credential. Told as well are what
    `kubectl apply` remembers of it in a SealedSecret, and the secretGenerator of a
    Kustomization. Objects captured from a cluster are left out, as are tokens and releases
    that the cluster fills in; a Secret without values is only noted.
    """
    for item in context.objects:
        match item.group, item.kind:
            case "", "Secret":
                yield from _of_secret(item)
            case "bitnami.com", "SealedSecret":
                yield from _of_memory(item)
            case _, "Kustomization" if item.group in _KUSTOMIZE:
                yield from _of_generators(item)


@rule(
    "credential-in-plain-text",
    Severity.ERROR,
    bad=_pod("{name: DATABASE_URL, value: 'postgresql://app:s3cr3t@db.shop.svc/app'}"),
    good=_pod(_ASK),
)
def credential_in_plain_text(context: Context) -> Iterator[Observation]:
    """A password stands in an address, a command or a variable.

    Told are addresses with a password before the @, PASSWORD in SQL that makes users, and
    PGPASSWORD in commands. A variable whose name ends like PASSWORD or TOKEN is a warning, and
    so is a key of a SealedSecret's or ExternalSecret's template whose text takes nothing from
    a secret. Placeholders are left alone. Only place and length are told.
    """
    for template in distinct(context):
        yield from _of_template(template)
    for item in context.objects:
        if item.kind == "ConfigMap" and not item.group:
            entries = Part(item.value, item.source).part("data")
            for key in entries.value:
                text = entries.text(key)
                place = entries.source.at(key)
                yield from _in_text(_Text(item, f"data[{key}]", text, place))
        if item.kind in _TEMPLATES:
            yield from _of_secret_template(item)


def _of_secret(item: WrittenObject) -> Iterator[Observation]:
    whole = Part(item.value, item.source)
    if whole.text("type") in _FILLED_IN or item.at("metadata", "uid"):
        return
    written = {**whole.part("data").value, **whole.part("stringData").value}
    filled = sorted(str(key) for key, value in written.items() if value)
    if filled:
        message = f"Secret {item.key} holds {', '.join(filled)} in plain text"
        yield Observation(item.source, item.title, message, fix=_SEAL)
    else:
        message = f"Secret {item.key} holds no values: something else must fill it"
        yield Observation(item.source, item.title, message, severity=Severity.NOTE)


def _of_memory(item: WrittenObject) -> Iterator[Observation]:
    whole = Part(item.value, item.source)
    for route in ((), ("spec", "template")):
        notes = whole.part(*route, "metadata", "annotations")
        if notes.text(LAST_APPLIED) == HIDDEN:
            message = (
                f"SealedSecret {item.key} holds the Secret in plain text in {LAST_APPLIED}"
            )
            fix = "leave the annotation out, and change the credential"
            yield Observation(notes.source.at(LAST_APPLIED), item.title, message, fix=fix)


def _of_generators(item: WrittenObject) -> Iterator[Observation]:
    for maker in Part(item.value, item.source).parts("secretGenerator"):
        keys = sorted({*generated_keys(maker), *maker.texts("envs")})
        if keys:
            what = f"secretGenerator {maker.text('name')}"
            message = f"{item.title}: {what} takes {', '.join(keys)} from plain text"
            yield Observation(maker.source, item.title, message, fix=_SEAL)


def _of_template(template: PodTemplate) -> Iterator[Observation]:
    owner = template.owner
    for container in containers(template):
        inside = f'container "{container.name}"'
        for variable in container.part.parts("env"):
            name, value = variable.text("name"), variable.text("value")
            place = variable.source.at("value")
            found = list(_in_text(_Text(owner, f"{inside} variable {name}", value, place)))
            yield from found
            if not found and value and _NAMES.search(name) and _is_real(value):
                message = (
                    f"{owner.title}: {inside}: variable {name} has its value "
                    f"({len(value)} characters) in plain text"
                )
                fix = "take it from a secret: valueFrom.secretKeyRef"
                yield Observation(
                    place, owner.title, message, fix=fix, severity=Severity.WARNING
                )
        for key in ("command", "args"):
            for index, text in enumerate(container.part.texts(key)):
                place = container.part.source.at(key, index)
                yield from _in_text(_Text(owner, f"{inside} {key}[{index}]", text, place))


def _of_secret_template(item: WrittenObject) -> Iterator[Observation]:
    entries = Part(item.value, item.source).part(*_TEMPLATES[item.kind], "template", "data")
    for key in sorted(map(str, entries.value)):
        if entries.text(key) == HIDDEN and _NAMES.search(key):
            message = f"{item.title}: its template has {key} in plain text"
            place = entries.source.at(key)
            yield Observation(place, item.title, message, fix=_SEAL, severity=Severity.WARNING)


def _in_text(item: _Text) -> Iterator[Observation]:
    kinds = ((_URL, "an address"), (_SQL, "SQL"), (_ASSIGNED, "a command"))
    for pattern, what in kinds:
        lengths = [len(it[1]) for it in pattern.finditer(item.text) if _is_real(it[1])]
        if lengths:
            message = (
                f"{item.owner.title}: {item.where}: {what} holds a password of "
                f"{lengths[0]} characters"
            )
            fix = "take it from a secret: valueFrom.secretKeyRef"
            yield Observation(item.source, item.owner.title, message, fix=fix)


def _is_real(value: str) -> bool:
    """Whether a value is none of those that stand for another, as `changeme` or `$(VAR)`."""
    return not value.startswith("$") and _PLACEHOLDER.fullmatch(value.strip()) is None


CHECKS = (secret_in_plain_text, credential_in_plain_text)
