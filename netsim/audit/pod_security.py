"""What Pod Security admission does to the pods of the input, and what namespaces ask for."""

from collections.abc import Iterator

from netsim.audit.templates import Subject, distinct, server, subjects, suggested
from netsim.lint.context import SYSTEM_NAMESPACES, Context
from netsim.lint.fragments import manifests, pod
from netsim.lint.rule import Observation, rule
from netsim.model.workload import Namespace
from netsim.podsecurity.admission import Review, review
from netsim.podsecurity.levels import PREFIX, Level, settings_of
from netsim.podsecurity.pods import PodFieldError, read_pod
from netsim.results import Severity
from netsim.source import Source

_POD = pod("shop/web", "app: web")
_HARDENED = """\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec:
  securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
  containers:
  - name: main
    image: web
    securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
"""


def _shop(*labels: str) -> str:
    texts = [f"pod-security.kubernetes.io/{label}" for label in labels]
    return (
        "apiVersion: v1\nkind: Namespace\n"
        f"metadata: {{name: shop, labels: {{{', '.join(texts)}}}}}\n"
    )


@rule(
    "pod-security-rejects-pods",
    Severity.ERROR,
    bad=manifests(_shop("enforce: restricted"), _POD),
    good=manifests(_shop("enforce: restricted"), _HARDENED),
)
def rejects_pods(context: Context) -> Iterator[Observation]:
    """The pods of a workload are refused in their namespace.

    Only pods are refused: a Deployment or Job is accepted, with a warning, and then has no
    pods. Its events say `FailedCreate`, with the text of the finding. Answers about such an
    endpoint are about pods that never run.
    """
    for subject, found in _reviewed(context):
        if not found.enforced or _runs(subject):
            continue
        if found.is_pod:
            message = f"{subject.name} is refused: {found.refusal}"
        else:
            why = found.pods_refusal
            message = f"{subject.name} is accepted, but its pods are refused: {why}"
        yield _observation(subject, message, found)


@rule(
    "pod-security-rejects-again",
    Severity.WARNING,
    bad=manifests(
        _shop("enforce: baseline"),
        "apiVersion: v1\nkind: Pod\n"
        "metadata: {name: web, namespace: shop, uid: 4f7a}\n"
        "spec: {hostNetwork: true, containers: [{name: main, image: web}]}\n",
    ),
    good=manifests(_shop("enforce: baseline"), _HARDENED),
)
def rejects_again(context: Context) -> Iterator[Observation]:
    """A pod that runs would be refused if it were made again.

    It was let in before its namespace asked for so much. The next time that it is moved or
    restarted from its template, it stays away.
    """
    for subject, found in _reviewed(context):
        if found.enforced and _runs(subject):
            message = f"{subject.name} runs, but would be refused today: {found.refusal}"
            yield _observation(subject, message, found)


@rule(
    "pod-security-warns",
    Severity.WARNING,
    bad=manifests(_shop("warn: restricted"), _POD),
    good=manifests(_shop("warn: restricted"), _HARDENED),
)
def warns(context: Context) -> Iterator[Observation]:
    """Pod Security warns of a workload without refusing its pods.

    A namespace that warns of a level is often to enforce it soon; what it warns of today is
    refused then.
    """
    for subject, found in _reviewed(context):
        if found.warned and not found.enforced:
            message = f"{subject.name} would violate {found.warned}"
            yield _observation(subject, message, found)


@rule(
    "pod-field-unreadable",
    Severity.ERROR,
    bad=manifests(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\n"
        "spec:\n  containers:\n  - name: main\n"
        "    securityContext: {allowPrivilegeEscalation: 'false'}\n"
    ),
    good=manifests(_HARDENED),
)
def field_unreadable(context: Context) -> Iterator[Observation]:
    """A field of a pod has a type that the API server does not take.

    The object is rejected whole, whatever else it says, so that nothing is judged of it.
    """
    for template in distinct(context):
        try:
            read_pod(template.metadata, template.spec)
        except PodFieldError as error:
            owner = template.owner
            message = f"{owner.title}: {error}"
            yield Observation(template.source, owner.title, message)


