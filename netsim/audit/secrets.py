"""Secrets that pods, service accounts and Ingresses ask for and do not get."""

from collections.abc import Iterator

from netsim.audit.containers import Part
from netsim.audit.secret_references import Use
from netsim.audit.secret_resolution import Answer, Resolved, Secrets
from netsim.lint.context import Context, listed
from netsim.lint.fragments import manifests
from netsim.lint.rule import Observation, rule
from netsim.model.written import WrittenObject
from netsim.results import Severity

_MINOR = {
    Use.PULL: Severity.WARNING,
    Use.TLS: Severity.WARNING,
    Use.ACCOUNT: Severity.NOTE,  # the server makes tokens on its own, or none since 1.24
}
"""Where a Secret that is not there keeps no container from starting."""
_OPTIONAL = ", optional: true"


def _job(namespace: str, key: str = "password", more: str = "") -> str:
    return f"""\
apiVersion: batch/v1
kind: Job
metadata: {{name: init, namespace: {namespace}}}
spec:
  template:
    spec:
      restartPolicy: OnFailure
      containers:
      - name: init
        image: postgres
        env:
        - name: PGPASSWORD
          valueFrom: {{secretKeyRef: {{name: db, key: {key}{more}}}}}
"""


def _sealed(namespace: str) -> str:
    return f"""\
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {{name: db, namespace: {namespace}}}
spec: {{encryptedData: {{password: AgBy3i4OJSWK}}}}
"""


@rule(
    "secret-missing",
    Severity.ERROR,
    bad=_job("shop"),
    good=manifests(_job("shop"), _sealed("shop")),
)
def missing(context: Context) -> Iterator[Observation]:
    """A Secret is asked for, and nothing in the input makes it.

    Looked for are Secrets, SealedSecrets, ExternalSecrets, Certificates of cert-manager and
    what its annotations make, and what CloudNativePG makes for a Cluster. A Secret that is
    made by hand or by a chart is not in the input: say so with an annotation. References of
    objects captured from a cluster are judged only if its Secrets were captured as well.
    """
    for item in Secrets(context).resolved():
        if item.answer is Answer.MISSING and not item.reference.optional:
            asked = item.reference
            message = f"{_told(item)}: nothing in the input makes {asked.key}"
            fix = f"add a SealedSecret or ExternalSecret {asked.key}"
            yield _observation(item, message, fix)


@rule(
    "secret-in-other-namespace",
    Severity.ERROR,
    bad=manifests(_job("apps"), _sealed("storage")),
    good=manifests(_job("storage"), _sealed("storage")),
)
def in_other_namespace(context: Context) -> Iterator[Observation]:
    """A Secret is asked for that exists in another namespace only.

    Secrets are namespaced: a pod reads only those of its own namespace. There are three ways
    out: move the workload to the Secret, put a sealed copy beside the workload, or let the
    External Secrets Operator fetch it. A workload that moves may lose connections that
    policies grant to its old namespace.
    """
    for item in Secrets(context).resolved():
        if item.answer is not Answer.ELSEWHERE or item.reference.optional:
            continue
        places = listed(f"{it.namespace} ({it.origin})" for it in item.made_by)
        message = f"{_told(item)}: it exists in namespace {places}, and secrets are namespaced"
        yield _observation(item, message, _options(item))


@rule(
    "secret-key-missing",
    Severity.ERROR,
    bad=manifests(_job("shop", key="pasword"), _sealed("shop")),
    good=manifests(_job("shop"), _sealed("shop")),
)
def key_missing(context: Context) -> Iterator[Observation]:
    """A Secret exists without the key that is asked for.

    Where its keys cannot be known, as with an ExternalSecret that takes all of a store's,
    nothing is said.
    """
    for item in Secrets(context).resolved():
        if item.answer is Answer.KEY_MISSING and not item.reference.optional:
            asked, makers = item.reference, listed(it.origin for it in item.made_by)
            has = sorted({key for it in item.made_by for key in it.keys or ()})
            symptom = asked.symptom_of_key(item.lacking[0])
            known = f"has {', '.join(has)}" if has else "has no keys"
            yield _observation(
                item, f"{item.reference.owner.title}: {symptom}: {makers} {known}"
            )


