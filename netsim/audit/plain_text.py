"""Credentials that stand in manifests for everybody to read. Values are never told."""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from netsim.audit.containers import Part, containers
from netsim.audit.templates import distinct
from netsim.lint.context import Context
from netsim.lint.rule import Observation, rule
from netsim.model.written import PodTemplate, WrittenObject
from netsim.results import Severity
from netsim.source import Source

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
_SEAL_LENGTHS = (b"\x01\x00", b"\x02\x00")
_LEAST_BYTES = 2 + 256 + 16


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


_SEALED = """\
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {{name: db, namespace: shop{notes}}}
spec:
  encryptedData: {{{sealed}}}
  template: {{metadata: {{name: db, namespace: {place}}}}}
"""
_CIPHERTEXT = base64.b64encode(b"\x02\x00" + bytes(600)).decode()
_GOOD = _SEALED.format(notes="", sealed=f"password: {_CIPHERTEXT}", place="shop")
_ASK = "{name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}"


@rule(
    "secret-in-plain-text",
    Severity.ERROR,
    bad=_secret("stringData: {password: s3cr3t-Pa55}\n"),
    good=_GOOD,
)
def secret_in_plain_text(context: Context) -> Iterator[Observation]:
    """A Secret with its values stands in the manifests: base64 is no encryption.

    Who reads the repository reads the values, and its history keeps them. Seal it, or let the
    External Secrets Operator fetch it, and change the credential. Objects captured from a
    cluster are left out, as are tokens and releases that the cluster fills in; a Secret
    without values is only noted.
    """
    for item in context.objects:
        whole = Part(item.value, item.source)
        if item.kind != "Secret" or item.group or whole.text("type") in _FILLED_IN:
            continue
        if item.at("metadata", "uid"):
            continue
        written = {**whole.part("data").value, **whole.part("stringData").value}
        filled = sorted(str(key) for key, value in written.items() if value)
        if filled:
            message = f"Secret {item.key} holds {', '.join(filled)} in plain text"
            fix = "seal it with kubeseal, or use an ExternalSecret; then change the credential"
            yield Observation(item.source, item.key, message, fix=fix)
        else:
            message = f"Secret {item.key} holds no values: something else must fill it"
            yield Observation(item.source, item.key, message, severity=Severity.NOTE)