@rule(
    "pod-security-label-invalid",
    Severity.ERROR,
    bad=manifests(_shop("enforce: Restricted"), _HARDENED),
    good=manifests(_shop("enforce: restricted"), _HARDENED),
)
def label_invalid(context: Context) -> Iterator[Observation]:
    """A namespace has a Pod Security label whose value is none.

    The API server refuses to create such a namespace. Where the label is stored already, an
    enforce level that is none is taken for restricted, other levels for privileged, and a
    version for the newest.
    """
    for namespace in _written(context):
        for fault in settings_of(namespace.labels)[1]:
            source = _label(namespace, fault.key)
            yield Observation(source, namespace.name, f"Namespace {namespace.name}: {fault}")


@rule(
    "namespace-not-restricted",
    Severity.WARNING,
    bad=manifests("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n", _HARDENED),
    good=manifests(_shop("enforce: restricted"), _HARDENED),
)
def not_restricted(context: Context) -> Iterator[Observation]:
    """A namespace with pods does not enforce the restricted level.

    At the privileged level, which is the default, a new pod may take its node's network or
    all of its node's rights, and no policy binds it. At the baseline level it may not, but it
    may keep capabilities that restricted drops.
    """
    configured = server(context)
    for namespace in _written(context):
        settings = configured.settings(namespace.labels)
        level = settings.enforce.level
        if level is Level.RESTRICTED or not context.endpoints_of.get(namespace.name):
            continue
        is_system = namespace.name in SYSTEM_NAMESPACES
        is_open = level is Level.PRIVILEGED
        message = f"namespace {namespace.name} enforces {settings.enforce}"
        if is_open:
            message += ": a new pod in this namespace could bypass all policies"
        yield Observation(
            _label(namespace, f"{PREFIX}enforce"),
            namespace.name,
            message,
            fix="" if is_system else f"label it {PREFIX}enforce: restricted",
            severity=Severity.NOTE if is_system or not is_open else None,
        )


@rule(
    "namespace-not-warned",
    Severity.NOTE,
    bad=manifests(_shop("enforce: restricted", "warn: privileged"), _HARDENED),
    good=manifests(_shop("enforce: restricted", "audit: restricted"), _HARDENED),
)
def not_warned(context: Context) -> Iterator[Observation]:
    """A namespace enforces a level that it does not warn of or audit.

    Enforcing acts on pods alone: who applies a Deployment learns of it only by the warning.
    Without a warn label the server warns of the level that is enforced; it audits only what
    it is told to.
    """
    configured = server(context)
    for namespace in _written(context):
        settings = configured.settings(namespace.labels)
        enforced = settings.enforce.level
        modes = {"warn": settings.warn, "audit": settings.audit}
        less = [mode for mode, standard in modes.items() if standard.level < enforced]
        if less:
            verbs = " or ".join("warn of" if mode == "warn" else mode for mode in less)
            message = f"namespace {namespace.name} enforces {enforced} and does not {verbs} it"
            fix = "; ".join(f"{PREFIX}{mode}: {enforced}" for mode in less)
            source = _label(namespace, f"{PREFIX}enforce")
            yield Observation(source, namespace.name, message, fix=fix)


def _reviewed(context: Context) -> Iterator[tuple[Subject, Review]]:
    configured = server(context)
    for subject in subjects(context):
        yield subject, review(subject.template, subject.settings, configured)


def _observation(subject: Subject, message: str, found: Review) -> Observation:
    violations = found.enforced.violations or found.warned.violations
    routes = [route for item in violations for route in item.refusal.routes]
    fix = suggested(subject, violations)
    return Observation(subject.place(*routes), subject.name, message, fix=fix)


def _runs(subject: Subject) -> bool:
    """A pod that the server has given an identity exists."""
    template = subject.template
    return not template.route and bool(template.metadata.get("uid"))


def _written(context: Context) -> Iterator[Namespace]:
    for namespace in context.snapshot.namespaces.values():
        if not namespace.synthesised:
            yield namespace


def _label(namespace: Namespace, key: str) -> Source:
    source = namespace.source or Source("")
    return source.at("metadata", "labels", key)


CHECKS = (
    rejects_pods,
    rejects_again,
    warns,
    field_unreadable,
    label_invalid,
    not_restricted,
    not_warned,
)