@rule(
    "secret-optional-missing",
    Severity.NOTE,
    bad=_job("shop", more=_OPTIONAL),
    good=manifests(_job("shop", more=_OPTIONAL), _sealed("shop")),
)
def optional_missing(context: Context) -> Iterator[Observation]:
    """A Secret or key that may be absent is absent.

    The container starts without it. Where the name is misspelt nothing else tells.
    """
    absent = {Answer.MISSING, Answer.ELSEWHERE, Answer.KEY_MISSING}
    for item in Secrets(context).resolved():
        if item.answer in absent and item.reference.optional:
            asked = item.reference
            key = f"[{item.lacking[0]}]" if item.lacking else ""
            message = f"{asked.owner.title} goes without the optional secret {asked.key}{key}"
            yield _observation(item, message)


@rule(
    "secret-unused",
    Severity.NOTE,
    bad=_sealed("shop"),
    good=manifests(_job("shop"), _sealed("shop")),
)
def unused(context: Context) -> Iterator[Observation]:
    """A SealedSecret or ExternalSecret makes a Secret that nothing in the input asks for.

    A credential that nobody uses is one more to lose. Programs that read Secrets by the API
    are not seen, so neither are those whose labels or annotations an operator looks for.
    """
    secrets = Secrets(context)
    used = {item.reference.key for item in secrets.resolved()}
    for key, makers in secrets.made.items():
        for item in makers:
            is_kept = item.maker.kind in {"SealedSecret", "ExternalSecret"}
            if is_kept and key not in used and not _is_labelled(item.maker):
                message = f"{item.origin} makes secret {key}, which nothing in the input uses"
                yield Observation(item.maker.source, item.maker.title, message)


_MANAGED = "sealedsecrets.bitnami.com/managed"
_PATCH = "sealedsecrets.bitnami.com/patch"
_PLAIN = """\
apiVersion: v1
kind: Secret
metadata: {{name: db, namespace: shop{notes}}}
"""


@rule(
    "secret-made-twice",
    Severity.WARNING,
    bad=manifests(_PLAIN.format(notes=""), _sealed("shop")),
    good=manifests(
        _PLAIN.format(notes=f", annotations: {{{_MANAGED}: 'true'}}"), _sealed("shop")
    ),
)
def made_twice(context: Context) -> Iterator[Observation]:
    """A SealedSecret cannot write its Secret, because another object has its name.

    The controller leaves a Secret alone that it does not own: the event says that the
    resource already exists and is not managed by SealedSecret. The annotation
    sealedsecrets.bitnami.com/managed: "true" on that Secret hands it over.
    """
    for key, makers in Secrets(context).made.items():
        sealed = [it for it in makers if it.maker.kind == "SealedSecret"]
        others = [
            it for it in makers if it.maker.kind == "Secret" and not _is_handed_over(it.maker)
        ]
        for item in others if sealed else ():
            name = key.partition("/")[2]
            message = (
                f'{sealed[0].origin}: ErrUpdateFailed: Resource "{name}" already exists and is '
                f"not managed by SealedSecret ({item.origin})"
            )
            yield Observation(sealed[0].maker.source, sealed[0].maker.title, message)


def _told(item: Resolved) -> str:
    """Who asks, and what is seen where it is not there."""
    return f"{item.reference.owner.title}: {item.reference.symptom.removesuffix('.')}"


def _options(item: Resolved) -> str:
    asked = item.reference
    there = item.made_by[0].namespace
    owner = f"{asked.owner.kind} {asked.owner.name}"
    return (
        f"Option A: move {owner} to namespace {there}\n"
        f"Option B: copy the secret with Sealed Secrets: a SealedSecret {asked.key}\n"
        f"Option C: use the External Secrets Operator: an ExternalSecret {asked.key}\n"
    )


def _observation(item: Resolved, message: str, fix: str = "") -> Observation:
    asked = item.reference
    severity = None if asked.optional else _MINOR.get(asked.use)
    return Observation(asked.source, asked.owner.title, message, fix=fix, severity=severity)


def _is_labelled(item: WrittenObject) -> bool:
    """Whether something may choose the Secret by a label or annotation of its template."""
    whole = Part(item.value, item.source)
    routes = (("spec", "template", "metadata"), ("spec", "target", "template", "metadata"))
    return any(
        key in whole.part(*route).value for route in routes for key in ("labels", "annotations")
    )


def _is_handed_over(item: WrittenObject) -> bool:
    notes = Part(item.value, item.source).part("metadata", "annotations")
    return "true" in {notes.text(_MANAGED), notes.text(_PATCH)}


CHECKS = (missing, in_other_namespace, key_missing, optional_missing, unused, made_twice)