@rule(
    "credential-in-plain-text",
    Severity.ERROR,
    bad=_pod("{name: DATABASE_URL, value: 'postgresql://app:s3cr3t@db.shop.svc/app'}"),
    good=_pod(_ASK),
)
def credential_in_plain_text(context: Context) -> Iterator[Observation]:
    """A password stands in an address, a command or a variable.

    Told are addresses with a password before the @, PASSWORD in SQL that makes users, and
    PGPASSWORD in commands. A variable whose name ends like PASSWORD or TOKEN is a warning.
    Placeholders are left alone. Only place and length are told.
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


@rule(
    "sealed-secret-not-sealed",
    Severity.ERROR,
    bad=_SEALED.format(notes="", sealed="password: czNjcjN0LVBhNTU=", place="shop"),
    good=_GOOD,
)
def not_sealed(context: Context) -> Iterator[Observation]:
    """A value in encryptedData was not made by kubeseal.

    Often it is plain base64 put there by hand: everybody can read it, and the controller
    refuses it. A sealed value begins with the length of its RSA part, 512 or 256 bytes.
    """
    for item in _sealed_secrets(context):
        spec = Part(item.value, item.source).part("spec")
        if spec.text("data"):
            message = (
                f"SealedSecret {item.key}: using deprecated 'data' field, use 'encryptedData'"
            )
            yield Observation(spec.source.at("data"), item.key, message)
        sealed = spec.part("encryptedData")
        for key in sealed.value:
            fault = _seal_fault(sealed.text(key))
            if fault:
                message = f"SealedSecret {item.key}: encryptedData[{key}] {fault}"
                fix = "seal it with kubeseal; change the credential if it was a real one"
                yield Observation(sealed.source.at(str(key)), item.key, message, fix=fix)


@rule(
    "sealed-secret-scope",
    Severity.WARNING,
    bad=_SEALED.format(notes="", sealed=f"password: {_CIPHERTEXT}", place="apps"),
    good=_GOOD,
)
def scope(context: Context) -> Iterator[Observation]:
    """A SealedSecret was probably sealed for another place than it is in.

    A strict one is bound to its namespace and name, a namespace-wide one to its namespace, a
    cluster-wide one to nothing. kubeseal writes the place into the template: where that
    differs, the controller says "no key could decrypt secret". The scope is what the
    annotations of the SealedSecret itself say; those of the template are not looked at.
    """
    for item in _sealed_secrets(context):
        whole = Part(item.value, item.source)
        template = whole.part("spec", "template", "metadata")
        own = _scope(whole.part("metadata", "annotations"))
        inner = _scope(template.part("annotations"))
        sealed_for = (
            template.text("namespace") or item.namespace,
            template.text("name") or item.name,
        )
        moved = own == "strict" and sealed_for != (item.namespace, item.name)
        moved = moved or (own == "namespace-wide" and sealed_for[0] != item.namespace)
        if moved:
            keys = sorted(map(str, whole.part("spec", "encryptedData").value))
            message = (
                f"SealedSecret {item.key} is {own} and was sealed for {'/'.join(sealed_for)}: "
                f"Failed to unseal: no key could decrypt secret ({', '.join(keys)})"
            )
            fix = f"seal the values again for {item.key}"
            yield Observation(item.source, item.key, message, fix=fix)
        elif own != inner and "annotations" in template.value:
            message = f"SealedSecret {item.key} is {own}, but its template says {inner}"
            yield Observation(item.source, item.key, message)


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
                    f"{owner.kind} {owner.key}: {inside}: variable {name} has its value "
                    f"({len(value)} characters) in plain text"
                )
                fix = "take it from a secret: valueFrom.secretKeyRef"
                yield Observation(place, owner.key, message, fix=fix, severity=Severity.WARNING)
        for key in ("command", "args"):
            for index, text in enumerate(container.part.texts(key)):
                place = container.part.source.at(key, index)
                yield from _in_text(_Text(owner, f"{inside} {key}[{index}]", text, place))


def _in_text(item: _Text) -> Iterator[Observation]:
    kinds = ((_URL, "an address"), (_SQL, "SQL"), (_ASSIGNED, "a command"))
    for pattern, what in kinds:
        lengths = [len(it[1]) for it in pattern.finditer(item.text) if _is_real(it[1])]
        if lengths:
            message = (
                f"{item.owner.kind} {item.owner.key}: {item.where}: {what} holds a password of "
                f"{lengths[0]} characters"
            )
            fix = "take it from a secret: valueFrom.secretKeyRef"
            yield Observation(item.source, item.owner.key, message, fix=fix)


def _is_real(value: str) -> bool:
    """Whether a value is none of those that stand for another, as `changeme` or `$(VAR)`."""
    return not value.startswith("$") and _PLACEHOLDER.fullmatch(value.strip()) is None


def _seal_fault(text: str) -> str:
    try:
        raw = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return "is no base64: illegal base64 data"
    if raw[:2] not in _SEAL_LENGTHS:
        return "is not sealed: it looks like plain base64, which everybody can read"
    if len(raw) < _LEAST_BYTES:
        return "is cut: SealedSecret data is too short"
    return ""


def _scope(notes: Part) -> str:
    if notes.text("sealedsecrets.bitnami.com/cluster-wide") == "true":
        return "cluster-wide"
    is_wide = notes.text("sealedsecrets.bitnami.com/namespace-wide") == "true"
    return "namespace-wide" if is_wide else "strict"


def _sealed_secrets(context: Context) -> Iterator[WrittenObject]:
    for item in context.objects:
        if item.kind == "SealedSecret" and item.group == "bitnami.com":
            yield item


CHECKS = (secret_in_plain_text, credential_in_plain_text, not_sealed, scope)
