"""SealedSecrets whose values are not sealed, or are sealed for another place."""

import base64
import binascii
from collections.abc import Iterator

from netsim.audit.containers import Part
from netsim.lint.context import Context
from netsim.lint.rule import Observation, rule
from netsim.model.written import WrittenObject
from netsim.results import Severity

_RSA_LENGTHS = (256, 512)
_TAG = 16
"""Bytes by which a sealed text is longer than the text."""
_WRITTEN_BY_KUBESEAL = frozenset({"name", "namespace", "annotations"})
_SEALED = """\
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {{name: db, namespace: shop{notes}}}
spec:
  encryptedData: {{{sealed}}}
  template: {{metadata: {{name: db, namespace: {place}}}}}
"""
_CIPHERTEXT = base64.b64encode(b"\x02\x00" + bytes(600)).decode()
SEALED = _SEALED.format(notes="", sealed=f"password: {_CIPHERTEXT}", place="shop")
"""One that nothing is wrong with."""


@rule(
    "sealed-secret-not-sealed",
    Severity.ERROR,
    bad=_SEALED.format(notes="", sealed="password: czNjcjN0LVBhNTU=", place="shop"),
    good=SEALED,
)
def not_sealed(context: Context) -> Iterator[Observation]:
    """A value in encryptedData was not made by kubeseal.

    Often it is plain base64 put there by hand: everybody can read it, and the controller
    refuses it. A sealed value begins with the length of its RSA part, 512 or 256 bytes, and is
    longer than that.
    """
    for item in _sealed_secrets(context):
        spec = Part(item.value, item.source).part("spec")
        if spec.text("data"):
            message = (
                f"SealedSecret {item.key}: using deprecated 'data' field, use 'encryptedData'"
            )
            yield Observation(spec.source.at("data"), item.title, message)
        sealed = spec.part("encryptedData")
        for key in sealed.value:
            fault = _seal_fault(sealed.text(key))
            if fault:
                message = f"SealedSecret {item.key}: encryptedData[{key}] {fault}"
                fix = "seal it with kubeseal; change the credential if it was a real one"
                yield Observation(sealed.source.at(str(key)), item.title, message, fix=fix)


@rule(
    "sealed-secret-scope",
    Severity.WARNING,
    bad=_SEALED.format(notes="", sealed=f"password: {_CIPHERTEXT}", place="apps"),
    good=SEALED,
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
            yield Observation(item.source, item.title, message, fix=fix)
        elif own != inner and _WRITTEN_BY_KUBESEAL & template.value.keys():
            message = f"SealedSecret {item.key} is {own}, but its template says {inner}"
            yield Observation(item.source, item.title, message)


def _seal_fault(text: str) -> str:
    try:
        raw = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return "is no base64: illegal base64 data"
    length = int.from_bytes(raw[:2], "big")
    if raw and length not in _RSA_LENGTHS:
        return "is not sealed: it looks like plain base64, which everybody can read"
    if len(raw) < 2 + length + _TAG:
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


CHECKS = (not_sealed, scope)
